"""Loading a case and asking for rights: the first lines of every view about one booking."""

from collections.abc import Callable
from datetime import datetime
from functools import wraps
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts.staff import StaffRequest
from bookings.admin import time_left
from bookings.models import Booking, Document
from core.text import as_key

View = Callable[..., HttpResponse]


def booking_of(request: StaffRequest, pk: int, *, now: datetime) -> Booking:
    """The case, if it is of an office of this person; else it does not exist."""
    rows = time_left.with_clock(Booking.objects.for_staff(request.user), now=now)
    try:
        return rows.with_visit().select_related("owner", "offered__pattern").get(pk=pk)
    except Booking.DoesNotExist:
        raise Http404 from None


def document_of(request: StaffRequest, pk: int, document: UUID) -> Document:
    """A document of a case of this person's office."""
    rows = Document.objects.filter(
        booking__in=Booking.objects.for_staff(request.user), booking_id=pk
    )
    try:
        return rows.select_related("booking").get(pk=document)
    except Document.DoesNotExist:
        raise Http404 from None


def check_may(request: StaffRequest, permission: str, booking: Booking) -> None:
    """Raises PermissionDenied unless a role at the office of the case grants it."""
    if not request.user.has_office_permission(f"bookings.{permission}", booking.office_id):
        raise PermissionDenied


def version_of(request: StaffRequest) -> int:
    """The version that the page was drawn with; a page without one is always too old."""
    return as_key(request.POST.get("version", ""))


def act(permission: str) -> Callable[[View], View]:
    """A view that changes one case: by POST, for those with the right at its office. The view
    is given the booking and the moment. GET (the address of a refused form, opened anew) leads
    to the case and changes nothing, as does everything about a time that a case of an app above
    keeps."""

    def decorate(view: View) -> View:
        @require_http_methods(["GET", "HEAD", "POST"])
        @wraps(view)
        def checked(request: StaffRequest, pk: int, **kwargs: Any) -> HttpResponse:
            now = timezone.now()
            booking = booking_of(request, pk, now=now)
            check_may(request, permission, booking)
            if booking.belongs_to and request.method == "POST":
                messages.warning(request, _("This time belongs to a case of its own; see there."))
            if booking.belongs_to or request.method != "POST":
                return redirect("admin:bookings_booking_change", booking.pk)
            return view(request, booking, now=now, **kwargs)

        return checked

    return decorate
