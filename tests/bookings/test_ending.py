"""A visit that is over blocks nobody: not the person, not the figures."""

from datetime import timedelta

import pytest

from bookings import services
from bookings.models import Booking, Party
from bookings.services import counter
from bookings.workflow import Status, TicketStatus
from notifications.models import Message
from offices.models import Window
from tests.factories import (
    at,
    booking_at,
    couple_details,
    make_offered,
    make_slot,
    make_staff,
    thai,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def marriage():
    return make_offered()


def after(booking):
    return booking.slot.ends_at + timedelta(minutes=1)


@pytest.mark.parametrize("status", [Status.REQUESTED, Status.NEEDS_DOCUMENTS])
def test_request_nobody_decided_expires_after_its_visit(marriage, status):
    booking = booking_at(status, offered=marriage)

    assert services.end_past_visits(now=booking.slot.starts_at) == 0
    assert services.end_past_visits(now=after(booking)) == 1

    booking = Booking.objects.select_related("slot").get()
    assert (booking.status, booking.slot.taken) == (Status.EXPIRED, 0)


def test_confirmed_visit_that_is_over_keeps_its_state(marriage):
    booking = booking_at(Status.CONFIRMED, offered=marriage)

    assert services.end_past_visits(now=after(booking)) == 0

    booking.refresh_from_db()
    assert booking.status == Status.CONFIRMED


def test_person_books_again_when_the_visit_is_over(marriage):
    mali, somchai = thai(), thai()
    details = couple_details(mali, somchai)
    first = booking_at(Status.CONFIRMED, offered=marriage, details=details)
    later = make_slot(marriage, starts=first.slot.starts_at + timedelta(days=7))

    services.end_past_visits(now=after(first))
    second = booking_at(
        Status.REQUESTED, offered=marriage, slot=later, details=details, now=after(first)
    )

    assert second.status == Status.REQUESTED
    assert Party.objects.filter(is_open=True).count() == 2


def end_of(booking):
    """Half an hour after the office of a booking closes on the day of its visit."""
    return at(2026, 11, 30, 16, 31)


def test_who_did_not_come_is_marked_when_the_office_has_closed(marriage):
    booking = booking_at(Status.CONFIRMED, offered=marriage)
    assert services.end_office_days(now=after(booking)) == 0

    assert services.end_office_days(now=end_of(booking)) == 1

    booking.refresh_from_db()
    assert booking.status == Status.NO_SHOW
    assert Message.objects.filter(kind="no_show").count() == 1
    assert services.end_office_days(now=end_of(booking)) == 0


def test_who_came_and_was_not_called_is_marked_as_gone(marriage):
    booking = booking_at(Status.CONFIRMED, offered=marriage)
    officer = make_staff(office=marriage.office)
    ticket = counter.arrive(booking=booking, by=officer, now=booking.slot.starts_at)

    assert services.end_office_days(now=end_of(booking)) == 1

    ticket.refresh_from_db()
    assert (ticket.status, ticket.booking.status) == (TicketStatus.LEFT, Status.NO_SHOW)
    assert not Message.objects.filter(kind="no_show").exists()


def test_who_is_being_served_stays_after_hours(marriage):
    booking = booking_at(Status.CONFIRMED, offered=marriage)
    officer = make_staff(office=marriage.office)
    window = Window.objects.create(office=marriage.office, section=marriage.section, label="5")
    now = booking.slot.starts_at
    ticket = counter.arrive(booking=booking, by=officer, now=now)
    counter.call(ticket=ticket, window=window, by=officer, now=now)
    counter.start(ticket=ticket, by=officer, now=now)

    assert services.end_office_days(now=end_of(booking)) == 0

    ticket.refresh_from_db()
    assert ticket.status == TicketStatus.SERVING


def test_days_of_before_are_ended_after_midnight(marriage):
    booking_at(Status.CONFIRMED, offered=marriage)

    assert services.end_office_days(now=at(2026, 12, 1, 0, 10)) == 1
