"""The browser of a citizen, named by a signed cookie; nothing about it is stored on our side, so
losing Redis or the session table loses no hold (fault F14)."""

import hashlib
import secrets

from django.http import HttpRequest, HttpResponseBase

from portal.answers import give_cookie

COOKIE = "nk_visitor"
SALT = "nadkhet.visitor"
DAYS = 2


def holder_of(request: HttpRequest) -> str:
    """The word under which this browser's holds stand; empty for a browser without cookie."""
    visitor = request.get_signed_cookie(COOKIE, default="", salt=SALT, max_age=DAYS * 86_400)
    return holder_for(visitor) if visitor else ""


def new_visitor() -> str:
    return secrets.token_urlsafe(24)


def holder_for(visitor: str) -> str:
    """The word for a browser of this name."""
    return hashlib.sha256(visitor.encode()).hexdigest()


def remember(response: HttpResponseBase, visitor: str) -> None:
    """Name the browser; it is the only one that can use its holds."""
    give_cookie(response, COOKIE, visitor, salt=SALT, seconds=DAYS * 86_400)
