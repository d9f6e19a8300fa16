"""What happens to bookings whose visit is over and that nobody ended."""

from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from bookings.models import Booking, Party, Ticket
from bookings.services import counter
from bookings.services.moves import locked_booking, move
from bookings.services.offers import free_place
from bookings.services.places import lock_slot
from bookings.workflow import OPEN, UNDECIDED, Status, TicketStatus
from core.days import start_of
from core.errors import Refused
from core.workflow import SYSTEM

# People in the hall at closing time are still served.
AFTER_HOURS = timedelta(minutes=30)


def end_past_visits(*, now: datetime) -> int:
    """Expire requests that were never decided before their visit, and let everybody whose visit
    is over book again. Returns how many requests expired. One short transaction each."""
    late = Booking.objects.filter(status__in=UNDECIDED, slot__ends_at__lt=now)
    expired = sum(_expire(booking, now) for booking in list(late))
    Party.objects.filter(
        is_open=True, booking__status__in=OPEN, booking__slot__ends_at__lt=now
    ).update(is_open=False)
    return expired


def end_office_days(*, now: datetime) -> int:
    """Where an office has closed: mark who did not come, and who waited and was not called, as
    gone. Who is being served stays. Returns how many. One short transaction each, so that it can
    be killed and run again."""
    over = _day_is_over(now)
    waiting = Ticket.objects.filter(status__in=[TicketStatus.WAITING, TicketStatus.CALLED])
    left = waiting.filter(Q(day__lt=timezone.localdate(now)) | over)
    expected = Booking.objects.filter(status=Status.CONFIRMED, slot__starts_at__lt=now)
    absent = expected.filter(Q(slot__starts_at__lt=start_of(timezone.localdate(now))) | over)
    ended = sum(_gone(now, ticket=ticket) for ticket in left.select_related("offered"))
    return ended + sum(_gone(now, booking=booking) for booking in absent)


def _day_is_over(now: datetime) -> Q:
    """Offices that closed earlier today. A clock before AFTER_HOURS past midnight is of nobody."""
    closed = timezone.localtime(now - AFTER_HOURS)
    if closed.date() < timezone.localdate(now):
        return Q(pk__in=[])
    return Q(office__closes_at__lte=closed.time())


def _gone(now: datetime, *, booking: Booking | None = None, ticket: Ticket | None = None) -> bool:
    try:
        counter.no_show(booking=booking, ticket=ticket, by=None, now=now)
    except Refused:
        # Somebody did something with it this very moment.
        return False
    return True


def _expire(booking: Booking, now: datetime) -> bool:
    with transaction.atomic():
        lock_slot(booking.slot_id)
        locked = locked_booking(booking.pk)
        if locked.status not in UNDECIDED or locked.slot_id != booking.slot_id:
            return False
        move(locked, Status.EXPIRED, by=SYSTEM, now=now)
        free_place(booking=locked, now=now)
    return True
