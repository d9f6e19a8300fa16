"""What happens to bookings whose visit is over and that nobody ended."""

from datetime import datetime

from django.db import transaction

from bookings.models import Booking, Party
from bookings.services.moves import locked_booking, move
from bookings.services.offers import free_place
from bookings.services.places import lock_slot
from bookings.workflow import OPEN, UNDECIDED, Status
from core.workflow import SYSTEM


def end_past_visits(*, now: datetime) -> int:
    """Expire requests that were never decided before their visit, and let everybody whose visit
    is over book again. Returns how many requests expired. One short transaction each."""
    late = Booking.objects.filter(status__in=UNDECIDED, slot__ends_at__lt=now)
    expired = sum(_expire(booking, now) for booking in list(late))
    Party.objects.filter(
        is_open=True, booking__status__in=OPEN, booking__slot__ends_at__lt=now
    ).update(is_open=False)
    return expired


def _expire(booking: Booking, now: datetime) -> bool:
    with transaction.atomic():
        lock_slot(booking.slot_id)
        locked = locked_booking(booking.pk)
        if locked.status not in UNDECIDED or locked.slot_id != booking.slot_id:
            return False
        move(locked, Status.EXPIRED, by=SYSTEM, now=now)
        free_place(booking=locked, now=now)
    return True
