"""The invariants of the counter's day, for `verify_integrity`."""

from datetime import datetime

from django.db.models import Case, CharField, Count, F, OuterRef, Q, Subquery, Value, When

from bookings.models import Booking, Period, Ticket
from bookings.services.counter.steps import BESIDE
from bookings.services.findings import Finding, problems
from bookings.workflow import PRESENT, Status, TicketStatus


def ticket_states(now: datetime) -> Finding:
    """A number is where its newest period says, and its booking stands beside it."""
    tickets = Ticket.objects.order_by()
    newest = Period.objects.filter(ticket=OuterRef("pk"), undone=False).order_by("-id")
    state = Subquery(newest.values("state")[:1])
    beside = Case(
        *(When(status=ticket, then=Value(booking.value)) for ticket, booking in BESIDE.items()),
        output_field=CharField(),
    )
    came_back = Q(status=TicketStatus.LEFT, booking__status=Status.CONFIRMED)
    astray = tickets.filter(booking__isnull=False).annotate(beside=beside)
    bookings = Booking.objects.order_by()
    at_counter = [Status.ARRIVED, Status.SERVING, Status.SERVED, Status.NOT_SERVED]
    return Finding(
        "counter: numbers and bookings",
        f"{tickets.count():,} numbers",
        problems(
            (
                "state is not the newest period: number",
                tickets.annotate(newest=state).filter(
                    Q(newest__isnull=True) | ~Q(status=F("newest"))
                ),
                "pk",
            ),
            (
                "booking is not where its number is:",
                astray.exclude(booking__status=F("beside")).exclude(came_back),
                "booking__reference",
            ),
            (
                "at the counter without a number:",
                bookings.decided_here().filter(status__in=at_counter, ticket__isnull=True),
                "reference",
            ),
        ),
    )


def periods(now: datetime) -> Finding:
    """One open period while somebody is there, none after."""
    rows = Period.objects.order_by()
    is_open = Q(periods__ended_at__isnull=True, periods__isnull=False)
    counted = Ticket.objects.order_by().annotate(n=Count("periods", filter=is_open))
    there, over = counted.filter(status__in=PRESENT), counted.exclude(status__in=PRESENT)
    return Finding(
        "counter: periods",
        f"{rows.count():,} periods",
        problems(
            ("not one open period: number", there.exclude(n=1), "pk"),
            ("over, with an open period: number", over.exclude(n=0), "pk"),
            ("undone and still open: period", rows.filter(undone=True, ended_at=None), "pk"),
        ),
    )
