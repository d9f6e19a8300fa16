"""One number of the counter's day as its row or card on the desk shows it."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.urls import reverse
from django.utils.translation import gettext as _

from bookings import hall_links
from bookings.call_order import has_waited_long
from bookings.models import Booking, Lane, Period, Ticket
from bookings.workflow import AT_WINDOW, TicketStatus

AT_DESK = [*AT_WINDOW, TicketStatus.PAUSED]
OVER = [TicketStatus.SERVED, TicketStatus.NOT_SERVED, TicketStatus.LEFT]
# The share of the planned minutes after which a window is marked.
NEARLY = 5 / 6


@dataclass(frozen=True)
class Visit:
    """One number with what its row or card shows."""

    ticket: Ticket
    people: str
    now: datetime
    seconds: int = 0

    @property
    def slip(self) -> str:
        """The page of this number that its slip leads to; printed there."""
        return reverse("portal:queue", args=[hall_links.queue_code(self.ticket)])

    @property
    def minutes(self) -> int:
        return self.seconds // 60

    @property
    def running(self) -> str:
        """The running time, "14:08"."""
        return f"{self.minutes}:{self.seconds % 60:02d}"

    @property
    def began_at(self) -> datetime | None:
        """When serving began first, of periods fetched before."""
        starts = [
            period.started_at
            for period in self.ticket.periods.all()
            if period.state == TicketStatus.SERVING and not period.undone
        ]
        return min(starts, default=None)

    @property
    def waited(self) -> int:
        """Whole minutes since the arrival."""
        return max(int((self.now - self.ticket.arrived_at).total_seconds() // 60), 0)

    @property
    def is_long_wait(self) -> bool:
        return self.ticket.lane == Lane.WALK_IN and has_waited_long(self.ticket, self.now)

    @property
    def early(self) -> int:
        """Minutes until the booked time, 0 when it has come."""
        booking = self.ticket.booking
        if booking is None or self.ticket.lane != Lane.BOOKED:
            return 0
        return max(int((booking.slot.starts_at - self.now).total_seconds() // 60), 0)

    @property
    def target(self) -> int:
        return self.ticket.offered.minutes

    @property
    def scale(self) -> int:
        """The end of the bar in minutes: the target stands at three quarters of it."""
        return max(self.target * 4 // 3, 1)

    @property
    def is_nearly_over(self) -> bool:
        return self.ticket.status == TicketStatus.SERVING and self.minutes >= self.target * NEARLY

    @property
    def is_over(self) -> bool:
        return self.minutes > self.target


def visits_of(tickets: Iterable[Ticket], now: datetime) -> list[Visit]:
    return [
        Visit(
            ticket,
            people_of(ticket),
            now,
            served_seconds(ticket.periods.all(), now) if ticket.status in AT_DESK + OVER else 0,
        )
        for ticket in tickets
    ]


def people_of(ticket: Ticket) -> str:
    """Names of the applicants, or the name a walk-in gave, or nothing."""
    if ticket.booking is None:
        return ticket.name
    return names_of(ticket.booking)


def names_of(booking: Booking) -> str:
    """มะลิ ทดสอบ กับ สมชาย ตัวอย่าง. Needs the parties."""
    return _(" with ").join(party.full_name for party in booking.parties.all())


def served_seconds(periods: Iterable[Period], now: datetime) -> int:
    """How long somebody was really served: without pauses and steps that were undone."""
    spans = [
        (period.ended_at or now) - period.started_at
        for period in periods
        if period.state == TicketStatus.SERVING and not period.undone
    ]
    return max(int(sum(spans, timedelta()).total_seconds()), 0)
