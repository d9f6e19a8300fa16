"""The same form sent many times, and the same person twice (faults F2 and F3)."""

import pytest

from bookings.models import Booking, Party
from bookings.workflow import Status
from notifications.models import Message
from tests.live import world
from tests.live.browser import Browser
from tests.live.size import full_or
from tests.live.together import at_once, side_by_side
from tests.races.invariants import broken_invariants

pytestmark = [pytest.mark.postgres, pytest.mark.race]

KEYS, TIMES = full_or(200, 20), 10
KEYS_AT_ONCE = 20
COUPLES = 20


def test_form_sent_ten_times_books_once(serve):
    slot = world.slot(world.marriage_at_bang_rak(), places=KEYS)

    with serve() as server:
        answers = [
            of_one_key
            for _ in range(0, KEYS, KEYS_AT_ONCE)
            for of_one_key in _send_all(server, slot, keys=KEYS_AT_ONCE)
        ]

    for of_one_key in answers:
        assert [answer.status for answer in of_one_key] == [303] * TIMES
        assert len({answer.location for answer in of_one_key}) == 1
    print(f"{KEYS} form keys x {TIMES}: {Booking.objects.count()} bookings, all answers alike")
    assert Booking.objects.filter(status=Status.REQUESTED).count() == KEYS
    assert Message.objects.filter(kind="received").count() == KEYS
    slot.refresh_from_db()
    assert slot.taken == KEYS
    assert broken_invariants() == ""


def test_control_without_the_row_lock_answers_differ(serve):
    slot = world.slot(world.marriage_at_bang_rak(), places=4)

    with serve("locks") as server:
        answers = _send_all(server, slot, keys=4)

    statuses = [answer.status for of_one_key in answers for answer in of_one_key]
    print(f"without the row lock: {sum(s != 303 for s in statuses)} of {len(statuses)} go wrong")
    assert any(status != 303 for status in statuses)


def test_same_key_with_other_data_is_refused(serve):
    slot = world.slot(world.marriage_at_bang_rak(), places=1)

    with serve() as server:
        browser = Browser(server.address)
        page = world.held_form(browser, slot)
        first = world.couple()
        sent = [world.send(browser, page, first), world.send(browser, page, world.couple())]
        again = world.send(browser, page, first)

    assert [answer.status for answer in sent] == [303, 409]
    assert again.location == sent[0].location
    assert Booking.objects.exclude(status=Status.HELD).count() == 1
    assert Party.objects.count() == 2
    assert broken_invariants() == ""


def test_same_person_twice_has_one_booking(serve):
    slots = _two_times()

    with serve() as server:
        answers = _same_people_twice(server, slots)

    statuses = sorted(answer.status for answer in answers)
    print(f"{COUPLES} couples twice at once: {statuses.count(303)} booked")
    assert statuses.count(303) == COUPLES
    assert max(statuses) < 500
    assert Party.objects.filter(is_open=True).count() == 2 * COUPLES
    assert broken_invariants() == ""


def test_control_without_the_constraint_has_two(serve, without_constraints):
    with without_constraints("one person"), serve() as server:
        slots = _two_times()

        answers = _same_people_twice(server, slots)

        twice = sum(answer.status == 303 for answer in answers) - COUPLES
        print(f"without the partial constraint: {twice} of {COUPLES} couples booked twice")
        assert twice > 0


def _send_all(server, slot, *, keys):
    """Each key in a window of its own, whose button is pressed again and again; all at once."""
    browsers = [Browser(server.address) for _ in range(keys)]
    pages = side_by_side(8, [lambda b=b: world.held_form(b, slot) for b in browsers])
    forms = [(b, page, world.couple()) for b, page in zip(browsers, pages, strict=True)]
    answers = [
        answer.value
        for answer in at_once([lambda f=f: world.send(*f) for f in forms for _ in range(TIMES)])
    ]
    return [answers[start : start + TIMES] for start in range(0, len(answers), TIMES)]


def _two_times():
    offered = world.marriage_at_bang_rak()
    return [world.slot(offered, places=COUPLES, no=no) for no in range(2)]


def _same_people_twice(server, slots):
    windows = [(Browser(server.address), slot) for slot in slots for _ in range(COUPLES)]
    pages = side_by_side(8, [lambda w=w: world.held_form(*w) for w in windows])
    couples = [world.couple() for _ in range(COUPLES)] * len(slots)
    forms = zip([browser for browser, _ in windows], pages, couples, strict=True)
    return [answer.value for answer in at_once([lambda f=f: world.send(*f) for f in forms])]
