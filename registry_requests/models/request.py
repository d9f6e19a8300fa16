"""A request for a certified copy of one's own record, and its history (S0)."""

import uuid
from datetime import datetime
from typing import TYPE_CHECKING

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from accounts.models import Consent
from bookings.models import Booking, Party
from bookings.models.party import masked
from core.models import StatusChange
from offices.models import Office
from registry_requests.workflow import OPEN, TO_COLLECT, UNDECIDED, Status

if TYPE_CHECKING:
    from accounts.models import User

MOST_COPIES = 10


class Kind(models.TextChoices):
    """The five items of the menu (S0 §6.5); the first four are cases of the service
    "collect-copies" by these codes."""

    HOUSE = "house", pgettext_lazy("record", "Copy of house registration")
    MARRIAGE = "marriage", pgettext_lazy("record", "Copy of the marriage register")
    DIVORCE = "divorce", pgettext_lazy("record", "Copy of the divorce register")
    PHOTO = "photo", pgettext_lazy("record", "Facial photograph on record")
    ENQUIRY = "enquiry", pgettext_lazy("record", "Enquiry, or a visit by appointment")


class CopyRequestQuerySet(models.QuerySet["CopyRequest"]):
    def for_staff(self, user: "User") -> "CopyRequestQuerySet":
        """The only door of staff: the office that keeps the record and the one that hands the
        copy out both see the case (S0 §10.2)."""
        if user.sees_whole_city:
            return self
        mine = user.office_ids
        return self.filter(Q(office_id__in=mine) | Q(collect_at_id__in=mine))

    def open(self) -> "CopyRequestQuerySet":
        return self.filter(status__in=OPEN)

    def undecided(self) -> "CopyRequestQuerySet":
        return self.filter(status__in=UNDECIDED)

    def late(self, now: datetime) -> "CopyRequestQuerySet":
        """Longer without a decision than the office allows itself; an asked person stops it."""
        waiting = UNDECIDED - {Status.NEEDS_DOCUMENTS}
        return self.filter(status__in=waiting, due_at__lt=now)


class CopyRequest(models.Model):
    """What one person asks of one record office. The two card codes are kept as keyed hashes and
    the last two characters (S0-R03, R04). `status` and `version` are written only by
    `registry_requests.services`."""

    class Channel(models.TextChoices):
        WEB = "web", _("web")
        LINE = "line", "LINE"
        COUNTER = "counter", _("counter")

    class Proof(models.TextChoices):
        """How the number came to us."""

        TYPED = "typed", pgettext_lazy("identity", "typed by the person")
        LINKED = "linked", pgettext_lazy("identity", "linked LINE account")
        THAID = "thaid", "ThaID"
        SEEN = "seen", pgettext_lazy("identity", "card seen at the counter")

    reference = models.CharField(_("reference"), max_length=12, unique=True)
    form_key = models.UUIDField(unique=True, default=uuid.uuid4, editable=False)
    body_hash = models.BinaryField(max_length=32, editable=False)
    kind = models.CharField(_("record"), max_length=10, choices=Kind.choices)
    office = models.ForeignKey(
        Office, verbose_name=_("office of the record"), on_delete=models.PROTECT, related_name="+"
    )
    collect_at = models.ForeignKey(
        Office,
        verbose_name=_("collected at"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
    )
    collection = models.OneToOneField(
        Booking,
        verbose_name=_("time of collection"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="copy_request",
    )
    status = models.CharField(
        _("state"), max_length=20, choices=Status.choices, default=Status.SUBMITTED
    )
    version = models.PositiveIntegerField(default=1)
    channel = models.CharField(_("came by"), max_length=10, choices=Channel.choices)
    proof = models.CharField(
        _("identity"), max_length=10, choices=Proof.choices, default=Proof.TYPED
    )
    copies = models.PositiveSmallIntegerField(
        _("copies"), default=1, validators=[MinValueValidator(1), MaxValueValidator(MOST_COPIES)]
    )
    is_express = models.BooleanField(_("same day"), default=False)

    full_name = models.CharField(_("full name"), max_length=150)
    name_key = models.CharField(max_length=300, editable=False)
    id_sealed = models.BinaryField(editable=False)
    id_index = models.BinaryField(max_length=32, editable=False)
    id_tail = models.CharField(max_length=4, editable=False)
    back_code_hash = models.BinaryField(max_length=32, blank=True, editable=False)
    back_code_tail = models.CharField(max_length=2, blank=True, editable=False)
    photo_code_hash = models.BinaryField(max_length=32, blank=True, editable=False)
    photo_code_tail = models.CharField(max_length=2, blank=True, editable=False)
    phone = models.CharField(_("phone"), max_length=16, blank=True)
    email = models.EmailField(_("e-mail"), blank=True)
    note = models.TextField(_("note"), blank=True, max_length=500)
    language = models.CharField(_("language"), max_length=5, default="th")
    consent = models.ForeignKey(Consent, verbose_name=_("consent"), on_delete=models.PROTECT)

    created_at = models.DateTimeField(_("submitted"))
    due_at = models.DateTimeField(_("decision due"))
    told_late_at = models.DateTimeField(null=True, blank=True, editable=False)
    asked_at = models.DateTimeField(_("asked for more"), null=True, blank=True)
    asked_for = models.TextField(_("what is missing"), blank=True, max_length=1000)
    documents_due_at = models.DateTimeField(_("to be sent by"), null=True, blank=True)
    reply = models.TextField(_("what the person answered"), blank=True, max_length=1000)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("owner"),
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
    )
    entered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("entered by"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
    )
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("decided by"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
    )
    decided_at = models.DateTimeField(_("decided"), null=True, blank=True)
    answer = models.TextField(_("answer"), blank=True, max_length=1000)
    visit_at = models.DateTimeField(_("visit"), null=True, blank=True)

    fee = models.PositiveIntegerField(_("fee (baht)"), null=True, blank=True)
    fee_each = models.PositiveIntegerField(_("fee a copy (baht)"), null=True, blank=True)
    paid_at = models.DateTimeField(_("paid"), null=True, blank=True)
    receipt_no = models.CharField(_("receipt number"), max_length=40, blank=True)
    ready_at = models.DateTimeField(_("ready"), null=True, blank=True)
    collected_at = models.DateTimeField(_("collected"), null=True, blank=True)
    collected_by = models.CharField(_("handed to"), max_length=150, blank=True)
    closed_at = models.DateTimeField(_("closed"), null=True, blank=True)
    link_version = models.PositiveSmallIntegerField(default=1)
    codes_removed_at = models.DateTimeField(_("card codes removed"), null=True, blank=True)
    anonymised_at = models.DateTimeField(_("personal data removed"), null=True, blank=True)

    objects = CopyRequestQuerySet.as_manager()

    class Meta:
        verbose_name = _("copy request")
        verbose_name_plural = _("copy requests")
        ordering = ["due_at", "pk"]
        permissions = [
            ("check_copyrequest", "Can compare identity, prepare and hand out"),
            ("enter_copyrequest", "Can enter a request at the counter"),
            ("decide_copyrequest", "Can approve, answer and reject"),
            ("unmask_copyrequest", "Can open the full personal number"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(status__in=Status.values), name="copy_request_status_known"
            ),
            models.CheckConstraint(
                condition=Q(copies__range=(1, MOST_COPIES)), name="copy_request_copies_in_range"
            ),
            models.CheckConstraint(
                condition=Q(kind=Kind.ENQUIRY)
                | ~Q(status__in=sorted(OPEN))
                | ~Q(back_code_tail=""),
                name="copy_request_has_its_code",
            ),
            models.CheckConstraint(
                condition=~Q(status__in=sorted(TO_COLLECT)) | Q(fee__isnull=False),
                name="copy_request_approved_with_a_fee",
            ),
            models.CheckConstraint(
                condition=~Q(status=Status.COLLECTED)
                | (Q(collected_at__isnull=False) & ~Q(collected_by=""))
                | Q(anonymised_at__isnull=False),
                name="copy_request_collected_by_somebody",
            ),
            # Four eyes (S0-R13): the database knows it too.
            models.CheckConstraint(
                condition=Q(decided_by__isnull=True)
                | Q(entered_by__isnull=True)
                | ~Q(decided_by=F("entered_by")),
                name="copy_request_decided_by_another",
            ),
            models.UniqueConstraint(
                fields=["id_index", "kind"],
                condition=Q(status__in=sorted(OPEN)) & ~Q(kind=Kind.ENQUIRY),
                name="one_open_copy_request",
            ),
        ]
        indexes = [
            models.Index(
                fields=["office", "due_at"],
                condition=Q(status__in=sorted(OPEN)),
                name="copy_request_open",
            ),
            models.Index(fields=["collect_at", "status"], name="copy_request_collect_at"),
            models.Index(fields=["id_index"], name="copy_request_id_index"),
        ]

    def __str__(self) -> str:
        return self.reference

    @property
    def is_open(self) -> bool:
        return self.status in OPEN

    @property
    def is_enquiry(self) -> bool:
        return self.kind == Kind.ENQUIRY

    @property
    def masked_number(self) -> str:
        return masked(Party.IdKind.NATIONAL_ID, self.id_tail)

    @property
    def name(self) -> str:
        return self.full_name or gettext("Data removed as scheduled")

    @property
    def is_handed_over(self) -> bool:
        """Whether another office than that of the record hands the copy out."""
        return self.collect_at_id is not None and self.collect_at_id != self.office_id

    @property
    def desk_office_id(self) -> int:
        """The office that works on it now: of the record until decided, then of the collection."""
        collecting = self.status in TO_COLLECT and self.collect_at_id
        return collecting or self.office_id


class CopyRequestChange(StatusChange):
    """One row of the history of a request. `office` is that of the officer's work (S0 §10.2)."""

    request = models.ForeignKey(CopyRequest, on_delete=models.CASCADE, related_name="changes")
    office = models.ForeignKey(
        Office, verbose_name=_("office"), null=True, on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        verbose_name = _("step")
        verbose_name_plural = _("steps")
        ordering = ["id"]

    def __str__(self) -> str:
        return f"{self.from_status} → {self.to_status}"
