"""Free times and days of a service at an office."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db.models import Count, Min, Q, QuerySet
from django.utils import timezone
from prometheus_client.core import GaugeMetricFamily

from bookings import rules
from bookings.models import Booking, Slot
from bookings.rules import BookingWindow
from bookings.workflow import OPEN, Status
from core.days import start_of
from offices import queries as office_queries
from offices.models import (
    Closure,
    OfferedService,
    PopularDay,
)

# Slot, capacity, online capacity, taken, taken online, when closed.
Places = tuple[int, int, int, int, int, datetime | None]
NEXT_TIMES = 4
OF_ONE_DAY = 2


@dataclass(frozen=True)
class Period:
    """From when to when."""

    starts_at: datetime
    ends_at: datetime


@dataclass(frozen=True)
class Day:
    """One day of the calendar: its free places, or why there are none. `times` counts the times
    that still have a free place, `slots` all times."""

    date: date
    free: int = 0
    times: int = 0
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
    window: BookingWindow | None = None,
) -> list[Slot]:
    """The next free times, at most two of one day so that another day is always in sight, in
    time order. One query, and one for the window when it is not given."""
    window = window or rules.booking_window(offered, now=now)
    start = max(start_of(window.first), after or now, now)
    free = (
        Slot.objects.of(offered)
        .free_online()
        .filter(starts_at__gt=start, starts_at__lt=start_of(window.last + timedelta(days=1)))
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


def first_free(offers: Iterable[OfferedService], *, now: datetime) -> dict[int, Period]:
    """The first free time of each of an office's services, by service id; one without a
    free time is left out. One query, and one for each different booking window."""
    windows: dict[tuple[str, int, int], BookingWindow] = {}
    wanted = Q(pk__in=[])
    office_ids = set()
    for offered in offers:
        kind = (offered.pattern.weekdays, offered.earliest_days, offered.latest_days)
        if kind not in windows:
            windows[kind] = rules.booking_window(offered, now=now)
        start = max(now, start_of(windows[kind].first))
        end = start_of(windows[kind].last + timedelta(days=1))
        office_ids.add(offered.office_id)
        wanted |= Q(service_id=offered.service_id, starts_at__gt=start, starts_at__lt=end)
    free = (
        Slot.objects.free_online()
        .filter(wanted, office_id__in=office_ids)
        .order_by()
        .values("service_id")
        .annotate(first_start=Min("starts_at"), first_end=Min("ends_at"))
    )
    return {row["service_id"]: Period(row["first_start"], row["first_end"]) for row in free}


def slot_of(offered: OfferedService, slot_id: int) -> Slot | None:
    """A time, if it is one of this service at this office. One query."""
    return Slot.objects.of(offered).filter(pk=slot_id).first()


def days(
    offered: OfferedService,
    *,
    first: date,
    count: int,
    now: datetime,
    window: BookingWindow | None = None,
) -> list[Day]:
    """The calendar from a day on: free places a day, closures with their reason, popular days.
    Two queries, one more for marriage and one for a window that is not given, whatever the
    number of days."""
    last = first + timedelta(days=count - 1)
    window = window or rules.booking_window(offered, now=now)
    free, times, slots = _free_by_day(offered, first, last, now)
    closures = office_queries.closures_between(office_id=offered.office_id, first=first, last=last)
    popular = set(
        PopularDay.objects.filter(date__range=(first, last)).values_list("date", flat=True)
        if offered.service.is_festive
        else ()
    )
    return [
        Day(
            date=day,
            free=free[day],
            times=times[day],
            slots=slots[day],
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
        .between(start_of(day), start_of(day + timedelta(days=1)))
        .filter(out_of_pattern=False)
        .annotate(held=Count("bookings", filter=Q(bookings__status=Status.HELD)))
        .order_by("starts_at")
    )


def places_taken(*, office_id: int, service_id: int, first: date, last: date) -> list[Places]:
    """All that changes on the times of some days, both ends included, to see whether a page about
    them is still true. One query."""
    return list(
        Slot.objects.filter(office_id=office_id, service_id=service_id)
        .between(start_of(first), start_of(last + timedelta(days=1)))
        .order_by("pk")
        .values_list("pk", "capacity", "online_capacity", "taken", "taken_online", "closed_at")
    )


def metrics(now: datetime) -> Iterator[GaugeMetricFamily]:
    """Bookings that occupy a place, by status, for /metrics. One query."""
    count = GaugeMetricFamily(
        "nadkhet_bookings", "Bookings that lie ahead or are being made", labels=["status"]
    )
    rows = (
        Booking.objects.filter(status__in=[Status.HELD, *OPEN])
        .values_list("status")
        .annotate(n=Count("pk"))
        .order_by()
    )
    for status, n in rows:
        count.add_metric([status], n)
    yield count


def _free_by_day(
    offered: OfferedService, first: date, last: date, now: datetime
) -> tuple[Counter[date], Counter[date], Counter[date]]:
    """Free places, times with a free place, and all times, by day. What is past is not free."""
    rows: Sequence[tuple[datetime, int, int, int, int]] = list(
        Slot.objects.of(offered)
        .between(start_of(first), start_of(last + timedelta(days=1)))
        .filter(closed_at__isnull=True)
        .values_list("starts_at", "capacity", "online_capacity", "taken", "taken_online")
    )
    places: Counter[date] = Counter()
    times: Counter[date] = Counter()
    slots: Counter[date] = Counter()
    for starts_at, capacity, online, taken, taken_online in rows:
        day = timezone.localdate(starts_at)
        slots[day] += 1
        free = min(capacity - taken, online - taken_online)
        if free > 0 and starts_at > now:
            places[day] += free
            times[day] += 1
    return places, times, slots
