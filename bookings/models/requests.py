"""A person's request about the own data, with the 30 days of the law (PDPA s.30 to 36)."""

import uuid
from datetime import datetime

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from accounts.models import Consent
from bookings.models.party import Party, masked
from bookings.workflow import REQUEST_OPEN, RequestStatus
from core import thai_dates
from core.models import StatusChange
from core.scope import OfficeRows
from offices.models import Office


class DataRequestQuerySet(OfficeRows):
    def open(self) -> "DataRequestQuerySet":
        return self.filter(status__in=REQUEST_OPEN)


class DataRequest(models.Model):
    """To see, correct or erase what one office holds about one number. The number is sealed as
    that of an applicant; `id_index` finds the bookings. `status` and `version` are written only
    by `bookings.services.data_requests`."""

    class Kind(models.TextChoices):
        SEE = "see", pgettext_lazy("data request", "See my data and have a copy")
        CORRECT = "correct", pgettext_lazy("data request", "Correct my data")
        ERASE = "erase", pgettext_lazy("data request", "Erase my data")

    office = models.ForeignKey(
        Office, verbose_name=_("office"), on_delete=models.PROTECT, related_name="+"
    )
    reference = models.CharField(_("reference"), max_length=12, unique=True)
    kind = models.CharField(_("what is asked"), max_length=10, choices=Kind.choices)
    status = models.CharField(
        _("state"), max_length=12, choices=RequestStatus.choices, default=RequestStatus.SUBMITTED
    )
    version = models.PositiveIntegerField(default=1)
    form_key = models.UUIDField(unique=True, default=uuid.uuid4, editable=False)

    full_name = models.CharField(_("full name"), max_length=150)
    nationality = models.CharField(_("nationality"), max_length=2)
    id_kind = models.CharField(_("document"), max_length=12, choices=Party.IdKind.choices)
    id_sealed = models.BinaryField(editable=False)
    id_index = models.BinaryField(max_length=32, editable=False)
    id_tail = models.CharField(max_length=4, editable=False)
    phone = models.CharField(_("phone"), max_length=16, blank=True)
    email = models.EmailField(_("e-mail"), blank=True)
    note = models.TextField(_("note"), blank=True, max_length=500)
    language = models.CharField(_("language"), max_length=5, default="th")
    consent = models.ForeignKey(Consent, verbose_name=_("consent"), on_delete=models.PROTECT)

    created_at = models.DateTimeField(_("submitted"))
    due_at = models.DateTimeField(_("answer due"))
    identified_at = models.DateTimeField(_("identity checked"), null=True, blank=True)
    identified_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    closed_at = models.DateTimeField(_("closed"), null=True, blank=True)
    closed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    answer = models.TextField(_("answer"), blank=True, max_length=1000)
    erased = models.PositiveSmallIntegerField(_("appointments erased"), default=0)
    link_version = models.PositiveSmallIntegerField(default=1)
    anonymised_at = models.DateTimeField(_("personal data removed"), null=True, blank=True)

    objects = DataRequestQuerySet.as_manager()

    class Meta:
        verbose_name = _("request about personal data")
        verbose_name_plural = _("requests about personal data")
        ordering = ["due_at", "pk"]
        permissions = [
            ("identify_datarequest", "Can check who asks"),
            ("answer_datarequest", "Can answer and refuse"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(status__in=RequestStatus.values), name="data_request_status_known"
            ),
            models.CheckConstraint(
                condition=~Q(status__in=[RequestStatus.IDENTIFIED, RequestStatus.ANSWERED])
                | Q(identified_by__isnull=False, identified_at__isnull=False),
                name="data_request_answered_to_a_known_person",
            ),
            models.CheckConstraint(
                condition=Q(closed_by__isnull=True)
                | Q(identified_by__isnull=True)
                | ~Q(closed_by=F("identified_by")),
                name="data_request_closed_by_another",
            ),
            models.CheckConstraint(
                condition=Q(anonymised_at__isnull=True) | ~Q(status__in=sorted(REQUEST_OPEN)),
                name="data_request_anonymised_when_over",
            ),
        ]
        indexes = [
            models.Index(
                fields=["office", "id_index"],
                condition=Q(status__in=sorted(REQUEST_OPEN)),
                name="data_request_open",
            )
        ]

    def __str__(self) -> str:
        return self.reference

    @property
    def is_open(self) -> bool:
        return self.status in REQUEST_OPEN

    @property
    def masked_number(self) -> str:
        return masked(self.id_kind, self.id_tail)

    @property
    def name(self) -> str:
        return self.full_name or gettext("Data removed as scheduled")

    def days_left(self, now: datetime) -> int:
        """Days of the calendar until the law wants the answer; below 0 when it is late."""
        return (thai_dates.local_date(self.due_at) - thai_dates.local_date(now)).days


class DataRequestChange(StatusChange):
    """One row of the history of a request."""

    request = models.ForeignKey(DataRequest, on_delete=models.CASCADE, related_name="changes")

    class Meta:
        verbose_name = _("step")
        verbose_name_plural = _("steps")
        ordering = ["id"]

    def __str__(self) -> str:
        return f"{self.from_status} → {self.to_status}"
