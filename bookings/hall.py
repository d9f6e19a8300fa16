"""What the hall may know: numbers, windows, times. Nothing about a person leaves this module."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Count, Max, Q
from django.utils import timezone

from bookings.call_order import waiting_order
from bookings.models import Booking, Lane, Slot, Ticket
from bookings.services.counter.numbers import slots_of_day
from bookings.workflow import AT_WINDOW, Status, TicketStatus
from offices.models import OfferedService, Office, Window

CALLS = 3
NEXT = 4
DUE = 3
MISSED = 6
# Who was called so often and did not come is named apart.
CALLED_OFTEN = 3
FRESH = timedelta(seconds=20)
ROUND_TO = 5


@dataclass(frozen=True)
class Call:
    """A number at a window. `is_fresh` for 20 seconds after each call."""

    number: str
    window: str
    called_at: datetime
    calls: int
    is_fresh: bool


@dataclass(frozen=True)
class Waiting:
    """A number that waits: `booked_at` of an appointment, `before` numbers ahead of it at the
    same section, roughly `minutes` to wait; None before the time of an appointment."""

    number: str
    booked_at: datetime | None
    before: int
    minutes: int | None


@dataclass(frozen=True)
class Hall:
    """The hall at one moment. `due` are the next times of people who are not here yet."""

    calls: tuple[Call, ...]
    waiting: tuple[Waiting, ...]
    missed: tuple[str, ...]
    due: tuple[datetime, ...]


def now_in(office: Office, *, now: datetime) -> Hall:
    """Six queries, whatever the number of people."""
    calls, missed = _called(office, now)
    order = waiting_order(office, now)
    return Hall(
        calls=calls,
        waiting=tuple(waiting_of(office, order, now=now).values())[:NEXT],
        missed=missed,
        due=_due(office, now),
    )


def waiting_of(office: Office, order: Iterable[Ticket], *, now: datetime) -> dict[int, Waiting]:
    """The place of each waiting ticket, by its key, in the order of `waiting_order`. One query.

    The estimate takes the usual minutes of those ahead and of whoever is at the windows now,
    shared by the windows in use, rounded up: nobody is promised less than comes."""
    windows = dict(
        Window.objects.filter(office=office, is_open=True)
        .order_by()
        .values_list("section_id")
        .annotate(number=Count("pk"))
    )
    ahead: dict[int, int] = defaultdict(int)
    load: dict[int, int] = defaultdict(int)
    places = {}
    for ticket in order:
        section = ticket.offered.section_id
        load[section] += ticket.offered.minutes
        booked_at = _booked_at(ticket)
        is_early = booked_at is not None and booked_at > now
        places[ticket.pk] = Waiting(
            number=str(ticket),
            booked_at=booked_at,
            before=ahead[section],
            minutes=None if is_early else _rounded(load[section] / windows.get(section, 1)),
        )
        ahead[section] += 1
    return places


def late_minutes(office: Office) -> int:
    """The longest grace that one of its services gives. One query."""
    offers = OfferedService.objects.filter(office=office)
    return offers.aggregate(most=Max("late_grace_minutes"))["most"] or 0


def takes_walk_ins(office: Office, *, now: datetime) -> list[OfferedService]:
    """The services that give numbers today to people without an appointment. One query."""
    start, end = slots_of_day(now)
    today = Slot.objects.filter(office=office, closed_at__isnull=True).between(start, end)
    offers = (
        OfferedService.objects.open()
        .filter(office=office, service__in=today.values("service"))
        .select_related("office", "service", "section")
        .order_by("service__order")
    )
    return [offered for offered in offers if offered.total_places > offered.bookable_places]


def _called(office: Office, now: datetime) -> tuple[tuple[Call, ...], tuple[str, ...]]:
    tickets = list(
        Ticket.objects.of_day(office, timezone.localdate(now))
        .filter(Q(status__in=AT_WINDOW) | Q(calls__gte=CALLED_OFTEN), called_at__isnull=False)
        .exclude(status__in=[TicketStatus.SERVED, TicketStatus.NOT_SERVED])
        .select_related("window")
        .order_by("-called_at")
    )
    at_window = [ticket for ticket in tickets if ticket.status in AT_WINDOW]
    often = [
        str(ticket)
        for ticket in tickets
        if ticket.calls >= CALLED_OFTEN
        and ticket.status in {TicketStatus.CALLED, TicketStatus.WAITING, TicketStatus.LEFT}
    ]
    return tuple(_call(ticket, now) for ticket in at_window[:CALLS]), tuple(often[:MISSED])


def _call(ticket: Ticket, now: datetime) -> Call:
    called_at = ticket.called_at or now
    return Call(
        number=str(ticket),
        window=ticket.window.label if ticket.window else "",
        called_at=called_at,
        calls=ticket.calls,
        is_fresh=ticket.status == TicketStatus.CALLED and now - called_at < FRESH,
    )


def _due(office: Office, now: datetime) -> tuple[datetime, ...]:
    _start, end = slots_of_day(now)
    coming = Booking.objects.filter(
        office=office,
        status=Status.CONFIRMED,
        slot__starts_at__gt=now,
        slot__starts_at__lt=end,
    )
    times = coming.order_by("slot__starts_at").values_list("slot__starts_at", flat=True).distinct()
    return tuple(times[:DUE])


def _booked_at(ticket: Ticket) -> datetime | None:
    is_booked = ticket.lane == Lane.BOOKED and ticket.booking is not None
    return ticket.booking.slot.starts_at if is_booked and ticket.booking else None


def _rounded(minutes: float) -> int:
    return -int(-minutes // ROUND_TO) * ROUND_TO
