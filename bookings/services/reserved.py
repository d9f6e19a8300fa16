"""Times that belong to a case of an app above, such as the collection of a copy. The case decides
and tells; the booking keeps the place, is called at the counter and moves when an office closes.
Each verb runs inside the transaction of the case and locks the slot, then the booking."""

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from accounts import personal
from accounts.models import Consent, User
from bookings.models import Booking, Slot, Ticket
from bookings.services import counter
from bookings.services.changes import put_on, swap_places
from bookings.services.moves import locked_booking, move, record
from bookings.services.offers import free_place, offer_freed
from bookings.services.places import lock_slot, take_places
from bookings.services.submit import Person, party_of
from bookings.workflow import CHANGEABLE, UNDECIDED, Status, TicketStatus
from core.errors import Refused
from core.workflow import Actor, ActorKind
from offices.models import OfferedService, ServiceCase


@dataclass(frozen=True)
class Reservation:
    """What is kept for whom. `belongs_to` names the kind of case, `reference` is the one that the
    case shows too; `phone` is E.164."""

    belongs_to: str
    reference: str
    offered: OfferedService
    slot: Slot
    case: ServiceCase | None
    person: Person
    phone: str
    email: str
    language: str
    consent: Consent


def reserve(wish: Reservation, *, by: Actor, now: datetime) -> Booking:
    """Take a place and store the appointment as submitted, undecided. Nothing is told.

    Raises Refused("full" | "closed"), and IntegrityError when the reference is taken. The person
    may have other appointments of the service: the case knows its own rule."""
    online = by.kind != ActorKind.STAFF
    take_places(slot_id=wish.slot.pk, online=online)
    booking = Booking.objects.create(
        office_id=wish.offered.office_id,
        service_id=wish.offered.service_id,
        offered=wish.offered,
        slot=wish.slot,
        case=wish.case,
        reference=wish.reference,
        belongs_to=wish.belongs_to,
        source=Booking.Source.WEB if online else Booking.Source.STAFF,
        entered_by=by.user,
        takes_online_place=online,
        language=wish.language,
        phone=wish.phone,
        email=wish.email,
        consent=wish.consent,
        created_at=now,
        held_until=now,
    )
    record(booking, source="", by=by, now=now)
    party = party_of(booking, 1, wish.person)
    party.is_open = False
    party.save()
    booking.requested_at = booking.slot_since = now
    booking.body_hash = personal.blind_index("reserved", wish.reference)
    filled = ("requested_at", "slot_since", "body_hash")
    move(booking, Status.REQUESTED, by=by, now=now, changed=filled)
    return booking


def confirm_reserved(*, booking: Booking, by: User, now: datetime) -> None:
    """The case was approved. Raises Refused("over") when the time was given up meanwhile."""
    locked = locked_booking(booking.pk)
    if locked.status == Status.CONFIRMED:
        return
    if locked.status not in UNDECIDED:
        raise over()
    locked.decided_by = by
    move(locked, Status.CONFIRMED, by=Actor.staff(by), now=now, changed=("decided_by",))


def release_reserved(
    *, booking: Booking, target: Status, by: Actor, now: datetime, reason: str = ""
) -> None:
    """The case ended without a visit: give the place back, to who waits first. What is over or at
    the counter already is left as it is."""
    lock_slot(booking.slot_id)
    locked = locked_booking(booking.pk)
    if locked.status in CHANGEABLE and locked.slot_id == booking.slot_id:
        move(locked, target, by=by, now=now, reason=reason)
        free_place(booking=locked, now=now)


def move_reserved(
    *, booking: Booking, slot: Slot, by: Actor, now: datetime, reason: str = ""
) -> None:
    """Put the appointment on another time of the same office. Raises Refused("full" | "closed" |
    "over")."""
    online = by.kind != ActorKind.STAFF
    swap_places(booking, slot, online=online)
    locked = locked_booking(booking.pk)
    if locked.status not in CHANGEABLE or locked.slot_id != booking.slot_id:
        raise over()
    old = put_on(locked, slot, online=online, by=by, now=now, reason=reason)
    offer_freed(slot_id=old.pk, now=now)


def finish_reserved(*, booking: Booking, by: User, now: datetime) -> None:
    """The person was served for the case: ends the visit at the window, or notes it where nobody
    gave a number. Somebody still waiting for the call is left to the desk."""
    ticket = Ticket.objects.filter(booking=booking, status=TicketStatus.SERVING).first()
    if ticket is not None:
        counter.finish(ticket=ticket, by=by, now=now)
        return
    with transaction.atomic():
        locked = locked_booking(booking.pk)
        if locked.status == Status.CONFIRMED:
            for target in (Status.ARRIVED, Status.SERVING, Status.SERVED):
                move(locked, target, by=Actor.staff(by), now=now)


def over() -> Refused:
    """The refusal where the time of a case was given up."""
    return Refused(_("The time of collection is over. Choose another first."), code="over")
