"""Taking back a slip: the last step, within a minute. Periods stay; the undone one is marked."""

from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from bookings.models import Booking, Period, Ticket
from bookings.services.counter.serving import busy_with
from bookings.services.counter.steps import BESIDE, ENDS, locked_ticket, move_booking, open_period
from bookings.services.moves import locked_booking, move
from bookings.workflow import AT_WINDOW, TICKET_WORKFLOW, Status, TicketStatus
from core.db import lock_rows
from core.errors import Refused
from core.workflow import Actor
from offices.models import Window

# Where a step is taken back to when somebody else is at the window by now.
BESIDE_THE_WINDOW = {
    TicketStatus.CALLED: TicketStatus.WAITING,
    TicketStatus.SERVING: TicketStatus.PAUSED,
}


def undo(
    *, by: User, now: datetime, ticket: Ticket | None = None, booking: Booking | None = None
) -> None:
    """Take back the last step of a ticket, or "did not come" of a booking without one, within
    UNDO_SECONDS, by the same person or the head. Of an arrival: the number is kept for later.

    Raises Refused("undo_late" | "undo_other" | "undo_none" | "booked_anew" | "move")."""
    with transaction.atomic():
        if ticket is not None:
            _undo_step(locked_ticket(ticket), by, now)
        elif booking is not None:
            _undo_no_show(locked_booking(booking.pk), by, now)


def mark_clock_wrong(*, period: Period, by: User) -> None:
    """Leave the minutes of a period out of the figures. Raises Refused("undo_other")."""
    check_whose(period.officer_id, by, period.ticket.office_id)
    Period.objects.filter(pk=period.pk).update(clock_wrong=True)


def _undo_step(ticket: Ticket, by: User, now: datetime) -> None:
    steps = list(ticket.periods.filter(undone=False).select_related("window").order_by("-id")[:2])
    last, before = steps[0], steps[1] if len(steps) > 1 else None
    if last.why or (before is not None and before.state == last.state):
        raise _nothing_to_undo()
    _check_in_time(last.started_at, now)
    check_whose(last.officer_id, by, ticket.office_id)
    target = _where_it_was(before)
    actor = Actor.staff(by)
    TICKET_WORKFLOW.check(ticket.status, target, actor)
    last.undone, last.ended_at = True, last.ended_at or now
    last.save(update_fields=["undone", "ended_at"])
    _put_back(ticket, target, last, before, actor)
    arrival_undone = before is None
    beside = Status.CONFIRMED if arrival_undone else BESIDE[target]
    move_booking(ticket, beside, by=actor, now=now)


def _put_back(
    ticket: Ticket, target: TicketStatus, last: Period, before: Period | None, by: Actor
) -> None:
    """The period goes on where the one before the slip ended, so that no minute is lost."""
    ticket.status, ticket.version = target, ticket.version + 1
    ticket.window = before.window if before and target != TicketStatus.WAITING else None
    ticket.officer = by.user
    ticket.ended_at = last.started_at if target in ENDS else None
    if target not in ENDS:
        ticket.reason, ticket.missing, ticket.remark = "", None, ""
    ticket.save()
    open_period(ticket, by=by, now=last.ended_at or last.started_at, started_at=last.started_at)


def _where_it_was(before: Period | None) -> TicketStatus:
    if before is None:
        return TicketStatus.LEFT
    state = TicketStatus(before.state)
    if state in AT_WINDOW and before.window is not None:
        # As in calling, after the ticket: nobody is called here meanwhile.
        lock_rows(Window.objects.filter(pk=before.window.pk)).get()
        there = busy_with(before.window)
        if there is not None and there.pk != before.ticket_id:
            return BESIDE_THE_WINDOW[state]
    return state


def _undo_no_show(booking: Booking, by: User, now: datetime) -> None:
    last = booking.changes.last()
    if booking.status != Status.NO_SHOW or last is None:
        raise _nothing_to_undo()
    _check_in_time(last.at, now)
    check_whose(last.by_id, by, booking.office_id)
    move(booking, Status.CONFIRMED, by=Actor.staff(by), now=now)


def _check_in_time(done_at: datetime, now: datetime) -> None:
    if now - done_at > timedelta(seconds=settings.UNDO_SECONDS):
        raise Refused(
            _("A step can be undone for %(n)s seconds only.") % {"n": settings.UNDO_SECONDS},
            code="undo_late",
        )


def check_whose(officer_id: int | None, by: User, office_id: int) -> None:
    """Raises Refused("undo_other") unless `by` did it, or leads the desk of the office."""
    if officer_id != by.pk and not by.has_office_permission("bookings.lead_desk", office_id):
        raise Refused(
            _("Only who did it, or the head of section, can change it."), code="undo_other"
        )


def _nothing_to_undo() -> Refused:
    return Refused(_("There is nothing to undo."), code="undo_none")
