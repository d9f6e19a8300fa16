"""What an officer decides about a submitted booking. `version` is the one the page was opened
with: of two officers the second is told who was first (fault F6)."""

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from bookings import checklist, news, rules
from bookings.models import Booking, Choice, ItemCheck, ItemState, Part
from bookings.services.moves import locked_booking, move, record
from bookings.services.offers import free_place
from bookings.services.places import lock_slot
from bookings.workflow import UNDECIDED, Status
from core.errors import Refused
from core.retry import retried
from core.workflow import CITIZEN, Actor
from offices.models import ChecklistItem


@retried
def confirm(*, booking: Booking, by: User, now: datetime, version: int | None = None) -> Booking:
    """Approve: the applicant is told that the documents are complete, so each item of the case
    is marked there, or as not applying.

    Raises Refused("incomplete") while one is marked missing, Refused("unchecked") while one is
    not marked, Refused("own") for what the officer entered (four eyes), Refused("closed") for a
    closed time, Refused("stale") and Changed. Locks the booking."""
    _check_may_decide(booking, by)
    with transaction.atomic():
        locked = locked_booking(booking.pk, version=version)
        _check_undecided(locked)
        _check_complete(locked)
        _check_takes_place(locked)
        locked.decided_by = by
        move(locked, Status.CONFIRMED, by=Actor.staff(by), now=now, changed=("decided_by",))
        news.tell(locked, "confirmed", now=now)
    return locked


@retried
def ask_for_documents(
    *,
    booking: Booking,
    items: Sequence[ChecklistItem],
    by: User,
    now: datetime,
    note: str = "",
    version: int | None = None,
) -> Booking:
    """Ask for what is missing, all at once and only once (Licensing Facilitation Act B.E. 2558).
    The place stays taken.

    Raises Refused("items" | "asked" | "stale" | "move") and Changed. Locks the booking."""
    if not items:
        raise Refused(_("Choose at least one item that is missing."), code="items", field="items")
    _check_decided_here(booking)
    titles = [{"th": item.title_th, "en": item.title_en} for item in items]
    with transaction.atomic():
        locked = locked_booking(booking.pk, version=version)
        _check_undecided(locked)
        if locked.asked_at is not None:
            raise Refused(
                _("Documents were asked for once already; the law allows it once."), code="asked"
            )
        locked.asked_at = now
        locked.documents_due_at = rules.documents_deadline(locked.offered, locked.slot, now=now)
        reason = "\n".join([*(item.title_th for item in items), *([note] if note else [])])
        move(
            locked,
            Status.NEEDS_DOCUMENTS,
            by=Actor.staff(by),
            now=now,
            reason=reason,
            changed=("asked_at", "documents_due_at"),
        )
        for item in items:
            _note(locked, item, ItemState.MISSING)
        news.tell(locked, "documents_needed", now=now, items=titles, note=note)
    return locked


@retried
def documents_sent(*, booking: Booking, now: datetime) -> Booking:
    """The applicant says that all was sent: back to the officer.

    Raises Refused("stale" | "move"). Locks the booking."""
    with transaction.atomic():
        locked = locked_booking(booking.pk)
        _check_undecided(locked)
        move(locked, Status.REQUESTED, by=CITIZEN, now=now)
        news.tell(locked, "documents_received", now=now)
    return locked


@retried
def reject(
    *, booking: Booking, reason: str, by: User, now: datetime, version: int | None = None
) -> Booking:
    """Refuse, with the reason that the applicant reads, and give the place back.

    Raises Refused("reason" | "own" | "stale") and Changed. Locks the slot, then the booking."""
    if not reason.strip():
        raise Refused(
            _("Write the reason; the applicant will read it."), code="reason", field="reason"
        )
    _check_may_decide(booking, by)
    with transaction.atomic():
        lock_slot(booking.slot_id)
        locked = locked_booking(booking.pk, version=version)
        _check_undecided(locked, slot_id=booking.slot_id)
        locked.decided_by = by
        move(
            locked,
            Status.REJECTED,
            by=Actor.staff(by),
            now=now,
            reason=reason,
            changed=("decided_by",),
        )
        free_place(booking=locked, now=now)
        news.tell(locked, "rejected", now=now, reason=reason)
    return locked


def take_over(*, booking: Booking, by: User, now: datetime) -> Booking:
    """Become the owner of a case; a change of owner is in the history. Locks the booking."""
    with transaction.atomic():
        locked = locked_booking(booking.pk)
        if locked.owner_id != by.pk:
            locked.owner = by
            locked.save(update_fields=["owner"])
            record(
                locked, source=locked.status, by=Actor.staff(by), now=now, reason=_("took the case")
            )
    return locked


def mark_item(*, booking: Booking, item: ChecklistItem, state: ItemState) -> None:
    """Note what the officer found for one item, until it is decided. Raises Refused("stale"),
    Refused("needed") for leaving out what everybody of the case brings. Locks the booking, so
    that none is approved while an item is being marked missing."""
    if state == ItemState.NOT_NEEDED and not item.is_conditional:
        raise Refused(
            _("Everybody of this case brings it: mark it there or missing."), code="needed"
        )
    with transaction.atomic():
        locked = locked_booking(booking.pk)
        _check_undecided(locked)
        _note(locked, item, state)


def leave_out_rest(*, booking: Booking) -> None:
    """Note that the items which not everybody brings, and which are not marked yet, do not
    apply. Raises Refused("stale"). Locks the booking."""
    with transaction.atomic():
        locked = locked_booking(booking.pk)
        _check_undecided(locked)
        for item in checklist.unmarked(locked).filter(is_conditional=True):
            _note(locked, item, ItemState.NOT_NEEDED)


def _check_complete(booking: Booking) -> None:
    missing = ItemCheck.objects.filter(booking=booking, state=ItemState.MISSING).count()
    if missing:
        raise Refused(
            _("%(n)s items are marked missing. Ask for them, or mark them as there.")
            % {"n": missing},
            code="incomplete",
        )
    titles = [item.title for item in checklist.unmarked(booking)]
    if titles:
        raise Refused(
            _("%(n)s items of the checklist are not marked yet: %(items)s")
            % {"n": len(titles), "items": ", ".join(titles)},
            code="unchecked",
        )


def _note(booking: Booking, item: ChecklistItem, state: ItemState) -> None:
    ItemCheck.objects.update_or_create(booking=booking, item=item, defaults={"state": state})


def _check_undecided(booking: Booking, *, slot_id: int | None = None) -> None:
    """Raises Refused("stale") unless the locked booking waits for a decision, at `slot_id` still
    where that is what was locked before it."""
    if booking.status not in UNDECIDED or slot_id not in (None, booking.slot_id):
        raise Refused(
            _("It has just become “%(status)s”. This page now shows the newest data.")
            % {"status": booking.get_status_display()},
            code="stale",
        )


def _check_takes_place(booking: Booking) -> None:
    """Raises Refused("closed") at a time that was closed, unless it was decided that this very
    appointment is kept; where only places go, to whoever waits for a decision."""
    if booking.slot.closed_at is None:
        return
    decisions = booking.decisions.filter(slot=booking.slot_id)
    kept = decisions.filter(choice=Choice.KEEP, done_at__isnull=False)
    is_kept = kept.exclude(closing__part=Part.PLACES).exists()
    is_hit = decisions.filter(done_at__isnull=True).exists()
    if not is_kept and (is_hit or not booking.slot.is_served):
        raise Refused(
            _("This time is closed. Move the appointment first, or keep it at another place."),
            code="closed",
        )


def _check_decided_here(booking: Booking) -> None:
    if booking.belongs_to:
        raise Refused(
            _("This time belongs to request %(ref)s. Decide on the page of the request.")
            % {"ref": booking.reference},
            code="belongs",
        )


def _check_may_decide(booking: Booking, by: User) -> None:
    _check_decided_here(booking)
    if not by.has_office_permission("bookings.decide_booking", booking.office_id):
        raise Refused(
            _("Only the head of section, or an officer with this duty, can decide."),
            code="permission",
        )
    if booking.entered_by_id == by.pk:
        raise Refused(_("Who entered a case cannot approve it. Ask a colleague."), code="own")
