"""A citizen's own booking: opening it by a link, its state, its ticket, moving and cancelling."""

from contextlib import suppress
from datetime import date, datetime

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.links import BadLink
from bookings import checklist, ics, links, pdf, queries, rules, services
from bookings.models import Booking, Slot
from bookings.workflow import CHANGEABLE, WORKFLOW, Status
from core import thai_dates
from core.errors import Refused
from core.workflow import CITIZEN
from portal import access, limits, visitor
from portal.answers import SeeOther, link_over, out_of_link, private, see_other
from portal.forms import CancelForm
from portal.presenters import my as shown
from portal.presenters import times as shown_times
from portal.views.booking import slot_of
from registry_requests import links as copy_links
from registry_requests import queries as copy_requests

PAGES = {"": "status", "documents": "documents", "move": "move", "cancel": "cancel"}
WRONG_CODES = 20
WRONG_CODES_MINUTES = 10


@require_safe
def open_link(request: HttpRequest, token: str) -> HttpResponse:
    """A link out of a message: the cookie, then the clean address. Changes nothing else, so that
    a mail scanner may open it. Changed, old, revoked and foreign tokens look the same."""
    try:
        booking = links.read_link(token, now=timezone.now())
    except BadLink:
        return link_over(request)
    page = PAGES.get(request.GET.get("page", ""), "status")
    copy = copy_requests.of_booking(booking) if booking.belongs_to else None
    response = see_other(f"portal:{page}", (copy or booking).reference)
    if copy is None:
        access.grant(response, booking)
    else:
        access.grant_copy(response, copy)
    return out_of_link(response)


@require_safe
def short_link(request: HttpRequest, code: str) -> HttpResponse:
    """A short link out of an SMS: on to the signed one. Wrong codes are counted."""
    who = limits.client(request)
    try:
        if limits.reached("short", who, limit=WRONG_CODES):
            raise BadLink
        address = _signed_link(code, now=timezone.now())
    except BadLink:
        limits.too_many("short", who, limit=WRONG_CODES, minutes=WRONG_CODES_MINUTES)
        return link_over(request)
    return private(SeeOther(address))


def _signed_link(code: str, *, now: datetime) -> str:
    """What a short code leads to. Each kind has a purpose of its own, so that a code of one proves
    nothing about a row of another. One to three queries. Raises BadLink."""
    with suppress(BadLink):
        return links.link(links.read_short_code(code, now=now))
    with suppress(BadLink):
        return copy_links.link(copy_links.read_short_code(code, now=now))
    return links.waiting_link(links.read_short_waiting_code(code, now=now))


@require_safe
@access.own_booking
def status(request: HttpRequest, booking: Booking) -> HttpResponse:
    """The state, the ticket, what to bring, and what can be done. Nine queries."""
    now = timezone.now()
    is_cancelled = booking.status == Status.CANCELLED
    changes = list(booking.changes.select_related("from_slot"))
    context = {
        "booking": booking,
        "state": shown.state_of(booking, changes, now=now),
        "is_new": shown.just_booked(booking, now),
        "timeline": shown.timeline(booking, changes),
        "checklist": _checklist(booking),
        "documents": booking.documents.count(),
        "can_change": shown.can_change(booking, now=now),
        "lies_ahead": booking.is_open,
        "is_over": is_cancelled or booking.status in WORKFLOW.ends(),
        "offer": services.offered_to(booking, now=now) if is_cancelled else None,
        "asked": shown.asked_items(booking, changes[-1].reason),
        "late": pdf.late_rule(booking),
        "deadline": shown.day_and_clock(rules.change_deadline(booking.offered, booking.slot)),
        "arrive_by": shown.bare_clock(rules.arrive_by(booking.offered, booking.slot)),
        "date": thai_dates.long_date(booking.slot.starts_at),
        "time": thai_dates.time_range(booking.slot.starts_at, booking.slot.ends_at),
        "contacts": shown.masked_contacts(booking),
        "qr": shown.qr(booking),
    }
    return render(request, "portal/status.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@access.own_booking
def cancel(request: HttpRequest, booking: Booking) -> HttpResponse:
    """GET asks, POST cancels."""
    posted = request.POST if request.method == "POST" else None
    form = CancelForm(posted, initial={"version": booking.version})
    if not form.is_bound or not form.is_valid():
        return _cancel_page(request, booking, form, status=422 if form.is_bound else 200)
    try:
        services.cancel(
            booking=booking,
            by=CITIZEN,
            now=timezone.now(),
            reason=form.words(),
            version=form.cleaned_data["version"],
        )
    except Refused as refused:
        messages.error(request, refused.message)
        return see_other("portal:status", booking.reference)
    messages.success(
        request, _("Cancelled. Thank you for telling us; someone else can use the time")
    )
    return see_other("portal:status", booking.reference)


@require_http_methods(["GET", "HEAD", "POST"])
@access.own_booking
def move(request: HttpRequest, booking: Booking) -> HttpResponse:
    """GET shows the free times of the same service, POST moves to one of them."""
    now = timezone.now()
    if request.method != "POST":
        return _move_page(request, booking, now)
    slot = slot_of(request, booking.offered)
    try:
        if slot is None:
            raise Refused(_("This time is not available. Choose another."), code="closed")
        services.move_to(booking=booking, slot=slot, by=CITIZEN, now=now)
    except Refused as refused:
        return _move_page(request, booking, now, refused=refused, near=slot)
    messages.success(request, _("Moved. Use the new ticket; your documents are kept"))
    return see_other("portal:status", booking.reference)


@require_POST
@access.own_booking
def take_offer(request: HttpRequest, booking: Booking) -> HttpResponse:
    """Take the time that the office keeps instead of the one it cancelled."""
    try:
        services.take_equal_offer(booking=booking, now=timezone.now())
    except Refused as refused:
        messages.error(request, refused.message)
    else:
        messages.success(request, _("The time is yours. Use the new ticket; all you sent is kept"))
    return see_other("portal:status", booking.reference)


@require_POST
@access.own_booking
def leave(request: HttpRequest, booking: Booking) -> HttpResponse:
    """Forget the booking in this browser, on a borrowed telephone."""
    response = see_other("portal:home")
    access.withdraw(response, booking.reference)
    response.delete_cookie(visitor.COOKIE, samesite="Lax")
    messages.success(request, _("This phone no longer knows your appointment"))
    return response


@require_safe
@access.own_booking
def ticket(request: HttpRequest, booking: Booking) -> HttpResponse:
    """The ticket to print."""
    content = pdf.ticket(booking, checklist=_checklist(booking))
    return _file(content, "application/pdf", f"{booking.reference}.pdf")


@require_safe
@access.own_booking
def event(request: HttpRequest, booking: Booking) -> HttpResponse:
    """The visit for a calendar."""
    content = ics.event(booking, now=timezone.now())
    return _file(content, "text/calendar; charset=utf-8", f"{booking.reference}.ics")


def _file(content: bytes, kind: str, name: str) -> HttpResponse:
    response = HttpResponse(content, content_type=kind)
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


def _checklist(booking: Booking) -> list[dict[str, str]]:
    """What to bring in this case; all of the service when the case is not known. One query."""
    items = checklist.to_bring(booking)
    return [{"title": item.title, "how": item.detail} for item in items]


def _cancel_page(
    request: HttpRequest, booking: Booking, form: CancelForm, *, status: int
) -> HttpResponse:
    context = {"booking": booking, "form": form, **_changing(booking)}
    return render(request, "portal/cancel.html", context, status=status)


def _move_page(
    request: HttpRequest,
    booking: Booking,
    now: datetime,
    *,
    refused: Refused | None = None,
    near: Slot | None = None,
) -> HttpResponse:
    offered = booking.offered
    nearest = queries.nearest_free(offered, near, now=now) if near else []
    free = nearest or queries.next_free(offered, now=now)
    context = {
        "booking": booking,
        "refused": refused,
        "rows": shown_times.next_times([slot for slot in free if slot.pk != booking.slot_id]),
        "hold_url": reverse("portal:move", args=[booking.reference]),
        **_changing(booking),
        **days_to_choose(request, booking, now),
    }
    status = 409 if refused and refused.code in ("full", "closed", "stale") else 422
    return render(request, "portal/move.html", context, status=status if refused else 200)


def days_to_choose(request: HttpRequest, booking: Booking, now: datetime) -> dict[str, object]:
    """The grid of days from the chosen one's page on, and the times of the chosen day."""
    window = rules.booking_window(booking.offered, now=now)
    try:
        chosen: date | None = date.fromisoformat(request.GET.get("date", ""))
    except ValueError:
        chosen = None
    if chosen and not window.first <= chosen <= window.last:
        chosen = None
    pages = (chosen - window.first).days // shown_times.DAYS_OF_A_PAGE if chosen else 0
    first = date.fromordinal(window.first.toordinal() + pages * shown_times.DAYS_OF_A_PAGE)
    days = queries.days(booking.offered, first=first, count=shown_times.DAYS_OF_A_PAGE, now=now)
    later = date.fromordinal(first.toordinal() + shown_times.DAYS_OF_A_PAGE)
    slots = queries.slots_of_day(booking.offered, chosen) if chosen else []
    return {
        "days": shown_times.day_cells(days, chosen=chosen),
        "chosen": chosen,
        "later": later.isoformat() if later <= window.last else "",
        "earlier": first > window.first and window.first.isoformat(),
        "day_rows": shown_times.next_times(
            [slot for slot in slots if slot.free_online > 0 and slot.pk != booking.slot_id]
        ),
    }


def _changing(booking: Booking) -> dict[str, object]:
    """Whether it can be changed online still, and the sentence when it cannot."""
    try:
        rules.check_changeable(booking.offered, booking.slot, now=timezone.now())
    except Refused as refused:
        return {"too_late": refused.message}
    if booking.status not in CHANGEABLE:
        return {"too_late": _("This appointment can no longer be moved or cancelled.")}
    return {
        "too_late": "",
        "deadline": shown.day_and_clock(rules.change_deadline(booking.offered, booking.slot)),
    }
