"""Several programs as one: nothing may be left running."""

import os
import sys
import time

import pytest

from core import supervisor as module
from core.supervisor import ProgramFailed, Supervisor

SLEEPS = "import time; print('here', flush=True); time.sleep(60)"
STUBBORN = "import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN); " + SLEEPS
WITH_CHILD = (
    "import subprocess, sys; child = subprocess.Popen([sys.executable, '-c', 'import time; "
    "time.sleep(60)']); print(child.pid, flush=True); child.wait()"
)


@pytest.fixture
def supervisor(tmp_path):
    supervisor = Supervisor(tmp_path / "log", os.environ)
    yield supervisor
    supervisor.stop()


def start(supervisor, name, code):
    supervisor.start(name, [sys.executable, "-c", code])


def wait_for_words(supervisor, name):
    deadline = time.monotonic() + 20
    while not (words := supervisor.last_lines(name)):
        assert time.monotonic() < deadline
        time.sleep(0.05)
    return words


def runs(pid):
    """Whether a process is there and no zombie that waits for its parent to look."""
    try:
        with open(f"/proc/{pid}/stat") as stat:
            return stat.read().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


def test_stop_ends_all(supervisor):
    start(supervisor, "one", SLEEPS)
    start(supervisor, "two", SLEEPS)

    supervisor.stop()

    assert [p.returncode for p in supervisor.programs.values()] == [-15, -15]


def test_stop_kills_one_that_does_not_listen(supervisor, monkeypatch):
    monkeypatch.setattr(module, "STOP_SECONDS", 0.5)
    start(supervisor, "stubborn", STUBBORN)
    wait_for_words(supervisor, "stubborn")

    supervisor.stop()

    assert supervisor.programs["stubborn"].returncode == -9


def test_stop_takes_the_children_of_a_program_too(supervisor):
    start(supervisor, "parent", WITH_CHILD)
    child = int(wait_for_words(supervisor, "parent"))

    supervisor.stop()

    deadline = time.monotonic() + 5
    while runs(child) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert not runs(child)


def test_watch_names_a_program_that_ended(supervisor):
    start(supervisor, "steady", SLEEPS)
    start(supervisor, "brief", "print('I cannot'); raise SystemExit(3)")

    with pytest.raises(ProgramFailed, match="brief ended by itself with code 3") as failure:
        supervisor.watch()

    assert supervisor.last_lines(failure.value.name) == "I cannot"


def test_watch_returns_when_asked_to_stop(supervisor):
    start(supervisor, "steady", SLEEPS)
    supervisor.ask_to_stop(15, None)

    supervisor.watch()

    assert supervisor.programs["steady"].poll() is None
