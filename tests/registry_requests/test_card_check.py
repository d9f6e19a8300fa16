"""Asking DOPA about a card: off by default; the answer is stored with who asked; when it is down,
the officer compares by hand. The page that answers here is a stub on this machine."""

import threading
from datetime import date
from http.client import HTTPConnection
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest
from django.urls import reverse

from registry_requests import queries
from registry_requests.channels import card_check
from registry_requests.channels.card_check import Card, DopaCardCheck, FakeCardCheck, Unreachable
from registry_requests.models import Comparison
from tests.factories import national_id
from tests.registry_requests.conftest import BACK, submit

FAKE = "registry_requests.channels.card_check.FakeCardCheck"
CARD = Card("1000000000001", "สุดารัตน์", "ทดลอง&สุข", date(1990, 2, 3), BACK)
ANSWER = "<IsError>{error}</IsError><Code>{code}</Code><Desc>x</Desc>"


@pytest.fixture
def dopa(monkeypatch):
    """A service that answers what the test says; gives what it was asked."""
    seen = {"answer": "", "status": 200, "asked": ""}

    class Stub(BaseHTTPRequestHandler):
        def do_POST(self):
            seen["asked"] = self.rfile.read(int(self.headers["Content-Length"])).decode()
            seen["action"] = self.headers["SOAPAction"]
            body = seen["answer"].encode()
            self.send_response(seen["status"])
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *args):
            pass

    server = HTTPServer(("127.0.0.1", 0), Stub)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    monkeypatch.setattr(card_check, "HTTPSConnection", HTTPConnection)
    monkeypatch.setattr(card_check, "URL", f"http://127.0.0.1:{server.server_port}/check.asmx")
    yield seen
    server.shutdown()
    server.server_close()


@pytest.mark.parametrize(("code", "valid"), [(0, True), (4, False), (5, False)])
def test_the_code_of_the_answer_says_whether_it_is_valid(dopa, code, valid):
    dopa["answer"] = ANSWER.format(error="false", code=code)

    assert DopaCardCheck().is_valid(CARD) is valid
    assert "<BirthDay>25330203</BirthDay>" in dopa["asked"]
    assert "<LastName>ทดลอง&amp;สุข</LastName>" in dopa["asked"]
    assert f"<Laser>{BACK}</Laser>" in dopa["asked"]
    assert "CheckCardByLaser" in dopa["action"]


@pytest.mark.parametrize(
    ("status", "answer"),
    [
        (500, ANSWER.format(error="false", code=0)),
        (200, ANSWER.format(error="true", code=0)),
        (200, "<html>เข้าใช้งานไม่ได้</html>"),
        (200, ""),
    ],
)
def test_what_is_no_answer_is_unreachable_and_quotes_nothing(dopa, status, answer):
    dopa |= {"status": status, "answer": answer}

    with pytest.raises(Unreachable) as caught:
        DopaCardCheck().is_valid(CARD)
    assert BACK not in repr(caught.value)
    assert caught.value.__cause__ is None


def test_nobody_at_the_address_is_unreachable(monkeypatch):
    monkeypatch.setattr(card_check, "HTTPSConnection", HTTPConnection)
    monkeypatch.setattr(card_check, "URL", "http://127.0.0.1:9/check.asmx")

    with pytest.raises(Unreachable):
        DopaCardCheck().is_valid(CARD)


@pytest.mark.usefixtures("at_now")
class TestOnThePage:
    @pytest.fixture
    def request_(self, offered, slot):
        return submit(offered, slot, number=national_id())

    @pytest.fixture
    def ask(self, signed_in, head, request_):
        address = reverse("admin:registry_requests_copyrequest_card_check", args=[request_.pk])
        browser = signed_in(head)
        return lambda code=BACK, born="3/2/2533": browser.post(
            address, {"back_code": code, "born": born}
        )

    @pytest.fixture
    def service(self, settings, monkeypatch):
        settings.CARD_CHECK_BACKEND = FAKE
        monkeypatch.setattr(FakeCardCheck, "valid", [BACK])
        return monkeypatch

    def test_it_is_off_by_default(self, ask, client, request_):
        assert ask().status_code == 404
        page = reverse("admin:registry_requests_copyrequest_change", args=[request_.pk])
        assert "ถามกรมการปกครอง" not in client.get(page).content.decode()

    def test_a_valid_card_counts_for_number_and_code(self, ask, request_, head, service):
        assert ask().status_code == 302

        stored = Comparison.objects.filter(source="dopa").values_list("item", "matched", "by")
        assert list(stored) == [("number", True, head.pk), ("back_code", True, head.pk)]
        assert queries.is_identified(request_)

    def test_another_code_is_not_even_asked_about(self, ask, request_, service):
        service.setattr(FakeCardCheck, "valid", ["AA0000000000"])

        ask(code="AA0000000000")

        stored = Comparison.objects.values_list("source", "matched")
        assert list(stored) == [("officer", False)]

    def test_a_card_that_is_not_valid_is_one_of_the_tries(self, ask, request_, service):
        service.setattr(FakeCardCheck, "valid", [])

        ask()

        assert queries.failed_tries(request_) == 1
        assert not queries.is_identified(request_)

    def test_while_it_is_down_the_officer_compares_by_hand(self, ask, request_, service):
        service.setattr(FakeCardCheck, "is_down", True)

        answer = ask()

        assert answer.status_code == 422
        assert "ให้เทียบเองกับเครื่องอ่านบัตร" in answer.content.decode()
        assert not Comparison.objects.filter(source="dopa").exists()
        assert queries.failed_tries(request_) == 0

    @pytest.mark.parametrize("wrong", [{"code": "JC1"}, {"born": "99/99/2533"}, {"born": ""}])
    def test_what_is_no_code_or_day_is_said(self, ask, service, wrong):
        answer = ask(**wrong)

        assert answer.status_code == 422
        assert BACK not in answer.content.decode()
        assert not Comparison.objects.exists()
