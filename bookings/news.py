"""What is told to whom when a booking changes: one row of the outbox in the transaction of the
change. Rendering happens later, in `bookings.messages`."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from accounts import queries as accounts
from bookings.models import Booking, WaitingEntry
from core import thai_dates
from notifications import services as notifications
from notifications.services import Contact, News

# Kinds that must reach the person: without a working channel the officer telephones.
MUST_REACH = frozenset(
    {
        "confirmed",
        "documents_needed",
        "rejected",
        "moved_by_office",
        "cancelled_by_office",
        "kept_elsewhere",
        "waiting_offer",
    }
)
# An office's own change of plan goes by every way on file: it must reach the person.
EVERY_CHANNEL = frozenset({"moved_by_office", "cancelled_by_office", "waiting_offer"})


def tell(
    booking: Booking,
    kind: str,
    *,
    now: datetime,
    once_a_day: bool = False,
    once_in_minutes: int = 0,
    **context: Any,
) -> None:
    """Write the message of `kind` for the booking's contacts. `context` is JSON: reason, the old
    time, a list of items. The event names the version of the booking, so a repeated request
    writes it once; `once_a_day` names the day instead, `once_in_minutes` that many minutes."""
    mark = str(booking.version)
    if once_a_day:
        mark = f"{thai_dates.local_date(now):%Y%m%d}"
    elif once_in_minutes:
        mark = str(int(now.timestamp()) // (60 * once_in_minutes))
    news = _news(booking, kind, mark, context)
    notifications.queue(news, contacts=contacts_of(booking), now=now)


def remind(bookings: Iterable[Booking], kind: str, *, now: datetime) -> int:
    """Write one reminder for each booking; the event names the slot, so that a moved booking is
    reminded anew and none twice. Returns how many."""
    items = [
        (_news(booking, kind, str(booking.slot_id), {}), contacts_of(booking))
        for booking in bookings
    ]
    return notifications.queue_all(items, now=now)


def tell_waiting(
    entry: WaitingEntry, kind: str, *, now: datetime, mark: str = "1", **context: Any
) -> None:
    """As `tell`, for somebody on the waiting list: once for each `mark`."""
    news = _news(entry, kind, mark, context, source="waiting")
    notifications.queue(news, contacts=contacts_of(entry), now=now)


def contacts_of(row: Booking | WaitingEntry) -> list[Contact]:
    """Where the applicants can be reached as far as the row says, best first. No query."""
    return notifications.ways_of(phone=row.phone, email=row.email)


def all_contacts_of(booking: Booking) -> list[Contact]:
    """The same with the LINE account of an applicant first. Two queries."""
    indexes = [bytes(party.id_index) for party in booking.parties.all()]
    line = accounts.line_user_of(id_indexes=indexes, phone=booking.phone)
    return notifications.ways_of(phone=booking.phone, email=booking.email, line=line)


def _news(
    row: Booking | WaitingEntry,
    kind: str,
    mark: str,
    context: dict[str, Any],
    *,
    source: str = "booking",
) -> News:
    return News(
        event=f"{source}:{row.pk}:{kind}:{mark}",
        kind=kind,
        source=source,
        case_id=row.pk,
        reference=row.reference,
        office_id=row.office_id,
        language=row.language,
        context=context,
        call_if_lost=kind in MUST_REACH,
        by_every_channel=kind in EVERY_CHANNEL,
    )
