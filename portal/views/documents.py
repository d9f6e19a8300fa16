"""Sending pictures of documents before the visit, until they are decided on."""

from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from bookings import services
from bookings.models import Booking
from bookings.workflow import Status
from core.errors import Refused
from portal import access, limits
from portal.answers import see_other
from portal.forms import DocumentsForm
from portal.presenters import my as shown

TRIES = 40
MINUTES = 10


@require_http_methods(["GET", "HEAD", "POST"])
@access.own_booking
def documents(request: HttpRequest, booking: Booking) -> HttpResponse:
    """GET lists what was sent; POST sends files, removes one (`remove`), or says that all is
    sent (`complete`)."""
    form = DocumentsForm()
    if request.method == "POST":
        try:
            refusals = _act(request, booking)
        except Refused as refused:
            refusals = [refused.message]
        if not refusals:
            page = "status" if "complete" in request.POST else "documents"
            return see_other(f"portal:{page}", booking.reference)
        form = DocumentsForm({})
        for sentence in refusals:
            form.add_error("documents", sentence)
    return _page(request, booking, form)


def _act(request: HttpRequest, booking: Booking) -> list[str]:
    """Do what was pressed; the sentences about files that could not be taken."""
    now = timezone.now()
    if "remove" in request.POST:
        services.remove_document(booking=booking, document_id=_uuid(request.POST["remove"]))
        messages.success(request, _("Removed"))
        return []
    if "complete" in request.POST:
        services.documents_sent(booking=booking, now=now)
        messages.success(request, _("Sent. An officer looks at your documents again"))
        return []
    files = request.FILES.getlist("documents")
    if not files:
        return [_("Choose a file first")]
    refusals = []
    for number, upload in enumerate(files, 1):
        try:
            _check_tries(booking)
            services.add_document(booking=booking, upload=upload, now=now)
        except Refused as refused:
            refusals.append(
                _("File %(n)s: %(why)s") % {"n": number, "why": refused.message}
                if len(files) > 1
                else refused.message
            )
    if len(refusals) < len(files):
        messages.success(request, _("We have your documents"))
    return refusals


def _check_tries(booking: Booking) -> None:
    """Raises Refused("tries"): each file costs a process of its own, also one that is refused."""
    if limits.too_many("upload", booking.reference, limit=TRIES, minutes=MINUTES):
        raise Refused(
            _("Too many tries; wait %(n)s minutes or call %(phone)s")
            % {"n": MINUTES, "phone": booking.office.phone},
            code="tries",
        )


def _page(request: HttpRequest, booking: Booking, form: DocumentsForm) -> HttpResponse:
    sent = list(booking.documents.all())
    asked = booking.changes.filter(to_status=Status.NEEDS_DOCUMENTS).last()
    context = {
        "booking": booking,
        "form": form,
        "sent": sent,
        "room": settings.DOCUMENTS_PER_BOOKING - len(sent),
        "limit": settings.DOCUMENTS_PER_BOOKING,
        "asked": shown.asked_items(booking, asked.reason) if asked else [],
        "due": shown.day_and_clock(booking.documents_due_at),
        "is_asked": booking.status == Status.NEEDS_DOCUMENTS,
    }
    return render(request, "portal/documents.html", context, status=422 if form.is_bound else 200)


def _uuid(typed: str) -> UUID:
    """An id as sent; one that cannot be is like one that is not there."""
    try:
        return UUID(typed)
    except ValueError:
        return UUID(int=0)
