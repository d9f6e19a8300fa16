"""Pages as they were drawn a moment ago, shown again while they are still true: drawing one costs
ten times as much as asking. The page of free times is true while no place was taken or given back
(ADR 10); the page of a time that went is shown for a second to all who ask for it."""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TypeVar, cast

from django.contrib.messages.storage.cookie import CookieStorage
from django.core.cache import caches
from django.http import HttpRequest, HttpResponse
from django.middleware.csrf import get_token
from django.utils.connection import ConnectionProxy

from bookings import queries
from offices.models import OfferedService
from portal.htmx import wants_part
from portal.visitor import COOKIE

Made = TypeVar("Made")
# Of this process: asking Redis would cost as much as asking the database whether a page is true.
memory = ConnectionProxy(caches, "process")

# Places are always true; names, rules and closures of the office may lag by these seconds.
SECONDS = 5
# Nobody reads which times are nearest and presses one in less.
SECONDS_OF_A_RUSH = 1
# Stands in the kept page for the token that every browser has of its own.
TOKEN = "csrf-token-of-this-browser"  # noqa: S105
OWN_COOKIES = (COOKIE, CookieStorage.cookie_name)


@dataclass(frozen=True)
class Watched:
    """The days a page tells about, with the places as they were before it was drawn."""

    office_id: int
    service_id: int
    first: date
    last: date
    places: list[queries.Places]


def watch(
    request: HttpRequest, offered: OfferedService, *, first: date, days: int
) -> Watched | None:
    """Read the places before drawing, so that a change during the drawing is not missed; nothing
    for a page that shows this browser something of its own. One query."""
    if _is_own(request):
        return None
    office_id, service_id = offered.office_id, offered.service_id
    last = first + timedelta(days=days - 1)
    places = queries.places_taken(
        office_id=office_id, service_id=service_id, first=first, last=last
    )
    return Watched(office_id, service_id, first, last, places)


def keep(request: HttpRequest, html: str, watched: Watched) -> None:
    """Keep a page drawn with TOKEN for all who ask for the same."""
    memory.set(_key(request), (html, watched), SECONDS)


def kept(request: HttpRequest) -> str:
    """The kept page with TOKEN in it, or "" when there is none or a place has changed.
    One query, none without a kept page."""
    found = None if _is_own(request) else memory.get(_key(request))
    if found is None:
        return ""
    html: str = found[0]
    watched: Watched = found[1]
    places = queries.places_taken(
        office_id=watched.office_id,
        service_id=watched.service_id,
        first=watched.first,
        last=watched.last,
    )
    return html if places == watched.places else ""


def drawn(request: HttpRequest, facts: object, draw: Callable[[], str]) -> str:
    """The page of this address, with TOKEN in it, that `draw` made for the same facts within the
    last second. The facts are all that differs between those who ask. No query."""
    if CookieStorage.cookie_name in request.COOKIES:
        return draw()
    about = hashlib.sha256(f"{request.path} {facts}".encode()).hexdigest()
    return for_a_moment(f"drawn:{about}", draw, seconds=SECONDS_OF_A_RUSH)


def for_a_moment(key: str, make: Callable[[], Made], *, seconds: int = SECONDS) -> Made:
    """What `make` gives, made anew after these seconds."""
    return cast(Made, memory.get_or_set(key, make, seconds))


def with_token(request: HttpRequest, html: str, *, status: int = 200) -> HttpResponse:
    """The page for this browser."""
    return HttpResponse(html.replace(TOKEN, get_token(request)), status=status)


def _is_own(request: HttpRequest) -> bool:
    """Its held times, or a message to it."""
    return any(name in request.COOKIES for name in OWN_COOKIES)


def _key(request: HttpRequest) -> str:
    asked = f"{wants_part(request)} {request.get_full_path()}"
    return f"times:{hashlib.sha256(asked.encode()).hexdigest()}"
