"""The stop of a draft: nothing new is booked on its times for half an hour, whoever looks at it;
then they open again by themselves."""

from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction

from accounts.models import User
from bookings.models import Booking, Closing, ClosingDecision, Slot
from bookings.services import new_times
from bookings.services.closing_moves import locked_closing, locked_draft, move_closing
from bookings.services.closing_rules import check_may_close
from bookings.services.moves import locked_booking, move
from bookings.services.offers import wait_on
from bookings.services.places import give_back_places
from bookings.services.returning import return_at_once
from bookings.workflow import ClosingStatus, Status
from core.db import lock_rows
from core.workflow import SYSTEM, Actor


def stop(closing: Closing, now: datetime) -> None:
    """Lock the times, close them for the draft, end the holds on them, and note who is hit. A
    change of times makes the new ones ready first. Cancelled places that wait for their moment
    come back at once: nobody can take them now."""
    if closing.changes_times:
        new_times.prepare(closing, now=now)
    slots = list(lock_rows(closing.slots()))
    ids = [slot.pk for slot in slots]
    Slot.objects.filter(pk__in=ids, closed_at__isnull=True).update(
        closed_at=now, stopped_by=closing
    )
    _end_holds(ids, now)
    return_at_once(ids)
    locked = locked_draft(closing)
    known = locked.decisions.values("booking")
    for booking in locked.hit(now).exclude(pk__in=known).order_by("pk"):
        ClosingDecision.objects.create(closing=locked, booking=booking, slot_id=booking.slot_id)
    minutes = timedelta(minutes=settings.CLOSING_STOP_MINUTES)
    closing.stopped_until = locked.stopped_until = now + minutes
    locked.save(update_fields=["stopped_until"])


def _end_holds(slots: list[int], now: datetime) -> None:
    """As `release_hold`, of all holds on locked times; whoever was offered one waits on. The holds
    are locked before any line of the waiting list, as where one of them is booked."""
    held = Booking.objects.filter(slot__in=slots, status=Status.HELD).order_by("pk")
    ended = [hold for pk in held.values_list("pk", flat=True) if (hold := _end_hold(pk, now))]
    for hold in sorted(ended, key=lambda hold: (hold.office_id, hold.service_id, hold.pk)):
        wait_on(hold, now=now)


def _end_hold(pk: int, now: datetime) -> Booking | None:
    """None where it was booked or given back meanwhile."""
    locked = locked_booking(pk)
    if locked.status != Status.HELD:
        return None
    move(locked, Status.EXPIRED, by=SYSTEM, now=now)
    give_back_places(slot_id=locked.slot_id, online=locked.takes_online_place)
    return locked


def drop(*, closing: Closing, by: User, now: datetime) -> None:
    """Throw a draft away: its times open again, the places it kept are free.

    Raises Refused("permission" | "stale"). Locks the times, then the closing."""
    check_may_close(by, closing.office_id)
    with transaction.atomic():
        slots = _stopped(closing)
        locked = locked_draft(closing)
        _open(slots)
        move_closing(locked, ClosingStatus.DROPPED, by=Actor.staff(by), now=now)
    give_places_back(closing)


def _lapse(closing: Closing, now: datetime) -> None:
    """Open what the draft stopped, if somebody has not stopped it anew meanwhile."""
    with transaction.atomic():
        slots = _stopped(closing)
        locked = locked_closing(closing)
        if locked.stopped_until is None or locked.stopped_until > now:
            return
        _open(slots)
        locked.stopped_until = None
        locked.version += 1
        locked.save(update_fields=["stopped_until", "version"])


def _stopped(closing: Closing) -> list[int]:
    slots = Slot.objects.filter(stopped_by=closing).order_by("pk")
    return [slot.pk for slot in lock_rows(slots)]


def _open(slots: list[int]) -> None:
    stopped = Slot.objects.filter(pk__in=slots)
    stopped.openable().update(closed_at=None)
    stopped.update(stopped_by=None)


def give_places_back(closing: Closing) -> None:
    held = closing.decisions.filter(holds_place=True).order_by("pk")
    for pk, slot_id in held.values_list("pk", "proposed"):
        with transaction.atomic():
            give_back_places(slot_id=slot_id, online=False)
            kept = ClosingDecision.objects.filter(pk=pk, holds_place=True)
            if not kept.filter(closing__stopped_until=None).update(holds_place=False):
                transaction.set_rollback(True)
    if Closing.objects.filter(pk=closing.pk, status=ClosingStatus.DROPPED).exists():
        closing.decisions.filter(holds_place=False).delete()


def lapse_drafts(*, now: datetime) -> int:
    """Open the times again of drafts that nobody came back to, and give their places back; what
    was decided is kept. Returns how many lapsed. Safe to kill and to repeat."""
    drafts = Closing.objects.filter(status=ClosingStatus.DRAFT)
    lapsed = list(drafts.filter(stopped_until__lte=now))
    for closing in lapsed:
        _lapse(closing, now)
    unstopped = Closing.objects.filter(
        status__in=[ClosingStatus.DRAFT, ClosingStatus.DROPPED],
        stopped_until__isnull=True,
        decisions__holds_place=True,
    )
    for closing in unstopped.distinct():
        give_places_back(closing)
    return len(lapsed)
