"""Reads about times and bookings that more than one caller needs."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.db.models import Count, Q, QuerySet
from django.utils import timezone

from bookings import rules
from bookings.models import Booking, Slot
from bookings.workflow import Status
from offices import queries as office_queries
from offices.models import Closure, OfferedService, PopularDay

NEXT_TIMES = 4
OF_ONE_DAY = 2


@dataclass(frozen=True)
class Day:
    """One day of the calendar: its free places, or why there are none."""

    date: date
    free: int = 0
    slots: int = 0
    closure: Closure | None = None
    is_popular: bool = False
    in_window: bool = True

    @property
    def state(self) -> str:
        """ "closed", "full", "few" (one place left) or "free"; "outside" the booking window."""
        if self.closure or not self.slots:
            return "closed"
        if not self.in_window:
            return "outside"
        if not self.free:
            return "full"
        return "few" if self.free == 1 else "free"


def next_free(
    offered: OfferedService,
    *,
    now: datetime,
    count: int = NEXT_TIMES,
    after: datetime | None = None,
) -> list[Slot]:
    """The next free times, at most two of one day so that another day is always in sight, in
    time order. Two queries."""
    window = rules.booking_window(offered, now=now)
    start = max(_start_of(window.first), after or now, now)
    free = (
        Slot.objects.of(offered)
        .free_online()
        .filter(starts_at__gt=start, starts_at__lt=_start_of(window.last + timedelta(days=1)))
        .order_by("starts_at")[: count * 40]
    )
    chosen: list[Slot] = []
    of_day: dict[date, int] = {}
    for slot in free:
        day = timezone.localdate(slot.starts_at)
        if of_day.get(day, 0) < OF_ONE_DAY:
            of_day[day] = of_day.get(day, 0) + 1
            chosen.append(slot)
        if len(chosen) == count:
            break
    return chosen


def nearest_free(offered: OfferedService, slot: Slot, *, now: datetime) -> list[Slot]:
    """Three free times nearest to a time that went, in time order. Two queries."""
    window = rules.booking_window(offered, now=now)
    free = list(
        Slot.objects.of(offered)
        .free_online()
        .filter(
            starts_at__gt=max(now, _start_of(window.first)),
            starts_at__range=(
                slot.starts_at - timedelta(days=10),
                min(
                    slot.starts_at + timedelta(days=30), _start_of(window.last + timedelta(days=1))
                ),
            ),
        )
        .exclude(pk=slot.pk)
    )
    nearest = sorted(free, key=lambda other: abs(other.starts_at - slot.starts_at))[:3]
    return sorted(nearest, key=lambda other: other.starts_at)


def days(offered: OfferedService, *, first: date, count: int, now: datetime) -> list[Day]:
    """The calendar from a day on: free places a day, closures with their reason, popular days.
    Four queries, whatever the number of days."""
    last = first + timedelta(days=count - 1)
    window = rules.booking_window(offered, now=now)
    free, slots = _free_by_day(offered, first, last)
    closures = office_queries.closures_between(office_id=offered.office_id, first=first, last=last)
    popular = set(
        PopularDay.objects.filter(date__range=(first, last)).values_list("date", flat=True)
        if offered.service.is_festive
        else ()
    )
    return [
        Day(
            date=day,
            free=free.get(day, 0),
            slots=slots.get(day, 0),
            closure=closures.get(day),
            is_popular=day in popular,
            in_window=window.first <= day <= window.last,
        )
        for day in (first + timedelta(days=n) for n in range(count))
    ]


def slots_of_day(offered: OfferedService, day: date) -> QuerySet[Slot]:
    """All times of one day with `held`, the number of places that somebody is booking just now
    (they may come back). One query."""
    return (
        Slot.objects.of(offered)
        .between(_start_of(day), _start_of(day + timedelta(days=1)))
        .annotate(held=Count("bookings", filter=Q(bookings__status=Status.HELD)))
        .order_by("starts_at")
    )


def holds_of(holder: str, *, now: datetime) -> QuerySet[Booking]:
    """The times that a browser is keeping. One query."""
    return Booking.objects.filter(
        holder=holder, status=Status.HELD, held_until__gt=now
    ).select_related("slot", "office", "service")


def _free_by_day(
    offered: OfferedService, first: date, last: date
) -> tuple[dict[date, int], dict[date, int]]:
    rows: Sequence[tuple[datetime, int, int, int, int]] = list(
        Slot.objects.of(offered)
        .between(_start_of(first), _start_of(last + timedelta(days=1)))
        .filter(closed_at__isnull=True)
        .values_list("starts_at", "capacity", "online_capacity", "taken", "taken_online")
    )
    free: dict[date, int] = {}
    slots: dict[date, int] = {}
    for starts_at, capacity, online, taken, taken_online in rows:
        day = timezone.localdate(starts_at)
        slots[day] = slots.get(day, 0) + 1
        free[day] = free.get(day, 0) + max(min(capacity - taken, online - taken_online), 0)
    return free, slots


def _start_of(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time()))
