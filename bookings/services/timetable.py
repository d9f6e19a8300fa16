"""Making slots from opening patterns, and closing days."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.conf import settings
from django.utils import timezone

from bookings.models import Closing, Slot
from bookings.services.offers import reopen
from bookings.workflow import CLOSED_BY
from offices.models import Closure, OfferedService, PatternTime

BATCH = 2_000


@dataclass(frozen=True)
class Generated:
    """What `generate_slots` did: new rows, and slots closed or opened again by the calendar."""

    created: int
    closed: int
    reopened: int


def generate_slots(
    *, now: datetime, days: int | None = None, offered_ids: list[int] | None = None
) -> Generated:
    """Make the slots of the next `days` days (SLOT_DAYS_AHEAD) of all open services, or of the
    given ones, from the office's pattern. Slots that exist are left as they are, none is deleted;
    safe to run at any time and twice at once."""
    today = timezone.localdate(now)
    ahead = settings.SLOT_DAYS_AHEAD if days is None else days
    dates = [today + timedelta(days=n) for n in range(ahead + 1)]
    offers = OfferedService.objects.open().select_related("pattern", "service")
    if offered_ids is not None:
        offers = offers.filter(pk__in=offered_ids)
    created = _make_missing(offers, dates)
    return Generated(created, *_apply_closures(dates, now))


def apply_closures(*, now: datetime, day: date | None = None) -> tuple[int, int]:
    """Close the slots of closed days and open those whose closure was removed; returns how many
    of each. With `day` only that one, whose slots are made if it was closed when the others of
    its week were."""
    today = timezone.localdate(now)
    dates = [today + timedelta(days=n) for n in range(settings.SLOT_DAYS_AHEAD + 1)]
    if day is not None:
        dates = [ahead for ahead in dates if ahead == day]
        _make_missing(OfferedService.objects.open().select_related("pattern"), dates)
    return _apply_closures(dates, now)


def slots_of_rows(
    offers: Sequence[OfferedService], weekdays: str, rows: list[PatternTime], dates: list[date]
) -> Iterator[Slot]:
    """The times, not stored, that these rows give on the days and hours that are not closed.
    Three queries."""
    closed = _closed_days(dates[0], dates[-1])
    parts = _closed_parts(dates[0], dates[-1])
    for offered in offers:
        for slot in _slots_of(offered, weekdays, rows, dates, closed, set()):
            if not any(_closes(part, offered, slot) for part in parts[offered.office_id]):
                yield slot


def _make_missing(offers: Iterable[OfferedService], dates: list[date]) -> int:
    """Five queries, one more for each BATCH of new slots."""
    if not dates:
        return 0
    closed = _closed_days(dates[0], dates[-1])
    parts = _closed_parts(dates[0], dates[-1])
    times: dict[int, list[PatternTime]] = defaultdict(list)
    for row in PatternTime.objects.all():
        times[row.pattern_id].append(row)
    start, end = _at(dates[0], time()), _at(dates[-1] + timedelta(days=1), time())
    known = set(
        Slot.objects.between(start, end).values_list("office_id", "service_id", "starts_at")
    )
    missing = [
        slot
        for offered in offers
        for slot in _slots_of(
            offered, offered.pattern.weekdays, times[offered.pattern_id], dates, closed, known
        )
        if not any(_closes(part, offered, slot) for part in parts[offered.office_id])
    ]
    Slot.objects.bulk_create(missing, batch_size=BATCH, ignore_conflicts=True)
    return len(missing)


def _slots_of(
    offered: OfferedService,
    weekdays: str,
    times: list[PatternTime],
    dates: list[date],
    closed: dict[date, set[int | None]],
    known: set[tuple[int, int, datetime]],
) -> Iterator[Slot]:
    for day in dates:
        if str(day.isoweekday()) not in weekdays:
            continue
        if closed[day] & {None, offered.office_id}:
            continue
        for row in times:
            starts_at = _at(day, row.starts)
            if (offered.office_id, offered.service_id, starts_at) not in known:
                yield Slot(
                    office_id=offered.office_id,
                    service_id=offered.service_id,
                    starts_at=starts_at,
                    ends_at=_at(day, row.ends),
                    capacity=offered.bookable_places,
                    online_capacity=offered.online_places,
                )


def _at(day: date, clock: time) -> datetime:
    return datetime.combine(day, clock, tzinfo=timezone.get_default_timezone())


def _closed_parts(first: date, last: date) -> dict[int, list[Closing]]:
    """Office → the parts of days that were closed with an announcement. Two queries."""
    parts: dict[int, list[Closing]] = defaultdict(list)
    closings = Closing.objects.of_hours().filter(status__in=CLOSED_BY, date__range=(first, last))
    for closing in closings.prefetch_related("services"):
        parts[closing.office_id].append(closing)
    return parts


def _closes(closing: Closing, offered: OfferedService, slot: Slot) -> bool:
    if slot.starts_at >= closing.ends_at or slot.ends_at <= closing.starts_at:
        return False
    return closing.of_all_services or offered in closing.services.all()


def _closed_days(first: date, last: date) -> dict[date, set[int | None]]:
    """Day → the offices closed on it; None stands for the whole city."""
    closed: dict[date, set[int | None]] = defaultdict(set)
    rows = Closure.objects.filter(date__range=(first, last)).values_list("date", "office_id")
    for day, office_id in rows:
        closed[day].add(office_id)
    return closed


def _apply_closures(dates: list[date], now: datetime) -> tuple[int, int]:
    """A slot closed by hand stays closed when its day opens again."""
    if not dates:
        return 0, 0
    closed = _closed_days(dates[0], dates[-1])
    newly_closed = reopened = 0
    for day in dates:
        of_day = Slot.objects.between(_at(day, time()), _at(day + timedelta(days=1), time()))
        everywhere = None in closed[day]
        offices = [office_id for office_id in closed[day] if office_id is not None]
        shut = of_day if everywhere else of_day.filter(office_id__in=offices)
        newly_closed += shut.filter(closed_at__isnull=True).update(closed_at=now)
        if not everywhere:
            open_again = of_day.exclude(office_id__in=offices)
            calendar_closed = open_again.filter(
                closed_at__isnull=False,
                closed_by_hand=False,
                stopped_by__isnull=True,
                out_of_pattern=False,
            )
            reopened += reopen(calendar_closed, now=now)
    return newly_closed, reopened
