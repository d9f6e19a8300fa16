"""A visit as a calendar file."""

from datetime import datetime, timedelta

from django.conf import settings
from django.utils.translation import gettext as _
from icalendar import Alarm, Calendar, Event

from bookings.models import Booking
from bookings.workflow import OCCUPYING, UNDECIDED
from core import thai_dates

REMIND_BEFORE = timedelta(hours=2)


def event(booking: Booking, *, now: datetime) -> bytes:
    """An iCalendar file (METHOD:PUBLISH) that replaces an older one of the same booking: the UID
    is made of the reference, SEQUENCE is the version. Needs slot, office, service, offered."""
    calendar = Calendar()
    calendar.add("prodid", "-//Nadkhet//TH")
    calendar.add("version", "2.0")
    calendar.add("method", "PUBLISH")
    calendar.add_component(_visit(booking, now))
    calendar.add_missing_timezones()
    return bytes(calendar.to_ical())


def _state(booking: Booking) -> str:
    if booking.status in UNDECIDED:
        return "TENTATIVE"
    return "CONFIRMED" if booking.status in OCCUPYING else "CANCELLED"


def _visit(booking: Booking, now: datetime) -> Event:
    lies_ahead = booking.status in OCCUPYING
    visit = Event()
    visit.add("uid", f"{booking.reference}@{settings.SITE_HOST}")
    visit.add("sequence", booking.version)
    visit.add("dtstamp", now)
    visit.add("dtstart", thai_dates.local_time(booking.slot.starts_at))
    visit.add("dtend", thai_dates.local_time(booking.slot.ends_at))
    visit.add("summary", f"{booking.service.name} · {booking.office.short_name}")
    visit.add("location", f"{booking.office.full_name} {booking.office.address}".strip())
    visit.add(
        "description",
        _("Request %(reference)s. Arrive %(n)s minutes early at %(place)s. Telephone %(phone)s")
        % {
            "reference": booking.reference,
            "n": booking.offered.early_minutes,
            "place": booking.place,
            "phone": booking.office.phone,
        },
    )
    visit.add("status", _state(booking))
    if lies_ahead:
        visit.add_component(_alarm(booking))
    return visit


def _alarm(booking: Booking) -> Alarm:
    alarm = Alarm()
    alarm.add("action", "DISPLAY")
    alarm.add("description", booking.service.name)
    alarm.add("trigger", -REMIND_BEFORE)
    return alarm
