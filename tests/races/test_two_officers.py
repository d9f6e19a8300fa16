"""Two officers have the same case open; one approves, the other refuses, at the same instant
(fault F6): the first is done, the second is told who was first."""

import pytest

from bookings.models import Booking, Slot
from bookings.workflow import Status
from tests.live import world
from tests.live.browser import Browser
from tests.live.size import full_or
from tests.live.together import at_once, side_by_side
from tests.races.invariants import broken_invariants
from tests.races.test_cancel_and_confirm import make_officer, signed_in, winners

pytestmark = [pytest.mark.postgres, pytest.mark.race]

PAIRS, AT_ONCE = full_or(300, 50), 50
REFUSAL = {"kind": "other", "reason": "ทดสอบ"}
ENDS = (Status.CONFIRMED, Status.REJECTED)


def test_the_first_decision_stands(serve):
    slots = _times_with_officer(AT_ONCE, places=PAIRS // AT_ONCE)

    with serve(STAFF_MFA_REQUIRED="0") as server:
        answers = [
            answer for _ in range(0, PAIRS, AT_ONCE) for answer in _decide_twice(server, slots)
        ]

    decided = winners(ENDS)
    approved, refused = (sum(to == [status] for to in decided.values()) for status in ENDS)
    print(f"{PAIRS} pairs: {approved} approved, {refused} refused, 0 lost")
    # Done is a redirect to the case; the second is told on the page (409).
    statuses = sorted(answer.status for answer in answers)
    assert statuses == [302] * PAIRS + [409] * PAIRS
    assert approved + refused == len(decided) == PAIRS
    for booking in Booking.objects.all():
        assert [booking.status] == decided[booking.pk]
    assert sum(Slot.objects.values_list("taken", flat=True)) == approved
    assert broken_invariants() == ""


def test_control_without_the_row_lock_both_decide(serve):
    slots = _times_with_officer(10, places=1)

    with serve("locks", STAFF_MFA_REQUIRED="0") as server:
        _decide_twice(server, slots)

    both = sum(len(to) > 1 for to in winners(ENDS).values())
    print(f"without the row lock: both decided in {both} of 10 pairs")
    assert both > 0


def _times_with_officer(how_many, *, places):
    """Each pair has another time, so that nobody waits for the row of another's."""
    offered = world.marriage_at_bang_rak()
    make_officer(offered)
    return [world.slot(offered, places=places, no=no) for no in range(how_many)]


def _decide_twice(server, slots):
    """Both have the page open; each presses another button."""
    officers = [signed_in(server) for _ in range(2)]
    side_by_side(8, [lambda s=s: world.booked(Browser(server.address), s) for s in slots])
    presses = []
    for booking in Booking.objects.filter(status=Status.REQUESTED):
        case = f"/admin/bookings/booking/{booking.pk}/"
        first = officers[0].get(f"{case}change/")
        asked = officers[1].get(f"{case}change/?card=reject")
        presses.append(lambda p=first: officers[0].submit(p, p.form_to("confirm/")))
        presses.append(lambda p=asked: officers[1].submit(p, p.form_to("reject/"), **REFUSAL))
    return [timed.value for timed in at_once(presses)]
