"""The times that a change of a pattern brings: made ready with its draft, so that a place of them
can be proposed, and open once it is announced."""

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta

from django.conf import settings
from django.db.models import F, QuerySet
from django.utils import timezone

from bookings.models import Closing, Part, Slot
from bookings.services.closing_rules import stale
from bookings.services.pattern_rules import rows_of
from bookings.services.timetable import slots_of_rows
from offices import queries as office_queries
from offices.models import PatternTime

BATCH = 2_000


def prepare(closing: Closing, *, now: datetime) -> None:
    """Make the times that the change would add, closed and out of the pattern; those that are
    there from an earlier pattern are taken up. Safe to repeat. About ten queries."""
    closing.new_slots().update(stopped_by=None)
    offers = list(closing.services.filter(is_open=True, service__is_active=True))
    rows = [PatternTime(no=no, starts=starts, ends=ends) for no, starts, ends in closing.rows]
    wanted = {
        (slot.service_id, slot.starts_at): slot
        for slot in slots_of_rows(offers, closing.weekdays, rows, _days(now))
        if slot.starts_at > now
    }
    known = {(one.service_id, one.starts_at): one for one in closing.same_slots()}
    missing = [slot for key, slot in wanted.items() if key not in known]
    for slot in missing:
        slot.out_of_pattern, slot.closed_at, slot.stopped_by = True, now, closing
    Slot.objects.bulk_create(missing, batch_size=BATCH, ignore_conflicts=True)
    old = [one.pk for key, one in known.items() if key in wanted and one.out_of_pattern]
    _slots(old).update(stopped_by=closing)


def put_in_force(closing: Closing, *, gone: Sequence[int], now: datetime) -> None:
    """Take the times `gone` out of the pattern, open the new ones, let those that stay end as the
    rows say, and store the pattern. Inside the transaction that has locked closing and times.

    Raises Refused("stale") when the pattern or who uses it was changed meanwhile."""
    _check_unchanged(closing)
    _slots(gone).update(out_of_pattern=True, stopped_by=None)
    _slots(gone).filter(closed_at__isnull=True).update(closed_at=now)
    new = list(closing.new_slots().values_list("pk", flat=True))
    _slots(new).update(out_of_pattern=False, closed_at=None, stopped_by=None)
    # On closed days they stay closed, until the day opens again.
    closing.same_slots().filter(
        out_of_pattern=True, starts_at__date__in=_closed_days(closing, now)
    ).update(out_of_pattern=False)
    for _no, starts, ends in closing.rows:
        same = closing.same_slots().filter(starts_at__time=starts)
        same.update(ends_at=F("starts_at") + _length(starts, ends))
    _store(closing)


def _check_unchanged(closing: Closing) -> None:
    pattern = closing.pattern
    if pattern is None:
        raise stale()
    if closing.part == Part.PATTERN:
        using = set(pattern.offered.values_list("pk", flat=True))
        if using != set(closing.services.values_list("pk", flat=True)):
            raise stale()
    elif (pattern.weekdays, rows_of(pattern)) != (closing.weekdays, closing.rows):
        raise stale()


def _store(closing: Closing) -> None:
    pattern = closing.pattern
    if pattern is None:
        return
    if closing.part == Part.CHOICE:
        for offered in closing.services.all():
            offered.pattern = pattern
            offered.save(update_fields=["pattern"])
        return
    pattern.weekdays = closing.weekdays
    pattern.save(update_fields=["weekdays"])
    pattern.times.all().delete()
    PatternTime.objects.bulk_create(
        PatternTime(pattern=pattern, no=no, starts=starts, ends=ends)
        for no, starts, ends in closing.rows
    )


def _closed_days(closing: Closing, now: datetime) -> list[date]:
    days = _days(now)
    closures = office_queries.closures_between(
        office_id=closing.office_id, first=days[0], last=days[-1]
    )
    return list(closures)


def _days(now: datetime) -> list[date]:
    today = timezone.localdate(now)
    return [today + timedelta(days=n) for n in range(settings.SLOT_DAYS_AHEAD + 1)]


def _slots(ids: Sequence[int]) -> QuerySet[Slot]:
    return Slot.objects.filter(pk__in=ids)


def _length(starts: time, ends: time) -> timedelta:
    return timedelta(hours=ends.hour - starts.hour, minutes=ends.minute - starts.minute)
