"""The counter desk: a page that stays open all day. Each button is one verb of
`bookings.services.counter`; htmx swaps parts of the page, without it all are plain POSTs."""

from collections.abc import Callable
from functools import wraps
from typing import Any, cast

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods
from django_htmx.middleware import HtmxDetails

from accounts.staff import StaffRequest
from bookings.admin import desk_ticket
from bookings.admin.desk_page import SESSION, WORK, Desk, context, desk_of
from bookings.admin.desk_typed import (
    LONGEST_CODE,
    LONGEST_NAME,
    LONGEST_REMARK,
    booking_of_code,
    form_key,
    typed,
    unknown_button,
)
from bookings.models import Alarm, Booking, Ticket
from bookings.services import counter
from core.admin import site
from core.errors import Refused
from core.text import as_key
from core.workflow import Actor
from offices.models import OfferedService

View = Callable[..., HttpResponse]
# Somebody else was first: the page is older than the hall.
STALE = frozenset({"stale", "called", "answered", "busy", "arrived"})


@require_GET
def page(request: StaffRequest) -> HttpResponse:
    """The whole page; for htmx what is inside it, or with `?part=live` what changes by itself."""
    _check_may(request)
    desk = desk_of(request, now=timezone.now())
    if request.GET.get("part") == "live":
        return TemplateResponse(request, "admin/desk/_live.html", context(desk) | {"oob": True})
    return _answer(request, desk)


def act(view: View) -> View:
    """A view that changes the counter's day: by POST, for those who work a desk. What is refused
    is a sentence on the page."""

    @require_http_methods(["GET", "HEAD", "POST"])
    @wraps(view)
    def checked(request: StaffRequest, **kwargs: Any) -> HttpResponse:
        if request.method != "POST":
            # Left in the bar by a refusal without script, or where a sign-in leads back to.
            return redirect("admin:desk")
        _check_may(request)
        now = timezone.now()
        desk = desk_of(request, now=now)
        try:
            return view(request, desk, **kwargs)
        except Refused as error:
            status = 409 if error.code in STALE else 422
            is_correction = request.POST.get("action") == "correct"
            typed = {"correcting": request.path} if is_correction else {}
            return _answer(request, desk, status=status, refusal=error, **typed)

    return checked


@act
def choose_window(request: StaffRequest, desk: Desk) -> HttpResponse:
    """Take a window for today; without one, give it up."""
    key = as_key(request.POST.get("window", ""))
    if key and key not in {one.pk for one in desk.windows}:
        raise Refused(_("Choose a window of this office that is in use."), code="window")
    request.session[SESSION] = [key, f"{timezone.localdate(desk.now)}"]
    return redirect("admin:desk")


@act
def arrive(request: StaffRequest, desk: Desk) -> HttpResponse:
    """Somebody shows a ticket, or says the reference."""
    booking = booking_of_code(desk, request.POST.get("code", "")[:LONGEST_CODE])
    return _arrive(request, desk, booking, late=False)


@act
def add_walk_in(request: StaffRequest, desk: Desk) -> HttpResponse:
    offers = OfferedService.objects.open().filter(office=desk.office).select_related("office")
    offered = offers.filter(pk=as_key(request.POST.get("offered", ""))).first()
    if offered is None:
        raise Refused(_("Choose a service."), code="offered", field="offered")
    ticket = counter.take_number(
        offered=offered,
        form_key=form_key(request),
        name=typed(request, "name", LONGEST_NAME),
        by=Actor.staff(desk.user),
        now=desk.now,
        beyond_share="beyond_share" in request.POST,
    )
    messages.success(request, _("The number is %(number)s.") % {"number": ticket})
    return redirect("admin:desk")


@act
def raise_alarm(request: StaffRequest, desk: Desk) -> HttpResponse:
    counter.raise_alarm(office=desk.office, window=desk.window, by=desk.user, now=desk.now)
    return redirect("admin:desk")


@act
def answer_alarm(request: StaffRequest, desk: Desk, pk: int) -> HttpResponse:
    alarm = get_object_or_404(Alarm.objects.for_staff(desk.user), pk=pk)
    counter.answer_alarm(alarm=alarm, by=desk.user, now=desk.now)
    messages.success(request, _("Answered: they see that you are coming."))
    return redirect("admin:desk")


@act
def on_booking(request: StaffRequest, desk: Desk, pk: int) -> HttpResponse:
    """What is done to somebody who is due and has no number yet."""
    booking = get_object_or_404(Booking.objects.for_staff(desk.user), pk=pk)
    action = request.POST.get("action", "")
    if action in ("arrive", "late"):
        return _arrive(request, desk, booking, late=action == "late")
    if action == "no_show":
        counter.no_show(booking=booking, by=desk.user, now=desk.now)
    elif action == "undo":
        counter.undo(booking=booking, by=desk.user, now=desk.now)
    elif action == "correct":
        why = typed(request, "why", LONGEST_REMARK)
        counter.correct(booking=booking, why=why, by=desk.user, now=desk.now)
    else:
        raise unknown_button()
    return redirect("admin:desk")


@act
def on_ticket(request: StaffRequest, desk: Desk, pk: int) -> HttpResponse:
    """What is done to a number."""
    rows = Ticket.objects.for_staff(desk.user).select_related("offered")
    desk_ticket.press(request, desk, get_object_or_404(rows, pk=pk))
    return redirect("admin:desk")


def _arrive(request: StaffRequest, desk: Desk, booking: Booking, *, late: bool) -> HttpResponse:
    try:
        ticket = counter.arrive(booking=booking, by=desk.user, now=desk.now, late_as_walk_in=late)
    except Refused as error:
        if error.code != "late":
            raise
        return _answer(request, desk, status=422, refusal=error, late_booking=booking)
    messages.success(
        request,
        _("%(reference)s arrived; the number is %(number)s.")
        % {"reference": booking, "number": ticket},
    )
    return redirect("admin:desk")


def _check_may(request: StaffRequest) -> None:
    if not request.user.has_perm(WORK):
        raise PermissionDenied


def _answer(request: StaffRequest, desk: Desk, *, status: int = 200, **more: Any) -> HttpResponse:
    """The page, or for htmx what is inside it, with a refusal and what was typed."""
    is_part = bool(cast("HtmxDetails", request.htmx))  # type: ignore[attr-defined]
    words = {"title": _("Counter desk"), "typed": request.POST, **more}
    frame = {} if is_part else site.each_context(request)
    template = "admin/desk/_desk.html" if is_part else "admin/desk/desk.html"
    return TemplateResponse(request, template, frame | context(desk) | words, status=status)
