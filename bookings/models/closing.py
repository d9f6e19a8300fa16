"""Closing a part of a day, or changing the times or the places of a service (ADR 16)."""

from datetime import datetime, time, timedelta
from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from bookings.models.booking import Booking
from bookings.models.overbooked import too_many
from bookings.models.slot import Slot, SlotQuerySet, at_times
from bookings.workflow import CHANGEABLE, ClosingStatus
from core.models import Translated
from core.scope import OfficeRows
from offices.models import OfferedService, Office, OpeningPattern


class Part(models.TextChoices):
    DAY = "day", _("The whole day")
    MORNING = "morning", _("The morning, until noon")
    AFTERNOON = "afternoon", _("The afternoon, from noon")
    HOURS = "hours", _("Hours of your own")
    # No closing, but a change that takes times away for good.
    PATTERN = "pattern", _("New times of a pattern")
    CHOICE = "choice", _("Another pattern for a service")
    # Nor this one: fewer people at each time.
    PLACES = "places", _("Fewer places of a service")


CHANGES_OF_TIMES = frozenset({Part.PATTERN, Part.CHOICE})
CHANGES = CHANGES_OF_TIMES | {Part.PLACES}


class ClosingRows(OfficeRows):
    def of_hours(self) -> Self:
        """Those that close hours of a day, without the changes."""
        return self.exclude(part__in=CHANGES)

    def shown(self) -> Self:
        """With what a page says of each. Two more queries."""
        rows = self.select_related("office", "made_by", "announced_by", "pattern")
        return rows.prefetch_related("services__service")


class Closing(models.Model):
    """A part of a day that one office closes for some services, or a change (`is_change`) that
    counts from the day it was made, its `date`: new times of a pattern (`changes_times`), then
    `pattern` is the one that changes or is chosen, `weekdays` and `times` ([[1, "08:00", "08:30"],
    …]) what it is to be; or fewer places of one service (`changes_places`), then `online_places`,
    `staff_places` and `minutes` are what they are to be.
    While it is a draft it stops new bookings until `stopped_until`. `status` is written only by
    `bookings.services.closing_moves`."""

    office = models.ForeignKey(
        Office, verbose_name=_("office"), on_delete=models.PROTECT, related_name="closings"
    )
    date = models.DateField(_("day"))
    part = models.CharField(_("part of the day"), max_length=10, choices=Part.choices)
    starts = models.TimeField(_("from"))
    ends = models.TimeField(_("until"))
    services = models.ManyToManyField(
        OfferedService, verbose_name=_("services"), related_name="closings"
    )
    # All services of the office, those that come later included: a row of the calendar of closures.
    of_all_services = models.BooleanField(default=False)
    pattern = models.ForeignKey(
        OpeningPattern, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    weekdays = models.CharField(max_length=7, blank=True)
    times = models.JSONField(default=list, blank=True)
    online_places = models.PositiveSmallIntegerField(null=True, blank=True)
    staff_places = models.PositiveSmallIntegerField(null=True, blank=True)
    minutes = models.PositiveSmallIntegerField(null=True, blank=True)
    reason_th = models.CharField(_("reason in Thai"), max_length=120)
    reason_en = models.CharField(_("reason in English"), max_length=120, blank=True)
    status = models.CharField(
        _("state"), max_length=10, choices=ClosingStatus.choices, default=ClosingStatus.DRAFT
    )
    version = models.PositiveIntegerField(default=1)
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("made by"),
        on_delete=models.PROTECT,
        related_name="+",
    )
    made_at = models.DateTimeField(_("made"))
    stopped_until = models.DateTimeField(_("no new bookings until"), null=True, blank=True)
    announced_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("announced by"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
    )
    announced_at = models.DateTimeField(_("announced"), null=True, blank=True)
    answer_by = models.DateTimeField(_("answers until"), null=True, blank=True)

    reason = Translated()
    objects = ClosingRows.as_manager()

    class Meta:
        verbose_name = _("closing")
        verbose_name_plural = _("closings")
        ordering = ["date", "starts"]
        permissions = [("announce_closing", "Can close times and tell those booked")]
        constraints = [
            models.CheckConstraint(
                condition=Q(status__in=ClosingStatus.values), name="closing_status_known"
            ),
            models.CheckConstraint(condition=Q(ends__gt=F("starts")), name="closing_in_order"),
            models.CheckConstraint(
                condition=Q(part__in=sorted(CHANGES_OF_TIMES), pattern__isnull=False)
                | (~Q(part__in=sorted(CHANGES_OF_TIMES)) & Q(pattern__isnull=True)),
                name="closing_change_has_a_pattern",
            ),
            models.CheckConstraint(
                condition=Q(
                    part=Part.PLACES,
                    online_places__isnull=False,
                    staff_places__isnull=False,
                    minutes__isnull=False,
                )
                | (
                    ~Q(part=Part.PLACES)
                    & Q(
                        online_places__isnull=True,
                        staff_places__isnull=True,
                        minutes__isnull=True,
                    )
                ),
                name="closing_places_has_its_numbers",
            ),
            models.CheckConstraint(
                condition=Q(date__range=("2020-01-01", "2100-01-01")),
                name="closing_in_christian_era",
            ),
        ]
        indexes = [
            models.Index(
                fields=["status"],
                condition=Q(status__in=[ClosingStatus.DRAFT, ClosingStatus.ANNOUNCED]),
                name="closing_at_work",
            ),
            models.Index(fields=["office", "date"], name="closing_office_date"),
        ]

    def __str__(self) -> str:
        return f"{self.date:%d/%m}/{self.date.year + 543} {self.starts:%H.%M}–{self.ends:%H.%M}"

    @property
    def starts_at(self) -> datetime:
        return timezone.make_aware(datetime.combine(self.date, self.starts))

    @property
    def ends_at(self) -> datetime:
        return timezone.make_aware(datetime.combine(self.date, self.ends))

    @property
    def is_draft(self) -> bool:
        return self.status == ClosingStatus.DRAFT

    @property
    def is_whole_day(self) -> bool:
        """A day of the calendar: nothing at all is open on it."""
        return self.part == Part.DAY and self.of_all_services

    @property
    def is_change(self) -> bool:
        return self.part in CHANGES

    @property
    def changes_times(self) -> bool:
        return self.part in CHANGES_OF_TIMES

    @property
    def changes_places(self) -> bool:
        return self.part == Part.PLACES

    @property
    def subject(self) -> str:
        """What a change is about: the pattern, or the service. None or two queries."""
        return str(self.pattern or ", ".join(one.service.name for one in self.services.all()))

    @property
    def places(self) -> int:
        """How many people a time has once the places have changed."""
        return (self.online_places or 0) + (self.staff_places or 0)

    def most_at(self, slot: Slot) -> int:
        """How many people may be at a time once this is done."""
        return min(slot.capacity, self.places) if self.changes_places else slot.capacity

    @property
    def rows(self) -> list[tuple[int, time, time]]:
        """The new times of a change as printed: no. 2, 08.31–09.00."""
        return [
            (no, time.fromisoformat(starts), time.fromisoformat(ends))
            for no, starts, ends in self.times
        ]

    @property
    def _new(self) -> Q:
        return at_times(self.weekdays, [starts for _no, starts, _ends in self.rows])

    def reason_in(self, language: str) -> str:
        return (self.reason_en if language == "en" else "") or self.reason_th

    def slots(self) -> models.QuerySet[Slot]:
        """The times that it closes, in the order of locking: whatever overlaps its hours; of new
        times all ahead that are not among them; of fewer places all ahead where more are taken."""
        if self.changes_places:
            return self.ahead().overbooked(self.places).order_by("pk")
        if self.changes_times:
            return self.ahead().filter(out_of_pattern=False).exclude(self._new).order_by("pk")
        rows = Slot.objects.filter(
            office=self.office_id,
            starts_at__lt=self.ends_at,
            starts_at__gt=self.starts_at - timedelta(days=1),
            ends_at__gt=self.starts_at,
        )
        if not self.of_all_services:
            rows = rows.filter(service__in=self.services.values("service"))
        return rows.order_by("pk")

    def written(self) -> models.QuerySet[Slot]:
        """The times that announcing it writes, in the order of locking."""
        return self.ahead().order_by("pk") if self.changes_places else self.slots()

    def new_slots(self) -> models.QuerySet[Slot]:
        """Times that a draft of a change has made ready: closed, with places for proposals."""
        return Slot.objects.filter(stopped_by=self, out_of_pattern=True)

    def same_slots(self) -> models.QuerySet[Slot]:
        """Times ahead that a change has too, whether in the pattern already or not."""
        return self.ahead().filter(self._new)

    def ahead(self) -> SlotQuerySet:
        """All times of its services since it was made."""
        return Slot.objects.filter(
            office=self.office_id,
            service__in=self.services.values("service"),
            starts_at__gt=self.made_at,
        )

    def hit(self, now: datetime) -> models.QuerySet[Booking]:
        """The appointments ahead that stand on its times, of fewer places those too many; whoever
        has arrived is served."""
        if self.changes_places:
            return too_many(self.slots(), places=self.places, now=now)
        return Booking.objects.filter(
            slot__in=self.slots().order_by().values("pk"),
            slot__starts_at__gt=now,
            status__in=CHANGEABLE,
        )
