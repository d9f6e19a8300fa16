"""The races of tests/races with more people, and those that are tests of their own, run here as
they are on the servers of this run (F1, F2, F5–F7, F10, F12, F39)."""

import re
import signal
import sys

from django.db import connection

from bookings.models import Booking, Slot
from bookings.workflow import Status
from tests.faults.child import finished
from tests.faults.ground import Ground
from tests.faults.scenario import scenario
from tests.live import server as live
from tests.live import world
from tests.races.invariants import broken_invariants
from tests.races.test_places import press_all, rush, windows

# On a machine that is busy with other work too.
SECONDS = 900
# Of what pytest prints: the tests' own lines, not its dots and colours.
WORDS = "booked|sold|wrong|alike|pairs|moved|kills|killed|lost|twice|deadlocks"
FIGURE = re.compile(rf"^[.\s]*(?P<figure>.*\d.*\b(?:{WORDS})\b.*)$")


@scenario("F1", "N people want M places at one instant", short=False)
def rush_for_places(ground: Ground) -> str:
    people, places, rounds = 500, 50, ground.pick(20, 1)
    offered = world.marriage_at_bang_rak()
    oversold = unsold = 0
    with ground.web() as server:
        crowd = windows(server, world.slot(offered, places=1, no=rounds), people)
        for number in range(rounds):
            slot = world.slot(offered, places=places, no=number)
            answers = [answer.value.status for answer in press_all(crowd, slot)]
            assert set(answers) <= {303, 409}, sorted(set(answers))
            booked = Booking.objects.filter(slot=slot, status=Status.REQUESTED).count()
            oversold += max(booked - places, 0)
            unsold += max(places - booked, 0)
    assert (oversold, unsold) == (0, 0), f"{oversold} oversold, {unsold} unsold"
    assert not broken_invariants()
    return (
        f"{people} people, {places} places, {rounds} rounds: 0 oversold, 0 unsold; control without "
        f"the protection: {_control(ground)} oversold of 2"
    )


def _control(ground: Ground) -> int:
    """Without the conditional UPDATE and without the CHECK behind it too many are sold."""
    names = ("slot_taken_fits", "slot_taken_online_fits")
    checks = [check for check in Slot._meta.constraints if check.name in names]
    with connection.schema_editor() as editor:
        for check in checks:
            editor.remove_constraint(Slot, check)
    try:
        ground.empty()
        with ground.web("places") as server:
            slot = world.slot(world.marriage_at_bang_rak(), places=2)
            sold = sum(a.value.status == 303 for a in rush(server, slot, 24))
        assert sold > 2, "the control did not oversell: the harness cannot see it"
        assert broken_invariants()
    finally:
        ground.empty()
        with connection.schema_editor() as editor:
            for check in checks:
                editor.add_constraint(Slot, check)
    return sold - 2


def as_tests(number: str, what: str, *names: str, postgres: bool = True) -> None:
    """Put tests on the list: they run under pytest on the servers of this run, in a database of
    their own, and the lines they print are the figure."""

    def run(ground: Ground) -> str:
        said = pytest(ground, *names, postgres=postgres)
        found = [match["figure"] for line in said if (match := FIGURE.match(line))]
        return "; ".join(found) or said[-1]

    scenario(number, what, short=False)(run)


def pytest(ground: Ground, *names: str, postgres: bool = True, **changes: str) -> list[str]:
    """Run tests; what they said, line by line. Raises AssertionError with it when one fails."""
    env = live.environment(DATABASE_URL=ground.postgres.url, **changes)
    if not postgres:
        env = {name: value for name, value in env.items() if name not in SERVERS}
    options = ["-q", "-s", "-p", "no:randomly", "--reuse-db", *names]
    code, said = finished(
        [sys.executable, "-m", "pytest", *options],
        seconds=SECONDS,
        # Fixtures are ended as by Ctrl-C.
        stop=signal.SIGINT,
        cwd=live.ROOT,
        env=env,
    )
    assert code == 0, said[-5_000:]
    return said.strip().splitlines()


SERVERS = ("DATABASE_URL", "REDIS_URL", "EMAIL_URL")

as_tests("F2", "the same form ten times, the same person twice", "tests/races/test_same_form.py")
as_tests("F5", "cancelled and approved at one instant", "tests/races/test_cancel_and_confirm.py")
as_tests("F6", "two officers decide the same case", "tests/races/test_two_officers.py")
as_tests("F7", "moves that cross", "tests/races/test_crossing_moves.py")
as_tests("F10", "a worker killed while it sends", "tests/faults/test_worker_kill.py")
as_tests("F12", "a web process killed while forms come in", "tests/races/test_kill.py")
as_tests("F39", "the removal of old data killed again and again", "tests/faults/test_purge_kill.py")
