"""Where else the same service has free times, when an office has none."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import islice

from django.db.models import Min, Q
from django.utils import timezone

from bookings.models import Slot
from core.days import start_of
from offices.distances import distance
from offices.models import Closure, OfferedService, Office

NEAREST = 3
# Free days are sought over so many calendar days for each working day of the window, and these.
DAYS_A_WORKING_DAY, DAYS_MORE = 2, 30


@dataclass(frozen=True)
class Elsewhere:
    """Another office with its first free time; `km` only between real coordinates."""

    office: Office
    starts_at: datetime
    km: float | None


def nearest_offices(
    offered: OfferedService, *, now: datetime, wished: date | None = None, count: int = NEAREST
) -> list[Elsewhere]:
    """The nearest other offices with a free time of the same service in the week of the wished
    day, nearest first; of equally near ones the earlier time. Without such a day, and where that
    week is full in the whole city, with a free time on any day. Three queries, one of them for
    the free times of all offices; two more where the week is full."""
    offers = OfferedService.objects.open().filter(service_id=offered.service_id)
    of_office = {one.office_id: one for one in offers.select_related("office", "pattern")}
    # Read whole: a rush comes with an office of which little is known.
    here = of_office.pop(offered.office_id, offered).office
    others = list(of_office.values())
    first_free = (wished and _first_free(others, now, week_of=wished)) or _first_free(others, now)
    free = [
        (distance(here, other.office), first_free[other.office_id], other.office)
        for other in others
        if other.office_id in first_free
    ]
    free.sort(key=lambda row: (row[0].order, row[1], row[2].code))
    return [Elsewhere(office, starts, away.km) for away, starts, office in free[:count]]


def _first_free(
    offers: list[OfferedService], now: datetime, week_of: date | None = None
) -> dict[int, datetime]:
    """The first free time of each by office id, within its own booking window and, where one is
    asked for, within the week of a day. Two queries."""
    if not offers:
        return {}
    today = timezone.localdate(now)
    reach = DAYS_MORE + DAYS_A_WORKING_DAY * max(offer.latest_days for offer in offers)
    closed = _closed_days(today, today + timedelta(days=reach))
    windows: dict[tuple[date, date], list[int]] = defaultdict(list)
    for offer in offers:
        days = _working_days(offer, closed[None] | closed[offer.office_id], today, reach)
        if days and len(days) >= offer.earliest_days:
            first = today if offer.earliest_days == 0 else days[offer.earliest_days - 1]
            windows[first, days[-1]].append(offer.office_id)
    wanted = Q(pk__in=[])
    for (first, last), office_ids in windows.items():
        start, end = max(now, start_of(first)), start_of(last + timedelta(days=1))
        wanted |= Q(office_id__in=office_ids, starts_at__gt=start, starts_at__lt=end)
    free = Slot.objects.free_online().filter(wanted, service_id=offers[0].service_id).order_by()
    if week_of:
        monday = week_of - timedelta(days=week_of.weekday())
        week = (start_of(monday), start_of(monday + timedelta(days=7)))
        free = free.filter(starts_at__gte=week[0], starts_at__lt=week[1])
    rows = free.values_list("office_id").annotate(first=Min("starts_at"))
    return dict(rows.values_list("office_id", "first"))


def _working_days(
    offered: OfferedService, closed: set[date], today: date, reach: int
) -> list[date]:
    days: Iterator[date] = (today + timedelta(days=n) for n in range(1, reach + 1))
    open_days = (
        day
        for day in days
        if str(day.isoweekday()) in offered.pattern.weekdays and day not in closed
    )
    return list(islice(open_days, offered.latest_days))


def _closed_days(first: date, last: date) -> dict[int | None, set[date]]:
    """Closed days by office; None stands for the whole city. One query."""
    closed: dict[int | None, set[date]] = defaultdict(set)
    rows = Closure.objects.filter(date__range=(first, last)).values_list("office_id", "date")
    for office_id, day in rows:
        closed[office_id].add(day)
    return closed
