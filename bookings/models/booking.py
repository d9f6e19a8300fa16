"""A booking and its history."""

import uuid
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Consent
from bookings.models.slot import Slot
from bookings.workflow import OPEN, UNDECIDED, Status
from core.models import StatusChange
from offices.models import OfferedService, Office, Service

if TYPE_CHECKING:
    from datetime import datetime

    from accounts.models import User


class BookingQuerySet(models.QuerySet["Booking"]):
    def for_staff(self, user: "User") -> "BookingQuerySet":
        """The only door of staff to bookings; holds are nobody's business yet."""
        visible = self.exclude(status=Status.HELD).exclude(requested_at__isnull=True)
        return visible if user.sees_whole_city else visible.filter(office_id__in=user.office_ids)

    def decided_here(self) -> "BookingQuerySet":
        """Without those that a case of another app decides about."""
        return self.filter(belongs_to="")

    def open(self) -> "BookingQuerySet":
        return self.filter(status__in=OPEN)

    def holds_over(self, now: "datetime") -> "BookingQuerySet":
        return self.filter(status=Status.HELD, held_until__lt=now)

    def with_visit(self) -> "BookingQuerySet":
        """With all that a page about one booking shows: one query, parties in a second."""
        return self.select_related(
            "slot", "office", "service", "offered__section", "case"
        ).prefetch_related("parties")


class Booking(models.Model):
    """A place at a time, from the hold of a few minutes to the end of the visit. `status`,
    `slot` and `version` are written only by `bookings.services`.

    Each booking is written twice in a rush, and every index with it: relations that nothing is
    looked up by have none (ADR 12)."""

    class Source(models.TextChoices):
        WEB = "web", _("web")
        STAFF = "staff", _("staff")

    office = models.ForeignKey(
        Office,
        verbose_name=_("office"),
        db_index=False,
        on_delete=models.PROTECT,
        related_name="bookings",
    )
    service = models.ForeignKey(
        Service,
        verbose_name=_("service"),
        db_index=False,
        on_delete=models.PROTECT,
        related_name="bookings",
    )
    offered = models.ForeignKey(
        OfferedService,
        verbose_name=_("offered"),
        db_index=False,
        on_delete=models.PROTECT,
        related_name="+",
    )
    slot = models.ForeignKey(
        Slot, verbose_name=_("time"), on_delete=models.PROTECT, related_name="bookings"
    )
    case = models.ForeignKey(
        "offices.ServiceCase",
        verbose_name=_("case"),
        null=True,
        blank=True,
        db_index=False,
        on_delete=models.PROTECT,
        related_name="+",
    )
    reference = models.CharField(_("reference"), max_length=12, unique=True)
    status = models.CharField(
        _("state"), max_length=20, choices=Status.choices, default=Status.HELD
    )
    version = models.PositiveIntegerField(default=1)
    source = models.CharField(
        _("came by"), max_length=10, choices=Source.choices, default=Source.WEB
    )
    takes_online_place = models.BooleanField(default=True)
    # Empty, or the kind of case of an app above that decides about this appointment and tells of
    # it (bookings.services.reserved): the collection of a copy.
    belongs_to = models.CharField(max_length=20, blank=True, editable=False)

    form_key = models.UUIDField(unique=True, default=uuid.uuid4, editable=False)
    body_hash = models.BinaryField(max_length=32, null=True, editable=False)
    holder = models.CharField(max_length=64, blank=True, editable=False)
    hold_no = models.PositiveSmallIntegerField(null=True, editable=False)
    held_until = models.DateTimeField(_("kept until"), null=True, blank=True)
    hold_extended = models.BooleanField(default=False)
    waiting = models.ForeignKey(
        "bookings.WaitingEntry",
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="offers",
        editable=False,
    )

    language = models.CharField(_("language"), max_length=5, default="th")
    phone = models.CharField(_("phone"), max_length=16, blank=True)
    email = models.EmailField(_("e-mail"), blank=True)
    note = models.TextField(_("note"), blank=True, max_length=500)
    consent = models.ForeignKey(
        Consent,
        verbose_name=_("consent"),
        null=True,
        blank=True,
        db_index=False,
        on_delete=models.PROTECT,
    )

    created_at = models.DateTimeField(_("held at"))
    requested_at = models.DateTimeField(_("submitted"), null=True, blank=True)
    slot_since = models.DateTimeField(_("time chosen"), null=True, blank=True)
    asked_at = models.DateTimeField(_("documents asked for"), null=True, blank=True)
    documents_due_at = models.DateTimeField(_("documents due"), null=True, blank=True)
    closed_at = models.DateTimeField(_("closed"), null=True, blank=True)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("owner"),
        null=True,
        blank=True,
        db_index=False,
        on_delete=models.SET_NULL,
        related_name="+",
    )
    entered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("entered by"),
        null=True,
        blank=True,
        db_index=False,
        on_delete=models.PROTECT,
        related_name="+",
    )
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("decided by"),
        null=True,
        blank=True,
        db_index=False,
        on_delete=models.PROTECT,
        related_name="+",
    )
    moves = models.PositiveSmallIntegerField(_("times moved"), default=0)
    link_version = models.PositiveSmallIntegerField(default=1)
    # When what names a person was removed; the figures stay (bookings.services.retention).
    anonymised_at = models.DateTimeField(_("personal data removed"), null=True, blank=True)

    objects = BookingQuerySet.as_manager()

    class Meta:
        verbose_name = _("appointment")
        verbose_name_plural = _("appointments")
        ordering = ["-id"]
        permissions = [
            ("decide_booking", "Can approve and reject"),
            ("unmask_booking", "Can open full personal numbers"),
            ("export_booking", "Can export personal rows"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(status__in=Status.values), name="booking_status_known"
            ),
            models.CheckConstraint(
                condition=Q(status__in=[Status.HELD, Status.EXPIRED])
                | (Q(requested_at__isnull=False) & Q(body_hash__isnull=False)),
                name="booking_past_its_hold_was_submitted",
            ),
            models.CheckConstraint(
                condition=~Q(status=Status.HELD) | Q(held_until__isnull=False),
                name="booking_hold_has_an_end",
            ),
            models.UniqueConstraint(
                fields=["holder", "hold_no"],
                condition=Q(status=Status.HELD),
                name="booking_holds_of_a_visitor",
            ),
            # Four eyes: the database knows it too (ADR 20).
            models.CheckConstraint(
                condition=Q(decided_by__isnull=True)
                | Q(entered_by__isnull=True)
                | ~Q(decided_by=F("entered_by")),
                name="booking_decided_by_another",
            ),
            models.CheckConstraint(
                condition=Q(anonymised_at__isnull=True)
                | (
                    ~Q(status__in=sorted({Status.HELD} | OPEN))
                    & Q(phone="", email="", note="", holder="")
                ),
                name="booking_anonymised_when_over",
            ),
        ]
        indexes = [
            models.Index(fields=["office", "status", "slot"], name="booking_office_status"),
            models.Index(
                fields=["held_until"], condition=Q(status=Status.HELD), name="booking_holds"
            ),
            # For the sweeps over the whole city; what is over, nearly all rows, stays out.
            models.Index(
                fields=["slot"],
                condition=Q(status__in=sorted({Status.HELD} | OPEN)),
                name="booking_not_over",
            ),
        ]

    def __str__(self) -> str:
        return self.reference

    @property
    def is_open(self) -> bool:
        return self.status in OPEN

    @property
    def place(self) -> str:
        """Where the person goes: window and section, or where a closing keeps the appointment.
        A query for a closed time only."""
        kept = ""
        if self.slot.closed_at:
            done = self.decisions.filter(slot=self.slot_id, choice="keep", done_at__isnull=False)
            kept = done.values_list("place", flat=True).last() or ""
        return kept or self.offered.place

    @property
    def takes_documents(self) -> bool:
        """Whether pictures can be sent for the first check: until it is decided."""
        return self.status in UNDECIDED


class BookingChange(StatusChange):
    """One row of a booking's history. A change of time keeps the status and names both times."""

    booking = models.ForeignKey(
        Booking, verbose_name=_("appointment"), on_delete=models.CASCADE, related_name="changes"
    )
    from_slot = models.ForeignKey(
        Slot, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        verbose_name = _("step")
        verbose_name_plural = _("steps")
        ordering = ["id"]

    def __str__(self) -> str:
        return f"{self.from_status} → {self.to_status}"
