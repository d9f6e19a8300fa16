"""Copies as the chat asks for them: the one module of this app that knows `registry_requests`."""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from accounts import line_links
from accounts.models import LineAccount
from bookings.models import Slot
from bookings.services import Person
from line_channel.grammar import CardCode, PhotoCode
from offices.models import Office
from registry_requests import queries, services
from registry_requests.models import Comparison, CopyRequest, Kind
from registry_requests.models.request import MOST_COPIES

__all__ = ["MOST_COPIES", "CopyRequest", "Kind"]

Json = dict[str, Any]

KINDS = {1: Kind.HOUSE, 2: Kind.MARRIAGE, 3: Kind.DIVORCE, 4: Kind.PHOTO, 5: Kind.ENQUIRY}


@dataclass(frozen=True)
class Asked:
    """What was said in the chat. Without `slot_id` it is an enquiry, in `words`."""

    menu: int
    form_key: UUID
    copies: int = 1
    slot_id: int | None = None
    card: Json | None = None
    photo: Json | None = None
    words: str = ""


def hashed(read: CardCode | PhotoCode, *, form_key: UUID) -> Json:
    """What is kept of a code, from the moment it comes in."""
    is_card = isinstance(read, CardCode)
    item = Comparison.Item.BACK_CODE if is_card else Comparison.Item.PHOTO_CODE
    kept = services.CardCode.of(item, read.code, form_key=form_key)
    return {"digest": kept.digest.hex(), "tail": kept.tail, "key": str(form_key)}


def next_times(office: Office, *, now: datetime, count: int) -> list[Slot]:
    """The next free times of collection. A few queries."""
    return queries.next_collection_times(queries.collection_service(office), now=now, count=count)


def times_of(office: Office, day: date, *, now: datetime) -> list[Slot]:
    """The free times of collection of a day. A few queries."""
    return queries.collection_times(queries.collection_service(office), day, now=now)


def submit(asked: Asked, *, office: Office, account: LineAccount, now: datetime) -> CopyRequest:
    """Raises core.errors.Refused, as `registry_requests.services.submit`."""
    offered = queries.collection_service(office) if asked.slot_id else None
    wish = services.Wish(
        kind=KINDS[asked.menu],
        office=office,
        person=Person(account.full_name, "TH", line_links.unseal_number(account)),
        phone=account.phone,
        email="",
        language="th",
        channel=CopyRequest.Channel.LINE,
        proof=CopyRequest.Proof.LINKED,
        note=asked.words,
        copies=asked.copies,
        back_code=_kept(asked.card),
        photo_code=_kept(asked.photo),
        offered=offered,
        slot=Slot.objects.get(pk=asked.slot_id) if asked.slot_id else None,
    )
    return services.submit(form_key=asked.form_key, wish=wish, body_hash=_body_hash(asked), now=now)


def open_cases(account: LineAccount) -> Sequence[CopyRequest]:
    """The holder's open requests, oldest first. One query."""
    index = bytes(account.id_index)
    return list(queries.open_requests_of(id_index=index, phone=account.phone))


def _kept(code: Json | None) -> services.CardCode | None:
    return services.CardCode(bytes.fromhex(code["digest"]), code["tail"]) if code else None


def _body_hash(asked: Asked) -> bytes:
    facts = [asked.menu, asked.copies, asked.slot_id, asked.card, asked.photo, asked.words]
    return hashlib.sha256(json.dumps(facts).encode()).digest()
