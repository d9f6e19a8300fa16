"""A visit that is over blocks nobody: not the person, not the figures."""

from datetime import timedelta

import pytest

from bookings import services
from bookings.models import Booking, Party
from bookings.workflow import Status
from tests.factories import booking_at, couple_details, make_offered, make_slot, thai

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
