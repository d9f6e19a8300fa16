"""Turning a hold into a booking, once (ADR 12)."""

from collections.abc import Sequence
from copy import copy
from dataclasses import dataclass
from datetime import datetime
from hmac import compare_digest

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from accounts import personal
from accounts import services as accounts
from accounts.models import Consent
from bookings import news, queries
from bookings.models import Booking, Party
from bookings.services.moves import move
from bookings.services.offers import offer_taken
from bookings.workflow import Status
from core.errors import Refused
from core.retry import retried
from core.rows import Stale, insert, together
from core.text import search_key
from core.workflow import CITIZEN, Actor
from offices.models import ServiceCase

PRIVACY_TEXT_VERSION = "2569-11-25"
FILLED_IN = (
    "consent",
    "phone",
    "email",
    "note",
    "case",
    "body_hash",
    "requested_at",
    "slot_since",
    "hold_no",
)


@dataclass(frozen=True)
class Person:
    """One applicant as typed and checked. `number` is the 13 digits of a Thai (nationality TH),
    else the passport number."""

    full_name: str
    nationality: str
    number: str

    @property
    def id_kind(self) -> Party.IdKind:
        return Party.IdKind.NATIONAL_ID if self.nationality == "TH" else Party.IdKind.PASSPORT

    @property
    def index(self) -> bytes:
        country = "" if self.nationality == "TH" else self.nationality
        return personal.blind_index(f"{self.id_kind}{country}", self.number)


@dataclass(frozen=True)
class Details:
    """The checked form. `phone` is E.164; one of phone and e-mail is filled."""

    people: Sequence[Person]
    phone: str
    email: str
    note: str
    case: ServiceCase | None


class AlreadyBooked(Refused):
    """One of the people has an open booking of this service (the sentence does not say which).
    `booking_ids` are those bookings, for telling their own contacts."""

    def __init__(self, booking_ids: list[int]) -> None:
        super().__init__(
            _(
                "With these details nothing new could be booked. If one of you already has an "
                "appointment for this, we sent its link to the contact given there: move or "
                "cancel it first."
            ),
            code="already_booked",
        )
        self.booking_ids = booking_ids


@retried
def submit(
    *,
    booking: Booking,
    details: Details,
    body_hash: bytes,
    now: datetime,
    by: Actor = CITIZEN,
) -> Booking:
    """Make the hold a booking: parties, consent, history and message, all or nothing. `booking` as
    `queries.booking_of_form` read it; when somebody was faster, it is read again.

    The same form with the same body again gives the first booking back. Raises
    Refused("other_body" | "expired") and AlreadyBooked; nothing is stored then. The place was
    taken by the hold. One statement on PostgreSQL, which locks the booking's row."""
    while not _is_sent(booking, body_hash, now):
        # What was read stays as it was, for another try after a deadlock.
        filled = copy(booking)
        try:
            _store_with_offer(filled, details, body_hash, now, by)
        except Stale:
            booking, _cases = queries.booking_of_form(booking.form_key, booking.holder)
        except IntegrityError as error:
            if "id_index" not in str(error) and "one_open_booking_a_person" not in str(error):
                raise
            raise _already_booked(booking, details, now) from error
        else:
            return filled
    return booking


def _is_sent(booking: Booking, body_hash: bytes, now: datetime) -> bool:
    """Whether the very same body made a booking of it already; False for a hold that lasts."""
    if booking.body_hash is not None:
        if compare_digest(bytes(booking.body_hash), body_hash):
            return True
        raise Refused(
            _("This form was already sent with other data. See what you sent, or start again."),
            code="other_body",
        )
    if booking.status != Status.HELD or booking.held_until is None or booking.held_until < now:
        raise Refused(
            _("The time was released; what you typed is kept. Choose a time again."),
            code="expired",
        )
    return False


def _store_with_offer(
    booking: Booking, details: Details, body_hash: bytes, now: datetime, by: Actor
) -> None:
    """A hold that the waiting list gave ends its offer in the same transaction."""
    if booking.waiting_id is None:
        _store(booking, details, body_hash, now, by)
        return
    with transaction.atomic():
        _store(booking, details, body_hash, now, by)
        offer_taken(booking, by=by, now=now)


def _store(booking: Booking, details: Details, body_hash: bytes, now: datetime, by: Actor) -> None:
    """Raises Stale when the booking is no longer as it was read."""
    target = Status.REQUESTED if booking.offered.needs_officer else Status.CONFIRMED
    with together(booking, version=booking.version):
        booking.consent = accounts.record_consent(
            purpose=booking.service.code,
            text_version=PRIVACY_TEXT_VERSION,
            language=booking.language,
            channel=Consent.Channel.WEB,
            now=now,
        )
        booking.phone, booking.email, booking.note = details.phone, details.email, details.note
        booking.case, booking.body_hash = details.case, body_hash
        booking.requested_at = booking.slot_since = now
        booking.hold_no = None
        insert(*_parties(booking, details.people))
        move(booking, target, by=by, now=now, changed=FILLED_IN)
        news.tell(booking, "received" if target == Status.REQUESTED else "confirmed", now=now)


def _parties(booking: Booking, people: Sequence[Person]) -> list[Party]:
    """In the order of their numbers, so that two forms with the same people wait for one another
    and not both ways."""
    parties = [party_of(booking, number, person) for number, person in enumerate(people, 1)]
    return sorted(parties, key=lambda party: bytes(party.id_index))


def party_of(booking: Booking, position: int, person: Person) -> Party:
    """A person of a booking, with the number sealed; not stored."""
    return Party(
        booking=booking,
        service_id=booking.service_id,
        position=position,
        full_name=person.full_name,
        name_key=search_key(person.full_name),
        nationality=person.nationality,
        id_kind=person.id_kind,
        id_sealed=personal.seal(person.number, context=f"{booking.form_key}:{position}"),
        id_index=person.index,
        id_tail=person.number[-4:],
    )


def _already_booked(hold: Booking, details: Details, now: datetime) -> AlreadyBooked:
    """Tells the contacts on file of the earlier bookings, not the person who asks."""
    earlier = Booking.objects.filter(
        parties__service_id=hold.service_id,
        parties__is_open=True,
        parties__id_index__in=[person.index for person in details.people],
    ).distinct()
    for booking in earlier:
        news.tell(booking, "already_booked", now=now, once_a_day=True)
    return AlreadyBooked([booking.pk for booking in earlier])


def unseal_number(party: Party) -> str:
    """The full national ID or passport number; the caller logs the view."""
    return personal.unseal(party.id_sealed, context=f"{party.booking.form_key}:{party.position}")
