"""Looking at what is sealed or private: pictures, full numbers, telephones. Every look is a row of
the view log, written before anything is shown."""

from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import UUID

from django.conf import settings
from django.http import FileResponse, Http404, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts import reasons
from accounts import services as accounts
from accounts.staff import StaffRequest
from bookings import services
from bookings.admin import case
from bookings.admin.access import act, booking_of, check_may, document_of
from bookings.forms import OpenForm
from bookings.models import Booking, Document

TYPES = {"jpg": "image/jpeg", "pdf": "application/pdf"}
# The file can run nothing, load nothing and stand in no frame but our own.
SANDBOX = "sandbox; default-src 'none'; img-src 'self'; style-src 'unsafe-inline'"


def show(request: StaffRequest, pk: int, document: UUID) -> FileResponse | HttpResponse:
    """A picture or PDF in place, for those who work on cases of its office and said why: the
    owner by taking the case, others once a case and day, by the POST of the case page."""
    found = document_of(request, pk, document)
    check_may(request, "view_document", found.booking)
    now = timezone.now()
    if request.method == "POST":
        return _why(request, found, now)
    reason = case.reason_to_look(request, found.booking, now=now)
    if not reason:
        return redirect(_on_the_case(found))
    path = Path(settings.MEDIA_ROOT) / found.file
    if not path.resolve().is_relative_to(Path(settings.MEDIA_ROOT).resolve()):
        raise Http404
    try:
        file = path.open("rb")
    except FileNotFoundError:
        raise Http404 from None
    accounts.log_view(
        by=request.user,
        office_id=found.booking.office_id,
        case=found.booking.reference,
        what=_("document %(kind)s") % {"kind": found.get_kind_display()},
        reason=reason,
        now=now,
    )
    name = f"{found.booking.reference}.{found.kind}"
    response = FileResponse(file, content_type=TYPES[found.kind])
    # Browsers do not show a PDF inside a sandbox; it is downloaded.
    place = "inline" if found.kind == "jpg" else "attachment"
    response["Content-Disposition"] = f'{place}; filename="{name}"'
    response["X-Content-Type-Options"] = "nosniff"
    response["Cache-Control"] = "no-store, private"
    response["Content-Security-Policy"] = SANDBOX
    return response


def _why(request: StaffRequest, document: Document, now: datetime) -> HttpResponse:
    """Keep the reason for the day, then back to the picture on the case."""
    form = OpenForm(request.POST)
    if not form.is_valid():
        booking = booking_of(request, document.booking_id, now=now)
        return _page(request, booking, now, open_form=form, opening="document", status=422)
    reference, reason = document.booking.reference, form.cleaned_data["reason"]
    reasons.remember(request.session, case=reference, reason=reason, now=now)
    return redirect(_on_the_case(document))


def _on_the_case(document: Document) -> str:
    page = reverse("admin:bookings_booking_change", args=[document.booking_id])
    return f"{page}?document={document.pk}"


@act("unmask_booking")
def open_number(
    request: StaffRequest, booking: Booking, *, now: datetime, position: int
) -> HttpResponse:
    """Show the full number of one applicant once, on this answer only."""
    party = next((one for one in booking.parties.all() if one.position == position), None)
    if party is None or booking.anonymised_at:
        raise Http404
    party.booking = booking
    form = OpenForm(request.POST)
    if not form.is_valid():
        return _page(request, booking, now, open_form=form, opening=position, status=422)
    _log(request, booking, _("full number of applicant %(n)s") % {"n": position}, form, now)
    number = services.unseal_number(party)
    return _page(request, booking, now, opened={position: number})


@act("unmask_booking")
def open_phone(request: StaffRequest, booking: Booking, *, now: datetime) -> HttpResponse:
    """Show the full telephone number and e-mail once, to call the applicant."""
    form = OpenForm(request.POST)
    if not form.is_valid():
        return _page(request, booking, now, open_form=form, opening="phone", status=422)
    _log(request, booking, _("telephone and e-mail"), form, now)
    return _page(request, booking, now, opened={"phone": booking.phone, "email": booking.email})


def _log(request: StaffRequest, booking: Booking, what: str, form: OpenForm, now: datetime) -> None:
    reason = form.cleaned_data["reason"]
    office_id, reference = booking.office_id, booking.reference
    reasons.log_opening(
        request, office_id=office_id, case=reference, what=what, reason=reason, now=now
    )


def _page(
    request: StaffRequest, booking: Booking, now: datetime, *, status: int = 200, **more: Any
) -> HttpResponse:
    return case.page(request, booking, now=now, status=status, **more)
