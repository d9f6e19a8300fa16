"""The worker dies by kill -9 while reminders go out (fault F10): every message is sent
under one Message-ID; what goes out twice is at most one a kill. The worker is a real process of
`deliver_due --loop`, and for a few kills `celery worker` on Redis (which takes five seconds to
replace a dead child); the mail server is a real socket with a ledger on disk."""

import os
import random
import signal
import subprocess
import sys
import time
from collections import Counter
from contextlib import contextmanager, suppress
from datetime import timedelta
from pathlib import Path
from uuid import uuid4

import pytest
from django.utils import timezone

from bookings import services
from config.celery import app
from notifications.models import Message, Status
from tests.live.server import ROOT, environment
from tests.live.world import marriage_at_bang_rak
from tests.notifications.smtp import mail_server
from tests.notifications.visits import slot_at, visits

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]

REMINDERS, KILLS = 1_000, 100
LEASE_SECONDS = 1
PATIENCE_SECONDS = 80
# About the time that one message takes: a kill may meet it anywhere.
LATEST_SECONDS = 0.03


def test_no_reminder_is_lost(tmp_path):
    twice = _send_under_fire(tmp_path, _loop, reminders=REMINDERS, kills=KILLS)
    print(f"{REMINDERS} reminders, {KILLS} kills: 0 lost, {twice} went out twice")


def test_none_is_lost_by_celery(tmp_path):
    _send_under_fire(tmp_path, _celery, reminders=40, kills=2)


def test_the_harness_sees_a_loss(tmp_path):
    """With "mark, then send" the same kills lose messages."""
    _write_reminders(120)
    with mail_server(tmp_path) as server, _loop(server, tmp_path, "mark_first") as worker:
        _kill_while_sending(worker, server, kills=20, reminders=100)
        _wait_until_all_are_final(worker)
        lost = 120 - len(set(server.ledger()))
    print(f"marked first, then sent: {lost} of 120 lost after 20 kills")
    assert lost > 0


def _send_under_fire(folder, start, *, reminders, kills):
    """Returns how many messages went out twice."""
    _write_reminders(reminders)
    with mail_server(folder) as server, start(server, folder) as worker:
        _kill_while_sending(worker, server, kills=kills, reminders=reminders)
        _wait_until_all_are_final(worker)
        sent = Counter(server.ledger())

    assert set(Message.objects.values_list("status", flat=True)) == {Status.SENT}
    assert set(sent) == {f"<{pk}@localhost>" for pk in Message.objects.values_list("pk", flat=True)}
    twice = sent.total() - len(sent)
    assert twice <= kills
    return twice


def _write_reminders(how_many):
    offered = marriage_at_bang_rak()
    now = timezone.now()
    visits(offered, slot_at(offered, now + timedelta(minutes=110), places=how_many), how_many)
    assert services.queue_reminders(now=now) == how_many


class Worker:
    """A process that keeps one child at work, and starts another when it dies."""

    def __init__(self, process, wake):
        self.process = process
        self.wake = wake

    def child(self):
        children = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children")
        return next((int(pid) for pid in children.read_text().split()), None)


@contextmanager
def _loop(server, folder, *arguments):
    command = ["-m", "tests.faults.worker", *arguments]
    with _running(server, folder, command) as process:
        yield Worker(process, wake=lambda: None)


@contextmanager
def _celery(server, folder):
    queue = f"faults-{uuid4().hex}"
    command = ["-m", "celery", "-A", "config", "worker", "-Q", queue, "--concurrency", "1"]
    command += ["--without-gossip", "--without-mingle", "-l", "ERROR"]

    def wake():
        app.send_task("notifications.tasks.deliver_due", queue=queue, expires=2)

    with _running(server, folder, command) as process:
        yield Worker(process, wake)
    with app.connection_for_write() as broker:
        broker.default_channel.queue_delete(queue)


@contextmanager
def _running(server, folder, command):
    env = environment(EMAIL_URL=server.url, MESSAGE_LEASE_SECONDS=str(LEASE_SECONDS))
    log = folder / "worker.log"
    with log.open("wb") as output:
        process = subprocess.Popen(
            [sys.executable, *command],
            cwd=ROOT,
            env=env,
            stdout=output,
            stderr=output,
            start_new_session=True,
        )
        try:
            yield process
        finally:
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()
            # pytest shows it with a test that fails.
            print(log.read_text()[-3000:])


def _kill_while_sending(worker, server, *, kills, reminders):
    """Kill the worker each time the server has taken some more messages, a moment later."""
    for target in sorted(random.sample(range(1, reminders - 10), kills)):
        _wait(worker, lambda target=target: len(server.accepted) >= target)
        time.sleep(random.uniform(0, LATEST_SECONDS))
        dead = worker.child()
        os.kill(dead, signal.SIGKILL)
        _wait(worker, lambda dead=dead: worker.child() not in (dead, None))


def _wait_until_all_are_final(worker):
    _wait(worker, lambda: not Message.objects.filter(status=Status.QUEUED).exists())


def _wait(worker, is_so):
    end = time.monotonic() + PATIENCE_SECONDS
    next_wake = 0.0
    while not is_so():
        assert worker.process.poll() is None, "the worker ended"
        assert time.monotonic() < end, Counter(Message.objects.values_list("status", flat=True))
        if time.monotonic() >= next_wake:
            worker.wake()
            next_wake = time.monotonic() + 0.5
        time.sleep(0.005)
