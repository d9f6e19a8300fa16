"""Holding a place for the minutes in which a citizen fills in the form."""

import hashlib
from datetime import datetime, timedelta

from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from bookings import queries, rules
from bookings.models import Booking, Slot
from bookings.services.moves import locked_booking, move, record
from bookings.services.offers import end_holds, free_place
from bookings.services.places import lock_slot, place_taken
from bookings.services.waiting import hand_over
from bookings.workflow import Status
from core.errors import Refused
from core.reference import new_reference
from core.retry import retried
from core.rows import insert_one
from core.workflow import CITIZEN, SYSTEM, Actor
from offices.models import OfferedService

REFERENCE_DRAWS = 5
# Marks a name that is no browser's.
CHAT = "chat:"


def chat_holder(name: str) -> str:
    """The word under which a chat keeps times for a user, until a browser takes them over."""
    return CHAT + hashlib.sha256(name.encode()).hexdigest()[: 64 - len(CHAT)]


@retried
def hold(
    *, slot: Slot, offered: OfferedService, holder: str, language: str, now: datetime
) -> Booking:
    """Hold one online place of a slot for HOLD_MINUTES, for the browser named by `holder`. The
    same browser gets its hold of this slot back.

    Raises Refused("full" | "closed" | "too_soon" | "too_far" | "holds").
    The place is taken first, by the statement that stores the hold (`places.place_taken`)."""
    mine = _own_holds(holder, now)
    for booking in mine:
        if booking.slot_id == slot.pk:
            return booking
    rules.check_bookable(offered, slot, now=now)
    used = {booking.hold_no for booking in mine}
    free_numbers = [no for no in range(1, settings.HOLDS_PER_VISITOR + 1) if no not in used]
    if not free_numbers:
        raise _too_many_holds()
    booking = Booking(
        office_id=offered.office_id,
        service_id=offered.service_id,
        offered=offered,
        slot=slot,
        holder=holder,
        hold_no=free_numbers[0],
        held_until=now + timedelta(minutes=settings.HOLD_MINUTES),
        language=language,
        created_at=now,
    )
    _take_and_store(booking, prefix=offered.office.prefix, now=now)
    return booking


def _own_holds(holder: str, now: datetime) -> list[Booking]:
    """The browser's holds; those that are over and not swept yet are released first."""
    holds = queries.all_holds_of(holder)
    for booking in holds:
        if booking.held_until and booking.held_until <= now:
            release_hold(booking=booking, by=SYSTEM, now=now)
    return [booking for booking in holds if booking.held_until and booking.held_until > now]


def _take_and_store(booking: Booking, *, prefix: str, now: datetime) -> None:
    """Take the place and store the hold under a new reference, drawn again on a clash."""
    for _attempt in range(REFERENCE_DRAWS):
        booking.reference = new_reference(prefix)
        try:
            with place_taken(booking.slot_id):
                insert_one(booking)
                record(booking, source="", by=CITIZEN, now=now)
        except IntegrityError as error:
            if "hold_no" in str(error) or "booking_holds_of_a_visitor" in str(error):
                raise _too_many_holds() from error
            if "reference" not in str(error):
                raise
            booking.pk = None
        else:
            return
    raise Refused(_("Very many are booking just now. Try again in a minute."), code="busy")


@retried
def extend_hold(*, booking_id: int, holder: str, now: datetime) -> Booking:
    """Ten more minutes, once. Raises Refused("extended" | "expired")."""
    with transaction.atomic():
        booking = locked_booking(booking_id)
        is_mine = booking.holder == holder and booking.status == Status.HELD
        if not is_mine or booking.held_until is None or booking.held_until < now:
            raise Refused(_("The time was released. Choose a time again."), code="expired")
        if booking.hold_extended:
            raise Refused(_("More time can be asked for once only."), code="extended")
        booking.held_until += timedelta(minutes=settings.HOLD_MINUTES)
        booking.hold_extended = True
        booking.save(update_fields=["held_until", "hold_extended"])
    return booking


@retried
def take_kept(*, booking_id: int, holder: str, now: datetime) -> Booking:
    """Hand a time that was kept in a chat to the browser named by `holder`, the first one that
    asks; that one may ask again. Raises Refused("expired" | "holds"). Locks the booking."""
    with transaction.atomic():
        booking = locked_booking(booking_id)
        is_kept = booking.status == Status.HELD and booking.held_until and booking.held_until > now
        if is_kept and booking.holder == holder:
            return booking
        if not is_kept or not booking.holder.startswith(CHAT):
            raise Refused(_("The time is no longer kept for you."), code="expired")
        hand_over([booking], holder)
    return booking


@retried
def release_hold(*, booking: Booking, by: Actor, now: datetime) -> None:
    """Give a held place back, to the waiting list first; a booking that is no longer held is left
    as it is. Of an offer all holds end together."""
    if booking.waiting_id is not None:
        end_holds(booking=booking, by=by, now=now)
        return
    with transaction.atomic():
        lock_slot(booking.slot_id)
        locked = locked_booking(booking.pk)
        if locked.status == Status.HELD:
            move(locked, Status.EXPIRED, by=by, now=now)
            free_place(booking=locked, now=now)


def release_expired(*, now: datetime) -> int:
    """Release all holds whose time is over; returns how many. One short transaction each, so
    that it can be killed and run again."""
    over = list(Booking.objects.holds_over(now))
    for booking in over:
        release_hold(booking=booking, by=SYSTEM, now=now)
    return len(over)


def _too_many_holds() -> Refused:
    return Refused(
        _("You are keeping %(n)s times already. Finish one of them, or give one back.")
        % {"n": settings.HOLDS_PER_VISITOR},
        code="holds",
    )
