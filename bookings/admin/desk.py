"""The counter desk: a page that stays open all day. Each button is one verb of
`bookings.services.counter`; htmx swaps parts of the page, without it all are plain POSTs."""

import re
from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar, cast
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods
from django_htmx.middleware import HtmxDetails

from accounts.staff import StaffRequest
from bookings.admin.desk_page import SESSION, WORK, Desk, context, desk_of
from bookings.models import Alarm, Booking, NotServedReason, Ticket
from bookings.services import counter
from bookings.workflow import TicketStatus
from core.admin import site
from core.errors import Refused
from core.reference import read_reference
from core.text import BadText, as_key, clean_text
from core.workflow import Actor
from offices.models import ChecklistItem, OfferedService, Office, Window

Row = TypeVar("Row")
View = Callable[..., HttpResponse]
# What the QR of a ticket says (bookings.pdf): the address of its page.
OF_TICKET = re.compile(r"/my/([^/?#]+)")
LONGEST_CODE = 300
LONGEST_NAME = 150
LONGEST_REMARK = 200
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
    booking = _booking_of_code(request, desk, request.POST.get("code", "")[:LONGEST_CODE])
    return _arrive(request, desk, booking, late=False)


@act
def add_walk_in(request: StaffRequest, desk: Desk) -> HttpResponse:
    offers = OfferedService.objects.open().filter(office=desk.office).select_related("office")
    offered = offers.filter(pk=as_key(request.POST.get("offered", ""))).first()
    if offered is None:
        raise Refused(_("Choose a service."), code="offered", field="offered")
    try:
        form_key = UUID(request.POST.get("form_key", ""))
    except ValueError:
        raise Refused(_("Press once more, please"), code="form_key") from None
    ticket = counter.take_number(
        offered=offered,
        form_key=form_key,
        name=_typed(request, "name", LONGEST_NAME),
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
    alarm = _own(Alarm.objects.for_staff(desk.user).filter(pk=pk).first())
    counter.answer_alarm(alarm=alarm, by=desk.user, now=desk.now)
    messages.success(request, _("Answered: they see that you are coming."))
    return redirect("admin:desk")


@act
def on_booking(request: StaffRequest, desk: Desk, pk: int) -> HttpResponse:
    """What is done to somebody who is due and has no number yet."""
    booking = _own(Booking.objects.for_staff(desk.user).filter(pk=pk).first())
    action = request.POST.get("action", "")
    if action in ("arrive", "late"):
        return _arrive(request, desk, booking, late=action == "late")
    if action == "no_show":
        counter.no_show(booking=booking, by=desk.user, now=desk.now)
    elif action == "undo":
        counter.undo(booking=booking, by=desk.user, now=desk.now)
    elif action == "correct":
        why = _typed(request, "why", LONGEST_REMARK)
        counter.correct(booking=booking, why=why, by=desk.user, now=desk.now)
    else:
        raise _unknown_button()
    return redirect("admin:desk")


@act
def on_ticket(request: StaffRequest, desk: Desk, pk: int) -> HttpResponse:
    """What is done to a number."""
    rows = Ticket.objects.for_staff(desk.user).select_related("offered")
    ticket = _own(rows.filter(pk=pk).first())
    do = ACTIONS.get(request.POST.get("action", ""))
    if do is None:
        raise _unknown_button()
    do(request, desk, ticket)
    return redirect("admin:desk")


def _call(request: StaffRequest, desk: Desk, ticket: Ticket) -> None:
    window, version = _my_window(desk), _version(request)
    counter.call(ticket=ticket, window=window, by=desk.user, now=desk.now, version=version)


def _resume(request: StaffRequest, desk: Desk, ticket: Ticket) -> None:
    window, version = _my_window(desk), _version(request)
    counter.resume(ticket=ticket, window=window, by=desk.user, now=desk.now, version=version)


def _simply(verb: Callable[..., Any]) -> Callable[[StaffRequest, Desk, Ticket], None]:
    def do(request: StaffRequest, desk: Desk, ticket: Ticket) -> None:
        verb(ticket=ticket, by=desk.user, now=desk.now, version=_version(request))

    return do


def _not_served(request: StaffRequest, desk: Desk, ticket: Ticket) -> None:
    reason = request.POST.get("reason", "")
    if reason not in NotServedReason.values:
        raise Refused(_("Choose a reason."), code="reason", field="reason")
    items = ChecklistItem.objects.filter(pk=as_key(request.POST.get("missing", "")))
    counter.not_served(
        ticket=ticket,
        reason=NotServedReason(reason),
        missing=items.first() if reason == NotServedReason.DOCUMENTS else None,
        remark=_typed(request, "remark", LONGEST_REMARK),
        by=desk.user,
        now=desk.now,
        version=_version(request),
    )


def _undo(request: StaffRequest, desk: Desk, ticket: Ticket) -> None:
    counter.undo(ticket=ticket, by=desk.user, now=desk.now)


def _correct(request: StaffRequest, desk: Desk, ticket: Ticket) -> None:
    """What is right is posted as one word: a state, or why it could not be served."""
    target = request.POST.get("target", "")
    is_reason = target in NotServedReason.values
    is_state = target in TicketStatus.values
    counter.correct(
        ticket=ticket,
        target=TicketStatus.NOT_SERVED if is_reason else TicketStatus(target) if is_state else None,
        reason=NotServedReason(target) if is_reason else None,
        why=_typed(request, "why", LONGEST_REMARK),
        by=desk.user,
        now=desk.now,
    )
    messages.success(request, _("%(number)s is corrected.") % {"number": ticket})


def _clock(request: StaffRequest, desk: Desk, ticket: Ticket) -> None:
    served = ticket.periods.filter(state="serving", undone=False).last()
    if served is not None:
        counter.mark_clock_wrong(period=served, by=desk.user)
        messages.success(request, _("The minutes of %(number)s are left out.") % {"number": ticket})


ACTIONS: dict[str, Callable[[StaffRequest, Desk, Ticket], None]] = {
    "call": _call,
    "again": _simply(counter.call_again),
    "start": _simply(counter.start),
    "pause": _simply(counter.pause),
    "resume": _resume,
    "finish": _simply(counter.finish),
    "not_served": _not_served,
    "left": _simply(counter.no_show),
    "undo": _undo,
    "correct": _correct,
    "clock": _clock,
}


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


def _booking_of_code(request: StaffRequest, desk: Desk, code: str) -> Booking:
    """The booking of a typed reference or a scanned QR. That it is of another office is told
    from the letters before the number; whether it exists there is not."""
    address = OF_TICKET.search(code)
    reference = read_reference(address[1] if address else code)
    if not reference:
        raise Refused(
            _("This is not a ticket of Nadkhet. Type the reference, such as BR-7K4M-29."),
            code="unreadable",
            field="code",
        )
    booking = Booking.objects.for_staff(desk.user).filter(reference=reference).first()
    if booking is not None:
        return booking
    office = Office.objects.filter(prefix=reference[:2]).exclude(pk=desk.office.pk).first()
    if office is not None:
        raise Refused(_("This ticket is of %(office)s.") % {"office": office}, code="office")
    raise Refused(
        _("No appointment has the reference %(reference)s.") % {"reference": reference},
        code="unknown",
        field="code",
    )


def _my_window(desk: Desk) -> Window:
    if desk.window is None:
        raise Refused(_("Choose your window first."), code="no_window")
    return desk.window


def _typed(request: StaffRequest, field: str, longest: int) -> str:
    """One clean line. Raises Refused("text") for what no keyboard types."""
    try:
        return clean_text(request.POST.get(field, "")[:longest])
    except BadText:
        raise Refused(
            _("Some characters cannot be read. Type it again."), code="text", field=field
        ) from None


def _version(request: StaffRequest) -> int:
    version = request.POST.get("version", "")
    return as_key(version)


def _own(row: Row | None) -> Row:
    """Of another office is not there, like what never was."""
    if row is None:
        raise Http404
    return row


def _check_may(request: StaffRequest) -> None:
    if not request.user.has_perm(WORK):
        raise PermissionDenied


def _unknown_button() -> Refused:
    return Refused(
        _("This cannot be done in the present state. The page shows the newest data."), code="move"
    )


def _answer(request: StaffRequest, desk: Desk, *, status: int = 200, **more: Any) -> HttpResponse:
    """The page, or for htmx what is inside it, with a refusal and what was typed."""
    is_part = bool(cast("HtmxDetails", request.htmx))  # type: ignore[attr-defined]
    words = {"title": _("Counter desk"), "typed": request.POST, **more}
    frame = {} if is_part else site.each_context(request)
    template = "admin/desk/_desk.html" if is_part else "admin/desk/desk.html"
    return TemplateResponse(request, template, frame | context(desk) | words, status=status)
