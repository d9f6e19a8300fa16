"""Numbers in the hall: one row an office, day and lane is locked to give the next."""

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from itertools import count

from django.db.models import Sum
from django.utils import timezone

from bookings.models import Booking, Counter, Lane, Slot, Ticket
from core.days import start_of
from core.db import lock_rows
from offices.models import Office


def locked_counter(office: Office, day: date, lane: Lane) -> Counter:
    """The row of numbers, made where there is none, locked until the transaction ends."""
    row, _is_new = Counter.objects.get_or_create(office=office, day=day, lane=lane)
    return lock_rows(Counter.objects.filter(pk=row.pk)).get()


def next_number(counter: Counter) -> int:
    """The number after the last one given, whatever became of that. One UPDATE."""
    counter.last += 1
    counter.save(update_fields=["last"])
    return counter.last


def number_of_place(counter: Counter, booking: Booking) -> int:
    """The place of the day as the printed table counts: the fifth time of the marriage table is
    A05. Where another service of the office has that number already, the next free one. The
    locked counter keeps two arrivals from one number. Three queries."""
    wanted = place_of_the_day(booking)
    given = Ticket.objects.filter(office=counter.office_id, day=counter.day, lane=counter.lane)
    taken = set(given.values_list("number", flat=True))
    number = _first_not_in(taken, count(wanted))
    counter.last = max(counter.last, number)
    counter.save(update_fields=["last"])
    return number


def place_of_the_day(booking: Booking) -> int:
    """1 for the first place of the day's table of the booked service. One query."""
    slot = booking.slot
    day = Slot.objects.of(booking.offered).shown()
    earlier = day.between(start_of(timezone.localdate(slot.starts_at)), slot.starts_at)
    return 1 + (earlier.aggregate(places=Sum("capacity"))["places"] or 0)


def slots_of_day(moment: datetime) -> tuple[datetime, datetime]:
    """From midnight to midnight around a moment."""
    start = start_of(timezone.localdate(moment))
    return start, start + timedelta(days=1)


def _first_not_in(taken: set[int], numbers: Iterable[int]) -> int:
    return next(number for number in numbers if number not in taken)
