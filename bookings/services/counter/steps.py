"""The one place that moves a number in the hall, its periods, and the booking beside it."""

from collections.abc import Sequence
from datetime import datetime

from django.utils.translation import gettext as _

from bookings.models import Booking, Period, Ticket
from bookings.services.moves import locked_booking, move
from bookings.workflow import AT_WINDOW, TICKET_WORKFLOW, Status, TicketStatus
from core.db import lock_rows
from core.errors import Refused
from core.workflow import Actor
from offices.models import Window

# Where the booking of a ticket stands while the ticket is here.
BESIDE = {
    TicketStatus.WAITING: Status.ARRIVED,
    TicketStatus.CALLED: Status.ARRIVED,
    TicketStatus.SERVING: Status.SERVING,
    TicketStatus.PAUSED: Status.SERVING,
    TicketStatus.SERVED: Status.SERVED,
    TicketStatus.NOT_SERVED: Status.NOT_SERVED,
    TicketStatus.LEFT: Status.NO_SHOW,
}
ENDS = frozenset({TicketStatus.SERVED, TicketStatus.NOT_SERVED, TicketStatus.LEFT})


def locked_ticket(ticket: Ticket, *, version: int | None = None) -> Ticket:
    """The ticket, locked until the transaction ends, after its booking.

    Raises Refused("called") when it stands at a window and `version` is older, Refused("stale")
    for every other older version."""
    booking = locked_booking(ticket.booking_id) if ticket.booking_id else None
    rows = Ticket.objects.select_related("window", "offered", "office")
    locked = lock_rows(rows.filter(pk=ticket.pk)).get()
    if booking is not None:
        locked.booking = booking
    if version is not None and version != locked.version:
        raise called_already(locked) if locked.status in AT_WINDOW else _stale(locked)
    return locked


def step(
    ticket: Ticket,
    target: TicketStatus,
    *,
    by: Actor,
    now: datetime,
    window: Window | None = None,
    changed: Sequence[str] = (),
    booking_to: Status | None = None,
) -> None:
    """Move a locked ticket: checks the table, closes its open period and opens the next, moves
    the booking beside it (to `booking_to` where that is not what BESIDE says).

    Raises Refused("move"). Three statements, more where the booking moves too."""
    TICKET_WORKFLOW.check(ticket.status, target, by)
    close_period(ticket, now=now)
    ticket.status, ticket.version = target, ticket.version + 1
    ticket.window = window or ticket.window
    ticket.officer = by.user
    ticket.ended_at = now if target in ENDS else None
    fields = {"status", "version", "window", "officer", "ended_at", *changed}
    ticket.save(update_fields=sorted(fields))
    open_period(ticket, by=by, now=now)
    move_booking(ticket, booking_to or BESIDE[target], by=by, now=now)


def check_is(ticket: Ticket, *states: TicketStatus) -> None:
    """The table also has the ways back of undoing, which no other verb may take.

    Raises Refused("move") unless the ticket is in one of the states."""
    if ticket.status not in states:
        raise Refused(
            _("This cannot be done in the present state. The page shows the newest data."),
            code="move",
        )


def open_period(
    ticket: Ticket,
    *,
    by: Actor,
    now: datetime,
    started_at: datetime | None = None,
    why: str = "",
) -> None:
    """Append the period of the ticket's state; that of an end has no length. `why` it corrects
    the one before. One INSERT."""
    is_over = ticket.status in ENDS
    at_window = ticket.window if ticket.status != TicketStatus.WAITING else None
    Period.objects.create(
        ticket=ticket,
        state=ticket.status,
        officer=by.user,
        window=at_window,
        started_at=started_at or now,
        ended_at=now if is_over else None,
        why=why,
    )


def close_period(ticket: Ticket, *, now: datetime) -> None:
    """End the open period, if there is one. One UPDATE."""
    ticket.periods.filter(ended_at__isnull=True).update(ended_at=now)


def move_booking(
    ticket: Ticket, target: Status, *, by: Actor, now: datetime, reason: str = ""
) -> None:
    """Move the locked booking of a ticket, where it has one that stands elsewhere."""
    if ticket.booking_id and _booking(ticket).status != target:
        move(_booking(ticket), target, by=by, now=now, reason=reason)


def called_already(ticket: Ticket) -> Refused:
    """Two windows called one number: the second is told where it went."""
    return Refused(
        _("%(number)s was called to window %(window)s already.")
        % {"number": ticket, "window": ticket.window.label if ticket.window else "–"},
        code="called",
    )


def _booking(ticket: Ticket) -> Booking:
    booking: Booking = ticket.booking  # type: ignore[assignment]  # asked for by booking_id
    return booking


def _stale(ticket: Ticket) -> Refused:
    return Refused(
        _("%(number)s has just become “%(status)s”. This page now shows the newest data.")
        % {"number": ticket, "status": ticket.get_status_display()},
        code="stale",
    )
