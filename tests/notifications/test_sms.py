"""Messages by SMS, to a gateway in memory."""

import json
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest

from notifications.channels import DeliveryError, is_set_up
from notifications.channels.sms import SmsSender
from notifications.services import ways_of
from notifications.sources import Contact, Rendered
from tests.notifications.letters import letter

pytestmark = pytest.mark.django_db
TEXT = Rendered("s", "t", sms="ยืนยันนัด 27 พ.ย. 09.01 น. https://k/s/abc/")


@pytest.fixture
def gateway(settings):
    class Gateway(HTTPServer):
        status = 200
        taken = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self):
            body = self.rfile.read(int(self.headers["Content-Length"]))
            self.server.taken.append((self.headers["Authorization"], json.loads(body)))
            self.send_response(self.server.status)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *args):
            """Nothing."""

    server = Gateway(("127.0.0.1", 0), Handler)
    server.taken = []
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    settings.SMS_GATEWAY_URL = f"http://127.0.0.1:{server.server_address[1]}/"
    settings.SMS_GATEWAY_TOKEN = "secret"
    yield server
    server.shutdown()
    server.server_close()
    thread.join()


def send(rendered=TEXT):
    message = letter(channel="sms", address="+66812345678")
    sender = SmsSender()
    try:
        sender.send(message, rendered)
    finally:
        sender.close()
    return message


def test_takes_the_text_and_the_id_of_the_message(gateway):
    message = send()
    [(authorization, body)] = gateway.taken
    assert authorization == "Bearer secret"
    assert body == {
        "id": str(message.pk),
        "to": "+66812345678",
        "from": "NADKHET",
        "text": TEXT.sms,
    }


@pytest.mark.parametrize(
    ("status", "permanent", "down"),
    [(400, True, False), (404, True, False), (429, False, True), (401, False, True),
     (500, False, False), (503, False, False)],
)  # fmt: skip
def test_what_an_answer_means(gateway, status, permanent, down):
    gateway.status = status
    with pytest.raises(DeliveryError) as raised:
        send()
    assert (raised.value.permanent, raised.value.channel_down) == (permanent, down)


def test_an_id_that_the_gateway_has_is_success(gateway):
    gateway.status = 409
    send()


def test_nobody_there(settings):
    settings.SMS_GATEWAY_URL = "http://127.0.0.1:9/"
    with pytest.raises(DeliveryError) as raised:
        send()
    assert raised.value.channel_down


def test_a_message_without_a_text_for_it(gateway):
    with pytest.raises(DeliveryError) as raised:
        send(Rendered("s", "t"))
    assert raised.value.permanent
    assert gateway.taken == []


def test_a_telephone_is_a_way_where_something_can_be_done_with_it(settings):
    assert not is_set_up("sms")
    assert ways_of(phone="+66812345678", email="") == []
    settings.SMS_GATEWAY_URL = "http://x/"
    both = ways_of(phone="+66812345678", email="a@example.com")
    assert both == [Contact("email", "a@example.com"), Contact("sms", "+66812345678")]
