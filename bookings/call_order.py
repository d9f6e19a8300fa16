"""The order in which people in the hall are called. The system proposes; staff may
call any row. The same rule is written on the display, so that nobody wonders who comes next."""

from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db.models import Min
from django.utils import timezone

from bookings.models import Booking, Lane, Ticket
from bookings.services.counter.numbers import slots_of_day
from bookings.workflow import Status
from offices.models import Office


def waiting_order(office: Office, now: datetime) -> list[Ticket]:
    """All who wait today, first to be called first: (1) booked whose time has come, (2) walk-ins,
    longest first, who waited more than WALK_IN_WAIT_MINUTES or fit before the next booked time of
    their section, (3) booked who came early, (4) the other walk-ins. Two queries."""
    rows = (
        Ticket.objects.of_day(office, timezone.localdate(now))
        .waiting()
        .select_related("offered__service", "offered__section", "booking__slot", "booking__case")
        .prefetch_related("booking__parties")
    )
    tickets = list(rows)
    next_booked = _next_booked(office, now) if tickets else {}
    return sorted(tickets, key=lambda ticket: _turn(ticket, next_booked, now))


def has_waited_long(ticket: Ticket, now: datetime) -> bool:
    """Whether a walk-in goes before those who came before their time."""
    return now - ticket.arrived_at > timedelta(minutes=settings.WALK_IN_WAIT_MINUTES)


def _turn(ticket: Ticket, next_booked: dict[int, datetime], now: datetime) -> tuple[Any, ...]:
    if ticket.lane == Lane.BOOKED and ticket.booking is not None:
        starts_at = ticket.booking.slot.starts_at
        return (1 if starts_at <= now else 3, starts_at, ticket.number)
    end = now + timedelta(minutes=ticket.offered.minutes)
    until = next_booked.get(ticket.offered.section_id)
    is_next = has_waited_long(ticket, now) or until is None or end <= until
    return (2 if is_next else 4, ticket.arrived_at, ticket.number)


def _next_booked(office: Office, now: datetime) -> dict[int, datetime]:
    """Section → the next time today at which somebody with an appointment is due."""
    _start, end = slots_of_day(now)
    due = Booking.objects.filter(
        office=office,
        status__in=[Status.CONFIRMED, Status.ARRIVED],
        slot__starts_at__gt=now,
        slot__starts_at__lt=end,
    )
    rows = due.order_by().values_list("offered__section_id").annotate(next=Min("slot__starts_at"))
    return dict(rows)
