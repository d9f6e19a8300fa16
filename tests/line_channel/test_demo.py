"""The chat of a demonstration, without a script: what a newcomer clicks."""

import re
import threading

import pytest
import time_machine

from line_channel import services
from line_channel.models import Chat
from line_channel.stub import client as stub_client
from line_channel.stub.server import Server
from line_channel.stub.state import State
from line_channel.views import demo
from tests.factories import NOW
from tests.line_channel.conftest import SECRET

pytestmark = pytest.mark.django_db


@pytest.fixture
def browser(client, settings, office, offered, monkeypatch):
    """A browser beside a stand-in whose events reach us through the test's own client, and whose
    answers are there when the page waits for them."""
    settings.DEMO = True
    monkeypatch.setattr(demo, "PATIENCE_SECONDS", 0)
    server = Server(State(secret=SECRET))

    def deliver(event):
        pending.append(event)
        return 200

    pending = []
    server.send_event = deliver
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    settings.LINE_API_BASE_URL = server.url

    def work():
        from tests.line_channel.people import webhook

        webhook(client, server.state, pending)
        pending.clear()
        services.work(now=NOW)

    client.work = work
    with time_machine.travel(NOW, tick=True):
        yield client
    from core import line

    line._client_of.cache_clear()
    server.shutdown()
    server.server_close()
    thread.join()


def press(browser, **data):
    answer = browser.post("/demo/line/", data)
    assert answer.status_code == 302
    assert answer["Location"] == "/demo/line/#last"
    browser.work()
    return browser.get("/demo/line/").content.decode()


def test_a_newcomer_is_greeted_and_talks(browser):
    assert "เพิ่มเพื่อน" in browser.get("/demo/line/").content.decode()
    assert "ยินดีช่วยนะคะ" in press(browser)
    page = press(browser, text="<b>อะไรนะ</b>")
    assert "&lt;b&gt;" in page
    assert "ยังไม่เข้าใจค่ะ" in page


def test_only_what_is_new_is_sent_again(browser):
    page = press(browser)
    count = re.search(r'hx-get="\?after=(\d+)"', page)[1]
    assert browser.get(f"/demo/line/?after={count}").status_code == 204
    browser.post("/demo/line/", {"text": "เมนู"})
    part = browser.get(f"/demo/line/?after={count}")
    assert part.status_code == 200
    assert "<html" not in part.content.decode()


def test_linking_leads_through_the_dialog_and_back(browser, settings):
    settings.LINE_ACCOUNT_LINK_URL = "http://localhost:8000/demo/line/dialog/"
    page = press(browser, text="1#JC1-1234567-12")
    token = re.search(r"linkToken=([\w-]+)", page)[1]
    form = {"full_name": "มะลิ", "national_id": "1101700230708", "phone": "0812345678"}
    answer = browser.post(f"/line/link/?linkToken={token}", form | {"consent": "on"})
    dialog = answer["Location"].removeprefix("http://localhost:8000")
    assert "ตกลง" in browser.get(dialog).content.decode()
    assert browser.post(dialog)["Location"] == "/demo/line/"
    browser.work()
    assert "ต้องการกี่ฉบับ" in browser.get("/demo/line/").content.decode()
    assert browser.post(dialog).status_code == 410


def test_a_message_is_taken_back(browser):
    page = press(browser, text="1#JC1-1234567-12")
    assert "JC1-1234567-12" in page
    message = re.findall(r'name="unsend" value="(\d+)"', page)[-1]
    page = press(browser, unsend=message)
    assert "1#JC1-1234567-12" not in page
    assert "คุณยกเลิกข้อความ" in page


def test_each_browser_is_somebody_else(browser):
    press(browser)
    browser.cookies.clear()
    press(browser)
    assert Chat.objects.count() == 2


def test_without_the_stand_in_the_page_says_so(client, settings, office):
    settings.DEMO = True
    settings.LINE_API_BASE_URL = "http://127.0.0.1:9"
    assert client.post("/demo/line/").status_code == 503
    assert client.get("/demo/line/").status_code == 200
    assert client.post("/demo/line/dialog/").status_code == 503


@pytest.mark.parametrize("page", ["/demo/line/", "/demo/line/dialog/"])
def test_it_stands_on_a_demonstration_only(client, settings, page):
    settings.LINE_API_BASE_URL = "http://127.0.0.1:9"
    assert client.get(page).status_code == 404
    settings.DEMO, settings.LINE_API_BASE_URL = True, "https://api.line.me"
    assert client.get(page).status_code == 404
    assert not stub_client.is_here()
