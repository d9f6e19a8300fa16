"""Correcting how a visit ended, within CORRECTION_MINUTES. The period of the wrong
end stays, marked; the right one follows it and says why. The minutes that were served stand."""

from collections.abc import Mapping
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from bookings.models import Booking, NotServedReason, Period, Ticket
from bookings.services.counter.steps import (
    BESIDE,
    ENDS,
    check_is,
    locked_ticket,
    move_booking,
    open_period,
)
from bookings.services.counter.undoing import check_whose
from bookings.services.moves import locked_booking, move
from bookings.workflow import TICKET_WORKFLOW, Status, TicketStatus
from core.errors import Refused
from core.workflow import Actor

# What an end may have been in truth. Who was put back waits, or is paused for any window to resume.
CORRECTIONS: Mapping[TicketStatus, tuple[TicketStatus, ...]] = {
    TicketStatus.SERVED: (TicketStatus.NOT_SERVED, TicketStatus.PAUSED),
    TicketStatus.NOT_SERVED: (TicketStatus.SERVED, TicketStatus.PAUSED),
    TicketStatus.LEFT: (TicketStatus.WAITING,),
}


def correct(
    *,
    why: str,
    by: User,
    now: datetime,
    ticket: Ticket | None = None,
    target: TicketStatus | None = None,
    reason: NotServedReason | None = None,
    booking: Booking | None = None,
) -> None:
    """Correct the end of a ticket to `target` (with `reason` where it was not served), or "did not
    come" of a booking without a ticket to confirmed. By the same person or the head.

    Raises Refused("why" | "target" | "correct_late" | "undo_other" | "booked_anew" | "move")."""
    why = why.strip()
    if not why:
        raise Refused(_("Write why it is corrected."), code="why", field="why")
    with transaction.atomic():
        if ticket is not None:
            _correct_end(locked_ticket(ticket), target, reason, why, by, now)
        elif booking is not None:
            _correct_no_show(locked_booking(booking.pk), why, by, now)


def _correct_end(
    ticket: Ticket,
    target: TicketStatus | None,
    reason: NotServedReason | None,
    why: str,
    by: User,
    now: datetime,
) -> None:
    check_is(ticket, *ENDS)
    if target is None or target not in CORRECTIONS[TicketStatus(ticket.status)]:
        raise Refused(_("Choose what is right."), code="target", field="target")
    if target == TicketStatus.NOT_SERVED and reason is None:
        raise Refused(_("Choose a reason."), code="target", field="target")
    last = ticket.periods.filter(undone=False).latest("id")
    _check_in_time(ticket.ended_at, now)
    check_whose(last.officer_id, by, ticket.office_id)
    actor = Actor.staff(by)
    TICKET_WORKFLOW.check(ticket.status, target, actor)
    Period.objects.filter(pk=last.pk).update(undone=True)
    _put_right(ticket, target, reason, why, actor)
    open_period(ticket, by=actor, now=now, why=why)
    move_booking(ticket, BESIDE[target], by=actor, now=now, reason=why)


def _put_right(
    ticket: Ticket, target: TicketStatus, reason: NotServedReason | None, why: str, by: Actor
) -> None:
    """An end that is still an end stays at its time."""
    ticket.status, ticket.version, ticket.officer = target, ticket.version + 1, by.user
    ticket.reason = reason or "" if target == TicketStatus.NOT_SERVED else ""
    ticket.remark = why if ticket.reason == NotServedReason.OTHER else ""
    ticket.missing = None
    if target not in ENDS:
        ticket.ended_at = None
    if target == TicketStatus.WAITING:
        ticket.window = None
    ticket.save()


def _correct_no_show(booking: Booking, why: str, by: User, now: datetime) -> None:
    last = booking.changes.last()
    if booking.status != Status.NO_SHOW or last is None:
        raise Refused(_("There is nothing to correct."), code="move")
    _check_in_time(last.at, now)
    check_whose(last.by_id, by, booking.office_id)
    move(booking, Status.CONFIRMED, by=Actor.staff(by), now=now, reason=why)


def _check_in_time(ended_at: datetime | None, now: datetime) -> None:
    minutes = settings.CORRECTION_MINUTES
    if ended_at is None or now - ended_at > timedelta(minutes=minutes):
        raise Refused(
            _(
                "More than %(n)s minutes have passed, so it stays as it is. Write a note on the "
                "paper of the day."
            )
            % {"n": minutes},
            code="correct_late",
        )
