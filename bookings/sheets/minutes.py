"""The minutes of serving (S2-R07): name, start, end, time used, two signatures, remark."""

from datetime import datetime

from django.db.models import Prefetch
from django.utils.translation import gettext as _
from django.utils.translation import override

from accounts.models import User
from bookings.models import Period, Ticket
from bookings.sheets.paper import Choice, Column, Sheet, day_lines, in_digits, printed
from bookings.workflow import TicketStatus
from core import thai_dates

# As many as fit one page with room to sign, and as many as the printed form has.
ROWS = 15


def time_sheet(choice: Choice, *, by: User, now: datetime) -> Sheet:
    """แบบบันทึกระยะเวลาการให้บริการ: who was served from when to when, walk-ins included, and
    empty rows to write in by hand; at least 15. Three queries."""
    with override("th"):
        offered = choice.offered
        rows = [_time_cells(ticket, choice, now) for ticket in _served(choice)]
        blank = ("",) * 7
        rows += [blank] * (ROWS - len(rows))
        section = offered.section.get_kind_display()
        sheet = Sheet(
            title=_("Record of service times"),
            lines=(
                str(offered.service.name),
                f"{offered.office.full_name} {section}",
                *day_lines(choice, closures=False),
            ),
            columns=_time_columns(),
            rows=tuple((str(no), *cells) for no, cells in enumerate(rows, 1)),
            row_mm=12,
            note=_("Minutes are those of serving, without pauses; empty rows are filled by hand"),
            foot=(printed(by, now), _("destroy after the day")),
            page_word=_("Page"),
        )
        return in_digits(sheet, thai=choice.thai)


def _time_columns() -> tuple[Column, ...]:
    return (
        Column(_("Order no."), 7),
        Column(_("Name and surname"), 25, "left"),
        Column(_("Start time"), 13),
        Column(_("End"), 9),
        Column(_("Minutes used"), 8),
        Column(_("Signature of the client"), 15),
        Column(_("Signature of the officer"), 12),
        Column(_("Remark"), 16, "left"),
    )


def _served(choice: Choice) -> list[Ticket]:
    """Numbers that were served, by the time the serving began, with `serving` periods."""
    serving = Period.objects.filter(state=TicketStatus.SERVING, undone=False).order_by("started_at")
    tickets = (
        Ticket.objects.of_day(choice.offered.office, choice.day)
        .filter(offered=choice.offered)
        .select_related("booking")
        .prefetch_related(
            Prefetch("periods", queryset=serving, to_attr="serving"), "booking__parties"
        )
    )
    served = [ticket for ticket in tickets if _serving(ticket)]
    return sorted(served, key=lambda ticket: _serving(ticket)[0].started_at)


def _serving(ticket: Ticket) -> list[Period]:
    periods: list[Period] = vars(ticket)["serving"]  # of the prefetch
    return periods


def _time_cells(ticket: Ticket, choice: Choice, now: datetime) -> tuple[str, ...]:
    periods = _serving(ticket)
    seconds = sum(
        ((period.ended_at or now) - period.started_at).total_seconds() for period in periods
    )
    is_over = ticket.ended_at is not None
    minutes = int(seconds // 60)
    return (
        _served_name(ticket),
        f"{thai_dates.local_time(periods[0].started_at):%H.%M}",
        f"{thai_dates.local_time(ticket.ended_at):%H.%M}" if ticket.ended_at else "",
        str(minutes) if is_over else "",
        "",
        "",
        _remark(ticket, minutes - choice.offered.minutes if is_over else 0),
    )


def _served_name(ticket: Ticket) -> str:
    if ticket.booking:
        return ticket.booking.parties.all()[0].full_name
    return _("%(name)s (walk-in)") % {"name": ticket.name or str(ticket)}


def _remark(ticket: Ticket, over: int) -> str:
    parts = []
    if ticket.status == TicketStatus.NOT_SERVED:
        parts.append(str(ticket.get_reason_display()))
    if over > 0:
        parts.append(_("%(n)s minutes over the target") % {"n": over})
    if any(period.clock_wrong for period in _serving(ticket)):
        parts.append(_("clock not right"))
    return ", ".join(parts)
