"""What LINE delivers is stored once, and nothing else is (fault F28)."""

import base64
import gzip
import json
import random
from collections import Counter
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core import line
from line_channel import conversation, services
from line_channel.models import Answer, Chat, Event
from line_channel.states import AnswerState, EventState
from tests.factories import NOW
from tests.line_channel.people import USER, event, text_event, webhook

pytestmark = pytest.mark.django_db


def kept():
    return Event.objects.count(), Chat.objects.count(), Answer.objects.count()


def test_a_genuine_event_is_stored_and_answered_with_200_at_once(client, stub):
    answer = webhook(client, stub, [text_event("เมนู")])

    assert (answer.status_code, answer.content) == (200, b"")
    assert Event.objects.get().state == EventState.PENDING
    assert not Answer.objects.exists()


@pytest.mark.parametrize("spoil", ["", "x", "lower", "upper", "unpadded", "space", "of another"])
def test_a_forged_signature_is_answered_with_401_and_stores_nothing(client, stub, spoil):
    body = json.dumps({"events": [text_event("เมนู")]}).encode()
    good = stub.signature(body)
    forged = {
        "lower": good.lower(),
        "upper": good.upper(),
        "unpadded": good.rstrip("="),
        "space": f" {good}x",
        "of another": base64.b64encode(b"0" * 32).decode(),
    }.get(spoil, spoil)

    assert webhook(client, stub, [], body=body, signature=forged).status_code == 401
    assert kept() == (0, 0, 0)


def test_the_signature_is_of_the_raw_body(client, stub):
    body = json.dumps({"events": [text_event("เมนู")]}).encode()
    again = json.dumps(json.loads(body), ensure_ascii=False).encode()

    assert webhook(client, stub, [], body=again, signature=stub.signature(body)).status_code == 401


def test_without_a_secret_nothing_is_genuine(client, stub, settings):
    settings.LINE_CHANNEL_SECRET = ""
    stub.secret = ""

    assert webhook(client, stub, [text_event("เมนู")]).status_code == 401


def test_no_events_is_how_line_looks_whether_we_are_there(client, stub):
    assert webhook(client, stub, []).status_code == 200
    assert kept() == (0, 0, 0)


def test_get_is_not_for_it(client):
    assert client.get("/line/webhook/").status_code == 405


@pytest.mark.parametrize(
    "body",
    [
        b"", b"not json", b"[]", b"{}", b'{"events": 1}', b'{"events": [1, null, []]}',
        b'{"events": [{"type": "message"}]}', b"\xff\xfe", b'"\\ud800"', b"[" * 5_000,
        gzip.compress(b"0" * 1_000_000),
    ],
)  # fmt: skip
def test_what_cannot_be_read_is_left_alone(client, stub, body):
    assert webhook(client, stub, [], body=body).status_code in (200, 401)
    assert kept() == (0, 0, 0)


def test_too_much_is_refused(client, stub):
    assert webhook(client, stub, [], body=b"0" * 5_000_000).status_code == 413


@pytest.mark.parametrize(
    "changes",
    [
        {"webhookEventId": None}, {"webhookEventId": "x" * 65}, {"webhookEventId": "a\u0000"},
        {"source": None}, {"source": {"type": "group", "groupId": "C1", "userId": USER}},
        {"source": {"type": "user", "userId": "\ud800"}}, {"timestamp": "now"},
        {"timestamp": 10**30}, {"timestamp": True}, {"timestamp": -1}, {"type": None},
        {"type": {"a": 1}},
    ],
)  # fmt: skip
def test_an_event_that_is_none_is_left_out_and_the_others_are_kept(client, stub, changes):
    body = json.dumps({"events": [text_event("เมนู") | changes, text_event("เมนู")]}).encode()

    assert webhook(client, stub, [], body=body).status_code == 200
    assert Event.objects.count() == 1


@pytest.mark.parametrize(
    "made",
    [event("memberJoined"), event("videoPlayComplete"), text_event("เมนู", mode="standby")],
    ids=lambda made: f"{made['type']} {made['mode']}",
)
def test_what_is_not_for_us_is_noted_and_not_answered(client, stub, made, office):
    webhook(client, stub, [made])
    services.work(now=NOW)

    assert Event.objects.get().state == EventState.IGNORED
    assert stub.sent == []


def test_a_redelivery_changes_nothing(client, stub, office):
    made = text_event("เมนู")
    webhook(client, stub, [made])
    services.work(now=NOW)
    webhook(client, stub, [made | {"deliveryContext": {"isRedelivery": True}}, made])
    services.work(now=NOW + timedelta(days=1))

    assert Event.objects.count() == 1
    assert len(stub.sent) == 1


def test_an_old_unfollow_does_not_undo_a_newer_follow(client, stub, office, linked):
    webhook(client, stub, [event("follow", when=NOW)])
    services.work(now=NOW)
    webhook(client, stub, [event("unfollow", when=NOW - timedelta(hours=1))])
    services.work(now=NOW)

    linked.refresh_from_db()
    assert linked.blocked_at is None
    assert Chat.objects.get().is_friend

    webhook(client, stub, [event("unfollow", when=NOW + timedelta(seconds=1))])
    services.work(now=NOW + timedelta(minutes=1))
    linked.refresh_from_db()
    assert linked.blocked_at is not None


def test_a_message_that_was_taken_back_is_forgotten(client, stub, office):
    made = text_event("ชื่อฉันคือมะลิ")
    webhook(client, stub, [made])
    services.work(now=NOW)
    assert "มะลิ" in str(Event.objects.get().fact)

    webhook(client, stub, [event("unsend", unsend={"messageId": made["message"]["id"]})])
    services.work(now=NOW)

    assert "มะลิ" not in str(list(Event.objects.values_list("fact")))


def test_poison_ends_and_keeps_no_other_user_waiting(client, stub, office, monkeypatch, caplog):
    real = conversation.WORDS["staff"]

    def broken(turn):
        if turn.chat.user_id == USER:
            raise KeyError("no such word")
        real(turn)

    monkeypatch.setitem(conversation.WORDS, "staff", broken)
    other = "U" + "cd" * 16
    after = text_event("เมนู", when=NOW + timedelta(seconds=1))
    webhook(client, stub, [text_event("เจ้าหน้าที่"), after, text_event("เจ้าหน้าที่", other)])

    services.work(now=NOW)
    assert [sent.to for sent in stub.sent] == [other]
    for _ in range(services.TRIES):
        services.work(now=NOW)

    states = Counter(Event.objects.filter(user_id=USER).values_list("state", flat=True))
    assert states == {EventState.FAILED: 1, EventState.DONE: 1}
    assert [sent.to for sent in stub.sent] == [other, USER]
    assert "cannot be worked" in caplog.text


def test_a_thousand_events_doubled_shuffled_and_some_forged(
    client, stub, office, linked, monkeypatch
):
    """Each has its effect once, none that was forged has any, and each user is answered in the
    order of what the user did. The answers go into the stand-in without HTTP, for speed."""

    def reply(*, token, messages):
        taken = stub.deliver("reply", {"replyToken": token, "messages": messages}, "")
        assert taken.status == 200

    monkeypatch.setattr(line, "reply", reply)
    dice = random.Random(4)
    users = [f"U{number:032x}" for number in range(50)]
    events = _said_by(users, dice)
    assert len(events) == 1_000
    delivered = events * 2
    dice.shuffle(delivered)
    forged = 0
    for start in range(0, len(delivered), 50):
        webhook(client, stub, delivered[start : start + 50])
        forged += _forged(client, stub, dice.choice(users), dice).status_code != 401

    counts = services.work(now=NOW)

    assert forged == 0
    assert Event.objects.count() == 1_000
    assert counts["worked"] == 1_000
    assert set(Event.objects.values_list("state", flat=True)) == {EventState.DONE}
    assert set(Answer.objects.values_list("state", flat=True)) == {AnswerState.SENT}
    assert Answer.objects.count() == len(stub.sent) == 1_000
    _each_is_answered_in_order(stub, users, events)


def _said_by(users, dice):
    """Twenty messages of each, at random moments of the last minutes."""
    script = ["เมนู", "1", "เจ้าหน้าที่", "สถานะ", "ยกเลิก", "5", "อะไรนะ", "นัดหมาย", "2", "เมนู"]
    moments = {user: NOW - timedelta(minutes=4) for user in users}
    events = []
    for words in script * 2:
        for user in users:
            moments[user] += timedelta(seconds=dice.uniform(1, 10))
            events.append(text_event(words, user, when=moments[user]))
    return events


def _forged(client, stub, user, dice):
    """One bit of the body is another one than was signed."""
    body = json.dumps({"events": [text_event("เมนู", user)]}).encode()
    spoilt = bytearray(body)
    spoilt[dice.randrange(len(body))] ^= 1
    return webhook(client, stub, [], body=bytes(spoilt), signature=stub.signature(body))


def _each_is_answered_in_order(stub, users, events):
    order = {made["webhookEventId"]: number for number, made in enumerate(events)}
    for user in users:
        worked = Event.objects.filter(user_id=user).order_by("answer__pk")
        numbers = [order[name] for name in worked.values_list("webhook_id", flat=True)]
        assert numbers == sorted(numbers)
        replied = [sent.key for sent in stub.sent if sent.to == user]
        asked = [made["replyToken"] for made in events if made["source"]["userId"] == user]
        assert replied == asked


anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=5,
)
all_text = st.text(st.characters(exclude_categories=()), max_size=300)


@given(text=all_text)
@settings(
    max_examples=150,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
def test_no_text_makes_the_webhook_answer_500(client, stub, office, offered, text):
    body = json.dumps({"events": [text_event(text)]}).encode()

    assert webhook(client, stub, [], body=body).status_code == 200
    counts = services.work_events(now=NOW)
    assert counts["failed"] == 0


@given(made=st.dictionaries(st.sampled_from(list(text_event("x"))), anything, max_size=4))
@settings(
    max_examples=150,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
def test_no_event_makes_the_webhook_answer_500(client, stub, office, made):
    body = json.dumps({"events": [text_event("เมนู") | made]}).encode()

    assert webhook(client, stub, [], body=body).status_code in (200, 413)
    assert services.work_events(now=NOW)["failed"] == 0
