"""What one office holds about the person who asks (PDPA s.30), ready to print. Of the other people
on the same bookings nothing is in it: no name, no number, and no contact that may be theirs."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from accounts.models import ViewLog
from bookings.models import Booking, DataRequest, Party
from bookings.services import data_requests
from bookings.workflow import Status

HIDDEN = "…"


@dataclass(frozen=True)
class HeldBooking:
    """One booking with the asking person on it. Contact and note were written by applicant 1 and
    are shown to nobody else."""

    booking: Booking
    me: Party
    contacts: tuple[str, ...]
    note: str
    steps: list[tuple[datetime, str, str]]
    documents: list[Any]
    looks: list[tuple[datetime, str]]


def held_about(request: DataRequest) -> list[HeldBooking]:
    """All of it, newest first. Six queries, whatever the number of bookings."""
    rows = data_requests.held_about(request).prefetch_related("parties", "changes", "documents")
    bookings = [booking for booking in rows if booking.requested_at]
    looks: dict[str, list[tuple[datetime, str]]] = {}
    for look in ViewLog.objects.filter(
        office=request.office_id, case__in=[booking.reference for booking in bookings]
    ).order_by("at"):
        looks.setdefault(look.case, []).append((look.at, look.what))
    return [_held(booking, request, looks.get(booking.reference, [])) for booking in bookings]


def _held(booking: Booking, request: DataRequest, looks: list[tuple[datetime, str]]) -> HeldBooking:
    people = list(booking.parties.all())
    mine = bytes(request.id_index)
    me = next(party for party in people if bytes(party.id_index) == mine)
    others = [party.full_name for party in people if party.pk != me.pk]
    wrote = me.position == 1
    contacts = tuple(one for one in (booking.phone, booking.email) if one and wrote)
    return HeldBooking(
        booking=booking,
        me=me,
        contacts=contacts,
        note=without(others, booking.note) if wrote else "",
        steps=[
            (change.at, str(Status(change.to_status).label), without(others, change.reason))
            for change in booking.changes.all()
        ],
        documents=list(booking.documents.all()) if wrote else [],
        looks=looks,
    )


def without(names: list[str], text: str) -> str:
    """The text with the names of others hidden, whole and word by word."""
    words = {word for name in names for word in [name, *name.split()] if len(word) > 1}
    for word in sorted(words, key=len, reverse=True):
        text = text.replace(word, HIDDEN)
    return text
