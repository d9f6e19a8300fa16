from datetime import timedelta

import pytest
from icalendar import Calendar

from bookings import ics, services
from bookings.models import Booking
from core.workflow import CITIZEN
from tests.factories import NOW, booking_at


@pytest.fixture
def booking(offered):
    return booking_at(offered=offered)


def visit_of(booking):
    fresh = Booking.objects.with_visit().get(pk=booking.pk)
    calendar = Calendar.from_ical(ics.event(fresh, now=NOW))
    assert calendar["METHOD"] == "PUBLISH"
    (visit,) = calendar.walk("VEVENT")
    return visit


def test_event(booking):
    visit = visit_of(booking)

    assert visit["UID"].startswith(booking.reference)
    assert visit["SEQUENCE"] == booking.version
    assert visit.decoded("DTSTART") == booking.slot.starts_at
    assert visit["DTSTART"].params["TZID"] == "Asia/Bangkok"
    (alarm,) = visit.walk("VALARM")
    assert alarm.decoded("TRIGGER") == -timedelta(hours=2)


def test_cancelled_event_replaces_the_first(booking):
    before = visit_of(booking)
    services.cancel(booking=booking, by=CITIZEN, now=NOW)

    after = visit_of(booking)

    assert after["UID"] == before["UID"]
    assert after["SEQUENCE"] > before["SEQUENCE"]
    assert after["STATUS"] == "CANCELLED"
    assert not after.walk("VALARM")
