"""The sweep: every message ends in a named state, none is sent twice by two sweeps, and one that
cannot be sent keeps nobody else waiting."""

from datetime import timedelta
from itertools import pairwise

import pytest
from django.core.management import call_command
from django.db import OperationalError

from notifications import delivery
from notifications.channels import DeliveryError
from notifications.models import Message, Status
from tests.notifications.letters import NOW, letter

pytestmark = pytest.mark.django_db


def sweep(now=NOW, **options):
    return delivery.deliver_due(now=now, **options)


def again(message):
    message.refresh_from_db()
    return message


def test_sends_what_is_due_oldest_first(ledger):
    younger = letter()
    older = letter(due_at=NOW - timedelta(minutes=5))
    later = letter(due_at=NOW + timedelta(hours=1))

    assert sweep() == {"sent": 2}

    assert ledger.sent == [older.address, younger.address]
    assert again(older).status == Status.SENT
    assert older.sent_at >= NOW
    assert older.attempts == 1
    assert older.lease_until is None
    assert again(later).status == Status.QUEUED
    assert ledger.closed == 1


def test_more_than_a_batch(ledger):
    for _ in range(delivery.BATCH + 3):
        letter()
    assert sweep() == {"sent": delivery.BATCH + 3}
    assert len(set(ledger.sent)) == delivery.BATCH + 3


def test_asks_the_case_again_just_before_sending(ledger, source):
    message = letter()
    source.unwanted.add(message.case_id)
    assert sweep() == {"not_needed": 1}
    assert again(message).status == Status.NOT_NEEDED
    assert ledger.tried == []


def test_a_leased_message_is_left_alone_until_the_lease_is_over(ledger):
    message = letter()
    delivery.claim(now=NOW)  # by a sweep that dies
    assert sweep() == {}
    assert sweep(now=NOW + delivery.LEASE + timedelta(seconds=1)) == {"sent": 1}
    assert again(message).attempts == 2
    assert message.first_try_at == NOW


def test_the_result_of_a_lost_lease_is_not_written(ledger):
    letter()
    [mine] = delivery.claim(now=NOW)
    [theirs] = delivery.claim(now=NOW + delivery.LEASE + timedelta(seconds=1))
    assert not delivery.finish(mine, status=Status.FAILED)
    assert delivery.finish(theirs, status=Status.SENT)
    assert again(theirs).status == Status.SENT


def test_a_final_state_stays(ledger):
    message = letter()
    [mine] = delivery.claim(now=NOW)
    Message.objects.update(status=Status.NOT_NEEDED)
    assert not delivery.finish(mine, status=Status.SENT)
    assert again(message).status == Status.NOT_NEEDED


def test_a_temporary_error_is_tried_again_ever_more_rarely(ledger):
    message = letter()
    ledger.errors[message.address] = DeliveryError("451")
    now, pauses = NOW, []
    for _ in range(9):
        assert sweep(now=now) == {"later": 1}
        pauses.append(again(message).due_at - now)
        now = message.due_at
    assert timedelta(seconds=20) < pauses[0] < timedelta(seconds=32)
    assert all(later > earlier for earlier, later in pairwise(pauses[:7]))
    assert max(pauses) < timedelta(hours=1, seconds=5)
    assert message.last_error == "451"

    ledger.errors.clear()
    assert sweep(now=now) == {"sent": 1}
    assert again(message).last_error == ""


def test_gives_up_after_two_days_and_somebody_telephones(ledger):
    message = letter(call_if_lost=True, first_try_at=NOW - timedelta(hours=48), attempts=50)
    assert sweep() == {"failed": 1}
    assert ledger.tried == []
    assert again(message).status == Status.FAILED
    assert message.last_error == delivery.GAVE_UP
    assert list(Message.objects.to_call()) == [message]


def test_a_channel_that_cannot_know_says_unknown(ledger, monkeypatch):
    from notifications import channels

    ledger.given_up_as = Status.UNKNOWN
    monkeypatch.setitem(channels.SENDERS, "email", ledger.sender())
    message = letter(first_try_at=NOW - timedelta(hours=48), attempts=9)
    sweep()
    assert again(message).status == Status.UNKNOWN


def test_a_permanent_error_is_not_tried_again(ledger):
    message = letter(call_if_lost=True)
    ledger.errors[message.address] = DeliveryError("550", permanent=True)
    assert sweep() == {"failed": 1}
    assert sweep(now=NOW + timedelta(days=1)) == {}
    assert again(message).status == Status.FAILED
    assert ledger.tried == [message.address]
    assert list(Message.objects.to_call()) == [message]


def test_the_next_channel_takes_over(ledger):
    message = letter(call_if_lost=True, fallbacks=[["email", "second@example.com"], ["sms", "+66"]])
    ledger.errors[message.address] = DeliveryError("550", permanent=True)
    assert sweep() == {"failed": 1, "sent": 1}
    assert again(message).replaced
    second = Message.objects.get(address="second@example.com")
    assert second.status == Status.SENT
    assert second.event == message.event
    assert second.fallbacks == [["sms", "+66"]]
    assert not Message.objects.to_call().exists()


def test_a_channel_that_we_lack_leaves_it_to_the_telephone(ledger):
    message = letter(call_if_lost=True, fallbacks=[["sms", "+66800000000"]])
    ledger.errors[message.address] = DeliveryError("550", permanent=True)
    assert sweep() == {"failed": 2}
    assert [row.channel for row in Message.objects.to_call()] == ["sms"]
    assert Message.objects.get(channel="sms").status == Status.NO_CHANNEL


def test_poison_ends_and_blocks_nobody(ledger, source, caplog):
    poison = letter(due_at=NOW - timedelta(hours=1))
    source.broken.add(poison.case_id)
    others = [letter() for _ in range(3)]
    assert sweep() == {"sent": 3, "later": 1}
    assert ledger.sent == [other.address for other in others]
    for expected in ({"later": 1}, {"failed": 1}, {}):
        assert sweep(now=NOW + timedelta(hours=2 * len(source.rendered))) == expected
    assert again(poison).status == Status.FAILED
    assert poison.last_error == delivery.TECHNICAL
    assert "cannot be made" in caplog.text


def test_of_an_unknown_source(ledger, caplog):
    message = letter(source="gone")
    for hours in (0, 2, 4):
        sweep(now=NOW + timedelta(hours=hours))
    assert again(message).last_error == delivery.TECHNICAL


def test_a_broken_way_is_left_alone_for_the_sweep(ledger):
    for _ in range(delivery.BATCH + 5):
        letter()
    ledger.errors["*"] = DeliveryError("connection", channel_down=True)
    assert sweep() == {"later": delivery.BATCH}
    assert len(ledger.tried) == 1
    ledger.errors.clear()
    assert sweep(now=NOW + delivery.LONGEST_PAUSE_OF_CHANNEL) == {"sent": delivery.BATCH + 5}


def test_a_long_outage_makes_nobody_wait_long_afterwards(ledger):
    message = letter()
    ledger.errors["*"] = DeliveryError("connection", channel_down=True)
    now = NOW
    for _ in range(20):
        sweep(now=now)
        now = again(message).due_at
    sweep(now=now)
    assert again(message).due_at - now <= delivery.LONGEST_PAUSE_OF_CHANNEL + timedelta(seconds=5)


def test_stops_after_the_message_at_hand(ledger):
    for _ in range(3):
        letter()
    assert sweep(should_stop=lambda: bool(ledger.sent)) == {"sent": 1}
    rest = Message.objects.filter(status=Status.QUEUED)
    assert [row.lease_until for row in rest] == [None, None]
    assert sweep() == {"sent": 2}


def test_stops_when_its_time_is_over(ledger):
    letter()
    assert sweep(seconds=0) == {}


def test_gives_back_what_it_cannot_send_within_the_lease(ledger, monkeypatch):
    for _ in range(3):
        letter()
    clock, batches, claim = [0.0], [], delivery.claim
    monkeypatch.setattr(delivery.time, "monotonic", lambda: clock[0])
    monkeypatch.setattr(delivery, "claim", lambda **asked: batches.append(asked) or claim(**asked))

    def slow(row):
        clock[0] += delivery.LEASE.total_seconds() * 0.4

    ledger.during = slow
    assert sweep() == {"sent": 3}
    assert len(ledger.sent) == 3
    assert len(batches) == 3
    assert set(Message.objects.values_list("attempts", flat=True)) == {1}


def test_a_database_that_goes_away_is_no_fault_of_the_message(ledger, source, monkeypatch):
    message = letter()

    def gone(message, now):
        raise OperationalError("server closed the connection")

    monkeypatch.setattr(source, "render", gone)
    with pytest.raises(OperationalError):
        sweep()
    assert again(message).status == Status.QUEUED
    assert message.last_error == ""


def test_cancelled_while_it_is_being_sent(ledger):
    """Whoever ends a message while a sweep has it wins; the sweep overwrites nothing."""
    message = letter()
    ledger.during = lambda row: Message.objects.filter(pk=row.pk).update(status=Status.NOT_NEEDED)
    sweep()
    assert again(message).status == Status.NOT_NEEDED


def test_the_command_says_what_it_did(ledger, capsys):
    letter(due_at=NOW - timedelta(days=365))
    call_command("deliver_due", "--once")
    assert capsys.readouterr().out.splitlines() == [
        "reminders written: 0",
        "messages sent: 1",
        "messages no longer needed: 0",
        "messages to be tried later: 0",
        "messages failed: 0",
    ]
