"""Reads about the waiting list of a service at an office."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db.models import Q

from bookings.models import Booking, Slot, WaitingEntry
from bookings.workflow import Status
from core import thai_dates
from core.days import start_of
from offices.models import OfferedService


@dataclass(frozen=True)
class Line:
    """Where an entry stands and what has come free for its days since it joined: `offered` places
    went to others. Enough to say why nothing came yet."""

    position: int
    offered: int


def days_of(entry: WaitingEntry) -> str:
    """The days that are waited for, in words."""
    first = thai_dates.medium_date(entry.first_day)
    if entry.first_day == entry.latest_day:
        return first
    return f"{first} – {thai_dates.medium_date(entry.latest_day)}"


@dataclass(frozen=True)
class Room:
    """`most` places online that a time of some days has in all, 0 without any open time; whether
    one has enough of them free."""

    most: int
    is_free: bool


def line_of(entry: WaitingEntry) -> Line:
    """Two queries."""
    same = WaitingEntry.objects.in_line().filter(
        office_id=entry.office_id, service_id=entry.service_id
    )
    before = Q(joined_at__lt=entry.joined_at) | Q(joined_at=entry.joined_at, pk__lt=entry.pk)
    offered = Booking.objects.filter(
        waiting__office_id=entry.office_id,
        waiting__service_id=entry.service_id,
        created_at__gte=entry.joined_at,
        slot__starts_at__gte=start_of(entry.first_day),
        slot__starts_at__lt=start_of(entry.latest_day + timedelta(days=1)),
    ).exclude(waiting=entry)
    return Line(same.filter(before).count() + 1, offered.count())


def was_taken_back(entry: WaitingEntry) -> bool:
    """Whether one that waits had a time kept before, which the office then stopped. One query."""
    return entry.offers.filter(status=Status.EXPIRED).exists()


def kept_for(entry: WaitingEntry, *, now: datetime) -> list[Booking]:
    """What is held for an entry at this moment, with its time: of a party whose first place is
    booked, the others. One query."""
    kept = entry.offers.filter(status=Status.HELD, held_until__gt=now)
    return list(kept.select_related("slot").order_by("pk"))


def room_on(offered: OfferedService, *, first: date, last: date, n: int, now: datetime) -> Room:
    """What the open times of these days, both ends included, have for n people. One query."""
    times = list(
        Slot.objects.of(offered)
        .between(max(start_of(first), now), start_of(last + timedelta(days=1)))
        .filter(closed_at__isnull=True)
    )
    return Room(
        most=max((slot.online_capacity for slot in times), default=0),
        is_free=any(slot.free_online >= n for slot in times),
    )
