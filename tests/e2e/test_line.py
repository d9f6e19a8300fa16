"""A citizen asks for a copy in the chat, the office approves, the approval comes as a card: in
Thai, on a telephone, by the page of the demonstration."""

import re
import threading

import pytest
from django.db import connection
from django.utils import timezone
from playwright.sync_api import expect

from accounts import line_links
from accounts.models import LineAccount
from accounts.roles import Role
from core import line
from line_channel import services
from line_channel.stub.server import Server
from line_channel.stub.state import State
from offices.models import Office
from registry_requests import services as copies
from registry_requests.models import Comparison, CopyRequest
from tests.factories import make_staff, national_id


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


def test_citizen_gets_a_copy_by_chat(page, chat, deliver):
    page.goto(chat)
    page.get_by_role("button", name="เพิ่มเพื่อน").click()
    said = page.locator(".chat-row:not(.chat-mine) .chat-bubble")
    expect(said.last).to_contain_text("เขตบางรักยินดีช่วยนะคะ")

    _say(page, "๑#JC๑-๑๒๓๔๕๖๗-๑๒")
    page.get_by_role("link", name="เชื่อมบัญชี LINE").click()
    page.locator("[name=full_name]").fill("มะลิ ทดสอบดี")
    page.locator("[name=national_id]").fill(national_id())
    page.locator("[name=phone]").fill("08 1234 5678")
    page.locator("[name=consent]").check()
    page.get_by_role("button", name="เชื่อม แล้วกลับไปที่ LINE").click()
    page.get_by_role("button", name="ตกลง").click()
    expect(said.last).to_contain_text("ต้องการกี่ฉบับ มารับวันไหนคะ")

    page.locator(".chat-chip").last.click()
    expect(said.last).to_contain_text("พิมพ์เลขใต้รูปถ่าย 14 หลัก")
    _say(page, "1040-02-12345678")
    page.get_by_role("button", name="ยืนยันและส่ง").click()
    expect(page.locator(".chat-title", has_text="ส่งคำขอแล้ว")).to_be_visible()

    request = CopyRequest.objects.get()
    _approve(request)
    deliver()
    card = page.locator(".chat-card", has_text="อนุมัติแล้ว มารับได้ตามนัด")
    expect(card).to_contain_text("10 บาท จ่ายตอนรับ")
    card.get_by_role("link").click()
    expect(page).to_have_url(re.compile(f"/my/{request.reference}/"))


def _say(page, text):
    page.get_by_label("ข้อความ", exact=True).fill(text)
    page.get_by_role("button", name="ส่ง", exact=True).click()


def _approve(request):
    head = make_staff(Role.HEAD, office=Office.objects.get(slug="bang-rak"))
    typed = {
        Comparison.Item.NUMBER: line_links.unseal_number(LineAccount.objects.open().get()),
        Comparison.Item.BACK_CODE: "JC1123456712",
    }
    now = timezone.now()
    assert all(copies.compare(request=request, typed=typed, by=head, now=now).values())
    copies.approve(request=request, fee_each=10, by=head, now=now)
