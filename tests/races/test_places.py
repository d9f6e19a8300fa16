"""200 couples want one time that has ten places (fault F1)."""

import pytest

from bookings.models import Booking
from bookings.workflow import Status
from tests.live import world
from tests.live.browser import Browser
from tests.live.together import at_once, percentile, side_by_side
from tests.races.invariants import broken_invariants

pytestmark = [pytest.mark.postgres, pytest.mark.race]

CLIENTS, PLACES = 200, 10


def test_exactly_the_places_are_booked(serve):
    slot = world.slot(world.marriage_at_bang_rak(), places=PLACES)

    with serve() as server:
        answers = rush(server, slot, CLIENTS)

    seconds = [answer.seconds for answer in answers]
    statuses = sorted(answer.value.status for answer in answers)
    slot.refresh_from_db()
    print(
        f"{CLIENTS} clients, {PLACES} places: {statuses.count(303)} booked, "
        f"{statuses.count(409)} refused, p50 {percentile(seconds, 50):.2f} s, "
        f"p99 {percentile(seconds, 99):.2f} s"
    )
    assert statuses == [303] * PLACES + [409] * (CLIENTS - PLACES)
    assert slot.taken == slot.taken_online == PLACES
    assert Booking.objects.filter(status=Status.REQUESTED).count() == PLACES
    references = {answer.value.location for answer in answers if answer.value.status == 303}
    assert len(references) == PLACES
    assert broken_invariants() == ""


def test_control_a_look_before_the_update_oversells(serve, without_constraints):
    with without_constraints("places"), serve("places") as server:
        slot = world.slot(world.marriage_at_bang_rak(), places=2)

        answers = rush(server, slot, 24)

        sold = sum(answer.value.status == 303 for answer in answers)
        print(f"without the conditional UPDATE: {sold} sold of 2")
        assert sold > 2
        assert broken_invariants() != ""


def rush(server, slot, clients):
    """Everybody has the page of times open and presses at the same instant; who gets the time
    fills in the form."""
    return press_all(windows(server, slot, clients), slot)


def windows(server, slot, clients):
    """So many browsers with the page of times open."""
    browsers = [Browser(server.address) for _ in range(clients)]
    pages = side_by_side(8, [lambda b=b: world.times_page(b, slot) for b in browsers])
    return list(zip(browsers, pages, strict=True))


def press_all(windows, slot):
    """Everybody presses this time at the same instant, whichever the page was opened for."""

    def book(browser, page):
        held = world.press_slot(browser, page, slot)
        if held.status != 303:
            return held
        return world.send(browser, browser.get(held.location), world.couple())

    return at_once([lambda w=w: book(*w) for w in windows])
