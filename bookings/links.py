"""Links to a booking for messages: signed, the same again for a message that is sent again, and
always under SITE_URL, whatever host a request named."""

from datetime import datetime, time, timedelta

from django.conf import settings
from django.utils import timezone

from accounts.links import BadLink, make_code, make_token, read_code, read_token
from bookings.models import Booking, WaitingEntry

PURPOSE = "booking"
WAITING = "waiting"
SHORT = "short"
SHORT_WAITING = "short.waiting"
HOLD = "hold"


def link(booking: Booking, *, page: str = "", until: datetime | None = None) -> str:
    """The absolute signed link of a booking in its language; `page` is "", "documents", "move" or
    "cancel". Valid LINK_DAYS_AFTER_VISIT after the visit, or `until`. Needs booking.slot."""
    token = make_token(
        purpose=PURPOSE,
        row_id=booking.pk,
        version=booking.link_version,
        expires_at=until or _last_day(booking),
    )
    return f"{_site(booking.language)}/l/{token}/" + (f"?page={page}" if page else "")


def short_link(booking: Booking) -> str:
    """The short link of a booking, for SMS: under SHORT_URL where there is one."""
    return short_address(short_code(booking), language=booking.language)


def short_address(code: str, *, language: str) -> str:
    """Where a short code of whatever kind is opened. With a SHORT_URL of 5 characters ("nk.th") at
    most 20 long, up to a million rows."""
    return f"{settings.SHORT_URL or _site(language)}/s/{code}/"


def hold_link(booking: Booking) -> str:
    """The absolute link to a time that another way than a browser keeps; as long as it is kept."""
    token = make_token(
        purpose=HOLD,
        row_id=booking.pk,
        version=booking.link_version,
        expires_at=booking.held_until or booking.created_at,
    )
    return f"{_site(booking.language)}/bookings/kept/{token}/"


def read_hold_link(token: str, *, now: datetime) -> Booking:
    """The held time that a token opens, also when it was taken over already. Raises
    accounts.links.BadLink."""
    claims = read_token(token, purpose=HOLD, now=now)
    rows = Booking.objects.select_related("slot", "office", "service", "offered__section")
    found = rows.filter(pk=claims.row_id, link_version=claims.version).first()
    if found is None:
        raise BadLink
    return found


def waiting_link(entry: WaitingEntry) -> str:
    """The absolute signed link of a place in the waiting list; valid LINK_DAYS_AFTER_VISIT after
    its latest day."""
    token = make_token(
        purpose=WAITING,
        row_id=entry.pk,
        version=entry.link_version,
        expires_at=_last_day_of_waiting(entry),
    )
    return f"{_site(entry.language)}/w/{token}/"


def read_waiting_link(token: str, *, now: datetime) -> WaitingEntry:
    """The entry that a token opens. Raises accounts.links.BadLink for every reason the same."""
    claims = read_token(token, purpose=WAITING, now=now)
    found = WaitingEntry.objects.filter(pk=claims.row_id, link_version=claims.version).first()
    if found is None:
        raise BadLink
    return found


def short_waiting_link(entry: WaitingEntry) -> str:
    """The short link of a place in the waiting list, for SMS."""
    code = make_code(purpose=SHORT_WAITING, row_id=entry.pk, version=entry.link_version)
    return short_address(code, language=entry.language)


def read_short_waiting_code(code: str, *, now: datetime) -> WaitingEntry:
    """The entry of a short code. Raises accounts.links.BadLink; the caller counts those."""
    read = read_code(code)
    entry = WaitingEntry.objects.filter(pk=read.row_id).first()
    if entry is None:
        raise BadLink
    read.check(purpose=SHORT_WAITING, version=entry.link_version)
    if _last_day_of_waiting(entry) < now:
        raise BadLink
    return entry


def read_link(token: str, *, now: datetime) -> Booking:
    """The booking that a token opens. Raises accounts.links.BadLink for every reason the same."""
    claims = read_token(token, purpose=PURPOSE, now=now)
    return _find(claims.row_id, claims.version)


def short_code(booking: Booking) -> str:
    """At most 12 characters, for SMS."""
    return make_code(purpose=SHORT, row_id=booking.pk, version=booking.link_version)


def read_short_code(code: str, *, now: datetime) -> Booking:
    """The booking of a short code. Raises accounts.links.BadLink; the caller counts those."""
    read = read_code(code)
    booking = _find(read.row_id)
    read.check(purpose=SHORT, version=booking.link_version)
    if _last_day(booking) < now:
        raise BadLink
    return booking


def _find(row_id: int, version: int | None = None) -> Booking:
    submitted = Booking.objects.filter(requested_at__isnull=False).select_related("slot")
    booking = submitted.filter(pk=row_id).first()
    if booking is None or version not in (None, booking.link_version):
        raise BadLink
    return booking


def _last_day(booking: Booking) -> datetime:
    return booking.slot.ends_at + timedelta(days=settings.LINK_DAYS_AFTER_VISIT)


def _last_day_of_waiting(entry: WaitingEntry) -> datetime:
    last = timezone.make_aware(datetime.combine(entry.latest_day, time()))
    return last + timedelta(days=settings.LINK_DAYS_AFTER_VISIT)


def _site(language: str) -> str:
    return settings.SITE_URL + ("/en" if language == "en" else "")
