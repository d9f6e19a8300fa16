"""What people in the waiting list do, and what becomes of them."""

from bookings import services
from bookings.models import Booking
from bookings.workflow import Status
from core.workflow import CITIZEN
from tests.factories import NOW, at, wait

FULL_DAY = at(2026, 11, 30).date()


def join(offered, **changes):
    return wait(offered, **({"first_day": FULL_DAY, "latest_day": FULL_DAY} | changes))


def cancel(booking, *, now=NOW):
    return services.cancel(booking=booking, by=CITIZEN, now=now)


def state(entry):
    entry.refresh_from_db()
    return entry.status


def offer_of(entry):
    return Booking.objects.get(waiting=entry, status=Status.HELD)
