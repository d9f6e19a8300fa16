"""Zones, midnights, leap days and the edges of reminders (F33, F34): tests of their own, which run
here in three zones."""

from tests.faults.ground import Ground
from tests.faults.races import as_tests, pytest
from tests.faults.scenario import scenario

ZONES = ("UTC", "Asia/Bangkok", "America/New_York")
OF_TIME = ("tests/faults/test_clock.py", "tests/core/test_thai_dates.py")


@scenario("F33", "the machine's zone is another; midnight, New Year, 29 February", short=False)
def zones(ground: Ground) -> str:
    for zone in ZONES:
        last = pytest(ground, *OF_TIME, postgres=False, TZ=zone, PGTZ=zone)[-1]
    return f"{last.split(' in ')[0]} in each of {', '.join(ZONES)}: 0 wrong days"


as_tests("F34", "the edges of reminders", "tests/bookings/test_reminders.py")
