"""The new time that a closing proposes to each appointment it hits, with a place kept there."""

from collections.abc import Iterable
from datetime import datetime, time, timedelta

from django.db import transaction
from django.db.models import F, Q
from django.utils import timezone

from bookings import rules
from bookings.models import Choice, Closing, ClosingDecision, Slot
from bookings.services.closing_rules import stale
from bookings.services.places import (
    give_back_places,
    take_place_within,
    take_places,
    take_stopped_place,
)
from bookings.workflow import ClosingStatus
from core.days import start_of
from core.db import lock_rows
from core.errors import Refused
from offices.models import OfferedService

NOON = time(12)
TRIES = 5
ALIKE = timedelta(minutes=5)


def propose(closing: Closing, *, now: datetime) -> None:
    """Keep a place for every appointment that may be moved and has none. Two or three queries a
    service, and one short transaction an appointment; where nothing is free it stays without."""
    wanting = closing.decisions.filter(
        holds_place=False,
        done_at__isnull=True,
        choice__in=[Choice.UNDECIDED, Choice.MOVE, Choice.CANCEL],
    ).select_related("booking__offered__pattern", "slot", "proposed")
    free: dict[int, list[Slot]] = {}
    for decision in wanting:
        offered = decision.booking.offered
        if offered.pk not in free:
            free[offered.pk] = free_times(offered, now=now, closing=closing)
        _keep_nearest(decision, free[offered.pk], now)


def free_times(offered: OfferedService, *, now: datetime, closing: Closing) -> list[Slot]:
    """Times with a place for staff, with fewer places those that have one then too, not earlier
    than the office's own notice, in time order; those too that a change of times has made
    ready."""
    first = rules.booking_window(offered, now=now).first
    start = start_of(first)
    is_open = Q(closed_at__isnull=True) | Q(stopped_by=closing, out_of_pattern=True)
    free = Slot.objects.of(offered).filter(is_open, taken__lt=F("capacity"))
    ahead = free.filter(starts_at__gt=max(start, now)).order_by("starts_at")
    return [slot for slot in ahead if slot.taken < closing.most_at(slot)]


def nearest(slot: Slot, free: Iterable[Slot]) -> list[Slot]:
    """Times of about the same length (08.00-08.30 and 08.31-09.00 are alike), of another one where
    there are none: later ones before earlier ones, the same half of the day first, then by day,
    then by the hour."""
    free = list(free)
    same = [one for one in free if abs(_length(one) - _length(slot)) <= ALIKE]
    return sorted(same or free, key=lambda one: _distance(slot, one))


def _length(slot: Slot) -> timedelta:
    return slot.ends_at - slot.starts_at


def _distance(slot: Slot, other: Slot) -> tuple[bool, bool, int, timedelta]:
    mine, theirs = timezone.localtime(slot.starts_at), timezone.localtime(other.starts_at)
    days = (theirs.date() - mine.date()).days
    other_half = (mine.time() < NOON) != (theirs.time() < NOON)
    return days < 0, other_half, abs(days), abs(theirs - mine - timedelta(days=days))


def _keep_nearest(decision: ClosingDecision, free: list[Slot], now: datetime) -> None:
    ranked = nearest(decision.slot, free)
    if decision.proposed in ranked:
        ranked.insert(0, decision.proposed)
    for slot in ranked[:TRIES]:
        try:
            keep_place(decision, slot, choice=decision.choice)
        except Refused:
            free.remove(slot)
            continue
        slot.taken += 1
        if slot.taken >= decision.closing.most_at(slot):
            free.remove(slot)
        return


def keep_place(decision: ClosingDecision, slot: Slot | None, **changes: str) -> None:
    """Let the proposal keep a place of `slot` instead of the one it keeps; None keeps no place
    and leaves the proposed time as a word. Locks the slots by id, then closing and decision.

    Raises Refused("full" | "closed" | "stale"); nothing is changed then."""
    kept = decision.proposed_id if decision.holds_place else None
    wanted = slot.pk if slot else None
    with transaction.atomic():
        changed = {kept, wanted} if kept != wanted else set()
        for slot_id in sorted(pk for pk in changed if pk is not None):
            if slot_id == wanted:
                _take(slot, decision)
            else:
                give_back_places(slot_id=slot_id, online=False)
        closing = lock_rows(Closing.objects.filter(pk=decision.closing_id)).get()
        locked = lock_rows(ClosingDecision.objects.filter(pk=decision.pk)).first()
        if closing.status != ClosingStatus.DRAFT or _kept_by(locked) != (kept, decision.choice):
            raise stale()
        if slot is not None:
            decision.proposed = slot
        decision.holds_place = wanted is not None
        for name, value in changes.items():
            setattr(decision, name, value)
        decision.save(update_fields=["proposed", "holds_place", *changes])


def keep_if_free(decision: ClosingDecision, slot: Slot | None, **changes: str) -> None:
    """As `keep_place`, and without a place where none is left. Raises Refused("stale")."""
    try:
        keep_place(decision, slot, **changes)
    except Refused as refused:
        if refused.code == "stale":
            raise
        keep_place(decision, None, **changes)


def _take(slot: Slot | None, decision: ClosingDecision) -> None:
    if slot is not None and slot.out_of_pattern:
        take_stopped_place(slot_id=slot.pk, closing_id=decision.closing_id)
    elif slot is not None and decision.closing.changes_places:
        take_place_within(slot_id=slot.pk, places=decision.closing.places)
    elif slot is not None:
        take_places(slot_id=slot.pk, online=False)


def _kept_by(decision: ClosingDecision | None) -> tuple[int | None, str]:
    if decision is None or decision.done_at:
        return None, ""
    return decision.proposed_id if decision.holds_place else None, decision.choice
