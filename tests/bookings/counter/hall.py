"""The hall of one office on one day, for the tests of the counter."""

from datetime import timedelta

from bookings.services import counter
from bookings.workflow import Status
from offices.models import Window
from tests.factories import at, booking_at, couple_details, make_slot

DAY = at(2026, 11, 30)


def clock(hour, minute=0):
    return DAY + timedelta(hours=hour, minutes=minute)


def make_window(offered, label, **changes):
    return Window.objects.create(
        office=offered.office, section=offered.section, label=label, **changes
    )


def confirmed(offered, starts, details=None):
    return booking_at(
        Status.CONFIRMED,
        offered=offered,
        slot=make_slot(offered, starts=starts),
        details=details or couple_details(),
    )


def arrived(offered, officer, starts, *, now=None):
    return counter.arrive(booking=confirmed(offered, starts), by=officer, now=now or starts)


def serving(offered, officer, window, *, starts=None):
    starts = starts or clock(10)
    ticket = arrived(offered, officer, starts)
    counter.call(ticket=ticket, window=window, by=officer, now=starts)
    return counter.start(ticket=ticket, by=officer, now=starts)


def status_of(ticket):
    ticket.refresh_from_db()
    booking = ticket.booking
    return ticket.status, booking.status if booking else None
