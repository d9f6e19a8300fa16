"""A couple cancels while an officer approves the same case, both with its page open (fault
F5): exactly one of the two is done, the other is told, and the place and the message agree."""

import pytest
from django.contrib.auth.hashers import PBKDF2PasswordHasher

from accounts.models import StaffRole, User
from accounts.roles import Role
from bookings.models import Booking, BookingChange
from bookings.workflow import Status
from notifications.models import Message
from tests.live import world
from tests.live.browser import Browser
from tests.live.size import full_or
from tests.live.together import at_once, side_by_side
from tests.races.invariants import broken_invariants

pytestmark = [pytest.mark.postgres, pytest.mark.race]

PAIRS, AT_ONCE = full_or(500, 50), 50
PASSWORD = "a long and invented one"


def test_exactly_one_wins(serve):
    (slot,) = _times_with_officer(1, places=PAIRS)

    with serve(STAFF_MFA_REQUIRED="0") as server:
        answers = [
            answer
            for _ in range(0, PAIRS, AT_ONCE)
            for answer in _cancel_and_confirm(server, [slot] * AT_ONCE)
        ]

    assert max(answer.status for answer in answers) < 500
    done = winners(ENDS)
    confirmed, cancelled = (sum(to == [status] for to in done.values()) for status in ENDS)
    print(f"{PAIRS} pairs: {confirmed} confirmed, {cancelled} cancelled, 0 both")
    assert confirmed + cancelled == len(done) == PAIRS
    for booking in Booking.objects.all():
        assert [booking.status] == done[booking.pk]
        kinds = Message.objects.filter(case_id=booking.pk).exclude(kind="received")
        assert [message.kind for message in kinds] == [TOLD[booking.status]]
    slot.refresh_from_db()
    assert slot.taken == confirmed
    assert broken_invariants() == ""


def test_control_without_the_row_lock_both_win(serve):
    # Each pair has another time: a cancellation waits for the row of its time.
    slots = _times_with_officer(10, places=1)

    with serve("locks", STAFF_MFA_REQUIRED="0") as server:
        _cancel_and_confirm(server, slots)

    both = sum(len(to) > 1 for to in winners(ENDS).values())
    print(f"without the row lock: both done in {both} of 10 pairs")
    assert both > 0


ENDS = (Status.CONFIRMED, Status.CANCELLED)
TOLD = {Status.CONFIRMED: "confirmed", Status.CANCELLED: "cancelled_by_citizen"}


def _times_with_officer(how_many, *, places):
    offered = world.marriage_at_bang_rak()
    make_officer(offered)
    return [world.slot(offered, places=places, no=no) for no in range(how_many)]


def make_officer(offered):
    """The head of the office, who can sign in with PASSWORD."""
    # As the server hashes it; the tests' own hasher is a quick one.
    password = PBKDF2PasswordHasher().encode(PASSWORD, "salt-of-this-test")
    officer = User.objects.create(username="officer", password=password, is_staff=True)
    StaffRole.objects.create(user=officer, role=Role.HEAD, office=offered.office)
    return officer


def winners(ends):
    """Booking → what the history says was done to it, of these."""
    done: dict[int, list[str]] = {}
    for change in BookingChange.objects.filter(to_status__in=ends):
        done.setdefault(change.booking_id, []).append(change.to_status)
    return done


def _cancel_and_confirm(server, slots):
    """One couple for each time given."""
    officer = signed_in(server)
    couples = [Browser(server.address) for _ in slots]
    booked = [lambda c=c, s=s: world.booked(c, s) for c, s in zip(couples, slots, strict=True)]
    paths = side_by_side(8, booked)
    bookings = {booking.reference: booking.pk for booking in Booking.objects.all()}
    presses = []
    for number, (couple, path) in enumerate(zip(couples, paths, strict=True)):
        case = f"/admin/bookings/booking/{bookings[path.rstrip('/').rpartition('/')[2]]}/"
        asked = couple.get(f"{path}cancel/")
        looked = officer.get(f"{case}change/")
        pair = [
            lambda c=couple, p=asked: c.submit(p, p.form_to("")),
            lambda p=looked: officer.submit(p, p.form_to("confirm/")),
        ]
        # Either comes first in half of the pairs, as far as an instant has an order.
        presses += pair if number % 2 else pair[::-1]
    return [timed.value for timed in at_once(presses)]


def signed_in(server):
    officer = Browser(server.address)
    page = officer.get("/admin/login/")
    answer = officer.submit(page, page.form_with("username"), username="officer", password=PASSWORD)
    assert answer.status == 302, answer.text
    return officer
