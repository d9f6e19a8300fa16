"""Who may open a booking: the browser that made it, or one that came by a signed link. It holds a
signed cookie for the paths of this one booking; a reference alone opens nothing (design §3)."""

from collections.abc import Callable
from functools import cache, wraps

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import override

from bookings.models import Booking
from portal.answers import private

COOKIES = {"th": "nk_my", "en": "nk_my_en"}
SALT = "nadkhet.my"
DAYS = 60
# Stands for the reference in a path; references are capitals and digits.
ANY = "reference"

BookingView = Callable[[HttpRequest, Booking], HttpResponse]


def grant(response: HttpResponseBase, booking: Booking) -> None:
    """Let this browser open the booking, in both languages."""
    for language, name in COOKIES.items():
        response.set_signed_cookie(
            name,
            f"{booking.pk}.{booking.link_version}",
            salt=SALT,
            max_age=DAYS * 86_400,
            path=_path(language, booking.reference),
            httponly=True,
            secure=settings.HTTPS,
            samesite="Lax",
        )


def withdraw(response: HttpResponseBase, reference: str) -> None:
    """Forget the booking in this browser."""
    for language, name in COOKIES.items():
        response.delete_cookie(name, path=_path(language, reference), samesite="Lax")


def booking_of(request: HttpRequest, reference: str) -> Booking | None:
    """The booking of the address, if this browser holds its cookie. Without one no row is read,
    so that a known and an unknown reference take the same time. Two queries."""
    for name in COOKIES.values():
        value = request.get_signed_cookie(name, default="", salt=SALT, max_age=DAYS * 86_400) or ""
        row_id, _, version = value.partition(".")
        booking = row_id and (
            Booking.objects.with_visit()
            .select_related("offered__office", "offered__pattern")
            .filter(pk=int(row_id), reference=reference, link_version=int(version))
            .first()
        )
        if booking:
            return booking
    return None


def own_booking(view: BookingView) -> Callable[..., HttpResponse]:
    """Hand the view its booking, or answer with one and the same page for all other references."""

    @wraps(view)
    def guarded(request: HttpRequest, reference: str) -> HttpResponse:
        booking = booking_of(request, reference)
        if booking is None:
            return private(render(request, "portal/no_access.html", status=404))
        return private(view(request, booking))

    return guarded


def _path(language: str, reference: str) -> str:
    return _path_of_all(language).replace(ANY, reference)


@cache
def _path_of_all(language: str) -> str:
    with override(language):
        return reverse("portal:status", args=[ANY])
