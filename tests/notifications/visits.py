"""Confirmed visits of invented couples, put straight into the tables."""

from datetime import timedelta
from itertools import count
from uuid import uuid4

from bookings.models import Booking, Party, Slot
from bookings.workflow import OCCUPYING, OPEN, Status
from core.reference import new_reference
from core.text import search_key

_numbers = count(1)
_references = set()


def slot_at(offered, starts_at, *, places=1):
    return Slot.objects.create(
        office_id=offered.office_id,
        service_id=offered.service_id,
        starts_at=starts_at,
        ends_at=starts_at + timedelta(minutes=29),
        capacity=places,
        online_capacity=places,
    )


def visit(offered, slot, *, names=("มะลิ ใจดี", "สมชาย ใจงาม"), nations=("TH", "TH"), **changes):
    """A booking of the slot as it would be after the officer's approval."""
    return visits(offered, slot, 1, names=names, nations=nations, **changes)[0]


def visits(offered, slot, how_many, *, names=("มะลิ", "สมชาย"), nations=("TH", "TH"), **changes):
    bookings = Booking.objects.bulk_create(
        _booking(offered, slot, **changes) for _ in range(how_many)
    )
    Party.objects.bulk_create(
        _party(booking, position, name, nation)
        for booking in bookings
        for position, (name, nation) in enumerate(zip(names, nations, strict=True), 1)
    )
    taken = Booking.objects.filter(slot=slot, status__in=OCCUPYING).count()
    Slot.objects.filter(pk=slot.pk).update(taken=taken, taken_online=taken)
    return bookings


def _booking(offered, slot, **changes):
    before = slot.starts_at - timedelta(days=10)
    facts = {
        "office_id": offered.office_id,
        "service_id": offered.service_id,
        "offered": offered,
        "slot": slot,
        "reference": _reference(offered.office.prefix),
        "status": Status.CONFIRMED,
        "body_hash": bytes(32),
        "created_at": before,
        "requested_at": before,
        "slot_since": before,
        "phone": "+66800000000",
        "email": f"{uuid4().hex[:12]}@example.com",
    }
    return Booking(**facts | changes)


def _reference(prefix):
    """One that this process has not given out yet: thousands drawn blindly would clash."""
    while (reference := new_reference(prefix)) in _references:
        continue
    _references.add(reference)
    return reference


def _party(booking, position, name, nation):
    return Party(
        booking=booking,
        service_id=booking.service_id,
        position=position,
        full_name=name,
        name_key=search_key(name),
        nationality=nation,
        id_kind=Party.IdKind.NATIONAL_ID if nation == "TH" else Party.IdKind.PASSPORT,
        id_sealed=b"",
        id_index=next(_numbers).to_bytes(32),
        id_tail="0708",
        is_open=booking.status in OPEN,
    )
