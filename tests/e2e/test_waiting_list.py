"""A citizen on the waiting list gets the place that another gives up, in Thai, on a telephone."""

from datetime import date

import pytest
from django.core import mail
from django.core.management import call_command
from django.utils import timezone
from playwright.sync_api import expect

from bookings import services
from bookings.models import Booking, Slot, WaitingEntry
from bookings.workflow import Status
from core.thai_dates import local_date
from core.workflow import CITIZEN
from tests.e2e.people import E_MAIL, Couple


@pytest.fixture
def couple(page, city):
    return Couple(page, city)


def test_citizen_on_the_waiting_list_gets_the_freed_place(couple, deliver, context):
    couple.book()
    [other] = Booking.objects.all()
    day = local_date(other.slot.starts_at)
    _leave_no_other_time(day)
    deliver()
    mail.outbox.clear()
    context.clear_cookies()

    page = couple.page
    page.goto(f"{couple.site}/offices/bang-rak/marriage/times/?date={day}")
    page.get_by_role("link", name="ลงชื่อรอคิว").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("ลงชื่อรอคิว")
    page.locator("[name=email]").fill(E_MAIL)
    page.locator("[name=consent]").check()
    page.get_by_role("button", name="ลงชื่อรอคิว").click()
    expect(page.locator("main")).to_have_attribute("data-status", "waiting")
    expect(page.get_by_text("ลำดับที่ 1")).to_be_visible()

    services.cancel(booking=other, by=CITIZEN, now=timezone.now())
    deliver()
    offer = next(letter for letter in mail.outbox if "มีเวลาว่างแล้ว" in letter.subject)
    context.clear_cookies()
    page.goto(next(word for word in offer.body.split() if "/w/" in word))
    expect(page.locator("main")).to_have_attribute("data-status", "offered")
    page.get_by_role("button", name="รับเวลานี้").click()
    expect(page.locator("form#booking-form")).to_be_visible()
    couple.when_they_fill_in_the_form()
    couple.when_they_send_it()

    reference = couple.then_the_time_is_theirs()
    assert Booking.objects.get(reference=reference).slot_id == other.slot_id
    assert WaitingEntry.objects.get().status == "taken"
    call_command("verify_integrity")


def _leave_no_other_time(day: date) -> None:
    """All other times of the day are closed, so that the day is full."""
    taken = Booking.objects.filter(status=Status.REQUESTED).values("slot_id")
    of_day = Slot.objects.filter(starts_at__date=day).exclude(pk__in=taken)
    of_day.update(closed_at=timezone.now(), closed_by_hand=True)
