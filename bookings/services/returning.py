"""Cancelled places that come back after a while: what an office can do against people who book
times to hand them on (ADR 18)."""

import secrets
from collections.abc import Sequence
from datetime import datetime, timedelta

from django.db import transaction

from bookings.models import Booking, ReturningPlace, Slot
from bookings.services.offers import free_place, offer_freed
from bookings.services.places import give_back_places, lock_slot, take_places
from core.db import lock_rows
from offices.models import OfferedService


def free_place_later(*, booking: Booking, now: datetime) -> None:
    """Give the place of a locked booking back after a random while, up to the office's
    `return_delay_minutes`; at once when there is no such delay, when somebody on the waiting list
    takes it, or when the time is closed. The slot's row is locked; the place stays taken."""
    if not free_place(booking=booking, now=now):
        keep_back(booking.offered, booking.slot_id, online=booking.takes_online_place, now=now)


def keep_back(offered: OfferedService, slot_id: int, *, online: bool, now: datetime) -> None:
    """Take a place that was given back just now again, until its random while is over; nothing
    where the office has no delay or the time is closed. The slot's row is locked by the caller."""
    delay = offered.return_delay_minutes
    if not delay or not Slot.objects.filter(pk=slot_id, closed_at=None).exists():
        return
    take_places(slot_id=slot_id, online=online)
    seconds = secrets.randbelow(60 * delay + 1)
    ReturningPlace.objects.create(
        slot_id=slot_id, online=online, due_at=now + timedelta(seconds=seconds)
    )


def return_places(*, now: datetime) -> int:
    """Give back the places that are due; returns how many. One short transaction each, safe to
    kill, to repeat and to run twice at once."""
    due = ReturningPlace.objects.due(now)
    return sum(_return(place, now) for place in list(due))


def return_at_once(slots: Sequence[int]) -> None:
    """Give back what is still to come back at these times, which the caller has locked and closed:
    nobody is offered it. One query where nothing is."""
    for place in ReturningPlace.objects.filter(slot__in=slots).order_by("pk"):
        give_back_places(slot_id=place.slot_id, online=place.online)
        place.delete()


def _return(place: ReturningPlace, now: datetime) -> bool:
    with transaction.atomic():
        lock_slot(place.slot_id)
        locked = lock_rows(ReturningPlace.objects.filter(pk=place.pk)).first()
        if locked is None:
            return False
        give_back_places(slot_id=locked.slot_id, online=locked.online)
        locked.delete()
        offer_freed(slot_id=locked.slot_id, now=now)
    return True
