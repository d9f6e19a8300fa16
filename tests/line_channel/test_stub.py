"""The stand-in is what LINE's own SDK expects: each address by the SDK's method, and signatures
that its validator takes. What LINE refuses, the stand-in refuses."""

import pytest
from linebot.v3.messaging import (
    ApiClient,
    Configuration,
    MessagingApi,
    MessagingApiBlob,
    MulticastRequest,
    TextMessage,
)
from linebot.v3.messaging.exceptions import ApiException
from linebot.v3.webhook import SignatureValidator, WebhookParser

from core import line
from core.line import LineError
from line_channel import messages, richmenu
from line_channel.messages import Press
from line_channel.stub import limits, state
from line_channel.stub.server import ROUTES
from tests.line_channel.conftest import SECRET
from tests.line_channel.people import USER, event, text_event

HELLO = [{"type": "text", "text": "สวัสดี"}]


@pytest.fixture
def api(stub, settings):
    with ApiClient(Configuration(host=settings.LINE_API_BASE_URL, access_token="x")) as client:
        yield MessagingApi(client)


def test_a_signature_is_one_that_the_sdk_takes(stub):
    body = '{"events": [], "destination": "U0"}'

    assert SignatureValidator(SECRET).validate(body, stub.signature(body.encode()))
    assert not SignatureValidator(f"{SECRET}!").validate(body, stub.signature(body.encode()))


@pytest.mark.parametrize("kind", ["message", "follow", "unfollow", "postback", "accountLink"])
def test_an_event_is_one_that_the_sdk_reads(stub, kind):
    import json

    parts = {
        "message": {"message": {"id": "1", "type": "text", "text": "x", "quoteToken": "q"}},
        "follow": {"follow": {"isUnblocked": False}},
        "postback": {"postback": {"data": "say:menu"}},
        "accountLink": {"link": {"result": "ok", "nonce": "n" * 20}},
    }.get(kind, {})
    body = json.dumps({"destination": "U0", "events": [stub.event(kind, USER, **parts)]})

    [read] = WebhookParser(SECRET).parse(body, stub.signature(body.encode()))

    assert type(read).__name__.lower().startswith(kind.lower())
    assert read.source.user_id == USER


def test_every_address_answers_the_method_of_the_sdk(stub, api, settings):
    line.push(to=USER, messages=HELLO, retry_key="123e4567-e89b-12d3-a456-426614174000")
    line.reply(token="token", messages=HELLO)
    api.multicast(MulticastRequest(to=[USER], messages=[TextMessage(text="สวัสดี")]))
    stub.quota = 300
    assert line.quota() == (300, 2)
    assert line.link_token(USER) in stub.link_tokens
    assert api.get_profile(USER).user_id == USER
    with pytest.raises(ApiException, match="404"):
        MessagingApiBlob(api.api_client).get_message_content("1")
    for _ in range(2):
        made = line.set_rich_menu(richmenu.menu(), b"a picture")
    assert stub.default_menu == made
    assert list(stub.menus) == [made]
    assert stub.menus[made]["picture"] == 9
    assert [sent.how for sent in stub.sent] == ["push", "reply", "multicast"]
    assert len(ROUTES) == 17


def test_a_key_that_was_seen_is_success_and_sends_nothing(stub):
    for _ in range(2):
        line.push(to=USER, messages=HELLO, retry_key="123e4567-e89b-12d3-a456-426614174000")
    assert len(stub.sent) == 1


@pytest.mark.parametrize(
    ("mode", "status", "may_have_arrived"),
    [
        (state.TOO_MANY, 429, False),
        (state.ERROR, 500, True),
        (state.ERROR_ACCEPTED, 500, True),
        (state.TIMEOUT_ACCEPTED, 0, True),
        (state.BLOCKED, 403, False),
    ],
)
def test_how_it_breaks(stub, mode, status, may_have_arrived):
    stub.mode_of = lambda how, user: mode
    with pytest.raises(LineError) as raised:
        line.push(to=USER, messages=HELLO, retry_key="123e4567-e89b-12d3-a456-426614174000")
    assert raised.value.status == status
    assert raised.value.may_have_arrived == may_have_arrived
    assert len(stub.sent) == (mode in (state.ERROR_ACCEPTED, state.TIMEOUT_ACCEPTED))


def test_nobody_there(settings):
    settings.LINE_API_BASE_URL = "http://127.0.0.1:9"
    with pytest.raises(LineError) as raised:
        line.push(to=USER, messages=HELLO, retry_key="123e4567-e89b-12d3-a456-426614174000")
    assert raised.value.unreachable
    assert not raised.value.may_have_arrived
    line._client_of.cache_clear()


def test_the_month_is_over(stub):
    stub.quota = 0
    with pytest.raises(LineError) as raised:
        line.push(to=USER, messages=HELLO, retry_key="123e4567-e89b-12d3-a456-426614174000")
    assert raised.value.is_quota


@pytest.mark.parametrize(
    "bad",
    [
        [],
        HELLO * 6,
        [{"type": "text", "text": ""}],
        [messages.with_quick(HELLO[0], []) | {"quickReply": {"items": []}}],
        [messages.text("x", quick=[Press("x", url="javascript:alert(1)")])],
        [messages.text("x", quick=[Press("x", data="d" * 301)])],
        [messages.card("")],
        [{"type": "sticker"}],
    ],
)
def test_what_line_refuses_is_refused(bad):
    assert limits.problems(bad)


def test_long_labels_are_cut_to_what_line_takes():
    label = "ก" * 60
    made = messages.card("x", buttons=[Press(label, data="a")])
    assert limits.problems([made]) == []
    assert limits.problems([messages.text("x", quick=[Press(label)] * 20)]) == []


def test_the_events_of_the_tests_are_like_those_of_line(stub):
    assert text_event("x").keys() | {"message"} == stub.event("message", USER).keys() | {"message"}
    assert event("unfollow").keys() == stub.event("unfollow", USER).keys()
