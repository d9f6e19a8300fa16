"""The buttons on a number at the counter desk: each is one verb of `bookings.services.counter`."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.utils.translation import gettext as _

from accounts.staff import StaffRequest
from bookings.admin.access import version_of
from bookings.admin.desk_page import Desk
from bookings.admin.desk_typed import LONGEST_REMARK, my_window, typed, unknown_button
from bookings.models import NotServedReason, Ticket
from bookings.services import counter
from bookings.workflow import TicketStatus
from core.errors import Refused
from core.text import as_key
from offices.models import ChecklistItem

Button = Callable[[StaffRequest, Desk, Ticket], None]


def press(request: StaffRequest, desk: Desk, ticket: Ticket) -> None:
    """Do what the button with this name does. Raises Refused as the verbs do."""
    button = BUTTONS.get(request.POST.get("action", ""))
    if button is None:
        raise unknown_button()
    button(request, desk, ticket)


def _at_window(verb: Callable[..., Any]) -> Button:
    def do(request: StaffRequest, desk: Desk, ticket: Ticket) -> None:
        window, version = my_window(desk), version_of(request)
        verb(ticket=ticket, window=window, by=desk.user, now=desk.now, version=version)

    return do


def _simply(verb: Callable[..., Any]) -> Button:
    def do(request: StaffRequest, desk: Desk, ticket: Ticket) -> None:
        verb(ticket=ticket, by=desk.user, now=desk.now, version=version_of(request))

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
        remark=typed(request, "remark", LONGEST_REMARK),
        by=desk.user,
        now=desk.now,
        version=version_of(request),
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
        why=typed(request, "why", LONGEST_REMARK),
        by=desk.user,
        now=desk.now,
    )
    messages.success(request, _("%(number)s is corrected.") % {"number": ticket})


def _clock(request: StaffRequest, desk: Desk, ticket: Ticket) -> None:
    served = ticket.periods.filter(state=TicketStatus.SERVING, undone=False).last()
    if served is not None:
        counter.mark_clock_wrong(period=served, by=desk.user)
        messages.success(request, _("The minutes of %(number)s are left out.") % {"number": ticket})


BUTTONS: dict[str, Button] = {
    "call": _at_window(counter.call),
    "again": _simply(counter.call_again),
    "start": _simply(counter.start),
    "pause": _simply(counter.pause),
    "resume": _at_window(counter.resume),
    "finish": _simply(counter.finish),
    "not_served": _not_served,
    "left": _simply(counter.no_show),
    "undo": _undo,
    "correct": _correct,
    "clock": _clock,
}
