"""An office with a LINE account, times of collection, and a stand-in for LINE's servers."""

import threading

import linebot.v3.messaging
import linebot.v3.webhook  # noqa: F401
import pytest

from accounts import line_links
from accounts.line_links import Holder
from core import line
from line_channel.stub.server import Server
from line_channel.stub.state import State
from tests.factories import NOW, at, make_office, make_slot, national_id
from tests.line_channel.people import USER, Person
from tests.registry_requests.conftest import collection_at

SECRET = "a secret of the channel"


@pytest.fixture(autouse=True)
def account_of_the_office(settings):
    settings.LINE_OFFICE = "bang-rak"
    settings.LINE_CHANNEL_SECRET = SECRET
    settings.LINE_CHANNEL_ACCESS_TOKEN = "token"
    settings.LINE_TIMEOUT_SECONDS = 0.3


@pytest.fixture
def office(db):
    return make_office(address_th="กรุงเทพมหานคร")


@pytest.fixture
def offered(office):
    """Collection of copies, with times on Monday and Tuesday of the next week."""
    offered = collection_at(office)
    for day, hour, minute in ((30, 9, 1), (30, 10, 1), (30, 14, 1)):
        make_slot(offered, starts=at(2026, 11, day, hour, minute), capacity=2)
    make_slot(offered, starts=at(2026, 12, 1, 10, 1), capacity=2)
    return offered


@pytest.fixture
def stub(settings):
    """LINE's servers, in memory; nothing is sent to us unless a test does it."""
    server = Server(State(secret=SECRET, silence=0.6))
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    settings.LINE_API_BASE_URL = settings.LINE_DATA_BASE_URL = server.url
    try:
        yield server.state
    finally:
        line._client_of.cache_clear()
        server.shutdown()
        server.server_close()
        thread.join()


@pytest.fixture
def linked(db):
    """The LINE account of USER is linked."""
    holder = Holder("มะลิ ทดสอบ", national_id(), "+66800000000")
    nonce = line_links.begin(holder=holder, text_version="1", language="th", now=NOW)
    return line_links.bind(nonce=nonce, user_id=USER, now=NOW)


@pytest.fixture
def mali(client, stub, office):
    """A citizen with a telephone."""
    return Person(client, stub)
