"""Messages of the outbox while LINE breaks in every way it can, for a third of the calls: each is
delivered once or ends in a state that says why not (faults F22 to F24)."""

import contextlib
import random
from collections import Counter
from datetime import timedelta

import pytest
from django.db import OperationalError
from django.db.models import F, Min
from django.db.models.functions import Coalesce, Greatest

from line_channel.stub import state
from notifications import channels, delivery, sources
from notifications.channels.line import LineSender
from notifications.models import Message, Status
from notifications.sources import Card, Contact, Rendered
from tests.factories import NOW
from tests.notifications.letters import Ledger, Source, letter

pytestmark = pytest.mark.django_db

MESSAGES = 240
BAD_SHARE, DYING = 0.3, 40
BAD = (state.TOO_MANY, state.ERROR, state.ERROR_ACCEPTED, state.TIMEOUT_ACCEPTED)
SHOWN = Rendered("subject", "text", card=Card("อนุมัติแล้ว", "", "ดู", "https://x/r/1/"))


class Told(Source):
    """Everybody has LINE, every second one an e-mail too."""

    def render(self, message, now):
        return SHOWN

    def contacts(self, message):
        email = Contact("email", f"person{message.case_id}@example.com")
        return [Contact("line", user(message.case_id)), *([email] if message.case_id % 2 else [])]


def user(number):
    return f"U{number:032x}"


class Ways:
    """How LINE answers each call: the blocked and the unlucky always alike, others by chance."""

    def __init__(self):
        self.chance = random.Random(4)
        self.blocked = {user(number) for number in range(0, MESSAGES, 15)}
        self.unlucky = {user(number) for number in range(1, MESSAGES, 45)}
        self.seen = Counter()
        self.noted = 0

    def __call__(self, how, to):
        mode = self._mode(to)
        self.seen[mode] += 1
        return mode

    def _mode(self, to):
        if to in self.blocked:
            return state.BLOCKED
        if to in self.unlucky:
            return state.ERROR
        is_bad = self.chance.random() < BAD_SHARE
        return self.chance.choice(BAD) if is_bad else state.OK


@pytest.fixture
def ways(stub, settings, monkeypatch):
    """Sweeps die too, each 40th time between LINE's answer and the note of it."""
    settings.LINE_TIMEOUT_SECONDS, stub.silence = 0.2, 0.4
    monkeypatch.setitem(sources._sources, "test", Told())
    ways = stub.mode_of = Ways()
    finish = delivery.finish

    def finish_or_die(message, **changes):
        if "sent_at" in changes and message.channel == "line":
            ways.noted += 1
            if ways.noted % DYING == 0:
                raise OperationalError
        return finish(message, **changes)

    monkeypatch.setattr(delivery, "finish", finish_or_die)
    return ways


@pytest.fixture
def post(monkeypatch):
    ledger = Ledger()
    monkeypatch.setattr(channels, "SENDERS", {"email": ledger.sender(), "line": LineSender})
    return ledger


def deliver_to_the_end():
    """Sweep after sweep, each when the next message is due; gives how long that took."""
    now = NOW
    while True:
        with contextlib.suppress(OperationalError):
            delivery.deliver_due(now=now)
        free = Greatest("due_at", Coalesce(F("lease_until"), F("due_at")))
        queued = Message.objects.filter(status=Status.QUEUED).aggregate(next=Min(free))
        if queued["next"] is None:
            return now - NOW
        now = max(now, queued["next"]) + timedelta(seconds=1)


def test_each_is_delivered_once_or_ends_in_a_named_state(stub, ways, post):
    for number in range(MESSAGES):
        letter(channel="line", address=user(number), case_id=number, call_if_lost=True)

    took = deliver_to_the_end()

    by_line = {message.address: message for message in Message.objects.filter(channel="line")}
    assert len(by_line) == MESSAGES
    states = {to: message.status for to, message in by_line.items()}
    expected = dict.fromkeys(by_line, Status.SENT)
    expected |= dict.fromkeys(ways.unlucky, Status.UNKNOWN)
    expected |= dict.fromkeys(ways.blocked, Status.FAILED)
    assert states == expected
    # LINE has each that we call sent, once, and no other.
    keys = Counter(sent.key for sent in stub.sent)
    assert keys == Counter(str(m.pk) for m in by_line.values() if m.status == Status.SENT)
    # Whom LINE did not reach is told by e-mail, once, or stands on the list for the telephone.
    lost = {m.case_id for m in by_line.values() if m.status != Status.SENT}
    assert Counter(post.sent) == Counter(f"person{n}@example.com" for n in lost if n % 2)
    assert {m.case_id for m in Message.objects.to_call()} == {n for n in lost if not n % 2}
    # And it was as bad as it says.
    calls = stub.calls
    broken = calls - ways.seen[state.OK]
    assert broken / calls >= BAD_SHARE
    assert all(ways.seen[mode] for mode in (*BAD, state.BLOCKED))
    assert ways.noted > MESSAGES - len(lost)
    assert timedelta(hours=24) <= took < timedelta(hours=26)
