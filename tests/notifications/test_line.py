"""Messages by LINE: which account is told, under which key, and what LINE's answers mean."""

from datetime import timedelta

import pytest

from core import line
from core.line import LineError
from notifications import channels, delivery
from notifications.channels.line import LineSender, card
from notifications.models import Message, Quota, Status
from notifications.sources import Card, Contact, Rendered
from tests.notifications.letters import NOW, Source, letter

pytestmark = pytest.mark.django_db

SHOWN = Rendered(
    "subject", "text", card=Card("ยืนยันนัดแล้ว", "ศ. 27 พ.ย.", "เปิดบัตรนัด", "https://x/l/1/")
)


@pytest.fixture
def api(monkeypatch, settings):
    """LINE in memory: `errors` by address, or for all by "*"."""
    settings.LINE_CHANNEL_ACCESS_TOKEN = "token"

    class Api:
        def __init__(self):
            self.sent, self.tried, self.errors = [], [], {}
            self.most, self.used, self.asked = None, 0, 0

        def push(self, *, to, messages, retry_key):
            self.tried.append(to)
            if error := self.errors.get(to) or self.errors.get("*"):
                raise error
            self.sent.append((to, retry_key, messages))

        def quota(self):
            self.asked += 1
            return self.most, self.used

    api = Api()
    monkeypatch.setattr(line, "push", api.push)
    monkeypatch.setattr(line, "quota", api.quota)
    return api


@pytest.fixture
def source(monkeypatch, source):
    monkeypatch.setattr(Source, "render", lambda self, message, now: SHOWN)
    return source


def ways(monkeypatch, *contacts):
    monkeypatch.setattr(Source, "contacts", lambda self, message: list(contacts))


def by_line(**changes):
    return letter(channel="line", address="U1", **changes)


def sweep(now=NOW):
    return delivery.deliver_due(now=now)


def again(message):
    message.refresh_from_db()
    return message


def test_speaks_as_the_office_of_the_account_does(settings):
    settings.LINE_POLITE_WORD = "ครับ"
    shown = Rendered("s", "t", card=Card("มีเวลาว่างแล้วค่ะ", "มาก่อน 5 นาทีนะคะ", "ดู", "https://x/"))
    made = card(shown)
    assert made["altText"] == "มีเวลาว่างแล้วครับ"
    assert "มาก่อน 5 นาทีนะครับ" in str(made)


def test_goes_out_under_its_own_id(api, source, monkeypatch):
    ways(monkeypatch, Contact("line", "U1"))
    message = by_line()
    assert sweep() == {"sent": 1}
    [(to, key, [made])] = api.sent
    assert (to, key) == ("U1", str(message.pk))
    assert made == card(SHOWN)

    assert made["altText"] == "ยืนยันนัดแล้ว"
    assert "https://x/l/1/" in str(made)


@pytest.mark.parametrize(
    ("error", "state", "outcome"),
    [
        (LineError(400), Status.FAILED, "failed"),
        (LineError(403), Status.FAILED, "failed"),
        (LineError(429, is_quota=True), Status.FAILED, "failed"),
        (LineError(429), Status.QUEUED, "later"),
        (LineError(401), Status.QUEUED, "later"),
        (LineError(500), Status.QUEUED, "later"),
        (LineError(0), Status.QUEUED, "later"),
        (LineError(0, unreachable=True), Status.QUEUED, "later"),
    ],
)
def test_what_an_answer_means(api, source, monkeypatch, error, state, outcome):
    ways(monkeypatch, Contact("line", "U1"))
    api.errors["*"] = error
    message = by_line()
    assert sweep() == {outcome: 1}
    assert again(message).status == state


def test_too_fast_leaves_the_way_alone_for_the_sweep(api, source, monkeypatch):
    monkeypatch.setattr(
        Source, "contacts", lambda self, message: [Contact("line", message.address)]
    )
    for number in range(5):
        letter(channel="line", address=f"U{number}")
    api.errors["*"] = LineError(429)
    assert sweep() == {"later": 5}
    assert len(api.tried) == 1
    api.errors.clear()
    assert sweep(NOW + delivery.LONGEST_PAUSE_OF_CHANNEL) == {"sent": 5}


def test_blocked_goes_to_the_next_channel_and_does_not_come_back(api, source, ledger, monkeypatch):
    monkeypatch.setitem(channels.SENDERS, "line", LineSender)
    ways(monkeypatch, Contact("line", "U1"), Contact("email", "a@example.com"))
    api.errors["U1"] = LineError(403)
    message = letter(address="a@example.com", call_if_lost=True)

    assert sweep() == {"failed": 1, "sent": 1}

    assert (again(message).channel, message.replaced) == ("line", True)
    assert ledger.sent == ["a@example.com"]
    assert api.tried == ["U1"]
    assert not Message.objects.to_call().exists()


def test_a_link_that_is_newer_than_the_message_is_used(api, source, monkeypatch):
    ways(monkeypatch, Contact("line", "U1"), Contact("email", "a@example.com"))
    message = letter(address="a@example.com")
    assert sweep() == {"sent": 1}
    assert (again(message).channel, message.fallbacks) == ("line", [["email", "a@example.com"]])


def test_the_way_is_asked_also_where_a_sweep_died_before_the_first_try(
    api, source, ledger, monkeypatch
):
    monkeypatch.setitem(channels.SENDERS, "line", LineSender)
    ways(monkeypatch, Contact("line", "U1"), Contact("email", "a@example.com"))
    letter(address="a@example.com", by_every_channel=True)
    delivery.claim(now=NOW)

    assert sweep(NOW + delivery.LEASE + timedelta(seconds=1)) == {"sent": 2}

    assert (len(api.sent), ledger.sent) == (1, ["a@example.com"])


def test_a_link_that_was_taken_back_is_not(api, source, ledger, monkeypatch):
    monkeypatch.setitem(channels.SENDERS, "line", LineSender)
    ways(monkeypatch, Contact("email", "a@example.com"))
    by_line(fallbacks=[["email", "a@example.com"]])
    assert sweep() == {"sent": 1}
    assert ledger.sent == ["a@example.com"]
    assert api.sent == []


def test_an_offices_own_change_goes_by_every_channel(api, source, ledger, monkeypatch):
    monkeypatch.setitem(channels.SENDERS, "line", LineSender)
    ways(monkeypatch, Contact("line", "U1"), Contact("email", "a@example.com"))
    letter(address="a@example.com", by_every_channel=True, call_if_lost=True)
    assert sweep() == {"sent": 2}
    assert (len(api.sent), ledger.sent) == (1, ["a@example.com"])


def test_of_every_channel_one_that_arrives_is_enough(api, source, ledger, monkeypatch):
    monkeypatch.setitem(channels.SENDERS, "line", LineSender)
    ways(monkeypatch, Contact("line", "U1"), Contact("email", "a@example.com"))
    api.errors["U1"] = LineError(403)
    letter(address="a@example.com", by_every_channel=True, call_if_lost=True)
    sweep()
    assert ledger.sent == ["a@example.com"]
    assert not Message.objects.to_call().exists()


def test_of_every_channel_none_arrives_and_somebody_telephones_once(
    api, source, ledger, monkeypatch
):
    from notifications.channels import DeliveryError

    monkeypatch.setitem(channels.SENDERS, "line", LineSender)
    ways(monkeypatch, Contact("line", "U1"), Contact("email", "a@example.com"))
    api.errors["U1"] = LineError(403)
    ledger.errors["*"] = DeliveryError("550", permanent=True)
    letter(address="a@example.com", by_every_channel=True, call_if_lost=True)
    sweep()
    assert Message.objects.to_call().count() == 1


def test_after_a_day_it_is_unknown_and_not_sent_again(api, source, monkeypatch):
    ways(monkeypatch, Contact("line", "U1"))
    message = by_line(first_try_at=NOW - timedelta(hours=24), attempts=9, call_if_lost=True)
    assert sweep() == {"failed": 1}
    assert again(message).status == Status.UNKNOWN
    assert api.tried == []
    assert list(Message.objects.to_call()) == [message]


def test_the_last_messages_of_the_month_are_for_appointments(api, source, monkeypatch):
    ways(monkeypatch, Contact("line", "U1"))
    api.most, api.used = 100, 80
    courtesy, confirmed = by_line(kind="received"), by_line(kind="confirmed")
    sweep()
    assert (again(courtesy).status, courtesy.last_error) == (Status.FAILED, "quota")
    assert again(confirmed).status == Status.SENT
    assert (Quota.objects.get().used, api.asked) == (81, 1)


def test_a_month_that_is_used_up_takes_nothing(api, source, monkeypatch):
    ways(monkeypatch, Contact("line", "U1"))
    api.most = api.used = 300
    by_line(kind="confirmed")
    assert sweep() == {"failed": 1}
    assert api.tried == []


def test_the_quota_is_read_every_ten_minutes_and_an_alarm_is_logged(
    api, source, monkeypatch, caplog
):
    import time_machine

    ways(monkeypatch, Contact("line", "U1"))
    api.most, api.used = 1000, 799
    for minutes, asked in ((0, 1), (9, 1), (11, 2)):
        with time_machine.travel(NOW + timedelta(minutes=minutes), tick=False):
            by_line(due_at=NOW)
            sweep(NOW + timedelta(minutes=minutes))
        assert api.asked == asked
        api.used = 801
    assert "801 of the 1000 messages" in caplog.text
    assert Quota.objects.get().is_low


def test_without_a_card_it_goes_another_way(api, source, monkeypatch):
    ways(monkeypatch, Contact("line", "U1"))
    monkeypatch.setattr(Source, "render", lambda self, message, now: Rendered("s", "t"))
    message = by_line()
    sweep()
    assert again(message).last_error == "no_card"
