"""Links to a booking for messages: signed, the same again for a message that is sent again, and
always under SITE_URL, whatever host a request named (reliability §3.76)."""

from datetime import datetime, time, timedelta
from hmac import compare_digest

from django.conf import settings
from django.utils import timezone
from django.utils.crypto import salted_hmac

from accounts.links import BadLink, make_token, read_token
from bookings.models import Booking, WaitingEntry
from core.reference import ALPHABET, MISREAD

PURPOSE = "booking"
WAITING = "waiting"
# 7 characters of base 32 = 35 bits: one guess in 34 thousand million opens one booking, and the
# view counts wrong guesses. A short code is for SMS only; the long link carries 256 bits.
TAG_LENGTH = 7
SHORT_CODE_MAX_LENGTH = 12


def link(booking: Booking, *, page: str = "", until: datetime | None = None) -> str:
    """The absolute signed link of a booking in its language; `page` is "", "documents", "move" or
    "cancel". Valid LINK_DAYS_AFTER_VISIT after the visit, or `until`. Needs booking.slot."""
    token = make_token(
        purpose=PURPOSE,
        row_id=booking.pk,
        version=booking.link_version,
        expires_at=until or _last_day(booking),
    )
    return f"{_site(booking)}/l/{token}/" + (f"?page={page}" if page else "")


def short_link(booking: Booking) -> str:
    """The absolute short link of a booking, for SMS."""
    return f"{_site(booking)}/s/{short_code(booking)}/"


def waiting_link(entry: WaitingEntry) -> str:
    """The absolute signed link of a place in the waiting list; valid LINK_DAYS_AFTER_VISIT after
    its latest day."""
    last = timezone.make_aware(datetime.combine(entry.latest_day, time()))
    token = make_token(
        purpose=WAITING,
        row_id=entry.pk,
        version=entry.link_version,
        expires_at=last + timedelta(days=settings.LINK_DAYS_AFTER_VISIT),
    )
    return f"{_site(entry)}/w/{token}/"


def read_waiting_link(token: str, *, now: datetime) -> WaitingEntry:
    """The entry that a token opens. Raises accounts.links.BadLink for every reason the same."""
    claims = read_token(token, purpose=WAITING, now=now)
    found = WaitingEntry.objects.filter(pk=claims.row_id, link_version=claims.version).first()
    if found is None:
        raise BadLink
    return found


def read_link(token: str, *, now: datetime) -> Booking:
    """The booking that a token opens. Raises accounts.links.BadLink for every reason the same."""
    claims = read_token(token, purpose=PURPOSE, now=now)
    return _find(claims.row_id, claims.version)


def short_code(booking: Booking) -> str:
    """At most 12 characters: the row's number and 35 bits of HMAC over it and its link version."""
    return f"{_base32(booking.pk)}{_tag(booking.pk, booking.link_version)}".lower()


def read_short_code(code: str, *, now: datetime) -> Booking:
    """The booking of a short code. Raises accounts.links.BadLink; the caller counts those."""
    letters = code.upper().translate(MISREAD)
    number, tag = letters[:-TAG_LENGTH], letters[-TAG_LENGTH:]
    if not number or len(letters) > SHORT_CODE_MAX_LENGTH or not set(letters) <= set(ALPHABET):
        raise BadLink
    row_id = 0
    for letter in number:
        row_id = row_id * len(ALPHABET) + ALPHABET.index(letter)
    booking = _find(row_id)
    tags = (
        _tag(row_id, booking.link_version, secret)
        for secret in [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]
    )
    if not any(compare_digest(tag, known) for known in tags) or _last_day(booking) < now:
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


def _site(booking: Booking | WaitingEntry) -> str:
    return settings.SITE_URL + ("/en" if booking.language == "en" else "")


def _base32(number: int, length: int = 1) -> str:
    letters = ""
    while number or len(letters) < length:
        number, rest = divmod(number, len(ALPHABET))
        letters = ALPHABET[rest] + letters
    return letters


def _tag(row_id: int, version: int, secret: str | None = None) -> str:
    digest = salted_hmac(
        "nadkhet.short", f"{row_id}.{version}", secret=secret, algorithm="sha256"
    ).digest()
    return _base32(int.from_bytes(digest) >> (256 - 5 * TAG_LENGTH), TAG_LENGTH)
