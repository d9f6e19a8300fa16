"""Links in messages: `<id>.<version>.<expiry>.<HMAC>`, made again the same for a retried message
(design §3 "A link")."""

from dataclasses import dataclass
from datetime import UTC, datetime

from django.core.signing import BadSignature, Signer
from django.utils.http import base36_to_int, int_to_base36


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


def _signer(purpose: str) -> Signer:
    return Signer(salt=f"nadkhet.link.{purpose}", sep=".")
