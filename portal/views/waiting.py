"""The waiting list of full days: joining, the own place, what is offered."""

from datetime import date, datetime
from functools import partial
from uuid import uuid4

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.links import BadLink
from bookings import links, rules, services, waiting
from bookings.models import WaitingEntry
from bookings.rules import BookingWindow
from core.errors import Refused
from offices.models import OfferedService
from portal import access, limits, visitor
from portal.answers import link_over, out_of_link, private, see_other
from portal.forms import WaitingForm
from portal.forms.keys import renewed
from portal.presenters import my as shown_my
from portal.presenters import times as shown_times
from portal.presenters import waiting as shown
from portal.views.offices import load_offered

JOINS_OF_AN_ADDRESS = 20
MINUTES = 10


@require_http_methods(["GET", "HEAD", "POST"])
def wait(request: HttpRequest, office: str, service: str) -> HttpResponse:
    """GET asks for days and contact, POST joins; the same answer whoever waits already."""
    offered, now = load_offered(office, service), timezone.now()
    if not offered.is_open or offered.service.by_request:
        return see_other("portal:times", office, service)
    window = rules.booking_window(offered, now=now)
    make = partial(WaitingForm, window=window, days_ahead=offered.latest_days)
    if request.method != "POST":
        initial = {"form_key": uuid4(), **_days_asked(request, window)}
        return _form_page(request, offered, make(initial=initial))
    form = make(request.POST)
    if not form.is_valid():
        return _form_page(request, offered, renewed(form, make), status=422)
    if limits.too_many("wait", limits.client(request), limit=JOINS_OF_AN_ADDRESS, minutes=MINUTES):
        form.add_error(
            None,
            _("Too many tries; wait %(n)s minutes or call %(phone)s")
            % {"n": MINUTES, "phone": settings.CALL_CENTRE},
        )
        return _form_page(request, offered, form, status=429)
    return _join(request, offered, form, now)


def _join(
    request: HttpRequest, offered: OfferedService, form: WaitingForm, now: datetime
) -> HttpResponse:
    try:
        entry = services.join_waiting(
            form_key=form.cleaned_data["form_key"],
            offered=offered,
            wish=form.wish(),
            language=get_language() or "th",
            now=now,
        )
    except Refused as refused:
        form.add_error(refused.field or None, refused.message)
        status = 409 if refused.code == "other_body" else 422
        return _form_page(request, offered, form, status=status)
    response = see_other("portal:waiting", entry.reference)
    access.grant_waiting(response, entry)
    return private(response)


@require_safe
def open_waiting_link(request: HttpRequest, token: str) -> HttpResponse:
    """A link out of a message: the cookie, then the clean address. Changes nothing else, so that
    a mail scanner may open it."""
    try:
        entry = links.read_waiting_link(token, now=timezone.now())
    except BadLink:
        return link_over(request)
    response = see_other("portal:waiting", entry.reference)
    access.grant_waiting(response, entry)
    return out_of_link(response)


@require_safe
@access.own_entry
def place(request: HttpRequest, entry: WaitingEntry) -> HttpResponse:
    """The place in line and why nothing came yet, or what is kept. Five queries at most."""
    now = timezone.now()
    kept = waiting.kept_for(entry, now=now) if entry.is_open or entry.status == "taken" else []
    context = {
        "entry": entry,
        "state": shown.state_of(entry, kept, now=now),
        "kept": shown_times.next_times([one.slot for one in kept[:1]]),
        "places": len(kept),
        "days": waiting.days_of(entry),
        "contacts": shown_my.masked_contacts(entry),
        "hours": settings.WAITING_OFFER_HOURS,
        "is_open": entry.status == "waiting" or bool(kept),
        "may_rejoin": entry.status != "taken" and entry.ending != WaitingEntry.Ending.BOOKED,
    }
    return render(request, "portal/waiting.html", context)


@require_POST
@access.own_entry
def leave_waiting(request: HttpRequest, entry: WaitingEntry) -> HttpResponse:
    """Leave the list, or say no to what is kept."""
    try:
        services.leave_waiting(entry=entry, now=timezone.now())
    except Refused as refused:
        messages.error(request, refused.message)
    return see_other("portal:waiting", entry.reference)


@require_POST
@access.own_entry
def take(request: HttpRequest, entry: WaitingEntry) -> HttpResponse:
    """Hand what is kept to this browser and go to its form."""
    holder = visitor.holder_of(request)
    name = "" if holder else visitor.new_visitor()
    try:
        booking = services.take_offer(
            entry=entry, holder=holder or visitor.holder_for(name), now=timezone.now()
        )
    except Refused as refused:
        messages.error(request, refused.message)
        return see_other("portal:waiting", entry.reference)
    response = see_other("portal:form", booking.form_key)
    if name:
        visitor.remember(response, name)
    return response


@require_POST
@access.own_entry
def forget_waiting(request: HttpRequest, entry: WaitingEntry) -> HttpResponse:
    """Forget the place in this browser, on a borrowed telephone; the place itself stays."""
    response = see_other("portal:home")
    access.withdraw_waiting(response, entry.reference)
    response.delete_cookie(visitor.COOKIE, samesite="Lax")
    messages.success(request, _("This phone no longer knows your place on the waiting list"))
    return response


def _days_asked(request: HttpRequest, window: BookingWindow) -> dict[str, date]:
    """The full day somebody comes from, else all that can be booked."""
    try:
        day = date.fromisoformat(request.GET.get("date", ""))
    except ValueError:
        return {"first_day": window.first, "latest_day": window.last}
    day = min(max(day, window.first), window.last)
    return {"first_day": day, "latest_day": day}


def _form_page(
    request: HttpRequest, offered: OfferedService, form: WaitingForm, *, status: int = 200
) -> HttpResponse:
    context = {"offered": offered, "form": form, "hours": settings.WAITING_OFFER_HOURS}
    return private(render(request, "portal/wait.html", context, status=status))
