"""Links in messages: `<id>.<version>.<expiry>.<HMAC>`, made again the same for a retried message;
and short codes, for an SMS or a small QR."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from hmac import compare_digest
from typing import Any, TypeVar

from django.conf import settings
from django.core.signing import BadSignature, Signer
from django.db.models import Model, QuerySet
from django.utils.crypto import salted_hmac
from django.utils.http import base36_to_int, int_to_base36

from core.reference import ALPHABET, MISREAD

# 7 characters of base 32 = 35 bits: one guess in 34 thousand million opens one row, and the view
# counts wrong guesses. A long link carries 256 bits.
TAG_LENGTH = 7
SHORT_CODE_MAX_LENGTH = 12


Row = TypeVar("Row", bound=Model)


class BadLink(Exception):
    """The token was changed, is of another purpose, or is over."""


@dataclass(frozen=True)
class LinkClaims:
    """What a valid link says: which row, and which version of its links."""

    row_id: int
    version: int


def make_token(*, purpose: str, row_id: int, version: int, expires_at: datetime) -> str:
    """The token of a link to a row. The row's link version revokes all older ones."""
    parts = (row_id, version, int(expires_at.timestamp()))
    return _signer(purpose).sign(".".join(int_to_base36(part) for part in parts))


def read_token(token: str, *, purpose: str, now: datetime) -> LinkClaims:
    """Raises BadLink, for every reason the same; the caller compares the version with the row."""
    try:
        row_id, version, expiry = (
            base36_to_int(part) for part in _signer(purpose).unsign(token).split(".")
        )
        expires_at = datetime.fromtimestamp(expiry, UTC)
    except (BadSignature, ValueError, OverflowError, OSError) as error:
        raise BadLink from error
    if expires_at < now:
        raise BadLink
    return LinkClaims(row_id, version)


def site_in(language: str) -> str:
    """The root of our pages in a language, whatever host a request named."""
    return settings.SITE_URL + ("/en" if language == "en" else "")


def link_to(row: Any, page: str, *, purpose: str, until: datetime) -> str:
    """The absolute link to a row with a `link_version`, in the language of the row."""
    token = make_token(purpose=purpose, row_id=row.pk, version=row.link_version, expires_at=until)
    return f"{site_in(row.language)}/{page}/{token}/"


def row_of(rows: QuerySet[Row], token: str, *, purpose: str, now: datetime) -> Row:
    """The row that a token opens. Raises BadLink for every reason the same. One query."""
    claims = read_token(token, purpose=purpose, now=now)
    found = rows.filter(pk=claims.row_id, link_version=claims.version).first()
    if found is None:
        raise BadLink
    return found


def make_code(*, purpose: str, row_id: int, version: int) -> str:
    """At most 12 characters: the row's number and 35 bits of HMAC over it and its version."""
    return f"{_base32(row_id)}{_tag(purpose, row_id, version)}".lower()


@dataclass(frozen=True)
class ShortCode:
    """A code taken apart, not proved yet."""

    row_id: int
    tag: str

    def check(self, *, purpose: str, version: int) -> None:
        """Raises BadLink unless we made the code for this version of the row."""
        tags = (
            _tag(purpose, self.row_id, version, secret)
            for secret in [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]
        )
        if not any(compare_digest(self.tag, known) for known in tags):
            raise BadLink


def read_code(code: str) -> ShortCode:
    """Raises BadLink for what cannot be a code; the caller finds the row and checks the rest."""
    letters = code.upper().translate(MISREAD)
    number, tag = letters[:-TAG_LENGTH], letters[-TAG_LENGTH:]
    if not number or len(letters) > SHORT_CODE_MAX_LENGTH or not set(letters) <= set(ALPHABET):
        raise BadLink
    row_id = 0
    for letter in number:
        row_id = row_id * len(ALPHABET) + ALPHABET.index(letter)
    return ShortCode(row_id, tag)


def row_of_code(
    rows: QuerySet[Row],
    code: str,
    *,
    purpose: str,
    last_day: Callable[[Row], datetime],
    now: datetime,
) -> Row:
    """The row of a short code until its last day. Raises BadLink for every reason the same; the
    caller counts those. One query."""
    read = read_code(code)
    found: Any = rows.filter(pk=read.row_id).first()
    if found is None:
        raise BadLink
    read.check(purpose=purpose, version=found.link_version)
    if last_day(found) < now:
        raise BadLink
    return found


def _base32(number: int, length: int = 1) -> str:
    letters = ""
    while number or len(letters) < length:
        number, rest = divmod(number, len(ALPHABET))
        letters = ALPHABET[rest] + letters
    return letters


def _tag(purpose: str, row_id: int, version: int, secret: str | None = None) -> str:
    digest = salted_hmac(
        f"nadkhet.{purpose}", f"{row_id}.{version}", secret=secret, algorithm="sha256"
    ).digest()
    return _base32(int.from_bytes(digest) >> (256 - 5 * TAG_LENGTH), TAG_LENGTH)


def _signer(purpose: str) -> Signer:
    return Signer(salt=f"nadkhet.link.{purpose}", sep=".")
