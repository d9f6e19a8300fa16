"""A citizen's own request for a copy: its link, its state, answering, another time, giving up."""

from datetime import datetime

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.links import BadLink
from bookings import pdf
from bookings import queries as booking_queries
from bookings import rules as booking_rules
from bookings.models import Booking, Slot
from core import thai_dates
from core.errors import Refused
from core.workflow import CITIZEN
from portal import access, visitor
from portal.answers import link_over, out_of_link, see_other
from portal.forms import ReplyForm
from portal.presenters import copies as shown
from portal.presenters import my
from portal.presenters import times as shown_times
from portal.views.booking import slot_of
from portal.views.my import days_to_choose
from registry_requests import links, queries, services
from registry_requests.models import CopyRequest
from registry_requests.workflow import Status


@require_safe
def open_link(request: HttpRequest, token: str) -> HttpResponse:
    """A link out of a message: the cookie, then the clean address; changes nothing else."""
    try:
        found = links.read_link(token, now=timezone.now())
    except BadLink:
        return link_over(request)
    response = see_other("portal:status", found.reference)
    access.grant_copy(response, found)
    return out_of_link(response)


@require_safe
def status(request: HttpRequest, found: CopyRequest) -> HttpResponse:
    """The state, the collection, the fee, what is asked, and what can be done."""
    return _status_page(request, found, ReplyForm())


@require_POST
@access.own_copy
def reply(request: HttpRequest, found: CopyRequest) -> HttpResponse:
    """The answer to what an officer asked for."""
    form = ReplyForm(request.POST)
    if not form.is_valid():
        return _status_page(request, found, form, status=422)
    try:
        services.reply(request=found, text=form.cleaned_data["reply"], now=timezone.now())
    except Refused as refused:
        messages.error(request, refused.message)
    else:
        messages.success(request, _("Sent. An officer looks at your request again"))
    return see_other("portal:status", found.reference)


@require_http_methods(["GET", "HEAD", "POST"])
def cancel(request: HttpRequest, found: CopyRequest) -> HttpResponse:
    """GET asks, POST takes the request back."""
    if request.method != "POST" and found.is_open:
        context = {"found": found, "visit": _visit(found)}
        return render(request, "portal/copy_cancel.html", context)
    if request.method == "POST":
        try:
            services.cancel(request=found, by=CITIZEN, now=timezone.now())
        except Refused as refused:
            messages.error(request, refused.message)
        else:
            messages.success(request, _("Cancelled. Thank you for telling us"))
    return see_other("portal:status", found.reference)


@require_http_methods(["GET", "HEAD", "POST"])
def move(request: HttpRequest, found: CopyRequest) -> HttpResponse:
    """GET shows the free times of the same office, POST collects at one of them."""
    now, booking = timezone.now(), found.collection
    if booking is None or not found.is_open:
        return see_other("portal:status", found.reference)
    if request.method != "POST":
        return _move_page(request, found, booking, now)
    slot = slot_of(request, booking.offered)
    try:
        if slot is None:
            raise Refused(_("This time is not available. Choose another."), code="closed")
        changed = services.choose_time(request=found, slot=slot, by=CITIZEN, now=now)
    except Refused as refused:
        return _move_page(request, found, booking, now, refused=refused, near=slot)
    messages.success(request, _("Changed. Use the new ticket"))
    response = see_other("portal:status", found.reference)
    access.grant_copy(response, changed)
    return response


@require_POST
def leave(request: HttpRequest, found: CopyRequest) -> HttpResponse:
    """Forget the request in this browser, on a borrowed telephone."""
    response = see_other("portal:home")
    for reference in access.references_of(found):
        access.withdraw(response, reference)
    response.delete_cookie(visitor.COOKIE, samesite="Lax")
    messages.success(request, _("This phone no longer knows your request"))
    return response


def _status_page(
    request: HttpRequest, found: CopyRequest, form: ReplyForm, *, status: int = 200
) -> HttpResponse:
    changes = list(found.changes.select_related("office"))
    booking = found.collection
    moved = booking.changes.filter(from_slot__isnull=False) if booking else []
    context = {
        "found": found,
        "state": shown.state_of(found, changes),
        "timeline": shown.timeline(found, changes, list(moved)),
        "visit": _visit(found),
        "documents": booking.documents.count() if booking else 0,
        "takes_documents": booking is not None and booking.takes_documents and found.is_open,
        "asks": found.status == Status.NEEDS_DOCUMENTS,
        "form": form,
        "answer_visit": my.day_and_clock(found.visit_at),
        "fee": shown.fee(found),
        "payment": shown.payment(found),
        "contacts": my.masked_contacts(found),
    }
    return render(request, "portal/copy_status.html", context, status=status)


def _visit(found: CopyRequest) -> dict[str, object] | None:
    """When and where it is collected, and the ticket while that lies ahead."""
    booking = found.collection
    if booking is None:
        return None
    slot = booking.slot
    until = queries.waits_until(found)
    return {
        "booking": booking,
        "lies_ahead": booking.is_open and found.is_open,
        "is_over": found.is_open and not booking.is_open,
        "until": thai_dates.long_date(until) if until else "",
        "date": thai_dates.long_date(slot.starts_at),
        "time": thai_dates.time_range(slot.starts_at, slot.ends_at),
        "arrive_by": my.bare_clock(booking_rules.arrive_by(booking.offered, slot)),
        "late": pdf.late_rule(booking),
        "qr": my.qr(booking),
    }


def _move_page(
    request: HttpRequest,
    found: CopyRequest,
    booking: Booking,
    now: datetime,
    *,
    refused: Refused | None = None,
    near: Slot | None = None,
) -> HttpResponse:
    offered = booking.offered
    nearest = booking_queries.nearest_free(offered, near, now=now) if near else []
    free = nearest or queries.next_collection_times(offered, now=now, moving=found)
    mine = booking.slot_id if booking.is_open else None
    context = {
        "found": found,
        "visit": _visit(found),
        "refused": refused,
        "rows": shown_times.next_times([slot for slot in free if slot.pk != mine]),
        "hold_url": reverse("portal:move", args=[found.reference]),
        **days_to_choose(request, booking, now),
    }
    status = 409 if refused and refused.code in ("full", "closed", "express", "stale") else 422
    return render(request, "portal/copy_move.html", context, status=status if refused else 200)
