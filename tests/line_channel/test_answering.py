"""Whatever LINE does, an answer arrives once or ends in a state with a name (faults F22
to F25)."""

import random
from collections import Counter
from datetime import timedelta

import pytest

from line_channel import services
from line_channel.answering import GIVE_UP_AFTER
from line_channel.models import Answer
from line_channel.states import AnswerState
from line_channel.stub import state
from tests.factories import NOW
from tests.line_channel.people import USER, event, text_event, webhook

pytestmark = pytest.mark.django_db


@pytest.fixture
def asked(client, stub, office):
    """One message that waits for its answer."""
    webhook(client, stub, [text_event("เจ้าหน้าที่")])
    Answer.objects.update(reply_until=NOW + timedelta(seconds=50))
    services.work_events(now=NOW)
    Answer.objects.update(reply_until=NOW + timedelta(seconds=50))


def sweep(seconds=0, **much):
    return services.send_answers(now=NOW + timedelta(seconds=seconds, **much))


def answer():
    return Answer.objects.get()


def test_by_reply_while_the_token_lives(asked, stub):
    assert sweep() == {"sent": 1}
    assert [(sent.how, sent.to) for sent in stub.sent] == [("reply", USER)]
    assert sweep(60) == {}


def test_by_push_afterwards_under_its_own_key(asked, stub):
    assert sweep(51) == {"sent": 1}
    assert [(sent.how, sent.key) for sent in stub.sent] == [("push", str(answer().key))]


def test_a_spent_token_leads_to_a_push(asked, stub):
    stub.used_tokens.add(answer().reply_token)
    sweep()
    assert [sent.how for sent in stub.sent] == ["push"]


@pytest.mark.parametrize("mode", [state.ERROR_ACCEPTED, state.TIMEOUT_ACCEPTED])
def test_a_reply_that_arrived_without_an_answer_is_not_sent_twice(asked, stub, mode):
    stub.mode_of = lambda how, user: mode
    assert sweep() == {"later": 1}
    stub.mode_of = lambda how, user: state.OK

    sweep(10)

    assert answer().state == AnswerState.SENT
    assert len(stub.sent) == 1


def test_a_reply_in_doubt_is_not_pushed_when_its_token_is_too_old(asked, stub):
    stub.mode_of = lambda how, user: state.ERROR_ACCEPTED
    sweep()
    stub.mode_of = lambda how, user: state.OK

    assert sweep(60) == {"lost": 1}

    assert answer().state == AnswerState.UNKNOWN
    assert len(stub.sent) == 1


@pytest.mark.parametrize("mode", [state.ERROR_ACCEPTED, state.TIMEOUT_ACCEPTED])
def test_a_push_that_arrived_without_an_answer_is_known_by_its_key(asked, stub, mode):
    stub.mode_of = lambda how, user: mode
    assert sweep(51) == {"later": 1}
    stub.mode_of = lambda how, user: state.OK

    assert sweep(70) == {"sent": 1}

    assert len(stub.sent) == 1


def test_too_fast_waits(asked, stub):
    stub.mode_of = lambda how, user: state.TOO_MANY
    assert sweep() == {"later": 1}
    assert sweep(1) == {}
    stub.mode_of = lambda how, user: state.OK
    assert sweep(8) == {"sent": 1}


def test_who_blocked_us_is_not_asked_again(asked, stub):
    stub.mode_of = lambda how, user: state.BLOCKED
    assert sweep(51) == {"lost": 1}
    assert (answer().state, answer().last_error) == (AnswerState.FAILED, "403")
    assert sweep(hours=1) == {}


def test_after_a_day_nobody_sends_blindly(asked, stub):
    stub.mode_of = lambda how, user: state.ERROR_ACCEPTED
    sweep(51)
    calls = stub.calls

    assert services.send_answers(now=NOW + GIVE_UP_AFTER + timedelta(minutes=1)) == {"lost": 1}

    assert answer().state == AnswerState.UNKNOWN
    assert stub.calls == calls


def test_a_month_without_messages_keeps_its_last_ones_for_appointments(asked, stub):
    stub.quota, stub.used = 100, 85
    assert sweep(51) == {"lost": 1}
    assert answer().state == AnswerState.NO_QUOTA
    assert stub.sent == []


def test_a_lease_is_respected(asked, stub):
    Answer.objects.update(lease_until=NOW + timedelta(seconds=30))
    assert sweep() == {}
    assert sweep(31) == {"sent": 1}


def test_answers_of_a_user_go_out_in_order(client, stub, office):
    webhook(
        client, stub, [text_event("เจ้าหน้าที่"), text_event("เมนู", when=NOW + timedelta(seconds=1))]
    )
    services.work_events(now=NOW)
    first = Answer.objects.order_by("pk").first()
    stub.mode_of = lambda how, user: state.TOO_MANY
    sweep()
    assert stub.calls == 1

    stub.mode_of = lambda how, user: state.OK
    sweep(10)

    first.refresh_from_db()
    assert first.state == AnswerState.SENT
    assert "โทร" in stub.sent[0].messages[0]["text"]
    assert len(stub.sent) == 2


def test_the_link_is_made_when_the_answer_goes_out(client, stub, office):
    webhook(client, stub, [text_event("สถานะ")])
    services.work_events(now=NOW)
    assert "linkToken" not in str(answer().messages)
    services.send_answers(now=NOW)
    assert f"linkToken={next(iter(stub.link_tokens))}" in str(stub.sent[0].messages)


def test_in_bad_weather_each_answer_arrives_once_or_ends_with_a_name(client, stub, office):
    """30 % of the calls go wrong in one way or another."""
    dice = random.Random(7)
    bad = [mode for mode in state.MODES if mode != state.OK]
    blocked = f"U{0:032x}"

    def mode_of(how, user):
        if user.startswith(blocked):
            return state.BLOCKED
        return dice.choice(bad[:-1]) if dice.random() < 0.3 else state.OK

    stub.mode_of, stub.silence = mode_of, 0.35
    users = [f"U{number:032x}" for number in range(40)]
    webhook(client, stub, [event("follow", user) for user in users])
    webhook(client, stub, [text_event("เจ้าหน้าที่", user, when=NOW) for user in users])
    now = NOW
    for _ in range(200):
        services.work(now=now)
        if not Answer.objects.filter(state=AnswerState.QUEUED).exists():
            break
        now += timedelta(seconds=20)

    states = Counter(Answer.objects.values_list("state", flat=True))
    assert sum(states.values()) == 80
    assert states[AnswerState.QUEUED] == 0
    arrived = Counter(sent.key for sent in stub.sent)
    assert set(arrived.values()) == {1}
    for one in Answer.objects.select_related("event"):
        times = arrived[one.event.reply_token] + arrived[str(one.key)]
        assert times == (one.state == AnswerState.SENT) or one.state == AnswerState.UNKNOWN
        assert times <= 1
    assert states[AnswerState.FAILED] == 2
