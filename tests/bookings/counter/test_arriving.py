"""Who comes gets a number: the place of the day, or a running one for a walk-in."""

from datetime import timedelta

import pytest

from bookings import services
from bookings.models import Lane, Ticket
from bookings.services import counter
from bookings.workflow import Status, TicketStatus
from core.errors import Refused
from core.workflow import CITIZEN, Actor
from tests.bookings.counter.hall import DAY, arrived, clock, confirmed, status_of
from tests.factories import (
    NOW,
    booking_at,
    couple_details,
    make_closure,
    make_offered,
    make_office,
    make_slot,
    make_staff,
    thai,
)


def test_arrive_gives_the_place_of_the_day(offered, officer):
    for hour in (8, 9, 10, 11):
        make_slot(offered, starts=clock(hour))

    ticket = arrived(offered, officer, clock(12), now=clock(11, 50))

    assert str(ticket) == "A05"
    assert status_of(ticket) == (TicketStatus.WAITING, Status.ARRIVED)
    assert [period.state for period in ticket.periods.all()] == [TicketStatus.WAITING]


def test_arrive_takes_the_next_free_number(offered, officer):
    other = make_offered(service__code="id-card", service__parties=1, needs_officer=False)
    first = arrived(offered, officer, clock(10))
    booking = booking_at(
        Status.CONFIRMED,
        offered=other,
        slot=make_slot(other, starts=clock(10)),
        details=couple_details(thai()),
    )

    second = counter.arrive(booking=booking, by=officer, now=clock(10))

    assert (str(first), str(second)) == ("A01", "A02")


def test_arrive_late_offers_a_walk_in_number(offered, officer):
    booking = confirmed(offered, clock(10))
    with pytest.raises(Refused) as refused:
        counter.arrive(booking=booking, by=officer, now=clock(10, 16))
    assert refused.value.code == "late"
    assert not Ticket.objects.exists()

    ticket = counter.arrive(booking=booking, by=officer, now=clock(10, 16), late_as_walk_in=True)

    assert str(ticket) == "W01"
    assert status_of(ticket) == (TicketStatus.WAITING, Status.ARRIVED)


def test_arrive_within_the_grace_is_not_late(offered, officer):
    assert arrived(offered, officer, clock(10), now=clock(10, 15)).lane == Lane.BOOKED


def test_arrive_refuses_another_office(offered):
    stranger = make_staff(office=make_office(code=1040, slug="bang-khae", prefix="BK"))
    booking = confirmed(offered, clock(10))

    with pytest.raises(Refused) as refused:
        counter.arrive(booking=booking, by=stranger, now=clock(10))

    assert refused.value.code == "office"
    assert not Ticket.objects.exists()


def test_arrive_refuses_another_day(offered, officer):
    booking = confirmed(offered, clock(10))

    with pytest.raises(Refused) as refused:
        counter.arrive(booking=booking, by=officer, now=clock(10) - timedelta(days=1))

    assert refused.value.code == "day"
    assert not Ticket.objects.exists()


def test_arrive_refuses_a_cancelled_one(offered, officer):
    booking = confirmed(offered, clock(10))
    services.cancel(booking=booking, by=CITIZEN, now=NOW)

    with pytest.raises(Refused) as refused:
        counter.arrive(booking=booking, by=officer, now=clock(10))

    assert refused.value.code == "cancelled"


def test_arrive_refuses_an_unconfirmed_one(officer, offered):
    offered.needs_officer = True
    offered.save()
    booking = booking_at(
        Status.REQUESTED, offered=offered, slot=make_slot(offered, starts=clock(10))
    )

    with pytest.raises(Refused) as refused:
        counter.arrive(booking=booking, by=officer, now=clock(10))

    assert refused.value.code == "state"


def test_arrive_twice_names_the_number(offered, officer):
    ticket = arrived(offered, officer, clock(10))

    with pytest.raises(Refused) as refused:
        counter.arrive(booking=ticket.booking, by=officer, now=clock(10))

    assert refused.value.code == "arrived"
    assert "A01" in refused.value.message
    assert Ticket.objects.count() == 1


def test_walk_in_numbers_run_on(offered, officer):
    make_slot(offered, starts=clock(10))
    make_slot(offered, starts=clock(11))

    first = counter.add_walk_in(offered=offered, by=CITIZEN, now=clock(9))
    counter.no_show(ticket=first, by=officer, now=clock(9))
    second = counter.add_walk_in(offered=offered, by=CITIZEN, now=clock(9), name=" บุญมี ")

    assert (str(first), str(second), second.name) == ("W01", "W02", "บุญมี")


def test_walk_ins_end_with_their_share(offered, officer):
    make_slot(offered, starts=clock(10))
    counter.add_walk_in(offered=offered, by=CITIZEN, now=clock(9))

    for by, beyond in ((CITIZEN, False), (CITIZEN, True), (Actor.staff(officer), False)):
        with pytest.raises(Refused) as refused:
            counter.add_walk_in(offered=offered, by=by, now=clock(9), beyond_share=beyond)
        assert refused.value.code == "walk_ins_full"
    assert Ticket.objects.count() == 1

    staff = Actor.staff(officer)
    assert counter.add_walk_in(offered=offered, by=staff, now=clock(9), beyond_share=True)


@pytest.mark.parametrize("hour", [7, 16])
def test_walk_ins_come_within_the_hours(offered, hour):
    make_slot(offered, starts=clock(10))

    with pytest.raises(Refused) as refused:
        counter.add_walk_in(offered=offered, by=CITIZEN, now=clock(hour))

    assert refused.value.code == "closed"


def test_walk_ins_come_on_open_days(offered):
    make_slot(offered, starts=clock(10))
    make_closure(DAY.date())

    with pytest.raises(Refused) as refused:
        counter.add_walk_in(offered=offered, by=CITIZEN, now=clock(9))

    assert refused.value.code == "closed"
