"""Links to a booking for messages: signed, the same again for a message that is sent again, and
always under SITE_URL, whatever host a request named."""

from datetime import datetime, timedelta

from django.conf import settings

from accounts.links import link_to, make_code, row_of, row_of_code, site_in
from bookings.models import Booking, WaitingEntry
from bookings.models.booking import BookingQuerySet
from core.days import start_of

PURPOSE = "booking"
WAITING = "waiting"
SHORT = "short"
SHORT_WAITING = "short.waiting"
HOLD = "hold"


def link(booking: Booking, *, page: str = "", until: datetime | None = None) -> str:
    """The absolute signed link of a booking in its language; `page` is "", "documents", "move" or
    "cancel". Valid LINK_DAYS_AFTER_VISIT after the visit, or `until`. Needs booking.slot."""
    address = link_to(booking, "l", purpose=PURPOSE, until=until or _last_day(booking))
    return address + (f"?page={page}" if page else "")


def read_link(token: str, *, now: datetime) -> Booking:
    """The booking that a token opens. Raises accounts.links.BadLink for every reason the same."""
    return row_of(_submitted(), token, purpose=PURPOSE, now=now)


def short_address(code: str, *, language: str) -> str:
    """Where a short code of whatever kind is opened. With a SHORT_URL of 5 characters ("nk.th") at
    most 20 long, up to a million rows."""
    return f"{settings.SHORT_URL or site_in(language)}/s/{code}/"


def short_link(booking: Booking) -> str:
    """The short link of a booking, for SMS: under SHORT_URL where there is one."""
    return short_address(short_code(booking), language=booking.language)


def short_code(booking: Booking) -> str:
    """At most 12 characters, for SMS."""
    return make_code(purpose=SHORT, row_id=booking.pk, version=booking.link_version)


def read_short_code(code: str, *, now: datetime) -> Booking:
    """The booking of a short code. Raises accounts.links.BadLink; the caller counts those."""
    return row_of_code(_submitted(), code, purpose=SHORT, last_day=_last_day, now=now)


def hold_link(booking: Booking) -> str:
    """The absolute link to a time that another way than a browser keeps; as long as it is kept."""
    until = booking.held_until or booking.created_at
    return link_to(booking, "bookings/kept", purpose=HOLD, until=until)


def read_hold_link(token: str, *, now: datetime) -> Booking:
    """The held time that a token opens, also when it was taken over already. Raises
    accounts.links.BadLink."""
    rows = Booking.objects.select_related("slot", "office", "service", "offered__section")
    return row_of(rows, token, purpose=HOLD, now=now)


def waiting_link(entry: WaitingEntry) -> str:
    """The absolute signed link of a place in the waiting list; valid LINK_DAYS_AFTER_VISIT after
    its latest day."""
    return link_to(entry, "w", purpose=WAITING, until=_last_day_of_waiting(entry))


def read_waiting_link(token: str, *, now: datetime) -> WaitingEntry:
    """The entry that a token opens. Raises accounts.links.BadLink for every reason the same."""
    return row_of(WaitingEntry.objects.all(), token, purpose=WAITING, now=now)


def short_waiting_link(entry: WaitingEntry) -> str:
    """The short link of a place in the waiting list, for SMS."""
    code = make_code(purpose=SHORT_WAITING, row_id=entry.pk, version=entry.link_version)
    return short_address(code, language=entry.language)


def read_short_waiting_code(code: str, *, now: datetime) -> WaitingEntry:
    """The entry of a short code. Raises accounts.links.BadLink; the caller counts those."""
    rows, last_day = WaitingEntry.objects.all(), _last_day_of_waiting
    return row_of_code(rows, code, purpose=SHORT_WAITING, last_day=last_day, now=now)


def _submitted() -> BookingQuerySet:
    return Booking.objects.filter(requested_at__isnull=False).select_related("slot")


def _last_day(booking: Booking) -> datetime:
    return booking.slot.ends_at + timedelta(days=settings.LINK_DAYS_AFTER_VISIT)


def _last_day_of_waiting(entry: WaitingEntry) -> datetime:
    return start_of(entry.latest_day) + timedelta(days=settings.LINK_DAYS_AFTER_VISIT)
