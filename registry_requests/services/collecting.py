"""From the approval to the copy in the person's hands: another time, ready, paid, collected."""

from datetime import datetime

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from accounts.models import User
from bookings.models import Booking, Slot
from bookings.services import Person, reserved
from core.errors import Refused
from core.reference import new_reference
from core.retry import retried
from core.workflow import Actor, ActorKind
from registry_requests import news, queries, rules
from registry_requests.models import CopyRequest
from registry_requests.services.moves import (
    check_may,
    check_status,
    check_words,
    locked,
    move,
    note,
)
from registry_requests.services.submitting import unseal_number
from registry_requests.workflow import OPEN, TO_COLLECT, UNDECIDED, Status


@retried
def choose_time(
    *,
    request: CopyRequest,
    slot: Slot,
    by: Actor,
    now: datetime,
    reason: str = "",
    version: int | None = None,
) -> CopyRequest:
    """Collect at another time of the same office; also when the earlier time is over. Staff need a
    reason, which the person reads.

    Raises Refused("full" | "closed" | "too_soon" | "too_far" | "express" | "same" | "reason" |
    "stale" | "permission" | "busy") and Changed. Locks the request, the slots, the booking."""
    if by.kind == ActorKind.STAFF:
        check_words(reason)
    with transaction.atomic():
        found = locked(request, version=version)
        if by.kind == ActorKind.STAFF:
            check_may(found, "check_copyrequest", by.user)
        check_status(found, *OPEN)
        if by.kind == ActorKind.CITIZEN and found.collect_at is not None:
            offered = queries.collection_service(found.collect_at)
            rules.check_collectable(offered, slot, now=now, moving=found)
        put_on_time(found, slot, by=by, now=now, reason=reason)
        if found.status in UNDECIDED:
            found.due_at = min(found.due_at, slot.starts_at)
        note(found, ["collection", "is_express", "due_at"], by=by, now=now, what=reason)
        news.tell(found, "copy_collection_changed", now=now, reason=reason)
    return found


def put_on_time(request: CopyRequest, slot: Slot, *, by: Actor, now: datetime, reason: str) -> None:
    """Let a locked request keep a place of `slot`; not saved. Raises Refused("full" | "closed" |
    "same" | "busy")."""
    if request.collect_at is None or slot.office_id != request.collect_at_id:
        raise Refused(_("This time is not available. Choose another."), code="closed")
    request.is_express = rules.is_same_day(slot, now=now)
    booking = request.collection
    if booking is not None and booking.is_open:
        if booking.slot_id == slot.pk:
            raise Refused(_("This is the time you have already."), code="same")
        reserved.move_reserved(booking=booking, slot=slot, by=by, now=now, reason=reason)
        return
    request.collection = _reserve_anew(request, slot, by=by, now=now)


def _reserve_anew(request: CopyRequest, slot: Slot, *, by: Actor, now: datetime) -> Booking:
    """The earlier appointment is over: a new one, decided as the request is."""
    offered = queries.collection_service(slot.office)
    if slot.service_id != offered.service_id:
        raise Refused(_("This time is not available. Choose another."), code="closed")
    wish = reserved.Reservation(
        belongs_to=news.SOURCE,
        reference=new_reference(slot.office.prefix),
        offered=offered,
        slot=slot,
        case=queries.case_of(offered, request.kind),
        person=Person(request.full_name, "TH", unseal_number(request)),
        phone=request.phone,
        email=request.email,
        language=request.language,
        consent=request.consent,
    )
    try:
        with transaction.atomic():
            booking = reserved.reserve(wish, by=by, now=now)
    except IntegrityError as error:
        raise Refused(
            _("Very many are booking just now. Try again in a minute."), code="busy"
        ) from error
    if request.status in TO_COLLECT and request.decided_by is not None:
        reserved.confirm_reserved(booking=booking, by=request.decided_by, now=now)
    return booking


@retried
def mark_ready(
    *, request: CopyRequest, by: User, now: datetime, version: int | None = None
) -> CopyRequest:
    """The certified copy lies at the window. Raises Refused("permission" | "stale") and Changed.
    Locks the request."""
    with transaction.atomic():
        found = locked(request, version=version)
        check_may(found, "check_copyrequest", by)
        check_status(found, Status.APPROVED)
        found.ready_at = now
        move(found, Status.READY, by=Actor.staff(by), now=now, changed=("ready_at",))
        news.tell(found, "copy_ready", now=now)
    return found


@retried
def mark_paid(
    *,
    request: CopyRequest,
    receipt_no: str,
    by: User,
    now: datetime,
    version: int | None = None,
) -> CopyRequest:
    """The fee was paid. Raises Refused("permission" | "stale" | "receipt" | "paid") and Changed.
    Locks the request."""
    if not receipt_no.strip():
        raise Refused(_("Enter the receipt number"), code="receipt", field="receipt_no")
    with transaction.atomic():
        found = locked(request, version=version)
        check_may(found, "check_copyrequest", by)
        check_status(found, *TO_COLLECT)
        if found.paid_at is not None:
            raise Refused(_("It is paid already."), code="paid")
        found.paid_at, found.receipt_no = now, receipt_no.strip()
        what = _("fee paid, receipt %(no)s") % {"no": found.receipt_no}
        note(found, ["paid_at", "receipt_no"], by=Actor.staff(by), now=now, what=what)
    return found


@retried
def hand_out(
    *,
    request: CopyRequest,
    to: str,
    identity_seen: bool,
    by: User,
    now: datetime,
    version: int | None = None,
) -> CopyRequest:
    """The copy was handed to the person of this name, whose card was looked at again (S0-R08); the
    visit at the counter ends with it.

    Raises Refused("permission" | "stale" | "identity" | "name" | "unpaid") and Changed. Locks the
    request, the booking."""
    if not identity_seen:
        raise Refused(
            _("Look at the original card again before handing out."),
            code="identity",
            field="identity_seen",
        )
    if not to.strip():
        raise Refused(_("Enter who collects it"), code="name", field="to")
    with transaction.atomic():
        found = locked(request, version=version)
        check_may(found, "check_copyrequest", by)
        check_status(found, Status.READY)
        if found.fee and found.paid_at is None:
            raise Refused(_("Mark the fee as paid first."), code="unpaid")
        found.collected_at, found.collected_by = now, to.strip()
        changed = ("collected_at", "collected_by")
        move(found, Status.COLLECTED, by=Actor.staff(by), now=now, changed=changed)
        if found.collection is not None:
            reserved.finish_reserved(booking=found.collection, by=by, now=now)
    return found
