"""The waiting list of full days, and places that come back a little later (anti-trading)."""

import uuid
from datetime import date
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Consent
from bookings.models.slot import Slot
from bookings.workflow import IN_LINE, WaitingStatus
from core.scope import OfficeRows
from offices.models import OfferedService, Office, Service

if TYPE_CHECKING:
    from datetime import datetime

# In a fixed order, as migrations are compared with it.
OPEN = sorted(IN_LINE)


class WaitingQuerySet(OfficeRows):
    def open(self) -> "WaitingQuerySet":
        """Those that still wait, or have an offer."""
        return self.filter(status__in=OPEN)

    def in_line(self) -> "WaitingQuerySet":
        """Those that can be offered a place, first come first; never one that only follows."""
        waiting = self.filter(status=WaitingStatus.WAITING, follows__isnull=True)
        return waiting.order_by("joined_at", "id")

    def of(self, offered: OfferedService) -> "WaitingQuerySet":
        return self.filter(office_id=offered.office_id, service_id=offered.service_id)

    def wanting(self, day: date) -> "WaitingQuerySet":
        return self.filter(first_day__lte=day, latest_day__gte=day)


class WaitingEntry(models.Model):
    """Somebody who waits for a place of one service at one office. An offer is as many holds
    (`Booking.waiting`) of one time as the party has people, under the name `holder`, until they
    are taken into a browser. `status` is written only by `bookings.services`.

    One entry a contact and service waits at a time. Who joins with a contact that waits already
    sees what every newcomer sees, but the row only follows the other (`follows`): it is never
    offered anything, and the contact is told. So nobody learns who else waits."""

    class Ending(models.TextChoices):
        """Why an entry is over."""

        BOOKED = "booked", _("booked elsewhere")
        NOT_TAKEN = "not_taken", _("the offer was not taken")
        DAYS_OVER = "days_over", _("the days are over")
        TAKEN_OUT = "taken_out", _("taken out by the office")

    office = models.ForeignKey(
        Office, verbose_name=_("office"), on_delete=models.PROTECT, related_name="waiting"
    )
    service = models.ForeignKey(
        Service, verbose_name=_("service"), on_delete=models.PROTECT, related_name="waiting"
    )
    offered = models.ForeignKey(
        OfferedService, verbose_name=_("offered"), on_delete=models.PROTECT, related_name="+"
    )
    reference = models.CharField(_("reference"), max_length=12, unique=True)
    status = models.CharField(
        _("state"),
        max_length=10,
        choices=WaitingStatus.choices,
        default=WaitingStatus.WAITING,
    )
    ending = models.CharField(max_length=10, choices=Ending.choices, blank=True)
    # Of one that the office took out: read by the person.
    reason = models.CharField(_("reason"), max_length=200, blank=True)
    closed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("taken out by"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
    )
    follows = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.CASCADE, related_name="+", editable=False
    )
    form_key = models.UUIDField(unique=True, default=uuid.uuid4, editable=False)
    holder = models.CharField(max_length=64, unique=True, editable=False)

    party_size = models.PositiveSmallIntegerField(_("places"), default=1)
    first_day = models.DateField(_("first day"))
    latest_day = models.DateField(_("latest day"))
    language = models.CharField(_("language"), max_length=5, default="th")
    phone = models.CharField(_("phone"), max_length=16, blank=True)
    email = models.EmailField(_("e-mail"), blank=True)
    consent = models.ForeignKey(Consent, verbose_name=_("consent"), on_delete=models.PROTECT)

    joined_at = models.DateTimeField(_("joined"))
    offered_at = models.DateTimeField(_("offered at"), null=True, blank=True)
    offered_until = models.DateTimeField(_("offered until"), null=True, blank=True)
    closed_at = models.DateTimeField(_("closed"), null=True, blank=True)
    link_version = models.PositiveSmallIntegerField(default=1)

    objects = WaitingQuerySet.as_manager()

    class Meta:
        verbose_name = _("waiting entry")
        verbose_name_plural = _("waiting list")
        ordering = ["joined_at", "id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(status__in=WaitingStatus.values), name="waiting_status_known"
            ),
            models.CheckConstraint(
                condition=Q(latest_day__gte=F("first_day")), name="waiting_days_in_order"
            ),
            models.CheckConstraint(
                condition=Q(party_size__gte=1)
                & (~Q(phone="") | ~Q(email="") | ~Q(status__in=OPEN)),
                name="waiting_can_be_told",
            ),
            models.CheckConstraint(
                condition=~Q(status=WaitingStatus.OFFERED) | Q(offered_until__isnull=False),
                name="waiting_offer_has_an_end",
            ),
            models.CheckConstraint(
                condition=Q(status__in=OPEN, closed_at__isnull=True)
                | (~Q(status__in=OPEN) & Q(closed_at__isnull=False)),
                name="waiting_closed_when_over",
            ),
            models.UniqueConstraint(
                fields=["service", "phone"],
                condition=Q(status__in=OPEN, follows__isnull=True) & ~Q(phone=""),
                name="one_waiting_a_phone",
            ),
            models.UniqueConstraint(
                fields=["service", "email"],
                condition=Q(status__in=OPEN, follows__isnull=True) & ~Q(email=""),
                name="one_waiting_an_email",
            ),
        ]
        indexes = [
            models.Index(
                fields=["office", "service", "joined_at"],
                condition=Q(status__in=OPEN),
                name="waiting_line",
            )
        ]

    def __str__(self) -> str:
        return self.reference

    @property
    def is_open(self) -> bool:
        return self.status in IN_LINE


class ReturningQuerySet(models.QuerySet["ReturningPlace"]):
    def due(self, now: "datetime") -> "ReturningQuerySet":
        return self.filter(due_at__lte=now)


class ReturningPlace(models.Model):
    """A cancelled place that comes back after a while. It stays taken on its slot until then, so
    that a cancellation cannot be used to hand a time on to somebody who waits for it."""

    slot = models.ForeignKey(Slot, on_delete=models.PROTECT, related_name="returning")
    online = models.BooleanField()
    due_at = models.DateTimeField(db_index=True)

    objects = ReturningQuerySet.as_manager()

    def __str__(self) -> str:
        return f"{self.slot_id} {self.due_at:%H.%M}"
