"""Many cancel at once while many wait and others press the same times at the web page
(ADR 17): each freed place goes to exactly one person, in the order of the line."""

import pytest
from django.utils import timezone

from bookings.models import Booking, WaitingEntry
from bookings.workflow import Status, WaitingStatus
from core.thai_dates import local_date
from notifications.models import Message
from tests.factories import wait
from tests.live import world
from tests.live.browser import Browser
from tests.live.together import at_once, side_by_side
from tests.races.invariants import broken_invariants

pytestmark = [pytest.mark.postgres, pytest.mark.race]

FREED, WAITING, SNATCHERS = 20, 30, 20


def test_each_freed_place_goes_to_the_next_in_line(serve, deadlocks):
    slots = _full_times(2, FREED // 2)
    before = deadlocks()

    with serve() as server:
        answers, snatched = _rush(server, slots, waiting=WAITING, snatchers=SNATCHERS)

    broken = deadlocks() - before
    entries = list(WaitingEntry.objects.order_by("joined_at", "id"))
    offered = [entry.status == WaitingStatus.OFFERED for entry in entries]
    print(
        f"{FREED} cancelled at once, {WAITING} wait, {SNATCHERS} press: {sum(offered)} offers, "
        f"{snatched} snatched, {broken} deadlocks, slowest {max(a.seconds for a in answers):.2f} s"
    )
    assert offered == [True] * FREED + [False] * (WAITING - FREED)
    assert snatched == 0
    assert broken == 0
    held = Booking.objects.filter(status=Status.HELD)
    assert sorted(held.values_list("waiting_id", flat=True)) == [e.pk for e in entries[:FREED]]
    told = Message.objects.filter(kind="waiting_offer").values_list("case_id", flat=True)
    assert sorted(told) == [entry.pk for entry in entries[:FREED]]
    for slot in slots:
        slot.refresh_from_db()
        assert slot.taken == slot.taken_online == slot.capacity
    assert broken_invariants() == ""


def test_control_offered_a_moment_later_places_are_snatched(serve):
    slots = _full_times(2, 5)

    with serve("offers") as server:
        _, snatched = _rush(server, slots, waiting=10, snatchers=20)

    print(f"offered a moment after the commit: {snatched} of 10 places snatched")
    assert snatched > 0


def test_control_without_the_lock_of_the_line_two_places_for_one(serve):
    slots = _full_times(10, 1)

    with serve("line") as server:
        answers, _ = _rush(server, slots, waiting=10, snatchers=0)

    wrong = sum(answer.value.status >= 500 for answer in answers)
    offered = WaitingEntry.objects.filter(status=WaitingStatus.OFFERED).count()
    print(f"line not locked: {wrong} of 10 cancellations fail, {offered} offers for 10 places")
    assert (wrong, offered) != (0, 10)


def _full_times(times, places):
    offered = world.marriage_at_bang_rak()
    return [world.slot(offered, places=places, no=no) for no in range(times)]


def _rush(server, slots, *, waiting, snatchers):
    """Fill the times, let people join, then everybody presses: the cancellations, and three
    times each those who want a place at the web page. Gives the answers to the cancellations,
    and how many others got a place."""
    seats = [slot for slot in slots for _ in range(slot.capacity)]
    couples = [(Browser(server.address), slot) for slot in seats]
    paths = side_by_side(8, [lambda c=c: world.booked(*c) for c in couples])
    asked = side_by_side(
        8, [lambda c=c, p=p: c[0].get(f"{p}cancel/") for c, p in zip(couples, paths, strict=True)]
    )
    day = local_date(slots[0].starts_at)
    offered = Booking.objects.first().offered
    for _ in range(waiting):
        wait(offered, first_day=day, now=timezone.now())
    others = [(Browser(server.address), slots[no % len(slots)]) for no in range(snatchers)]
    pages = side_by_side(8, [lambda o=o: world.times_page(*o) for o in others])
    cancel = [
        lambda c=c, p=p: c[0].submit(p, p.form_to("")) for c, p in zip(couples, asked, strict=True)
    ]
    snatch = [lambda o=o, p=p: _press(*o, p) for o, p in zip(others, pages, strict=True)]
    answers = at_once([*cancel, *snatch])
    return answers[: len(cancel)], sum(bool(one.value) for one in answers[len(cancel) :])


def _press(browser, slot, page):
    """Whether one of three presses got the time."""
    form = page.form_to("hold/")
    return any(browser.submit(page, form, slot=str(slot.pk)).status == 303 for _ in range(3))
