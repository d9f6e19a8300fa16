"""From the call to the end of a visit."""

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from bookings import news
from bookings.models import Booking, NotServedReason, Ticket
from bookings.services.counter.steps import called_already, check_is, locked_ticket, step
from bookings.services.moves import locked_booking, move
from bookings.workflow import AT_WINDOW, Status, TicketStatus
from core.db import lock_rows
from core.errors import Refused
from core.workflow import SYSTEM, Actor
from offices.models import ChecklistItem, Window

IN_SERVICE = (TicketStatus.SERVING, TicketStatus.PAUSED)


def call(
    *, ticket: Ticket, window: Window, by: User, now: datetime, version: int | None = None
) -> Ticket:
    """Call a waiting number to a window.

    Raises Refused("called") when another window was first, Refused("busy") while the window has
    somebody, Refused("window" | "stale" | "move")."""
    with transaction.atomic():
        locked = locked_ticket(ticket, version=version)
        if locked.status in AT_WINDOW:
            raise called_already(locked)
        check_is(locked, TicketStatus.WAITING)
        _take_window(window, locked)
        locked.calls, locked.called_at = locked.calls + 1, now
        step(
            locked,
            TicketStatus.CALLED,
            by=Actor.staff(by),
            now=now,
            window=window,
            changed=("calls", "called_at"),
        )
    return locked


def call_again(*, ticket: Ticket, by: User, now: datetime, version: int | None = None) -> Ticket:
    """Call a called number once more; the display shows it anew. No new period.
    Raises Refused("move" | "stale" | "called")."""
    with transaction.atomic():
        locked = locked_ticket(ticket, version=version)
        check_is(locked, TicketStatus.CALLED)
        locked.calls, locked.called_at = locked.calls + 1, now
        locked.version += 1
        locked.save(update_fields=["calls", "called_at", "version"])
    return locked


def start(*, ticket: Ticket, by: User, now: datetime, version: int | None = None) -> Ticket:
    """The called person is at the window: the minutes run. Raises Refused("move" | "stale")."""
    return _simple(
        ticket, (TicketStatus.CALLED,), TicketStatus.SERVING, by=by, now=now, version=version
    )


def pause(*, ticket: Ticket, by: User, now: datetime, version: int | None = None) -> Ticket:
    """Let the window serve another meanwhile; the minutes stand still.
    Raises Refused("move" | "stale")."""
    return _simple(
        ticket, (TicketStatus.SERVING,), TicketStatus.PAUSED, by=by, now=now, version=version
    )


def resume(
    *, ticket: Ticket, window: Window, by: User, now: datetime, version: int | None = None
) -> Ticket:
    """Go on with a paused number, at this or another window.
    Raises Refused("busy" | "window" | "move" | "stale" | "called")."""
    with transaction.atomic():
        locked = locked_ticket(ticket, version=version)
        check_is(locked, TicketStatus.PAUSED)
        _take_window(window, locked)
        step(locked, TicketStatus.SERVING, by=Actor.staff(by), now=now, window=window)
    return locked


def finish(*, ticket: Ticket, by: User, now: datetime, version: int | None = None) -> Ticket:
    """Served. Nothing is sent. Raises Refused("move" | "stale")."""
    return _simple(ticket, IN_SERVICE, TicketStatus.SERVED, by=by, now=now, version=version)


def not_served(
    *,
    ticket: Ticket,
    reason: NotServedReason,
    by: User,
    now: datetime,
    missing: ChecklistItem | None = None,
    remark: str = "",
    version: int | None = None,
) -> Ticket:
    """Could not be served, and why; `missing` names the item, the other reason needs words.
    Raises Refused("remark" | "missing" | "move" | "stale")."""
    _check_reason(ticket, reason, missing, remark)
    with transaction.atomic():
        locked = locked_ticket(ticket, version=version)
        check_is(locked, *IN_SERVICE)
        locked.reason, locked.missing, locked.remark = reason, missing, remark.strip()
        step(
            locked,
            TicketStatus.NOT_SERVED,
            by=Actor.staff(by),
            now=now,
            changed=("reason", "missing", "remark"),
        )
    return locked


def no_show(
    *,
    by: User | None,
    now: datetime,
    booking: Booking | None = None,
    ticket: Ticket | None = None,
    version: int | None = None,
) -> None:
    """The person did not come at all (`booking`), or had a number and went away (`ticket`). Only
    who never came is written to. `by` is None at the end of the day.
    Raises Refused("early" | "move" | "stale")."""
    actor = Actor.staff(by) if by else SYSTEM
    with transaction.atomic():
        if ticket is not None:
            locked = locked_ticket(ticket, version=version)
            check_is(locked, TicketStatus.WAITING, TicketStatus.CALLED)
            step(locked, TicketStatus.LEFT, by=actor, now=now)
        elif booking is not None:
            _did_not_come(booking, actor, now)


def _did_not_come(booking: Booking, by: Actor, now: datetime) -> None:
    locked = locked_booking(booking.pk)
    if now < locked.slot.starts_at:
        raise Refused(_("The time of this appointment has not come yet."), code="early")
    if locked.status == Status.ARRIVED:
        raise Refused(_("They are here already, with a number."), code="move")
    move(locked, Status.NO_SHOW, by=by, now=now)
    news.tell(locked, "no_show", now=now)


def _simple(
    ticket: Ticket,
    sources: Sequence[TicketStatus],
    target: TicketStatus,
    *,
    by: User,
    now: datetime,
    version: int | None,
) -> Ticket:
    with transaction.atomic():
        locked = locked_ticket(ticket, version=version)
        check_is(locked, *sources)
        step(locked, target, by=Actor.staff(by), now=now)
    return locked


def _take_window(window: Window, ticket: Ticket) -> None:
    """Lock the window and see that nobody is at it. Raises Refused("window" | "busy")."""
    locked = lock_rows(Window.objects.filter(pk=window.pk)).get()
    if locked.office_id != ticket.office_id or not locked.is_open:
        raise Refused(_("Choose a window of this office that is in use."), code="window")
    there = busy_with(locked)
    if there is not None:
        raise Refused(
            _("%(number)s is still at window %(window)s. Finish it first.")
            % {"number": there, "window": locked.label},
            code="busy",
        )


def busy_with(window: Window) -> Ticket | None:
    """Whom a window has, of whatever day. One query."""
    return Ticket.objects.filter(window=window, status__in=AT_WINDOW).first()


def _check_reason(
    ticket: Ticket, reason: NotServedReason, missing: ChecklistItem | None, remark: str
) -> None:
    if reason not in NotServedReason.values:
        raise Refused(_("Choose a reason."), code="reason", field="reason")
    if reason == NotServedReason.OTHER and not remark.strip():
        raise Refused(_("Write the reason in a few words."), code="remark", field="remark")
    if missing is not None and missing.service_id != ticket.offered.service_id:
        raise Refused(_("Choose an item of this service."), code="missing", field="missing")
