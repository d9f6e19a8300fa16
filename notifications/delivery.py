"""The sweep that sends what is due: claim a batch with a lease, look at the case again, render,
send, then mark. Several sweeps may run at once. Killed anywhere, a sweep
loses nothing: its leases run out and another one sends."""

import logging
import random
import time
from collections import Counter
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

from django.conf import settings
from django.db import InterfaceError, OperationalError, transaction
from django.db.models import F, Value
from django.db.models.functions import Coalesce

from core.db import lock_rows
from notifications import routing
from notifications.channels import NO_CHANNEL, DeliveryError, Sender, sender_for
from notifications.models import Message, Status
from notifications.sources import Contact, source_of

logger = logging.getLogger(__name__)

BATCH = 20
LEASE = timedelta(seconds=settings.MESSAGE_LEASE_SECONDS)
FIRST_PAUSE = timedelta(seconds=30)
LONGEST_PAUSE = timedelta(hours=1)
# When the way is down it is not the message's fault: look again soon.
LONGEST_PAUSE_OF_CHANNEL = timedelta(minutes=2)
TRIES_TO_RENDER = 3
GAVE_UP = "gave_up"
TECHNICAL = "technical"


def deliver_due(
    *,
    now: datetime,
    seconds: float = float("inf"),
    should_stop: Callable[[], bool] = lambda: False,
) -> Counter[str]:
    """Send everything that is due, for at most `seconds`; `should_stop` is asked between two
    messages, so that a stop waits for one message only. Returns how many were "sent", "failed",
    "not_needed" and put off to "later".

    Must not be called in a transaction: rendering and sending happen between them."""
    sweep = Sweep(now=now, seconds=seconds, should_stop=should_stop)
    try:
        sweep.run()
    finally:
        sweep.close()
    return sweep.counts


def claim(*, now: datetime, channels_down: Sequence[str] = ()) -> list[Message]:
    """Take a batch of due messages for LEASE; nobody else gets them meanwhile. Each claim counts
    as an attempt, and the number of attempts is the fence of `finish`. Two statements."""
    with transaction.atomic():
        due = Message.objects.due(now).exclude(channel__in=channels_down).order_by("due_at")
        batch = list(lock_rows(due, skip_locked=True)[:BATCH])
        Message.objects.filter(pk__in=[message.pk for message in batch]).update(
            attempts=F("attempts") + 1,
            lease_until=now + LEASE,
            first_try_at=Coalesce("first_try_at", Value(now)),
        )
    for message in batch:
        message.attempts += 1
        message.first_try_at = message.first_try_at or now
    return batch


def finish(message: Message, **changes: object) -> bool:
    """Write the result of a claimed message, unless its lease ran out and another sweep has it.
    One statement."""
    mine = Message.objects.filter(
        pk=message.pk, attempts=message.attempts, status=Status.QUEUED
    ).update(lease_until=None, **changes)
    if not mine:
        logger.warning("message %s: lease was lost before the result was written", message.pk)
    return bool(mine)


class Sweep:
    """One run over the outbox, with its connections and what it found broken."""

    def __init__(self, *, now: datetime, seconds: float, should_stop: Callable[[], bool]) -> None:
        self.started, self.clock_start = now, time.monotonic()
        self.seconds, self.should_stop = seconds, should_stop
        self.senders: dict[str, Sender] = {}
        self.down: dict[str, DeliveryError] = {}
        self.counts: Counter[str] = Counter()

    def now(self) -> datetime:
        return self.started + timedelta(seconds=time.monotonic() - self.clock_start)

    def is_over(self) -> bool:
        return time.monotonic() - self.clock_start >= self.seconds or self.should_stop()

    def run(self) -> None:
        while not self.is_over():
            claimed_at = self.now()
            batch = claim(now=claimed_at, channels_down=list(self.down))
            if not batch:
                return
            # Half the lease is kept for the slowest single message.
            latest_start = claimed_at + LEASE / 2
            for message in batch:
                if self.is_over() or (message is not batch[0] and self.now() > latest_start):
                    finish(message, attempts=F("attempts") - 1)  # nobody tried it
                else:
                    self.deliver(message)

    def close(self) -> None:
        for sender in self.senders.values():
            sender.close()

    def deliver(self, message: Message) -> None:
        """Send one claimed message and write what came of it. Database errors are not caught:
        the lease runs out, and the message is tried again."""
        try:
            self._send(message)
        except (OperationalError, InterfaceError):
            raise
        except DeliveryError as error:
            self._not_sent(message, error)
        except Exception:
            logger.exception("message %s (%s) cannot be made", message.pk, message.kind)
            poison = message.attempts >= TRIES_TO_RENDER
            self._not_sent(message, DeliveryError(TECHNICAL, permanent=poison))

    def _send(self, message: Message) -> None:
        now = self.now()
        source = source_of(message)
        if not source.is_wanted(message, now):
            finish(message, status=Status.NOT_NEEDED)
            self.counts["not_needed"] += 1
            return
        # Not by the number of attempts: a sweep that died may have claimed it and done nothing.
        if not message.last_error and not routing.route(message, now=now):
            return
        sender = self._sender(message, now)
        sender.send(message, source.render(message, now))
        finish(message, status=Status.SENT, sent_at=self.now(), last_error="")
        self.counts["sent"] += 1

    def _sender(self, message: Message, now: datetime) -> Sender:
        """Raises DeliveryError for a channel that is down or that we lack, and for a message
        that was tried for too long already."""
        channel = message.channel
        if channel in self.down:
            raise self.down[channel]
        if channel not in self.senders:
            self.senders[channel] = sender_for(channel)
        sender = self.senders[channel]
        if message.first_try_at and now - message.first_try_at >= sender.give_up_after:
            raise DeliveryError(GAVE_UP, permanent=True)
        return sender

    def _not_sent(self, message: Message, error: DeliveryError) -> None:
        if error.channel_down:
            self.down[message.channel] = error
        if error.permanent:
            self._lose(message, error.reason)
            return
        pause = _pause(message.attempts, channel_down=error.channel_down)
        finish(message, due_at=self.now() + pause, last_error=error.reason)
        self.counts["later"] += 1

    def _lose(self, message: Message, reason: str) -> None:
        """The end for this channel: the next one takes over, else the row stays for the officer's
        call list (`Message.objects.to_call`)."""
        status = Status.NO_CHANNEL if reason == NO_CHANNEL else Status.FAILED
        if reason == GAVE_UP:
            status = self.senders[message.channel].given_up_as
        with transaction.atomic():
            replaced = bool(message.fallbacks) or routing.goes_elsewhere(message)
            lost = finish(message, status=status, last_error=reason, replaced=replaced)
            if lost and message.fallbacks:
                ways = [Contact(*way) for way in message.fallbacks]
                routing.add(message, ways[0], others=ways[1:], now=self.now())
        self.counts["failed"] += 1


def _pause(attempts: int, *, channel_down: bool) -> timedelta:
    """Doubling from FIRST_PAUSE, the last quarter by chance, so that what failed together does
    not come back together."""
    longest = LONGEST_PAUSE_OF_CHANNEL if channel_down else LONGEST_PAUSE
    pause = min(FIRST_PAUSE * 2 ** min(attempts - 1, 10), longest)
    return pause * random.uniform(0.75, 1.0)  # noqa: S311 -- spreads load, guards nothing
