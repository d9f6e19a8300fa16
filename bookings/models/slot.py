"""A time at which an office takes people."""

from collections.abc import Iterable
from datetime import UTC, datetime, time
from typing import TYPE_CHECKING

from django.db import models
from django.db.models import Exists, F, OuterRef, Q
from django.utils.translation import gettext_lazy as _

from core import thai_dates
from offices.models import Closure, OfferedService, Office, Service

if TYPE_CHECKING:
    from accounts.models import User

# A missed Buddhist year would lie 543 years ahead.
YEARS = (datetime(2020, 1, 1, tzinfo=UTC), datetime(2100, 1, 1, tzinfo=UTC))


def at_times(weekdays: str, starts: Iterable[time]) -> Q:
    """The times that a pattern with these weekdays ("12345") and starts has."""
    return Q(
        starts_at__iso_week_day__in=[int(day) for day in weekdays],
        starts_at__time__in=list(starts),
    )


class SlotQuerySet(models.QuerySet["Slot"]):
    def of(self, offered: OfferedService) -> "SlotQuerySet":
        return self.filter(office_id=offered.office_id, service_id=offered.service_id)

    def shown(self) -> "SlotQuerySet":
        """Without those that are not in the pattern, unless somebody is kept there."""
        return self.exclude(out_of_pattern=True, taken=0)

    def between(self, start: datetime, end: datetime) -> "SlotQuerySet":
        return self.filter(starts_at__gte=start, starts_at__lt=end)

    def overbooked(self, places: int) -> "SlotQuerySet":
        """Times of the pattern at which more than so many places are taken."""
        return self.filter(out_of_pattern=False, taken__gt=places)

    def served(self) -> "SlotQuerySet":
        """Times at which the office serves people: open ones, and those that take no more people
        only while their places become fewer."""
        return self.filter(Q(closed_at__isnull=True) | Q(stopped_by__part="places"))

    def openable(self) -> "SlotQuerySet":
        """Without those that are closed by hand, by the calendar, or not in the pattern."""
        closures = Closure.objects.filter(
            Q(office=OuterRef("office")) | Q(office__isnull=True),
            date=OuterRef("starts_at__date"),
        )
        return self.exclude(Exists(closures)).filter(closed_by_hand=False, out_of_pattern=False)

    def free_online(self) -> "SlotQuerySet":
        return self.filter(
            closed_at__isnull=True,
            taken__lt=F("capacity"),
            taken_online__lt=F("online_capacity"),
        )

    def for_staff(self, user: "User") -> "SlotQuerySet":
        return self if user.sees_whole_city else self.filter(office_id__in=user.office_ids)


class Slot(models.Model):
    """One time of one service at one office. `taken` and `taken_online` are written only by
    `bookings.services.places`."""

    office = models.ForeignKey(
        Office, verbose_name=_("office"), on_delete=models.PROTECT, related_name="slots"
    )
    service = models.ForeignKey(
        Service, verbose_name=_("service"), on_delete=models.PROTECT, related_name="slots"
    )
    venue = models.CharField(_("venue"), max_length=60, blank=True)
    starts_at = models.DateTimeField(_("starts"))
    ends_at = models.DateTimeField(_("ends"))
    capacity = models.PositiveSmallIntegerField(_("places"))
    online_capacity = models.PositiveSmallIntegerField(_("places online"))
    taken = models.PositiveSmallIntegerField(_("taken"), default=0, editable=False)
    taken_online = models.PositiveSmallIntegerField(_("taken online"), default=0, editable=False)
    closed_at = models.DateTimeField(_("closed"), null=True, blank=True)
    closed_by_hand = models.BooleanField(_("closed by hand"), default=False)
    # Not, or not yet, in the pattern of its service: closed, and shown only where somebody is kept.
    out_of_pattern = models.BooleanField(default=False, editable=False)
    # The draft that closed it for half an hour; it opens again when the draft lapses.
    stopped_by = models.ForeignKey(
        "bookings.Closing",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="stopped",
        editable=False,
    )

    objects = SlotQuerySet.as_manager()

    class Meta:
        verbose_name = _("time")
        verbose_name_plural = _("times")
        ordering = ["starts_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["office", "service", "venue", "starts_at"], name="one_slot_a_time"
            ),
            models.CheckConstraint(
                condition=Q(taken__gte=0) & Q(taken__lte=F("capacity")), name="slot_taken_fits"
            ),
            models.CheckConstraint(
                condition=Q(taken_online__gte=0) & Q(taken_online__lte=F("online_capacity")),
                name="slot_taken_online_fits",
            ),
            models.CheckConstraint(
                condition=Q(out_of_pattern=False) | Q(closed_at__isnull=False),
                name="slot_out_of_pattern_closed",
            ),
            models.CheckConstraint(
                condition=Q(online_capacity__lte=F("capacity")), name="slot_online_within_capacity"
            ),
            models.CheckConstraint(
                condition=Q(starts_at__range=YEARS) & Q(ends_at__gt=F("starts_at")),
                name="slot_in_christian_era",
            ),
        ]
        # For the reminders of the whole city; all else asks by office, the constraint above.
        indexes = [models.Index(fields=["starts_at"], name="slot_starts_at")]

    def __str__(self) -> str:
        when = f"{thai_dates.medium_date(self.starts_at)} {thai_dates.clock(self.starts_at)}"
        return f"{self.service} · {when} · {self.office}"

    @property
    def is_served(self) -> bool:
        """As `served` of the rows. A query for a stopped time only."""
        return not self.closed_at or bool(self.stopped_by and self.stopped_by.changes_places)

    @property
    def is_full_online(self) -> bool:
        """Open, but without a place that a citizen can take online."""
        return not self.closed_at and not self.free_online

    @property
    def free_online(self) -> int:
        """Places that a citizen can still take online."""
        if self.closed_at:
            return 0
        return min(self.capacity - self.taken, self.online_capacity - self.taken_online)
