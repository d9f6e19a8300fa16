"""What becomes free is kept for who waits first, and what becomes of that offer."""

from datetime import timedelta

import pytest

from accounts.roles import Role
from bookings import services, waiting
from bookings.models import Part, Slot
from bookings.workflow import Status, WaitingStatus
from core.errors import Refused
from core.workflow import CITIZEN, Actor
from notifications.models import Message
from tests import factories
from tests.bookings.line import FULL_DAY, cancel, join, offer_of, state
from tests.factories import NOW, at, booking_at, make_slot, make_staff

pytestmark = pytest.mark.usefixtures("nothing_broken")

UNTIL = NOW + timedelta(hours=2)


def test_cancelled_place_is_kept_for_the_first_in_line(offered, booking):
    first, second = join(offered), join(offered, now=NOW + timedelta(seconds=1))

    cancel(booking)

    assert (state(first), state(second)) == ("offered", "waiting")
    kept = offer_of(first)
    assert (kept.slot_id, kept.held_until, kept.holder) == (booking.slot_id, UNTIL, first.holder)
    kept.slot.refresh_from_db()
    assert (kept.slot.taken, kept.slot.taken_online) == (1, 1)
    assert Message.objects.get(kind="waiting_offer").case_id == first.pk


def test_place_of_every_other_way_is_kept_too(offered):
    head = make_staff()

    def rejected():
        one = booking_at(offered=offered)
        return one, lambda: services.reject(booking=one, by=head, reason="ทดสอบ", now=NOW)

    def cancelled_by_staff():
        one = booking_at(offered=offered)
        by = Actor.staff(head)
        return one, lambda: services.cancel(booking=one, by=by, reason="ทดสอบ", now=NOW)

    def moved_away():
        one = booking_at(offered=offered)
        other = make_slot(offered, starts=at(2026, 12, 1, 10))
        return one, lambda: services.move_to(booking=one, slot=other, by=CITIZEN, now=NOW)

    def released():
        one = booking_at(Status.HELD, offered=offered)
        return one, lambda: services.release_hold(booking=one, by=CITIZEN, now=NOW)

    def swept():
        one = booking_at(Status.HELD, offered=offered, now=NOW - timedelta(hours=1))
        return one, lambda: services.release_expired(now=NOW)

    for way in (rejected, cancelled_by_staff, moved_away, released, swept):
        one, free = way()
        entry = join(offered)
        free()
        assert state(entry) == WaitingStatus.OFFERED, way
        assert offer_of(entry).slot_id == one.slot_id, way


def test_raised_capacity_and_reopened_day_are_offered(offered, booking):
    first = join(offered)
    Slot.objects.filter(pk=booking.slot_id).update(capacity=2, online_capacity=2)
    assert services.offer_free_places(now=NOW) == 1
    assert state(first) == WaitingStatus.OFFERED

    other = make_slot(offered, starts=at(2026, 12, 3, 10))
    booking_at(offered=offered, slot=other)
    day = other.starts_at.date()
    second = join(offered, first_day=day, latest_day=day)
    closure = factories.make_closure(day, office=offered.office)
    services.apply_closures(now=NOW, day=day)
    Slot.objects.filter(pk=other.pk).update(capacity=2, online_capacity=2)
    assert services.offer_free_places(now=NOW) == 0
    closure.delete()
    services.apply_closures(now=NOW, day=day)
    assert state(second) == WaitingStatus.OFFERED


def test_party_gets_all_its_places_at_one_time_or_none(offered):
    slot = make_slot(offered, capacity=2)
    ones = [booking_at(offered=offered, slot=slot) for _ in range(2)]
    pair, single = join(offered, party_size=2), join(offered, now=NOW + timedelta(seconds=1))

    cancel(ones[0])
    assert (state(pair), state(single)) == ("waiting", "offered")

    services.leave_waiting(entry=single, now=NOW)
    assert state(pair) == WaitingStatus.WAITING
    cancel(ones[1])

    assert state(pair) == WaitingStatus.OFFERED
    assert pair.offers.filter(status=Status.HELD).count() == 2


def test_day_outside_the_wish_is_left_to_the_web(offered, booking):
    make_slot(offered, starts=at(2026, 12, 2, 10), capacity=1, closed_at=None)
    booking_at(offered=offered, slot=Slot.objects.latest("starts_at"))
    entry = join(offered, first_day=at(2026, 12, 2).date(), latest_day=at(2026, 12, 2).date())

    cancel(booking)

    assert state(entry) == WaitingStatus.WAITING
    assert Slot.objects.get(pk=booking.slot_id).free_online == 1


@pytest.mark.parametrize(
    ("now", "until"),
    [
        (at(2026, 11, 27, 13), at(2026, 11, 27, 15)),
        (at(2026, 11, 27, 15), at(2026, 11, 27, 16)),  # ends with the deadline for changes
        (at(2026, 11, 27, 15, 50), None),
        (at(2026, 11, 30, 9), None),
    ],
)
def test_offer_stops_at_the_cut_off(offered, booking, now, until):
    entry = join(offered)

    services.cancel(booking=booking, by=Actor.staff(make_staff()), reason="ทดสอบ", now=now)

    assert state(entry) == (WaitingStatus.OFFERED if until else WaitingStatus.WAITING)
    assert entry.offered_until == until


def test_offer_not_taken_goes_to_the_next_person(offered, booking):
    first, second = join(offered), join(offered, now=NOW + timedelta(seconds=1))
    cancel(booking)

    services.release_expired(now=UNTIL + timedelta(seconds=1))

    assert (state(first), first.ending, state(second)) == ("over", "not_taken", "offered")
    assert offer_of(second).held_until == UNTIL + timedelta(hours=2, seconds=1)


def test_offer_declined_goes_to_the_next_at_once(offered, booking):
    first, second = join(offered), join(offered, now=NOW + timedelta(seconds=1))
    cancel(booking)

    services.leave_waiting(entry=first, now=NOW)
    services.leave_waiting(entry=first, now=NOW)

    assert (state(first), state(second)) == ("left", "offered")


def test_offer_taken_is_booked_by_any_browser(offered, booking):
    entry = join(offered)
    cancel(booking)

    for holder in ("telephone", "office"):
        held = services.take_offer(entry=entry, holder=holder, now=NOW)
    booked = factories.submit(held, now=NOW)

    assert (booked.holder, booked.slot_id) == ("office", booking.slot_id)
    assert state(entry) == WaitingStatus.TAKEN
    services.release_expired(now=UNTIL + timedelta(hours=1))
    assert state(entry) == WaitingStatus.TAKEN


def test_offer_that_is_over_cannot_be_taken(offered, booking):
    entry = join(offered)
    cancel(booking)

    with pytest.raises(Refused) as refused:
        services.take_offer(entry=entry, holder="telephone", now=UNTIL + timedelta(seconds=1))

    assert refused.value.code == "expired"


def test_browser_with_three_times_cannot_take_a_fourth(offered, booking):
    entry = join(offered)
    cancel(booking)
    for day in (1, 2, 3):
        slot = make_slot(offered, starts=at(2026, 12, day, 10))
        factories.hold(slot, offered, holder="telephone")

    with pytest.raises(Refused) as refused:
        services.take_offer(entry=entry, holder="telephone", now=NOW)

    assert refused.value.code == "holds"
    assert offer_of(entry).holder == entry.holder


def test_who_has_an_offer_is_not_taken_out(offered, booking, officer):
    entry = join(offered)
    cancel(booking)

    with pytest.raises(Refused) as refused:
        services.take_out(entry=entry, reason="โทรมาขอออก", by=officer, now=NOW)

    assert refused.value.code == "offered"
    assert state(entry) == WaitingStatus.OFFERED


def test_offer_of_a_time_that_is_stopped_is_taken_back_and_made_again(offered, booking):
    """Without it the entry stood as offered for ever, with nothing kept."""
    first, second = (join(offered, now=NOW + timedelta(minutes=n)) for n in range(2))
    cancel(booking)
    head = make_staff(Role.HEAD, office=offered.office)
    closing = services.plan(
        office=offered.office,
        day=FULL_DAY,
        part=Part.DAY,
        services=[offered],
        reason_th="ปิด",
        by=head,
        now=NOW,
    )
    assert (state(first), state(second)) == ("waiting", "waiting")
    assert (waiting.was_taken_back(first), waiting.was_taken_back(second)) == (True, False)

    services.drop(closing=closing, by=head, now=NOW)
    services.offer_free_places(now=NOW + timedelta(minutes=5))

    assert (state(first), state(second)) == ("offered", "waiting")
    assert Message.objects.filter(kind="waiting_offer", case_id=first.pk).count() == 2
