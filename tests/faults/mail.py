"""The mail server does not answer what it took; a message that cannot be made (F26, F27)."""

import logging
import time
from collections import Counter
from contextlib import contextmanager
from datetime import timedelta

from django.conf import settings
from django.test import override_settings
from django.utils import timezone

from notifications import delivery
from notifications.models import Message, Status
from tests.faults.couples import messages, reminders
from tests.faults.ground import Ground
from tests.faults.scenario import scenario
from tests.notifications.smtp import mail_server

# After the longest pause of a channel, and so short that forty of them end before the visits.
LATE = delivery.LONGEST_PAUSE_OF_CHANNEL + timedelta(seconds=5)
LATER_THAN_OTHERS = 1.0


def assert_each_was_sent(ledger: list[str]) -> int:
    """All are sent, each under its own Message-ID; returns how many went out twice or more."""
    counts = Counter(messages().values_list("status", flat=True))
    assert set(counts) == {Status.SENT}, counts
    known = {f"<{pk}@{settings.SITE_HOST}>" for pk in messages().values_list("pk", flat=True)}
    assert set(ledger) == known, f"{len(known - set(ledger))} lost"
    return len(ledger) - len(set(ledger))


@scenario("F26", "the mail server drops the connection after DATA")
def dropped(ground: Ground) -> str:
    number, drops = ground.pick(200, 20), ground.pick(40, 4)
    reminders(number)
    with mail_server(ground.folder) as server, _mail_goes_to(server):
        now = timezone.now()
        for _ in range(drops):
            server.drops = 1
            delivery.deliver_due(now=now)
            now += LATE
        delivery.deliver_due(now=now)
        ledger = server.ledger()
    twice = assert_each_was_sent(ledger)
    assert twice == drops, f"{twice} went out twice after {drops} drops"
    return f"{number} messages, {drops} drops: {twice} sent twice, each under the same Message-ID"


@contextmanager
def _mail_goes_to(server):
    host, port = server.server_address
    backend = "django.core.mail.backends.smtp.EmailBackend"
    # The ledger of one scenario is not the next one's.
    server.path.write_bytes(b"")
    with override_settings(EMAIL_BACKEND=backend, EMAIL_HOST=host, EMAIL_PORT=port):
        yield


@scenario("F27", "messages that cannot be made stand first in the queue", short=False)
def poisoned(ground: Ground) -> str:
    number, bad = ground.pick(300, 40), ground.pick(30, 5)
    without = _seconds_to_send(ground, number, poison=0)
    ground.empty()
    with _unlogged():
        with_poison = _seconds_to_send(ground, number, poison=bad)
        more = with_poison - without
        assert more < LATER_THAN_OTHERS, f"the others waited {more:.1f} s more"
        _try_until_final()
    ends = set(Message.objects.filter(kind="no such kind").values_list("status", "last_error"))
    assert ends == {(Status.FAILED, delivery.TECHNICAL)}, ends
    return (
        f"{bad} of them before {number} others: the others waited {max(more, 0):.1f} s more, "
        f"each ended as technical failure after {delivery.TRIES_TO_RENDER} tries"
    )


@contextmanager
def _unlogged():
    """Without the trace of each message that cannot be made, as is meant here."""
    logger = logging.getLogger(delivery.__name__)
    logger.disabled = True
    try:
        yield
    finally:
        logger.disabled = False


def _seconds_to_send(ground: Ground, number: int, *, poison: int) -> float:
    reminders(number + poison)
    ids = list(messages().values_list("pk", flat=True)[:poison])
    early = timezone.now() - timedelta(hours=1)
    Message.objects.filter(pk__in=ids).update(kind="no such kind", due_at=early)
    others = Message.objects.filter(status=Status.QUEUED).exclude(pk__in=ids)
    with mail_server(ground.folder) as server, _mail_goes_to(server):
        # From the beginning of the sweep: what cannot be made is before the first good one.
        start = time.monotonic()
        delivery.deliver_due(now=timezone.now())
        took = time.monotonic() - start
    assert not others.exists(), f"{others.count()} good messages were not sent"
    return took


def _try_until_final() -> None:
    now = timezone.now()
    for _ in range(delivery.TRIES_TO_RENDER):
        now += timedelta(minutes=10)
        delivery.deliver_due(now=now)
