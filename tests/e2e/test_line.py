"""A citizen asks for a copy in the chat, an officer compares, approves and hands out, the chat says
each of it; and a visit is booked by chat: in Thai, on a telephone, by the page of the
demonstration."""

import re
import threading

import pytest
from django.core.management import call_command
from django.db import connection
from django.utils import timezone
from playwright.sync_api import expect

from bookings import services as bookings
from bookings.models import Booking
from core import line, thai_dates
from line_channel import services
from line_channel.stub.server import Server
from line_channel.stub.state import State
from registry_requests.models import CopyRequest
from tests.e2e.copy_desk import CopyDesk, signed_in
from tests.e2e.people import Couple
from tests.factories import mark_all, national_id
from tests.registry_requests.conftest import BACK


@pytest.fixture
def chat(city, settings):
    """The address of the chat; the stand-in and the sweep run beside the server."""
    settings.DEMO = True
    settings.LINE_OFFICE = "bang-rak"
    settings.LINE_CHANNEL_SECRET = settings.LINE_CHANNEL_ACCESS_TOKEN = "secret"
    settings.LINE_ACCOUNT_LINK_URL = f"{city}/demo/line/dialog/"
    server = Server(State(secret="secret"), webhook=f"{city}/line/webhook/")
    settings.LINE_API_BASE_URL = server.url
    stop = threading.Event()
    threads = [
        threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}),
        threading.Thread(target=_sweep, args=[stop]),
    ]
    for thread in threads:
        thread.start()
    yield f"{city}/demo/line/"
    stop.set()
    server.shutdown()
    server.server_close()
    for thread in threads:
        thread.join()
    line._client_of.cache_clear()


def _sweep(stop):
    while not stop.wait(0.2):
        services.work(now=timezone.now())
    connection.close()


def _asks_for_a_copy(page, chat, number):
    page.goto(chat)
    page.get_by_role("button", name="เพิ่มเพื่อน").click()
    said = page.locator(".chat-row:not(.chat-mine) .chat-bubble")
    expect(said.last).to_contain_text("เขตบางรักยินดีช่วยนะคะ")
    _say(page, "๑#JC๑-๑๒๓๔๕๖๗-๑๒")
    _link(page, number)
    expect(said.last).to_contain_text("ต้องการกี่ฉบับ มารับวันไหนคะ")
    page.locator(".chat-chip").last.click()
    expect(said.last).to_contain_text("พิมพ์เลขใต้รูปถ่าย 14 หลัก")
    _say(page, "1040-02-12345678")
    page.get_by_role("button", name="ยืนยันและส่ง").click()
    expect(page.locator(".chat-title", has_text="ส่งคำขอแล้ว")).to_be_visible()


def test_citizen_gets_a_copy_by_chat(page, chat, city, officer, browser, deliver):
    number = national_id()
    _asks_for_a_copy(page, chat, number)

    request = CopyRequest.objects.select_related("collection__slot").get()
    desk = CopyDesk(signed_in(browser, city, officer), city)
    desk.when_they_open(request.reference)
    desk.when_they_compare(number, BACK)
    desk.when_they_approve()
    deliver()
    card = page.locator(".chat-card", has_text="อนุมัติแล้ว มารับได้ตามนัด")
    expect(card).to_contain_text("10 บาท จ่ายตอนรับ")
    expect(card).to_contain_text(thai_dates.clock(request.collection.slot.starts_at)[:5])
    expect(card).to_contain_text("บัตรประชาชนตัวจริง")

    desk.when_the_copy_is_ready()
    deliver()
    ready = page.locator(".chat-card", has_text="พร้อมรับเอกสาร").first
    expect(ready).to_be_visible()
    _say(page, "สถานะ")
    expect(page.locator(".chat-row:not(.chat-mine)").last).to_contain_text(request.reference)

    desk.when_it_is_paid("16/2570", 10)
    desk.when_they_look_at_the_card_again()
    desk.when_they_hand_it_out()
    desk.page.context.close()
    ready.get_by_role("link").click()
    expect(page).to_have_url(re.compile(f"/my/{request.reference}/"))
    expect(page.locator("main")).to_have_attribute("data-status", "collected")
    call_command("verify_integrity")


def test_citizen_books_a_visit_by_chat(page, chat, city, officer, deliver):
    number = national_id()
    page.goto(chat)
    page.get_by_role("button", name="เพิ่มเพื่อน").click()
    _say(page, "1#JC1-1234567-12")
    _link(page, number)
    _say(page, "ยกเลิก")

    _say(page, "นัดหมาย")
    page.locator(".chat-chip", has_text="จดทะเบียนสมรส").click()
    page.locator(".chat-chip", has_text=re.compile(r"\d\.\d\d น\.")).last.click()
    kept = page.locator(".chat-card", has_text="เก็บเวลานี้ไว้ให้")
    expect(kept).to_contain_text("จดทะเบียนสมรส")
    kept.get_by_role("link", name="กรอกข้อมูล").click()
    page.locator("main form button").click()
    couple = Couple(page, city)
    couple.when_they_fill_in_the_form(number=number)
    couple.when_they_send_it()
    reference = couple.then_the_time_is_theirs()

    booking = Booking.objects.get(reference=reference)
    mark_all(booking)
    bookings.confirm(booking=booking, by=officer, now=timezone.now())
    deliver()
    page.goto(chat)
    expect(page.locator(".chat-card", has_text="ยืนยันนัดแล้ว")).to_be_visible()
    _say(page, "สถานะ")
    expect(page.locator(".chat-card").last).to_contain_text(reference)
    call_command("verify_integrity")


def _link(page, number):
    """The account in the chat becomes that of a person, once."""
    page.get_by_role("link", name="เชื่อมบัญชี LINE").click()
    page.locator("[name=full_name]").fill("มะลิ ทดสอบดี")
    page.locator("[name=national_id]").fill(number)
    page.locator("[name=phone]").fill("08 0000 0000")
    page.locator("[name=consent]").check()
    page.get_by_role("button", name="เชื่อม แล้วกลับไปที่ LINE").click()
    page.get_by_role("button", name="ตกลง").click()


def _say(page, text):
    page.get_by_label("ข้อความ", exact=True).fill(text)
    page.get_by_role("button", name="ส่ง", exact=True).click()
