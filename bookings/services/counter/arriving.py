"""Coming to the hall: with an appointment, or without."""

from datetime import datetime, timedelta

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from bookings.models import Booking, Lane, Slot, Ticket
from bookings.services.counter import numbers
from bookings.services.counter.steps import check_is, locked_ticket, move_booking, open_period, step
from bookings.services.moves import locked_booking
from bookings.workflow import Status, TicketStatus
from core import thai_dates
from core.errors import Refused
from core.workflow import Actor, ActorKind
from offices import queries as office_queries
from offices.models import OfferedService

HERE = {Status.ARRIVED, Status.SERVING, Status.SERVED, Status.NOT_SERVED}


def arrive(*, booking: Booking, by: User, now: datetime, late_as_walk_in: bool = False) -> Ticket:
    """Note that the people of a confirmed booking are here and give them their number. Later than
    the grace they keep the booking and, with `late_as_walk_in`, get a number of the walk-ins.

    Raises Refused("office" | "day" | "arrived" | "cancelled" | "state" | "late"); nothing is
    stored then. Locks the booking, then the row of numbers."""
    if not by.has_office_permission("bookings.work_desk", booking.office_id):
        raise Refused(
            _("This appointment is at %(office)s.") % {"office": booking.office}, code="office"
        )
    with transaction.atomic():
        locked = locked_booking(booking.pk)
        _check_may_arrive(locked, now=now)
        is_late = _is_late(locked, now)
        if is_late and not late_as_walk_in:
            raise _late(locked, now)
        earlier = Ticket.objects.filter(booking=locked).first()
        if earlier is not None:
            return _back_again(earlier, Actor.staff(by), now)
        return _give_number(locked, is_late=is_late, by=Actor.staff(by), now=now)


def add_walk_in(
    *, offered: OfferedService, by: Actor, now: datetime, name: str = "", beyond_share: bool = False
) -> Ticket:
    """Give a number to somebody without an appointment. The kiosk calls it as CITIZEN; only staff
    may go `beyond_share`.

    Raises Refused("closed" | "walk_ins_full"). Locks the row of numbers."""
    day = timezone.localdate(now)
    slots = Slot.objects.of(offered).between(*numbers.slots_of_day(now))
    times = slots.served().count()
    _check_open(offered, times, now)
    with transaction.atomic():
        counter = numbers.locked_counter(offered.office, day, Lane.WALK_IN)
        may_exceed = beyond_share and by.kind == ActorKind.STAFF
        if not may_exceed and walk_ins_given(offered, now) >= walk_in_share(offered, times):
            raise Refused(
                _("All %(n)s numbers without an appointment are given out for today.")
                % {"n": walk_in_share(offered, times)},
                code="walk_ins_full",
            )
        ticket = Ticket.objects.create(
            office_id=offered.office_id,
            day=day,
            lane=Lane.WALK_IN,
            number=numbers.next_number(counter),
            offered=offered,
            name=name.strip(),
            officer=by.user,
            arrived_at=now,
        )
        open_period(ticket, by=by, now=now)
    return ticket


def walk_in_share(offered: OfferedService, times: int) -> int:
    """How many a day may come without an appointment: of each open time the places that no
    booking can take."""
    return times * (offered.total_places - offered.bookable_places)


def walk_ins_given(offered: OfferedService, now: datetime) -> int:
    """Numbers of today for people without a booking who did not go away. One query."""
    of_day = Ticket.objects.of_day(offered.office, timezone.localdate(now))
    mine = of_day.filter(offered=offered, lane=Lane.WALK_IN, booking__isnull=True)
    return mine.exclude(status=TicketStatus.LEFT).count()


def late_after(booking: Booking) -> datetime:
    """Until when those who come late still keep their turn."""
    return booking.slot.starts_at + timedelta(minutes=booking.offered.late_grace_minutes)


def _check_open(offered: OfferedService, times: int, now: datetime) -> None:
    office, day = offered.office, timezone.localdate(now)
    closed = office_queries.closures_between(office_id=office.pk, first=day, last=day)
    clock = timezone.localtime(now).time()
    if closed or not times or not office.opens_at <= clock < office.closes_at:
        raise Refused(
            _("Numbers are given on open days from %(opens)s to %(closes)s.")
            % {"opens": f"{office.opens_at:%H.%M}", "closes": f"{office.closes_at:%H.%M}"},
            code="closed",
        )


def _check_may_arrive(booking: Booking, *, now: datetime) -> None:
    if booking.status in HERE:
        ticket = Ticket.objects.filter(booking=booking).first()
        raise Refused(
            _("%(reference)s arrived already; the number is %(number)s.")
            % {"reference": booking, "number": ticket or "–"},
            code="arrived",
        )
    if booking.status == Status.CANCELLED:
        raise Refused(_("This appointment was cancelled."), code="cancelled")
    day = timezone.localdate(booking.slot.starts_at)
    if day != timezone.localdate(now):
        raise Refused(
            _("This appointment is on %(date)s, not today.") % {"date": thai_dates.long_date(day)},
            code="day",
        )
    if booking.status != Status.CONFIRMED:
        raise Refused(
            _("This appointment is “%(status)s”; only a confirmed one can get a number.")
            % {"status": booking.get_status_display()},
            code="state",
        )


def _is_late(booking: Booking, now: datetime) -> bool:
    return now > late_after(booking)


def _late(booking: Booking, now: datetime) -> Refused:
    minutes = int((now - booking.slot.starts_at).total_seconds() // 60)
    return Refused(
        _("%(n)s minutes late. The appointment stays; give a number of those without one.")
        % {"n": minutes},
        code="late",
    )


def _back_again(ticket: Ticket, by: Actor, now: datetime) -> Ticket:
    """Whose arrival was undone keeps the number."""
    locked = locked_ticket(ticket)
    check_is(locked, TicketStatus.LEFT)
    step(locked, TicketStatus.WAITING, by=by, now=now)
    return locked


def _give_number(booking: Booking, *, is_late: bool, by: Actor, now: datetime) -> Ticket:
    lane = Lane.WALK_IN if is_late else Lane.BOOKED
    counter = numbers.locked_counter(booking.office, timezone.localdate(now), lane)
    number = numbers.next_number(counter) if is_late else numbers.number_of_place(counter, booking)
    ticket = Ticket.objects.create(
        office_id=booking.office_id,
        day=counter.day,
        lane=lane,
        number=number,
        offered_id=booking.offered_id,
        booking=booking,
        officer=by.user,
        arrived_at=now,
    )
    open_period(ticket, by=by, now=now)
    move_booking(ticket, Status.ARRIVED, by=by, now=now)
    return ticket
