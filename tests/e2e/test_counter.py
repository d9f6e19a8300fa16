"""A whole morning at the counter: book, arrive by QR, call, serve, not served, did not come, and
somebody without an appointment between."""

from datetime import timedelta

import pytest
import segno
import time_machine
from django.core import mail
from django.utils import timezone
from playwright.sync_api import expect

from bookings import services
from bookings.models import Booking, Slot, Ticket
from bookings.services.counter.numbers import slots_of_day
from bookings.workflow import Status
from tests.e2e.clerk import Clerk
from tests.e2e.people import Couple
from tests.factories import booking_at, couple_details, make_staff, mark_all, thai

# A camera that sees one picture.
CAMERA = """
if (navigator.mediaDevices) navigator.mediaDevices.getUserMedia = async () => {
  const canvas = document.createElement("canvas");
  canvas.width = canvas.height = 480;
  const picture = new Image();
  picture.src = %r;
  await picture.decode();
  const draw = () => {
    const pen = canvas.getContext("2d");
    pen.fillStyle = "white";
    pen.fillRect(0, 0, 480, 480);
    pen.drawImage(picture, 60, 60, 360, 360);
  };
  draw();
  setInterval(draw, 100);
  return canvas.captureStream(10);
};
"""


@pytest.fixture
def morning(city, officer, page):
    """A booking made in the browser, confirmed; and two more couples of the same morning."""
    couple = Couple(page, city)
    couple.given_they_see_times_of_next_week()
    page.locator("#calendar button[name=slot]").nth(4).click()
    couple.when_they_fill_in_the_form()
    couple.when_they_send_it()
    booking = Booking.objects.select_related("slot", "offered").get(
        reference=couple.then_the_time_is_theirs()
    )
    mark_all(booking)
    services.confirm(booking=booking, by=officer, now=timezone.now())
    of_day = Slot.objects.of(booking.offered).between(*slots_of_day(booking.slot.starts_at))
    times = list(of_day.order_by("starts_at"))
    others = [
        booking_at(
            Status.CONFIRMED,
            offered=booking.offered,
            slot=times[number],
            by=officer,
            details=couple_details(thai(), thai()),
            now=timezone.now(),
        )
        for number in (3, 5)
    ]
    return booking, *others


@pytest.fixture
def clerk(browser, city, officer, morning):
    booking, *_others = morning
    context = browser.new_context(viewport={"width": 1280, "height": 900}, locale="th-TH")
    qr = segno.make(f"{city}/my/{booking.reference}/", error="m").png_data_uri(scale=6)
    context.add_init_script(CAMERA % qr)
    with time_machine.travel(booking.slot.starts_at - timedelta(minutes=6)) as clock:
        yield Clerk(context.new_page(), city, clock)
    context.close()


def _calls_and_starts(clerk, number):
    clerk.when_they_call_the_next()
    clerk.then_my_window_has(number)
    clerk.when_they_start()
    clerk.then_they_read("กำลังให้บริการ")


def test_a_whole_morning_at_the_counter(clerk, officer, morning, deliver):
    booking, absent, other = morning
    clerk.given_they_sit_at_window_5(officer.username)

    # A05 shows the QR; somebody without an appointment comes after them.
    clerk.when_they_scan_the_ticket()
    clerk.then_they_read(f"{booking.reference} มาถึงแล้ว ได้คิว A05")
    clerk.when_they_add_a_walk_in("ทำบัตรประจำตัวประชาชน", "บุญมี ทดสอบ")
    clerk.then_they_read("ออกบัตรคิว W01 แล้ว")

    # Their time has come: they are first.
    clerk.when_it_is(booking.slot.starts_at)
    clerk.page.reload()
    _calls_and_starts(clerk, "A05")
    clerk.when_it_is(booking.slot.starts_at + timedelta(minutes=20))
    clerk.when_they_finish()
    clerk.then_they_read("A05 ให้บริการเสร็จสิ้น")
    booking.refresh_from_db()
    assert booking.status == Status.SERVED

    # The walk-in goes before the next booked time, and lacks a document.
    _calls_and_starts(clerk, "W01")
    clerk.when_it_cannot_be_done("1")
    clerk.then_they_read("W01 ยังทำไม่สำเร็จ")
    walk_in = Ticket.objects.get(lane="W")
    assert (walk_in.status, walk_in.reason) == ("not_served", "documents")

    # A06 types the reference; A04 never came, and is told.
    clerk.when_somebody_arrives(other.reference.lower())
    clerk.then_they_read("ได้คิว A06")
    row = clerk.page.get_by_role("row", name=absent.reference)
    expect(row).to_contain_text("ช้า")
    row.get_by_role("button", name="ไม่มาตามนัด").click()
    expect(clerk.page.locator("#desk-undo")).to_contain_text(f"{absent.reference} ไม่มาตามนัด")
    absent.refresh_from_db()
    assert absent.status == Status.NO_SHOW
    deliver()
    assert "วันนี้เราไม่พบคุณตามนัด" in mail.outbox[-1].subject


def test_two_windows_call_one_number(clerk, officer, morning, city, browser):
    booking, *_others = morning
    clerk.given_they_sit_at_window_5(officer.username)
    clerk.when_somebody_arrives(booking.reference)
    clerk.then_they_read("ได้คิว A05")
    colleague = make_staff(office=booking.office)
    ticket = Ticket.objects.get()
    window = booking.office.windows.get(label="6")
    services.counter.call(ticket=ticket, window=window, by=colleague, now=timezone.now())

    clerk.when_they_call_the_next()

    clerk.then_they_read("A05 ถูกเรียกไปช่อง 6 แล้ว")
