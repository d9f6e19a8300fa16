"""Who may open a booking: the browser that made it, or one that came by a signed link. It holds a
signed cookie for the paths of this one booking; a reference alone opens nothing (ADR 2)."""

from collections.abc import Callable, Iterator
from functools import cache, wraps

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import get_language, override

from bookings.models import Booking, WaitingEntry
from portal.answers import give_cookie, private
from registry_requests.models import CopyRequest

COOKIES = {"th": "nk_my", "en": "nk_my_en"}
SALT = "nadkhet.my"
COPY_COOKIES = {"th": "nk_copy", "en": "nk_copy_en"}
COPY_SALT = "nadkhet.copy"
WAITING_COOKIES = {"th": "nk_wait", "en": "nk_wait_en"}
WAITING_SALT = "nadkhet.waiting"
DAYS = 60
# Stands for the reference in a path; references are capitals and digits.
ANY = "reference"

BookingView = Callable[[HttpRequest, Booking], HttpResponse]
CopyView = Callable[[HttpRequest, CopyRequest], HttpResponse]
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


def grant_copy(response: HttpResponseBase, found: CopyRequest) -> None:
    """Let this browser open a request for a copy, in both languages."""
    for reference in references_of(found):
        for language, name in COPY_COOKIES.items():
            path = _path("portal:status", language, reference)
            _give(response, name, found, salt=COPY_SALT, path=path)


def references_of(found: CopyRequest) -> set[str]:
    """Under which a request has its pages: its own, and that of a time chosen later, which stands
    in the QR of the ticket."""
    return {found.reference, *([found.collection.reference] if found.collection else [])}


def _give(
    response: HttpResponseBase,
    name: str,
    row: Booking | CopyRequest | WaitingEntry,
    *,
    salt: str,
    path: str,
) -> None:
    value = f"{row.pk}.{row.link_version}"
    give_cookie(response, name, value, salt=salt, seconds=DAYS * 86_400, path=path)


def path_of(booking: Booking) -> str:
    """The page of the booking in the language of the request, made once and not by `reverse`."""
    return _path("portal:status", get_language() or "th", booking.reference)


def withdraw(response: HttpResponseBase, reference: str) -> None:
    """Forget the booking, or the request for a copy, in this browser."""
    for cookies in (COOKIES, COPY_COOKIES):
        _take_back(response, cookies, "portal:status", reference)


def withdraw_waiting(response: HttpResponseBase, reference: str) -> None:
    """Forget a place in the waiting list in this browser."""
    _take_back(response, WAITING_COOKIES, "portal:waiting", reference)


def _take_back(
    response: HttpResponseBase, cookies: dict[str, str], page: str, reference: str
) -> None:
    for language, name in cookies.items():
        path = _path(page, language, reference)
        response.delete_cookie(name, path=path, samesite="Lax")


def booking_of(request: HttpRequest, reference: str) -> Booking | None:
    """The booking of the address, if this browser holds its cookie, or that of the request for a
    copy whose time of collection it is. Without a cookie no row is read, so that a known and an
    unknown reference take the same time. Two queries, three for a copy."""
    rows = Booking.objects.with_visit().select_related("offered__office", "offered__pattern")
    own = rows.decided_here()
    for row_id, version in _claims(request, COOKIES, SALT):
        booking = own.filter(pk=row_id, reference=reference, link_version=version).first()
        if booking:
            return booking
    copy = copy_of(request, reference)
    return rows.filter(copy_request=copy).first() if copy else None


def copy_of(request: HttpRequest, reference: str) -> CopyRequest | None:
    """The request for a copy of the address, if this browser holds its cookie. One query, none
    without a cookie."""
    rows = CopyRequest.objects.select_related(
        "office", "collect_at", "collection__slot", "collection__service", "collection__office"
    ).select_related("collection__offered__section", "collection__offered__office")
    for row_id, version in _claims(request, COPY_COOKIES, COPY_SALT):
        found = rows.filter(pk=row_id, link_version=version, anonymised_at=None).first()
        collection = found.collection if found else None
        if found and reference in (found.reference, collection and collection.reference):
            return found
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


def own_copy(view: CopyView) -> Callable[..., HttpResponse]:
    """As `own_booking`, for a request for a copy."""

    @wraps(view)
    def guarded(request: HttpRequest, reference: str) -> HttpResponse:
        found = copy_of(request, reference)
        if found is None:
            return private(render(request, "portal/no_access.html", status=404))
        return private(view(request, found))

    return guarded


def copy_or_booking(
    of_copy: CopyView, of_booking: Callable[..., HttpResponse]
) -> Callable[..., HttpResponse]:
    """One address for both: the view of the request when the browser holds its cookie, else the
    guarded view of bookings."""

    @wraps(of_booking)
    def either(request: HttpRequest, reference: str) -> HttpResponse:
        found = copy_of(request, reference)
        return private(of_copy(request, found)) if found else of_booking(request, reference)

    return either


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
