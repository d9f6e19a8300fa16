"""Couples who change places: from A to B and from B to A at the same instant (fault F7)."""

import pytest

from bookings.models import Booking
from tests.live import world
from tests.live.browser import Browser
from tests.live.size import full_or
from tests.live.together import at_once, side_by_side
from tests.races.invariants import broken_invariants

pytestmark = [pytest.mark.postgres, pytest.mark.race]

PAIRS, AT_ONCE = full_or(200, 50), 50


def test_crossing_moves_all_succeed(serve, deadlocks):
    slots = _two_times(PAIRS)
    before = deadlocks()

    with serve() as server:
        answers = [
            answer for _ in range(0, PAIRS, AT_ONCE) for answer in _cross(server, slots, AT_ONCE)
        ]

    broken = deadlocks() - before
    statuses = [answer.value.status for answer in answers]
    print(
        f"{PAIRS} crossing moves: {statuses.count(303)} of {2 * PAIRS} moved, {broken} deadlocks, "
        f"slowest {max(answer.seconds for answer in answers):.2f} s"
    )
    assert statuses == [303] * 2 * PAIRS
    assert broken == 0
    assert _taken(slots) == [PAIRS, PAIRS]
    assert not Booking.objects.exclude(moves=1).exists()
    assert broken_invariants() == ""


def test_control_in_any_order_deadlocks(serve, deadlocks):
    slots = _two_times(10)
    before = deadlocks()

    with serve("order") as server:
        _cross(server, slots, 10)

    broken = deadlocks() - before
    print(f"old slot first: {broken} deadlocks over 10 pairs")
    assert broken > 0


def _two_times(bookings):
    offered = world.marriage_at_bang_rak()
    return [world.slot(offered, places=2 * bookings, no=no) for no in range(2)]


def _taken(slots):
    for slot in slots:
        slot.refresh_from_db()
    return [slot.taken for slot in slots]


def _cross(server, slots, pairs):
    """Everybody has the page for moving open, with the other time on it, and presses."""
    windows = [
        (Browser(server.address), old, new)
        for old, new in [slots, slots[::-1]]
        for _ in range(pairs)
    ]

    def ready(browser, old, new):
        path = world.booked(browser, old)
        return browser, world.move_page(browser, path, new), new

    pages = side_by_side(8, [lambda w=w: ready(*w) for w in windows])
    return at_once([lambda p=p: world.press_slot(*p) for p in pages])
