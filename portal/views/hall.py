"""The display of the hall: numbers and windows, for everybody and about nobody (ADR 0015); and
the place of one number, for who holds its slip."""

import hashlib
from datetime import datetime

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.template.loader import render_to_string
from django.utils import timezone
from django.views.decorators.http import require_safe

from accounts.links import BadLink
from bookings import hall, hall_links, wording
from bookings.call_order import waiting_order
from bookings.models import Ticket
from bookings.workflow import TicketStatus
from core import thai_dates
from core.views import comes_back
from offices.models import Office
from portal import limits
from portal.answers import private
from portal.htmx import wants_part
from portal.presenters import hall as shown

VERSION_LENGTH = 12
WRONG_CODES = 20
WRONG_CODES_MINUTES = 10


@comes_back
@require_safe
def display(request: HttpRequest, office: str) -> HttpResponse:
    """The whole page, or its panel for htmx: 204 where the browser has this version already.
    Seven queries for the panel, one more for the page."""
    now = timezone.now()
    found = get_object_or_404(Office, slug=office)
    has_voice = "voice" in request.GET
    panel = render_to_string(
        "portal/_display.html", shown.panel(found, hall.now_in(found, now=now), now=now), request
    )
    version = hashlib.sha256(panel.encode()).hexdigest()[:VERSION_LENGTH]
    context = {"office": found, "panel": panel, "version": version, "has_voice": has_voice}
    if not wants_part(request):
        context["rules"] = wording.hall_rules(hall.late_minutes(found))
        return private(render(request, "portal/display.html", context))
    if request.GET.get("version") == version:
        return private(HttpResponse(status=204))
    return private(render(request, "portal/_display_poll.html", context))


@require_safe
def queue(request: HttpRequest, code: str) -> HttpResponse:
    """The own place in the queue, by the QR on the slip. Wrong codes are counted; to a wrong one
    there is nothing here, and one of another day is over. At most five queries."""
    now, who = timezone.now(), limits.client(request)
    try:
        if limits.reached("queue", who, limit=WRONG_CODES):
            raise BadLink
        ticket = hall_links.read_queue_code(code)
    except BadLink:
        limits.too_many("queue", who, limit=WRONG_CODES, minutes=WRONG_CODES_MINUTES)
        raise Http404 from None
    if hall_links.is_over(ticket, now=now):
        context = {"ticket": ticket, "date": thai_dates.long_date(ticket.day)}
        return private(render(request, "portal/queue_over.html", context, status=410))
    context = {**shown.slip(ticket), **shown.place(ticket, _place_of(ticket, now), now=now)}
    template = "portal/_queue.html" if wants_part(request) else "portal/queue.html"
    return private(render(request, template, context))


def _place_of(ticket: Ticket, now: datetime) -> hall.Waiting | None:
    if ticket.status != TicketStatus.WAITING:
        return None
    order = waiting_order(ticket.office, now)
    return hall.waiting_of(ticket.office, order, now=now).get(ticket.pk)
