"""Taking back the last step within a minute."""

from datetime import timedelta

import pytest

from bookings.models import Party
from bookings.services import counter
from bookings.workflow import Status, TicketStatus
from core.errors import Refused
from tests.bookings.counter.hall import arrived, clock, confirmed, serving, status_of
from tests.factories import couple_details, hold, make_slot, make_staff, submit, thai


def test_undo_takes_back_the_end(offered, officer, window):
    ticket = serving(offered, officer, window)
    counter.finish(ticket=ticket, by=officer, now=clock(10, 20))

    counter.undo(ticket=ticket, by=officer, now=clock(10, 20) + timedelta(seconds=50))
    counter.finish(ticket=ticket, by=officer, now=clock(10, 30))

    assert status_of(ticket) == (TicketStatus.SERVED, Status.SERVED)
    counted = ticket.periods.filter(state=TicketStatus.SERVING, undone=False)
    assert sum(period.minutes(clock(12)) for period in counted) == 30
    assert ticket.periods.filter(undone=True).count() == 1


def test_undo_opens_the_booking_again(offered, officer, window):
    ticket = serving(offered, officer, window)
    counter.finish(ticket=ticket, by=officer, now=clock(10, 20))

    counter.undo(ticket=ticket, by=officer, now=clock(10, 20))

    assert status_of(ticket) == (TicketStatus.SERVING, Status.SERVING)
    assert ticket.booking.closed_at is None
    assert Party.objects.filter(booking=ticket.booking, is_open=True).count() == 2


def test_undo_is_refused_to_who_booked_anew(offered, officer, window):
    people = (thai(), thai())
    booking = confirmed(offered, clock(10), couple_details(*people))
    ticket = counter.arrive(booking=booking, by=officer, now=clock(10))
    counter.call(ticket=ticket, window=window, by=officer, now=clock(10))
    counter.start(ticket=ticket, by=officer, now=clock(10))
    counter.finish(ticket=ticket, by=officer, now=clock(10, 20))
    later = make_slot(offered, starts=clock(10) + timedelta(days=2))
    submit(hold(later, offered, now=clock(10, 20)), couple_details(*people), now=clock(10, 20))

    with pytest.raises(Refused) as refused:
        counter.undo(ticket=ticket, by=officer, now=clock(10, 20))

    assert refused.value.code == "booked_anew"
    assert status_of(ticket) == (TicketStatus.SERVED, Status.SERVED)


def test_undo_ends_after_a_minute(offered, officer, window):
    ticket = serving(offered, officer, window)

    with pytest.raises(Refused) as refused:
        counter.undo(ticket=ticket, by=officer, now=clock(10, 1) + timedelta(seconds=1))

    assert refused.value.code == "undo_late"


def test_undo_is_of_the_same_person_or_the_head(offered, officer, window):
    ticket = serving(offered, officer, window)
    with pytest.raises(Refused) as refused:
        counter.undo(ticket=ticket, by=make_staff(office=offered.office), now=clock(10))
    assert refused.value.code == "undo_other"

    counter.undo(ticket=ticket, by=make_staff("head", office=offered.office), now=clock(10))

    assert status_of(ticket) == (TicketStatus.CALLED, Status.ARRIVED)


def test_undo_of_an_end_waits_beside_a_busy_window(offered, officer, window):
    ticket = serving(offered, officer, window)
    other = arrived(offered, officer, clock(11), now=clock(10))
    counter.finish(ticket=ticket, by=officer, now=clock(10, 20))
    counter.call(ticket=other, window=window, by=officer, now=clock(10, 20))

    counter.undo(ticket=ticket, by=officer, now=clock(10, 20))

    assert status_of(ticket) == (TicketStatus.PAUSED, Status.SERVING)


def test_undo_of_an_arrival_keeps_the_number(offered, officer):
    ticket = arrived(offered, officer, clock(10))

    counter.undo(ticket=ticket, by=officer, now=clock(10))
    assert status_of(ticket) == (TicketStatus.LEFT, Status.CONFIRMED)
    again = counter.arrive(booking=ticket.booking, by=officer, now=clock(10, 5))

    assert again.pk == ticket.pk
    assert status_of(ticket) == (TicketStatus.WAITING, Status.ARRIVED)


def test_undo_of_a_no_show(offered, officer):
    booking = confirmed(offered, clock(10))
    counter.no_show(booking=booking, by=officer, now=clock(10, 20))

    counter.undo(booking=booking, by=officer, now=clock(10, 20))

    booking.refresh_from_db()
    assert booking.status == Status.CONFIRMED
