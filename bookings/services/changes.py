"""Moving a booking to another time and cancelling it, by the citizen or by staff."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from bookings import news, rules
from bookings.models import Booking, Slot
from bookings.services.moves import locked_booking, move, record
from bookings.services.offers import free_place, offer_freed
from bookings.services.places import give_back_places, lock_slot, take_places
from bookings.services.returning import free_place_later, keep_back
from bookings.workflow import CHANGEABLE, Status
from core.errors import Refused
from core.retry import retried
from core.workflow import Actor, ActorKind


@retried
def cancel(
    *,
    booking: Booking,
    by: Actor,
    now: datetime,
    reason: str = "",
    version: int | None = None,
    told: Mapping[str, Any] | None = None,
) -> Booking:
    """Cancel and give the place back, to the waiting list first. Staff need a reason, which is in
    the message, with what else is `told`; a citizen is bound to the cut-off.

    Raises Refused("reason" | "cutoff" | "move") and Changed. Locks the slot, then the booking."""
    _check_may_change(booking, by=by, now=now, reason=reason)
    with transaction.atomic():
        lock_slot(booking.slot_id)
        locked = _locked_at(booking, by=by, version=version)
        move(locked, Status.CANCELLED, by=by, now=now, reason=reason)
        if by.kind == ActorKind.STAFF:
            free_place(booking=locked, now=now)
        else:
            free_place_later(booking=locked, now=now)
        kind = "cancelled_by_office" if by.kind == ActorKind.STAFF else "cancelled_by_citizen"
        news.tell(locked, kind, now=now, reason=reason, **(told or {}))
    return locked


@retried
def move_to(
    *,
    booking: Booking,
    slot: Slot,
    by: Actor,
    now: datetime,
    reason: str = "",
    version: int | None = None,
) -> Booking:
    """Move to another time of the same office and service: one place taken, one given back
    and offered to who waits for it; one that a citizen leaves comes back as a cancelled one does.

    Raises Refused("full" | "closed" | "too_soon" | "too_far" | "cutoff" | "moves" | "same" |
    "move") and Changed; the old time is kept then. Both slots are locked in id order, so that
    crossing moves cannot deadlock (fault F7)."""
    _check_may_change(booking, by=by, now=now, reason=reason)
    if (slot.office_id, slot.service_id) != (booking.office_id, booking.service_id):
        raise Refused(_("This time is not available. Choose another."), code="closed")
    if slot.pk == booking.slot_id:
        raise Refused(_("This is the time you have already."), code="same")
    if by.kind == ActorKind.CITIZEN:
        rules.check_bookable(booking.offered, slot, now=now)
        if booking.moves >= booking.offered.max_moves:
            raise Refused(
                _("It was moved online %(n)s times. Call %(phone)s; staff will help.")
                % {"n": booking.moves, "phone": booking.office.phone},
                code="moves",
            )
    with transaction.atomic():
        online, was_online = by.kind == ActorKind.CITIZEN, booking.takes_online_place
        swap_places(booking, slot, online=online)
        locked = _locked_at(booking, by=by, version=version)
        if locked.status not in CHANGEABLE:
            raise Refused(_("This appointment can no longer be moved."), code="move")
        old = put_on(locked, slot, online=online, by=by, now=now, reason=reason)
        if not offer_freed(slot_id=old.pk, now=now) and by.kind == ActorKind.CITIZEN:
            keep_back(locked.offered, old.pk, online=was_online, now=now)
        _tell_moved(locked, old, by=by, now=now, reason=reason)
    return locked


def move_to_kept_place(
    *,
    booking: Booking,
    slot: Slot,
    by: Actor,
    now: datetime,
    reason: str,
    told: Mapping[str, Any] | None = None,
) -> Booking:
    """Move to a time where a place is taken for this booking already: only the old place is given
    back. Inside the caller's transaction, which ends whatever kept the place.

    Raises Refused("reason" | "stale"). Locks the old slot, then the booking."""
    _check_may_change(booking, by=by, now=now, reason=reason)
    give_back_places(slot_id=booking.slot_id, online=booking.takes_online_place)
    locked = _locked_at(booking, by=by, version=None)
    old = put_on(locked, slot, online=False, by=by, now=now, reason=reason)
    _tell_moved(locked, old, by=by, now=now, reason=reason, told=told)
    return locked


def put_on(
    booking: Booking, slot: Slot, *, online: bool, by: Actor, now: datetime, reason: str
) -> Slot:
    """Write a locked booking onto a time where its place is taken, with its row of the history;
    returns the old time."""
    old = booking.slot
    booking.slot, booking.takes_online_place = slot, online
    booking.slot_since = now
    booking.moves += by.kind == ActorKind.CITIZEN
    booking.version += 1
    fields = ["slot", "takes_online_place", "slot_since", "moves", "version"]
    booking.save(update_fields=fields)
    record(booking, source=booking.status, by=by, now=now, reason=reason, from_slot=old)
    return old


def _tell_moved(
    booking: Booking,
    old: Slot,
    *,
    by: Actor,
    now: datetime,
    reason: str,
    told: Mapping[str, Any] | None = None,
) -> None:
    kind = "moved_by_office" if by.kind == ActorKind.STAFF else "moved_by_citizen"
    facts = {"reason": reason, "old_starts_at": old.starts_at.isoformat(), **(told or {})}
    news.tell(booking, kind, now=now, **facts)


def swap_places(booking: Booking, slot: Slot, *, online: bool) -> None:
    """Take a place of `slot` and give back the one of the booking, both rows locked in id order,
    so that crossing moves cannot deadlock (fault F7). Raises Refused("full" | "closed")."""
    for slot_id in sorted((booking.slot_id, slot.pk)):
        if slot_id == slot.pk:
            take_places(slot_id=slot_id, online=online)
        else:
            give_back_places(slot_id=slot_id, online=booking.takes_online_place)


def _locked_at(booking: Booking, *, by: Actor, version: int | None) -> Booking:
    """The locked booking, still at the slot whose row was locked before it, still with the kind of
    place that was given back there, and still changeable.
    Staff are told who was first; a citizen is told the new state, not the officer's name."""
    is_staff = by.kind == ActorKind.STAFF
    locked = locked_booking(booking.pk, version=version if is_staff else None)
    is_older = version is not None and version != locked.version
    known, present = ((one.slot_id, one.takes_online_place) for one in (booking, locked))
    if is_older or known != present or locked.status not in CHANGEABLE:
        raise Refused(
            _("It has just become “%(status)s”. This page now shows the newest data.")
            % {"status": locked.get_status_display()},
            code="stale",
        )
    return locked


def _check_may_change(booking: Booking, *, by: Actor, now: datetime, reason: str) -> None:
    if by.kind == ActorKind.STAFF and not reason.strip():
        raise Refused(
            _("Write the reason; the applicant will read it."), code="reason", field="reason"
        )
    if by.kind == ActorKind.CITIZEN:
        if booking.belongs_to:
            raise Refused(
                _("This time belongs to request %(ref)s. Change it on the page of the request.")
                % {"ref": booking.reference},
                code="belongs",
            )
        rules.check_changeable(booking.offered, booking.slot, now=now)
