"""The kinds of messages about a booking: what each shows, and until when it is true."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.utils.translation import gettext_lazy

from bookings import rules
from bookings.models import Booking
from bookings.workflow import OPEN, Status
from notifications.models import Message

NO_SHOW_IS_NEWS = timedelta(days=2)
Check = Callable[[Booking, Message, datetime], bool]


@dataclass(frozen=True)
class Kind:
    """What a kind of message shows, and until when it is true."""

    is_wanted: Check
    button: Any
    page: str = ""
    # Whether the person is to come at the time shown.
    visit_stands: bool = True
    to_bring: bool = False
    calendar: bool = False


def _always(booking: Booking, message: Message, now: datetime) -> bool:
    return True


def _is_open(booking: Booking, message: Message, now: datetime) -> bool:
    return booking.status in OPEN


def _leads_somewhere(booking: Booking, message: Message, now: datetime) -> bool:
    """Open, or with another time still offered after the office had to cancel it."""
    offers = booking.decisions.filter(holds_place=True, offered_until__gt=now)
    return booking.status in OPEN or offers.exists()


def _is_ahead(booking: Booking, message: Message, now: datetime) -> bool:
    return booking.status in OPEN and booking.slot.starts_at > now


def _status_is(status: Status) -> Check:
    return lambda booking, message, now: booking.status == status


def _is_due_reminder(booking: Booking, message: Message, now: datetime) -> bool:
    """Still confirmed at the very time of the event "booking:<id>:<kind>:<slot>", and in time to
    arrive (fault F34)."""
    return (
        booking.status == Status.CONFIRMED
        and message.event.split(":")[3] == str(booking.slot_id)
        and now < rules.arrive_by(booking.offered, booking.slot)
    )


def _is_fresh_no_show(booking: Booking, message: Message, now: datetime) -> bool:
    """Not undone, and not told days later."""
    return booking.status == Status.NO_SHOW and now - booking.slot.ends_at < NO_SHOW_IS_NEWS


_TICKET = gettext_lazy("Open ticket")
_SEE = gettext_lazy("See my appointment")
_AGAIN = gettext_lazy("Book another time")
OFFER = gettext_lazy("Take this time, or choose another")
AGAIN = "again"

KINDS: dict[str, Kind] = {
    "received": Kind(_is_open, _SEE, calendar=True),
    "confirmed": Kind(_status_is(Status.CONFIRMED), _TICKET, to_bring=True, calendar=True),
    "documents_needed": Kind(
        _status_is(Status.NEEDS_DOCUMENTS), gettext_lazy("Send the documents"), page="documents"
    ),
    "documents_received": Kind(_status_is(Status.REQUESTED), _SEE),
    "rejected": Kind(_always, _AGAIN, page=AGAIN, visit_stands=False),
    "moved_by_citizen": Kind(_is_ahead, _TICKET, to_bring=True, calendar=True),
    "moved_by_office": Kind(_is_ahead, _SEE, to_bring=True, calendar=True),
    "kept_elsewhere": Kind(_is_ahead, _SEE, to_bring=True, calendar=True),
    "cancelled_by_citizen": Kind(_always, _AGAIN, page=AGAIN, visit_stands=False),
    "cancelled_by_office": Kind(_always, _AGAIN, page=AGAIN, visit_stands=False),
    "no_show": Kind(_is_fresh_no_show, _AGAIN, page=AGAIN, visit_stands=False),
    "reminder_1d": Kind(_is_due_reminder, _TICKET, to_bring=True, calendar=True),
    "reminder_2h": Kind(_is_due_reminder, _TICKET),
    "already_booked": Kind(_is_open, _SEE),
    "find_link": Kind(_leads_somewhere, _SEE),
}
