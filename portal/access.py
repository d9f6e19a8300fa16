"""Who may open a booking: the browser that made it, or one that came by a signed link. It holds a
signed cookie for the paths of this one booking; a reference alone opens nothing (design §3)."""

from collections.abc import Callable, Iterator
from functools import cache, wraps

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import get_language, override

from bookings.models import Booking, WaitingEntry
from portal.answers import private

COOKIES = {"th": "nk_my", "en": "nk_my_en"}
SALT = "nadkhet.my"
WAITING_COOKIES = {"th": "nk_wait", "en": "nk_wait_en"}
WAITING_SALT = "nadkhet.waiting"
DAYS = 60
# Stands for the reference in a path; references are capitals and digits.
ANY = "reference"

BookingView = Callable[[HttpRequest, Booking], HttpResponse]
WaitingView = Callable[[HttpRequest, WaitingEntry], HttpResponse]


def grant(response: HttpResponseBase, booking: Booking) -> None:
    """Let this browser open the booking, in both languages."""
    for language, name in COOKIES.items():
        path = _path("portal:status", language, booking.reference)
        _give(response, name, booking, salt=SALT, path=path)


def grant_waiting(response: HttpResponseBase, entry: WaitingEntry) -> None:
    """Let this browser open a place in the waiting list, in both languages."""
    for language, name in WAITING_COOKIES.items():
        path = _path("portal:waiting", language, entry.reference)
        _give(response, name, entry, salt=WAITING_SALT, path=path)


def _give(
    response: HttpResponseBase, name: str, row: Booking | WaitingEntry, *, salt: str, path: str
) -> None:
    response.set_signed_cookie(
        name,
        f"{row.pk}.{row.link_version}",
        salt=salt,
        max_age=DAYS * 86_400,
        path=path,
        httponly=True,
        secure=settings.HTTPS,
        samesite="Lax",
    )


def path_of(booking: Booking) -> str:
    """The page of the booking in the language of the request, made once and not by `reverse`."""
    return _path("portal:status", get_language() or "th", booking.reference)


def withdraw(response: HttpResponseBase, reference: str) -> None:
    """Forget the booking in this browser."""
    for language, name in COOKIES.items():
        response.delete_cookie(
            name, path=_path("portal:status", language, reference), samesite="Lax"
        )


def booking_of(request: HttpRequest, reference: str) -> Booking | None:
    """The booking of the address, if this browser holds its cookie. Without one no row is read,
    so that a known and an unknown reference take the same time. Two queries."""
    rows = Booking.objects.with_visit().select_related("offered__office", "offered__pattern")
    for row_id, version in _claims(request, COOKIES, SALT):
        booking = rows.filter(pk=row_id, reference=reference, link_version=version).first()
        if booking:
            return booking
    return None


def _claims(request: HttpRequest, names: dict[str, str], salt: str) -> Iterator[tuple[int, int]]:
    """The rows, with the version of their links, that the cookies of this browser open."""
    for name in names.values():
        value = request.get_signed_cookie(name, default="", salt=salt, max_age=DAYS * 86_400) or ""
        row_id, _, version = value.partition(".")
        if row_id:
            yield int(row_id), int(version)


def own_entry(view: WaitingView) -> Callable[..., HttpResponse]:
    """As `own_booking`, for a place in the waiting list. One query."""

    @wraps(view)
    def guarded(request: HttpRequest, reference: str) -> HttpResponse:
        rows = WaitingEntry.objects.select_related("office", "service", "offered")
        for row_id, version in _claims(request, WAITING_COOKIES, WAITING_SALT):
            entry = rows.filter(pk=row_id, reference=reference, link_version=version).first()
            if entry is not None:
                return private(view(request, entry))
        return private(render(request, "portal/no_access.html", status=404))

    return guarded


def own_booking(view: BookingView) -> Callable[..., HttpResponse]:
    """Hand the view its booking, or answer with one and the same page for all other references."""

    @wraps(view)
    def guarded(request: HttpRequest, reference: str) -> HttpResponse:
        booking = booking_of(request, reference)
        if booking is None:
            return private(render(request, "portal/no_access.html", status=404))
        return private(view(request, booking))

    return guarded


def _path(name: str, language: str, reference: str) -> str:
    return _path_of_all(name, language).replace(ANY, reference)


@cache
def _path_of_all(name: str, language: str) -> str:
    with override(language):
        return reverse(name, args=[ANY])
