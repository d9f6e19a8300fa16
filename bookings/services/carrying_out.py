"""Doing what an announced closing decided, one short transaction an appointment: the change, its
message and the mark that it is done stand together, so that it can be killed anywhere and run
again, and nobody is told twice."""

from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils import timezone

from bookings import news
from bookings.models import Booking, Choice, Closing, ClosingDecision, Part
from bookings.services import new_places
from bookings.services.changes import cancel, move_to_kept_place
from bookings.services.closing_moves import locked_closing, move_closing
from bookings.services.closing_rules import stale
from bookings.services.equal_offers import offer_ends
from bookings.services.moves import locked_booking, record
from bookings.services.places import give_back_places, lock_slot
from bookings.workflow import CHANGEABLE, CLOSED_BY, ClosingStatus
from core.db import lock_rows
from core.errors import Refused
from core.workflow import SYSTEM, Actor


def carry_out_closings(*, now: datetime) -> int:
    """Carry out what was announced and is not done yet; returns how many appointments."""
    announced = Closing.objects.filter(status=ClosingStatus.ANNOUNCED)
    return sum(carry_out(closing=closing, now=now) for closing in announced)


def carry_out(*, closing: Closing, now: datetime) -> int:
    """Carry out one announced closing; returns how many appointments were done. What somebody
    else is changing at this moment is left for the next time. With the last one the times that
    fewer places had stopped open again."""
    waiting = closing.decisions.filter(done_at__isnull=True).order_by("pk")
    done = sum(_carry_out(decision, closing, now) for decision in list(waiting))
    with transaction.atomic():
        stopped = new_places.locked_times(closing)
        locked = locked_closing(closing)
        is_left = locked.decisions.filter(done_at__isnull=True).exists()
        if locked.status == ClosingStatus.ANNOUNCED and not is_left:
            new_places.open_times(locked, stopped, now=now)
            move_closing(locked, ClosingStatus.DONE, by=SYSTEM, now=now)
    return done


def forgotten(*, now: datetime) -> tuple[int, list[str]]:
    """How many announced closings lie ahead, and who stands on one, on a time that went out of its
    pattern, or is too many where places go, without a decision: nobody, ever (fault F9).
    Two queries, one a closing."""
    ahead = Closing.objects.of_hours().filter(
        status__in=CLOSED_BY, date__gte=timezone.localdate(now)
    )
    announced = ahead | Closing.objects.filter(status=ClosingStatus.ANNOUNCED, part=Part.PLACES)
    left: list[str] = []
    for closing in announced:
        known = closing.decisions.values("booking")
        left += closing.hit(now).exclude(pk__in=known).values_list("reference", flat=True)
    gone = Booking.objects.filter(
        slot__out_of_pattern=True,
        slot__starts_at__gt=now,
        status__in=CHANGEABLE,
    ).exclude(pk__in=ClosingDecision.objects.exclude(closing__part=Part.PLACES).values("booking"))
    left += gone.values_list("reference", flat=True)
    return len(announced), sorted(left)


def _carry_out(decision: ClosingDecision, closing: Closing, now: datetime) -> bool:
    booking = Booking.objects.select_related("slot").get(pk=decision.booking_id)
    try:
        with transaction.atomic():
            if _is_gone(booking, decision):
                _let_go(decision)
            else:
                _do(decision, booking, closing, now)
            _finish(decision, now)
    except Refused:
        return False
    return True


def _do(decision: ClosingDecision, booking: Booking, closing: Closing, now: datetime) -> None:
    """The reason in the language that the applicant reads; the message has the English one too."""
    by, reason = Actor.staff(closing.announced_by), closing.reason_in(booking.language)
    told: dict[str, Any] = {"reason_en": closing.reason_en} if closing.reason_en else {}
    match decision.choice:
        case Choice.MOVE if decision.proposed:
            move_to_kept_place(
                booking=booking, slot=decision.proposed, by=by, now=now, reason=reason, told=told
            )
        case Choice.CANCEL:
            told |= _offer(decision, booking, now)
            cancel(booking=booking, by=by, now=now, reason=reason, told=told)
        case Choice.KEEP if not closing.changes_places:
            _keep(decision, booking, by, now, reason, told)


def _offer(decision: ClosingDecision, booking: Booking, now: datetime) -> dict[str, Any]:
    """The place that was kept is offered instead of the cancelled one, or given back where too
    little time is left; what the message says of it. Locks the old and the kept time."""
    kept = decision.proposed_id if decision.holds_place else None
    for slot_id in sorted({booking.slot_id, kept or booking.slot_id}):
        lock_slot(slot_id)
    decision.offered_until = until = offer_ends(decision, now=now)
    if until:
        return {"offer_slot": kept, "offer_until": until.isoformat()}
    if kept:
        give_back_places(slot_id=kept, online=False)
    return {}


def _keep(
    decision: ClosingDecision,
    booking: Booking,
    by: Actor,
    now: datetime,
    reason: str,
    told: dict[str, Any],
) -> None:
    locked = locked_booking(booking.pk)
    if _is_gone(locked, decision):
        raise stale()
    locked.version += 1
    locked.save(update_fields=["version"])
    where = f"{decision.place} · {decision.responsible}"
    record(locked, source=locked.status, by=by, now=now, reason=f"{reason}: {where}")
    news.tell(
        locked,
        "kept_elsewhere",
        now=now,
        reason=reason,
        kept_place=decision.place,
        responsible=decision.responsible,
        **told,
    )


def _let_go(decision: ClosingDecision) -> None:
    """The appointment was cancelled, moved or served before us: only its kept place is free."""
    if decision.holds_place and decision.proposed_id:
        give_back_places(slot_id=decision.proposed_id, online=False)
    decision.was_gone = True


def _finish(decision: ClosingDecision, now: datetime) -> None:
    """Mark it done, unless another worker did meanwhile; then all of ours is undone."""
    locked = lock_rows(ClosingDecision.objects.filter(pk=decision.pk)).get()
    if locked.done_at:
        raise stale()
    decision.holds_place, decision.done_at = decision.offered_until is not None, now
    decision.save(update_fields=["holds_place", "offered_until", "done_at", "was_gone"])


def _is_gone(booking: Booking, decision: ClosingDecision) -> bool:
    return booking.status not in CHANGEABLE or booking.slot_id != decision.slot_id
