"""Approving, answering and refusing. Who entered a request does not decide it (S0-R13)."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from bookings.models import Slot
from bookings.services import reserved
from bookings.workflow import Status as BookingStatus
from core.errors import Refused
from core.retry import retried
from core.workflow import Actor
from registry_requests import news, queries
from registry_requests.models import CopyRequest
from registry_requests.services.collecting import put_on_time
from registry_requests.services.moves import (
    check_status,
    check_words,
    locked,
    move,
    record,
)
from registry_requests.workflow import UNDECIDED, Status

DECIDED = ("decided_by", "decided_at")


@retried
def approve(
    *,
    request: CopyRequest,
    fee_each: int,
    by: User,
    now: datetime,
    slot: Slot | None = None,
    reason: str = "",
    version: int | None = None,
) -> CopyRequest:
    """Approve with the fee of one copy in baht, and with the time of collection that the person
    chose or, with a reason, another one (S0-R07). The office of the collection takes over.

    Raises Refused("permission" | "own" | "stale" | "move" | "identity" | "reason" | "full" |
    "closed" | "over" | "busy") and Changed. Locks the request, the slots, the booking."""
    _check_may_decide(request, by)
    with transaction.atomic():
        found = locked(request, version=version)
        _check_can_be_approved(found)
        actor = Actor.staff(by)
        if slot is not None and slot.pk != _slot_id(found):
            check_words(reason)
            put_on_time(found, slot, by=actor, now=now, reason=reason)
        if found.collection is None:
            raise reserved.over()
        reserved.confirm_reserved(booking=found.collection, by=by, now=now)
        found.fee_each, found.fee = fee_each, fee_each * found.copies
        found.decided_by, found.decided_at = by, now
        changed = ("fee_each", "fee", "collection", "is_express", *DECIDED)
        move(found, Status.APPROVED, by=actor, now=now, reason=reason, changed=changed)
        if found.is_handed_over:
            _record_hand_over(found, by=actor, now=now)
        news.tell(found, "copy_approved", now=now, reason=reason)
    return found


def _record_hand_over(request: CopyRequest, *, by: Actor, now: datetime) -> None:
    record(
        request,
        source=request.status,
        by=by,
        now=now,
        reason=_("handed over to %(office)s") % {"office": request.collect_at},
        office_id=request.office_id,
    )


@retried
def answer(
    *,
    request: CopyRequest,
    text: str,
    by: User,
    now: datetime,
    visit_at: datetime | None = None,
    version: int | None = None,
) -> CopyRequest:
    """Close an enquiry with an answer, or with a visit that the office makes (S0 §6.2).

    Raises Refused("permission" | "own" | "reason" | "stale" | "move" | "past") and Changed.
    Locks the request."""
    _check_may_decide(request, by)
    check_words(text, field="text")
    if visit_at is not None and visit_at <= now:
        raise Refused(_("This time has passed. Choose a later one."), code="past", field="visit_at")
    with transaction.atomic():
        found = locked(request, version=version)
        check_status(found, Status.CHECKING)
        if not found.is_enquiry:
            raise Refused(_("A copy is approved, not answered."), code="move")
        found.answer, found.visit_at = text.strip(), visit_at
        found.decided_by, found.decided_at = by, now
        changed = ("answer", "visit_at", *DECIDED)
        move(
            found,
            Status.ANSWERED,
            by=Actor.staff(by),
            now=now,
            reason=found.answer,
            changed=changed,
        )
        news.tell(found, "copy_answered", now=now)
    return found


@retried
def reject(
    *, request: CopyRequest, reason: str, by: User, now: datetime, version: int | None = None
) -> CopyRequest:
    """Refuse, with the reason that the person reads, and give the place back.

    Raises Refused("permission" | "own" | "reason" | "stale") and Changed. Locks the request, the
    slot, the booking."""
    _check_may_decide(request, by)
    check_words(reason)
    with transaction.atomic():
        found = locked(request, version=version)
        check_status(found, *UNDECIDED)
        found.decided_by, found.decided_at = by, now
        actor = Actor.staff(by)
        move(found, Status.REJECTED, by=actor, now=now, reason=reason.strip(), changed=DECIDED)
        if found.collection is not None:
            reserved.release_reserved(
                booking=found.collection,
                target=BookingStatus.REJECTED,
                by=actor,
                now=now,
                reason=reason.strip(),
            )
        news.tell(found, "copy_rejected", now=now, reason=reason.strip())
    return found


def _check_can_be_approved(request: CopyRequest) -> None:
    check_status(request, Status.CHECKING)
    if request.is_enquiry:
        raise Refused(_("An enquiry is answered, not approved."), code="move")
    if not queries.is_identified(request):
        raise Refused(_("First compare number and card code; both must be equal."), code="identity")


def _slot_id(request: CopyRequest) -> int | None:
    """Of the collection, while it is not over."""
    booking = request.collection
    return booking.slot_id if booking is not None and booking.is_open else None


def _check_may_decide(request: CopyRequest, by: User) -> None:
    if not by.has_office_permission("registry_requests.decide_copyrequest", request.office_id):
        raise Refused(
            _("Only the head of section, or an officer with this duty, can decide."),
            code="permission",
        )
    if request.entered_by_id == by.pk:
        raise Refused(_("Who entered a case cannot approve it. Ask a colleague."), code="own")
