"""Reads about times and bookings that more than one caller needs."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from uuid import UUID

from django.db import connection
from django.db.models import Count, Min, Q, QuerySet
from django.utils import timezone
from prometheus_client.core import GaugeMetricFamily

from bookings import rules
from bookings.models import Booking, Slot
from bookings.rules import BookingWindow
from bookings.workflow import OPEN, Status
from core.rows import columns, read
from offices import queries as office_queries
from offices.models import Closure, OfferedService, PopularDay, Service, ServiceCase

# Slot, capacity, online capacity, taken, taken online, when closed.
Places = tuple[int, int, int, int, int, datetime | None]
NEXT_TIMES = 4
OF_ONE_DAY = 2
# The three free times before and the three after; a rush reads this for everyone it refuses.
FREE = """
    SELECT * FROM bookings_slot
    WHERE office_id = %(office)s AND service_id = %(service)s AND id <> %(slot)s
    AND closed_at IS NULL AND taken < capacity AND taken_online < online_capacity
"""
NEAREST = f"""
    SELECT * FROM ({FREE} AND starts_at > %(first)s AND starts_at < %(start)s
        ORDER BY starts_at DESC LIMIT 3) AS before
    UNION ALL
    SELECT * FROM ({FREE} AND starts_at > %(first)s AND starts_at >= %(start)s
        AND starts_at < %(last)s ORDER BY starts_at LIMIT 3) AS after
"""  # noqa: S608 -- two texts of ours
# A row for each case of the service, and one when it has none.
OF_FORM = f"""
    SELECT {columns(Booking, "b")}, s.code AS service_code, s.parties AS service_parties,
        o.needs_officer, c.id AS id_of_case, c.code AS code_of_case
    FROM bookings_booking b
    JOIN offices_service s ON s.id = b.service_id
    JOIN offices_offeredservice o ON o.id = b.offered_id
    LEFT JOIN offices_servicecase c ON c.service_id = b.service_id
    WHERE b.form_key = %s AND b.holder = %s
    ORDER BY c."order"
"""  # noqa: S608 -- names of ours


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
        start = max(now, _start_of(windows[kind].first))
        end = _start_of(windows[kind].last + timedelta(days=1))
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


def nearest_free(offered: OfferedService, slot: Slot, *, now: datetime) -> list[Slot]:
    """Three free times nearest to a time that went, in time order. Two queries."""
    window = rules.booking_window(offered, now=now)
    values = {
        "slot": slot.pk,
        "office": offered.office_id,
        "service": offered.service_id,
        "start": slot.starts_at,
        "first": max(now, _start_of(window.first), slot.starts_at - timedelta(days=10)),
        "last": min(
            slot.starts_at + timedelta(days=30), _start_of(window.last + timedelta(days=1))
        ),
    }
    moment = Slot._meta.get_field("starts_at")
    for name in ("start", "first", "last"):
        values[name] = moment.get_db_prep_value(values[name], connection)
    free = list(Slot.objects.raw(NEAREST, values))
    nearest = sorted(free, key=lambda other: abs(other.starts_at - slot.starts_at))[:3]
    return sorted(nearest, key=lambda other: other.starts_at)


def slot_of(offered: OfferedService, slot_id: int) -> Slot | None:
    """A time, if it is one of this service at this office. One query, written out for the
    busiest path."""
    sql = "SELECT * FROM bookings_slot WHERE id = %s AND office_id = %s AND service_id = %s"
    found = Slot.objects.raw(sql, [slot_id, offered.office_id, offered.service_id])
    return next(iter(found), None)


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
        .between(_start_of(day), _start_of(day + timedelta(days=1)))
        .annotate(held=Count("bookings", filter=Q(bookings__status=Status.HELD)))
        .order_by("starts_at")
    )


def places_taken(*, office_id: int, service_id: int, first: date, last: date) -> list[Places]:
    """All that changes on the times of some days, both ends included, to see whether a page about
    them is still true. One query."""
    return list(
        Slot.objects.filter(office_id=office_id, service_id=service_id)
        .between(_start_of(first), _start_of(last + timedelta(days=1)))
        .order_by("pk")
        .values_list("pk", "capacity", "online_capacity", "taken", "taken_online", "closed_at")
    )


def booking_of_form(form_key: UUID, holder: str) -> tuple[Booking, list[ServiceCase]]:
    """The hold or booking of a form, if it is this browser's, and the cases of its service: with
    the little that sending the form needs of service, offer and cases (the rest is read when asked
    for); not locked. One query, written out because it stands in the busiest path. Raises
    Booking.DoesNotExist."""
    key = Booking._meta.get_field("form_key").get_db_prep_value(form_key, connection)
    rows = read(Booking, OF_FORM, [key, holder])
    if not rows:
        raise Booking.DoesNotExist
    booking, extra = rows[0], vars(rows[0])
    alias = booking._state.db
    service = [booking.service_id, extra["service_code"], extra["service_parties"]]
    offer = [booking.offered_id, extra["needs_officer"]]
    booking.service = Service.from_db(alias, ["id", "code", "parties"], service)
    booking.offered = OfferedService.from_db(alias, ["id", "needs_officer"], offer)
    cases = [[vars(row)["id_of_case"], vars(row)["code_of_case"]] for row in rows]
    return booking, [ServiceCase.from_db(alias, ["id", "code"], case) for case in cases if case[0]]


def keeps(holder: str, slot: Slot) -> bool:
    """Whether the browser keeps a place of this time already. One query."""
    sql = "SELECT id FROM bookings_booking WHERE holder = %s AND status = %s AND slot_id = %s"
    return any(Booking.objects.raw(sql, [holder, Status.HELD.value, slot.pk]))


def still_held(ids: Sequence[int], *, now: datetime) -> list[int]:
    """Which of these bookings are holds that run. One query."""
    held = Booking.objects.filter(pk__in=ids, status=Status.HELD, held_until__gt=now)
    return list(held.values_list("pk", flat=True))


def holds_of(holder: str, *, now: datetime) -> QuerySet[Booking]:
    """The times that a browser is keeping. One query."""
    return Booking.objects.filter(
        holder=holder, status=Status.HELD, held_until__gt=now
    ).select_related("slot", "office", "service")


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
        .between(_start_of(first), _start_of(last + timedelta(days=1)))
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


def _start_of(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time()))
