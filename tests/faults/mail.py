"""The mail server does not answer what it took; a message that cannot be made (F26, F27)."""

import time
from collections import Counter
from contextlib import contextmanager
from datetime import timedelta

from django.conf import settings
from django.test import override_settings
from django.utils import timezone

from bookings import services
from notifications import delivery
from notifications.models import Message, Status
from tests.faults.ground import Ground, wait_for
from tests.faults.scenario import scenario
from tests.live import world
from tests.notifications.smtp import mail_server
from tests.notifications.visits import slot_at, visits

LATE = timedelta(minutes=3)
LATER_THAN_OTHERS = 1.0


def reminders(how_many: int) -> None:
    """So many due messages, each to another couple."""
    offered = world.marriage_at_bang_rak()
    now = timezone.now()
    visits(offered, slot_at(offered, now + timedelta(minutes=110), places=how_many), how_many)
    assert services.queue_reminders(now=now) == how_many


def left() -> int:
    return Message.objects.filter(status=Status.QUEUED).count()


def assert_each_was_sent(ledger: list[str]) -> int:
    """All are sent, each under its own Message-ID; returns how many went out twice or more."""
    counts = Counter(Message.objects.values_list("status", flat=True))
    assert set(counts) == {Status.SENT}, counts
    known = {f"<{pk}@{settings.SITE_HOST}>" for pk in Message.objects.values_list("pk", flat=True)}
    assert set(ledger) == known, f"{len(known - set(ledger))} lost"
    return len(ledger) - len(set(ledger))


@scenario("F26", "the mail server drops the connection after DATA")
def dropped(ground: Ground) -> str:
    messages, drops = ground.pick(200, 20), ground.pick(40, 4)
    reminders(messages)
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
    return f"{messages} messages, {drops} drops: {twice} sent twice, each under the same Message-ID"


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
    messages, bad = ground.pick(300, 40), ground.pick(30, 5)
    without = _seconds_to_send(ground, messages, poison=0)
    ground.empty()
    with_poison = _seconds_to_send(ground, messages, poison=bad)
    more = with_poison - without
    assert more < LATER_THAN_OTHERS + 0.05 * bad, f"the others waited {more:.1f} s more"
    _try_until_final()
    ends = set(Message.objects.filter(kind="no such kind").values_list("status", "last_error"))
    assert ends == {(Status.FAILED, delivery.TECHNICAL)}, ends
    return (
        f"{bad} of them before {messages} others: the others waited {max(more, 0):.1f} s more, "
        f"each ended as technical failure after {delivery.TRIES_TO_RENDER} tries"
    )


def _seconds_to_send(ground: Ground, messages: int, *, poison: int) -> float:
    reminders(messages + poison)
    ids = list(Message.objects.values_list("pk", flat=True)[:poison])
    early = timezone.now() - timedelta(hours=1)
    Message.objects.filter(pk__in=ids).update(kind="no such kind", due_at=early)
    others = Message.objects.filter(status=Status.QUEUED).exclude(pk__in=ids)
    with mail_server(ground.folder) as server:
        command = ("manage.py", "deliver_due", "--loop")
        with ground.program(*command, EMAIL_URL=server.url):
            wait_for(lambda: server.accepted, 60, "the first message")
            start = time.monotonic()
            wait_for(lambda: not others.exists(), 60, "all good messages sent")
            return time.monotonic() - start


def _try_until_final() -> None:
    now = timezone.now()
    for _ in range(delivery.TRIES_TO_RENDER):
        now += timedelta(minutes=10)
        delivery.deliver_due(now=now)
