"""The time that a closing offers to whom it cancels: the place that the proposal kept goes on being
kept for CLOSING_OFFER_DAYS, and one press of its citizen opens the appointment again there."""

from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _

from bookings import news, rules
from bookings.models import Booking, BookingChange, Choice, ClosingDecision, Slot
from bookings.services.moves import locked_booking, move
from bookings.services.offers import offer_freed
from bookings.services.places import give_back_places, lock_slot
from bookings.workflow import Status
from core.db import lock_rows
from core.errors import Refused
from core.retry import retried
from core.workflow import CITIZEN

LEAST = timedelta(hours=1)


def offer_ends(decision: ClosingDecision, *, now: datetime) -> datetime | None:
    """Until when the kept place of a cancelled appointment is offered: CLOSING_OFFER_DAYS, but not
    past the deadline for changes, after which nobody could give it back online. None where no
    place is kept, or too little time is left. One query."""
    if decision.proposed is None or not decision.holds_place:
        return None
    latest = rules.change_deadline(decision.booking.offered, decision.proposed)
    until = min(now + timedelta(days=settings.CLOSING_OFFER_DAYS), latest)
    return until if until - now >= LEAST else None


def offered_to(booking: Booking, *, now: datetime) -> ClosingDecision | None:
    """What is offered to a cancelled booking at this moment, with its time. One query."""
    offers = booking.decisions.filter(
        choice=Choice.CANCEL, holds_place=True, offered_until__gt=now, proposed__closed_at=None
    )
    return offers.select_related("proposed").last()


@retried
def take_equal_offer(*, booking: Booking, now: datetime) -> Booking:
    """Open a booking that the office cancelled again, at the time offered for it, in the state in
    which it was. Pressed again it changes nothing.

    Raises Refused("expired") when nothing is offered any more and Refused("booked_anew") when one
    of the people has booked since. Locks the slot, the booking, the decision."""
    offer = offered_to(booking, now=now)
    if offer is None or offer.proposed is None:
        taken = booking.decisions.filter(proposed=booking.slot_id, offered_until__isnull=False)
        if booking.is_open and taken.exists():
            return booking
        raise _over()
    with transaction.atomic():
        lock_slot(offer.proposed.pk)
        locked = locked_booking(booking.pk)
        kept = lock_rows(ClosingDecision.objects.filter(pk=offer.pk)).get()
        offer.proposed.refresh_from_db(fields=["closed_at"])
        is_kept = kept.holds_place and kept.offered_until and kept.offered_until > now
        if not is_kept or offer.proposed.closed_at or locked.status != Status.CANCELLED:
            raise _over()
        _open_at(locked, offer.proposed, now)
        ClosingDecision.objects.filter(pk=kept.pk).update(holds_place=False)
    return locked


def _open_at(booking: Booking, slot: Slot, now: datetime) -> None:
    old, booking.slot = booking.slot, slot
    booking.takes_online_place, booking.slot_since = False, now
    move(
        booking,
        _state_before(booking),
        by=CITIZEN,
        now=now,
        changed=["slot", "takes_online_place", "slot_since"],
        from_slot=old,
    )
    news.tell(booking, "moved_by_citizen", now=now, old_starts_at=old.starts_at.isoformat())


def _state_before(booking: Booking) -> Status:
    """Confirmed stays confirmed; whatever was not decided is looked at again."""
    steps = BookingChange.objects.filter(booking=booking, to_status=Status.CANCELLED)
    before = steps.values_list("from_status", flat=True).last()
    return Status.CONFIRMED if before == Status.CONFIRMED else Status.REQUESTED


def end_equal_offers(*, now: datetime) -> int:
    """Give back the places of offers that are over, to the waiting list first; returns how many.
    One short transaction each."""
    over = ClosingDecision.objects.filter(holds_place=True, offered_until__lte=now)
    ended = 0
    for pk, slot_id in list(over.order_by("pk").values_list("pk", "proposed")):
        with transaction.atomic():
            lock_slot(slot_id)
            mine = ClosingDecision.objects.filter(pk=pk, holds_place=True)
            if mine.update(holds_place=False):
                give_back_places(slot_id=slot_id, online=False)
                offer_freed(slot_id=slot_id, now=now)
                ended += 1
    return ended


def _over() -> Refused:
    return Refused(
        _("The time is no longer kept for you. Choose another below, or call us."), code="expired"
    )
