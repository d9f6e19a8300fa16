"""From a free time to a booking: keeping a place, the form, sending it."""

import json
from datetime import datetime
from functools import partial
from urllib.parse import urlencode
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import get_language, pgettext
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from accounts import personal
from bookings import queries, services, waiting
from bookings.models import Booking, Slot, WaitingEntry
from bookings.services.places import full
from bookings.workflow import Status
from core import thai_dates
from core.errors import Refused
from core.text import as_key
from core.workflow import CITIZEN
from offices import queries as office_queries
from offices.models import OfferedService, ServiceCase
from portal import access, limits, visitor
from portal.answers import SeeOther, private, see_other
from portal.forms import BookingForm, SentForm
from portal.presenters.waiting import others_kept
from portal.views.taken import not_available, taken, too_many_here

NOT_OF_THE_BODY = {"csrfmiddlewaretoken", "form_key"}


@require_POST
def hold(request: HttpRequest, office: str, service: str) -> HttpResponse:
    """Keep a place for this browser and go to the form."""
    holder, now = visitor.holder_of(request), timezone.now()
    found = queries.slot_to_hold(office, service, _slot_id(request), holder=holder)
    if found is None:
        offered = office_queries.offered_to_book(office, service)
        if offered is None:
            raise Http404
        if offered.service.by_request:
            return see_other("portal:copy_new", office)
        return taken(request, offered, None, not_available())
    slot, offered, is_kept = found
    if slot.is_full_online and not is_kept:
        # Most answers of a rush: said without a transaction, and without asking the rules.
        return taken(request, offered, slot, full())
    ticket = limits.ticket_to_hold(request, now=now)
    if not ticket:
        return taken(request, offered, slot, too_many_here(offered))
    name = "" if holder else visitor.new_visitor()
    try:
        booking = services.hold(
            slot=slot,
            offered=offered,
            holder=holder or visitor.holder_for(name),
            language=get_language() or "th",
            now=now,
        )
    except Refused as refused:
        return taken(request, offered, slot, refused)
    limits.remember_hold(ticket, booking.pk)
    response = _to_form(request, booking)
    if name:
        visitor.remember(response, name)
    return private(response)


@require_http_methods(["GET", "HEAD", "POST"])
def form(request: HttpRequest, key: UUID) -> HttpResponse:
    """GET shows the form of a held time, POST books it. Another browser's key is not found."""
    now = timezone.now()
    if request.method == "POST":
        return private(_send(request, *_own_to_send(request, key), now))
    booking = _own(request, key)
    if booking.requested_at:
        return see_other("portal:status", booking.reference)
    if _is_over(booking, now):
        return private(_over(request, booking))
    empty = BookingForm(booking=booking, initial={"case": request.GET.get("case", "")})
    return private(_page(request, booking, empty, now))


@require_http_methods(["GET", "HEAD", "POST"])
def extend(request: HttpRequest, key: UUID) -> HttpResponse:
    """Ten more minutes; the button stands in the form, so that what was typed comes along. GET
    (a reload, the other language) leads to the form."""
    booking, now = _own(request, key), timezone.now()
    if request.method != "POST":
        return see_other("portal:form", booking.form_key)
    if booking.requested_at:
        return see_other("portal:status", booking.reference)
    typed = BookingForm(booking=booking, initial=request.POST.dict())
    try:
        services.extend_hold(booking_id=booking.pk, holder=booking.holder, now=now)
    except Refused as refused:
        if refused.code == "expired":
            return private(_hold_again(request, booking, typed, now))
        return private(_page(request, booking, typed, now, status=422, notice=refused.message))
    return private(_page(request, _own(request, key), typed, now))


@require_POST
def release(request: HttpRequest, key: UUID) -> HttpResponse:
    """Give the held time back at once."""
    booking = _own(request, key)
    services.release_hold(booking=booking, by=CITIZEN, now=timezone.now())
    if booking.requested_at:
        return see_other("portal:status", booking.reference)
    return see_other("portal:times", booking.office.slug, booking.service.code)


def _send(
    request: HttpRequest, booking: Booking, cases: list[ServiceCase], now: datetime
) -> HttpResponse:
    to_show = partial(BookingForm, request.POST, booking=booking)
    if request.POST.get("form_key", "").lower() != str(booking.form_key):
        notice = _("This form was out of date. Here is a new one; look at it and send it again")
        return _page(request, booking, to_show(), now, status=422, notice=notice)
    if not booking.requested_at and _is_over(booking, now):
        return _hold_again(request, booking, to_show(), now)
    sent = SentForm(request.POST, booking=booking, cases=cases)
    if not sent.is_valid():
        if booking.requested_at:
            return _conflict(request, booking)
        return _page(request, booking, to_show(), now, status=422)
    try:
        booked = services.submit(
            booking=booking,
            details=sent.details(),
            body_hash=body_hash(request.POST),
            now=now,
        )
    except Refused as refused:
        return _not_sent(request, _own(request, booking.form_key), refused, now)
    if booked.waiting is not None:
        _tell_of_the_others(request, booked.waiting, now)
    response = SeeOther(access.path_of(booked))
    access.grant(response, booked)
    return response


def _tell_of_the_others(request: HttpRequest, entry: WaitingEntry, now: datetime) -> None:
    """A party from the waiting list has a form for each of its places."""
    if kept := waiting.kept_for(entry, now=now):
        page = reverse("portal:waiting", args=[entry.reference])
        link = (page, pgettext("form", "Go on"))
        words = format_html('{} <a href="{}">{}</a>', others_kept(kept), *link)
        messages.info(request, words)


def _not_sent(
    request: HttpRequest, booking: Booking, refused: Refused, now: datetime
) -> HttpResponse:
    if refused.code == "other_body":
        return _conflict(request, booking)
    filled = BookingForm(request.POST, booking=booking)
    if refused.code == "expired":
        return _hold_again(request, booking, filled, now)
    filled.add_error(refused.field or None, refused.message)
    return _page(request, booking, filled, now, status=422)


def _hold_again(
    request: HttpRequest, booking: Booking, filled: BookingForm, now: datetime
) -> HttpResponse:
    """The time ran out: keep the same one anew and show the form with what was typed."""
    services.release_hold(booking=booking, by=CITIZEN, now=now)
    try:
        again = services.hold(
            slot=booking.slot,
            offered=booking.offered,
            holder=booking.holder,
            language=booking.language,
            now=now,
        )
    except Refused as refused:
        return taken(request, booking.offered, booking.slot, refused)
    notice = _(
        "The time ran out, but what you typed is still here. We keep the same time for you "
        "again; press send once more"
    )
    return _page(request, _own(request, again.form_key), filled, now, status=422, notice=notice)


def _page(
    request: HttpRequest,
    booking: Booking,
    filled: BookingForm,
    now: datetime,
    *,
    status: int = 200,
    notice: str = "",
) -> HttpResponse:
    over = booking.held_until or now
    context = {
        "booking": booking,
        "form": filled,
        "people": _people(filled),
        "notice": notice,
        "until": f"{thai_dates.local_time(over):%H.%M}",
        "seconds_left": max(int((over - now).total_seconds()), 0),
    }
    return render(request, "portal/form.html", context, status=status)


def _people(filled: BookingForm) -> list[dict[str, object]]:
    names = ("nationality", "full_name", "national_id", "passport_no")
    return [
        {"number": number, **{name: filled[f"{prefix}{name}"] for name in names}}
        for number, prefix in enumerate(filled.prefixes, 1)
    ]


def _over(request: HttpRequest, booking: Booking) -> HttpResponse:
    return render(request, "portal/hold_over.html", {"booking": booking}, status=410)


def _conflict(request: HttpRequest, booking: Booking) -> HttpResponse:
    """Sent already with other data; this browser sent it, so it may look at it."""
    response = render(request, "portal/conflict.html", {"booking": booking}, status=409)
    access.grant(response, booking)
    return response


def _to_form(request: HttpRequest, booking: Booking) -> SeeOther:
    asked = request.POST.get("case") or request.GET.get("case", "")
    case = office_queries.known_case(booking.service_id, asked)
    url = reverse("portal:form", args=[booking.form_key])
    return SeeOther(f"{url}?{urlencode({'case': case})}" if case else url)


def _own(request: HttpRequest, key: UUID) -> Booking:
    holder = visitor.holder_of(request)
    if not holder:
        raise Http404
    rows = Booking.objects.with_visit().select_related("offered__office", "offered__pattern")
    return get_object_or_404(rows, form_key=key, holder=holder)


def _own_to_send(request: HttpRequest, key: UUID) -> tuple[Booking, list[ServiceCase]]:
    """As `_own`, with only what sending needs, and the cases of the service."""
    try:
        return queries.booking_of_form(key, visitor.holder_of(request))
    except Booking.DoesNotExist:
        raise Http404 from None


def _is_over(booking: Booking, now: datetime) -> bool:
    return booking.status != Status.HELD or not booking.held_until or booking.held_until <= now


def slot_of(request: HttpRequest, offered: OfferedService) -> Slot | None:
    """The time that was pressed, when it is one of this service at this office."""
    return queries.slot_of(offered, _slot_id(request))


def _slot_id(request: HttpRequest) -> int:
    """Zero, the id of no slot, for what is no number."""
    return as_key(request.POST.get("slot", ""))


def body_hash(posted: QueryDict) -> bytes:
    """What was sent, without what differs between two presses of the same button."""
    items = sorted((name, values) for name, values in posted.lists() if name not in NOT_OF_THE_BODY)
    return personal.blind_index("form", json.dumps(items))
