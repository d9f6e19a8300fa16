"""A worker that takes nothing from its queue is started anew (fault F15; the faults show it
with Redis and a real worker)."""

import os
import sys

import pytest

from core import tasks, watchdog
from core.watchdog import START_SECONDS, Watchdog, WorkerEnded

SILENCE = 90.0
SLEEPS = [sys.executable, "-c", "import time; time.sleep(60)"]
ENDS = [sys.executable, "-c", "raise SystemExit(1)"]


@pytest.fixture
def sent(monkeypatch):
    """The canaries sent."""
    canaries = []
    monkeypatch.setattr(watchdog.canary, "apply_async", lambda **options: canaries.append(options))
    return canaries


@pytest.fixture
def dog(tmp_path, sent):
    dog = Watchdog(arguments=[], file=tmp_path / "canary", silence=SILENCE)
    dog.command = SLEEPS
    yield dog
    dog._stop()


def test_a_worker_that_answers_is_left_alone(dog):
    dog.look(0)
    first = dog.worker
    for now in range(10, 1_000, 10):
        dog.file.touch()
        dog.look(now)

    assert dog.worker is first
    assert first.poll() is None


def test_a_silent_one_is_ended_and_started_anew(dog):
    dog.look(0)
    first = dog.worker
    dog.file.touch()
    dog.look(10)
    dog.look(10 + SILENCE)
    assert dog.worker is first

    dog.look(11 + SILENCE)
    assert first.poll() is not None
    dog.look(12 + SILENCE)
    assert dog.worker.pid != first.pid


def test_one_that_has_just_started_is_given_longer(dog):
    dog.silence = 5
    dog.look(0)
    first = dog.worker

    dog.look(START_SECONDS)
    assert dog.worker is first
    dog.look(START_SECONDS + 1)
    assert first.poll() is not None


def test_a_broker_that_is_away_is_not_its_fault(dog, monkeypatch):
    def fail(**options):
        raise OSError

    monkeypatch.setattr(watchdog.canary, "apply_async", fail)
    dog.look(0)
    first = dog.worker

    for now in range(0, 1_000, 10):
        dog.look(now)

    assert dog.worker is first
    assert first.poll() is None


def test_one_that_ends_is_said(dog):
    dog.command = ENDS
    dog.look(0)
    dog.worker.wait(20)

    with pytest.raises(WorkerEnded, match="code 1"):
        dog.look(1)


def test_canaries_go_through_its_own_queue_and_do_not_pile_up(dog, sent):
    for now in (100, 101, 110):
        dog.look(now)

    assert [canary["queue"] for canary in sent] == [dog.queue] * 2
    assert {canary["expires"] for canary in sent} == {SILENCE}
    assert dog.queue.endswith(str(os.getpid()))


def test_the_canary_leaves_its_mark(monkeypatch, tmp_path):
    tasks.canary()
    monkeypatch.setenv(tasks.FILE_VARIABLE, str(tmp_path / "canary"))

    tasks.canary()

    assert (tmp_path / "canary").exists()
