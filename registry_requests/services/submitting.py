"""Asking for a copy, or for advice: by the web form, in the chat, or at the counter."""

from dataclasses import dataclass
from datetime import datetime
from hmac import compare_digest
from typing import Self
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from accounts import personal
from accounts import services as accounts
from accounts.models import Consent
from bookings import services as bookings
from bookings.models import Slot
from bookings.services import Person, reserved
from core.errors import Refused
from core.reference import new_reference
from core.retry import retried
from core.text import search_key
from core.workflow import CITIZEN, Actor, ActorKind
from offices.models import OfferedService, Office
from registry_requests import news, queries, rules
from registry_requests.models import CopyRequest, Kind
from registry_requests.services.moves import record
from registry_requests.workflow import OPEN

REFERENCE_DRAWS = 5
PURPOSE = "copies"


@dataclass(frozen=True)
class CardCode:
    """A code of the card as it is kept: a hash under our key, and the last two characters."""

    digest: bytes
    tail: str

    @classmethod
    def of(cls, item: str, code: str, *, form_key: UUID) -> Self:
        """`item` is a word of Comparison.Item, `code` as core.cards cleans it. The key of the form
        is in the hash, so that two requests cannot be laid beside one another."""
        return cls(personal.blind_index(f"{item}:{form_key}", code), code[-2:])


@dataclass(frozen=True)
class Wish:
    """The checked form. `offered` is the collection service of the office that hands the copy
    out, `slot` a time of it; both None for an enquiry. `phone` is E.164; one of phone and e-mail
    is filled."""

    kind: Kind
    office: Office
    person: Person
    phone: str
    email: str
    language: str
    channel: CopyRequest.Channel
    proof: CopyRequest.Proof = CopyRequest.Proof.TYPED
    note: str = ""
    copies: int = 1
    back_code: CardCode | None = None
    photo_code: CardCode | None = None
    offered: OfferedService | None = None
    slot: Slot | None = None


class AlreadyAsked(Refused):
    """The person has an open request for this record; its own contact is told, not the asker."""

    def __init__(self) -> None:
        super().__init__(
            _(
                "With these details nothing new could be asked for. If there is an open request "
                "already, we sent its link to the contact given there."
            ),
            code="already_asked",
        )


@retried
def submit(
    *, form_key: UUID, wish: Wish, body_hash: bytes, now: datetime, by: Actor = CITIZEN
) -> CopyRequest:
    """Store a request with its place at the time of collection, consent, history and message, all
    or nothing (S0-R02 to R06, R10). The same form with the same body gives the first one back.

    Raises Refused("other_body" | "full" | "closed" | "too_soon" | "too_far" | "express" |
    "permission" | "busy") and AlreadyAsked; nothing is stored then. Locks the slot."""
    _check_may_enter(wish, by)
    for _attempt in range(REFERENCE_DRAWS):
        earlier = CopyRequest.objects.filter(form_key=form_key).first()
        if earlier:
            return _same(earlier, body_hash)
        try:
            with transaction.atomic():
                return _store(form_key, wish, body_hash, now, by)
        except IntegrityError as error:
            if "one_open_copy_request" in str(error) or "id_index" in str(error):
                raise _already_asked(wish, now) from error
            if "reference" not in str(error) and "form_key" not in str(error):
                raise
    raise Refused(_("Very many are booking just now. Try again in a minute."), code="busy")


def _same(earlier: CopyRequest, body_hash: bytes) -> CopyRequest:
    if compare_digest(bytes(earlier.body_hash), body_hash):
        return earlier
    raise Refused(
        _("This form was already sent with other data. See what you sent, or start again."),
        code="other_body",
    )


def _store(form_key: UUID, wish: Wish, body_hash: bytes, now: datetime, by: Actor) -> CopyRequest:
    consent = accounts.record_consent(
        purpose=PURPOSE,
        text_version=bookings.PRIVACY_TEXT_VERSION,
        language=wish.language,
        channel=Consent.Channel(wish.channel),
        now=now,
    )
    request = _new(form_key, wish, body_hash, now, by)
    request.consent = consent
    if wish.slot is not None and wish.offered is not None:
        _reserve(request, wish, wish.offered, wish.slot, now, by)
    request.save()
    record(request, source="", by=by, now=now)
    news.tell(request, "copy_received", now=now)
    return request


def _new(form_key: UUID, wish: Wish, body_hash: bytes, now: datetime, by: Actor) -> CopyRequest:
    person, back, photo = wish.person, wish.back_code, wish.photo_code
    return CopyRequest(
        reference=new_reference(wish.office.prefix),
        form_key=form_key,
        body_hash=body_hash,
        kind=wish.kind,
        office=wish.office,
        channel=wish.channel,
        proof=wish.proof,
        copies=wish.copies,
        full_name=person.full_name,
        name_key=search_key(person.full_name),
        id_sealed=personal.seal(person.number, context=f"{form_key}:copy"),
        id_index=person.index,
        id_tail=person.number[-4:],
        back_code_hash=back.digest if back else b"",
        back_code_tail=back.tail if back else "",
        photo_code_hash=photo.digest if photo else b"",
        photo_code_tail=photo.tail if photo else "",
        phone=wish.phone,
        email=wish.email,
        note=wish.note,
        language=wish.language,
        created_at=now,
        due_at=rules.decision_due(queries.collection_service(wish.office), wish.slot, now=now),
        entered_by=by.user,
    )


def _reserve(
    request: CopyRequest, wish: Wish, offered: OfferedService, slot: Slot, now: datetime, by: Actor
) -> None:
    if by.kind == ActorKind.CITIZEN:
        rules.check_collectable(offered, slot, now=now)
    request.collect_at = offered.office
    request.is_express = rules.is_same_day(slot, now=now)
    request.collection = reserved.reserve(
        reserved.Reservation(
            belongs_to=news.SOURCE,
            reference=request.reference,
            offered=offered,
            slot=slot,
            case=queries.case_of(offered, wish.kind),
            person=wish.person,
            phone=wish.phone,
            email=wish.email,
            language=wish.language,
            consent=request.consent,
        ),
        by=by,
        now=now,
    )


def _already_asked(wish: Wish, now: datetime) -> AlreadyAsked:
    """Tells the contact on file of the earlier request, not the person who asks."""
    earlier = CopyRequest.objects.filter(
        id_index=wish.person.index, kind=wish.kind, status__in=OPEN
    )
    for request in earlier:
        news.tell(request, "copy_link", now=now, mark=f"{now:%Y%m%d}")
    return AlreadyAsked()


def _check_may_enter(wish: Wish, by: Actor) -> None:
    if by.kind != ActorKind.STAFF:
        return
    if not by.user.has_office_permission("registry_requests.enter_copyrequest", wish.office.pk):
        raise Refused(_("You may not do this at this office."), code="permission")


def unseal_number(request: CopyRequest) -> str:
    """The full national ID; the caller logs the view."""
    return personal.unseal(request.id_sealed, context=f"{request.form_key}:copy")
