"""The waiting list: who joins, who is offered what, and what ends it."""

from datetime import timedelta
from uuid import uuid4

import pytest

from bookings import services, waiting
from bookings.models import Booking, Slot, WaitingEntry
from bookings.workflow import Status, WaitingStatus
from core.errors import Refused
from core.workflow import CITIZEN, Actor
from notifications.models import Message
from tests import factories
from tests.factories import NOW, at, booking_at, make_offered, make_slot, make_staff, wait
from tests.races.invariants import broken_invariants

pytestmark = pytest.mark.django_db

FULL_DAY = at(2026, 11, 30).date()
UNTIL = NOW + timedelta(hours=2)


@pytest.fixture
def offered():
    return make_offered()


@pytest.fixture
def booking(offered):
    """A confirmed visit that fills the only time of the day."""
    return booking_at(Status.CONFIRMED, offered=offered)


@pytest.fixture(autouse=True)
def nothing_broken(db):
    yield
    assert broken_invariants() == ""


def join(offered, **changes):
    return wait(offered, **({"first_day": FULL_DAY, "latest_day": FULL_DAY} | changes))


def cancel(booking, *, now=NOW):
    return services.cancel(booking=booking, by=CITIZEN, now=now)


def state(entry):
    entry.refresh_from_db()
    return entry.status


def offer_of(entry):
    return Booking.objects.get(waiting=entry, status=Status.HELD)


# --- joining --------------------------------------------------------------------------------


def test_join_tells_the_contact_once(offered, booking):
    key = uuid4()
    first = join(offered, form_key=key, email="mali@example.com")
    again = join(offered, form_key=key, email="mali@example.com")

    assert first == again
    [told] = Message.objects.filter(source="waiting")
    assert (told.kind, told.address) == ("waiting_joined", "mali@example.com")


def test_join_with_the_same_form_and_other_data_is_refused(offered, booking):
    key = uuid4()
    join(offered, form_key=key)

    with pytest.raises(Refused) as refused:
        join(offered, form_key=key)

    assert refused.value.code == "other_body"
    assert WaitingEntry.objects.count() == 1


def test_join_with_a_waiting_contact_follows_it_and_is_never_offered(offered, booking):
    first = join(offered, email="mali@example.com")
    second = join(offered, email="mali@example.com", now=NOW + timedelta(minutes=1))
    third = join(offered, phone="+66800000000", email="")

    assert second.status == first.status == WaitingStatus.WAITING
    assert second.follows == first
    told = Message.objects.filter(source="waiting", address="mali@example.com")
    assert {message.case_id for message in told} == {first.pk}
    services.leave_waiting(entry=first, now=NOW)
    cancel(booking)
    assert (state(second), state(third)) == ("waiting", "offered")


@pytest.mark.parametrize(
    ("days", "code"),
    [((FULL_DAY, FULL_DAY), "free"), ((at(2026, 11, 28).date(),) * 2, "no_times")],
)
def test_join_for_days_that_are_not_full_is_refused(offered, days, code):
    make_slot(offered)

    wish = services.Wish(1, *days, phone="", email="mali@example.com")

    with pytest.raises(Refused) as refused:
        services.join_waiting(form_key=uuid4(), offered=offered, wish=wish, language="th", now=NOW)

    assert refused.value.code == code
    assert not WaitingEntry.objects.exists()


# --- every way a place comes free -----------------------------------------------------------


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


# --- who fits -------------------------------------------------------------------------------


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


def test_who_booked_elsewhere_leaves_the_list(offered, booking):
    entry = join(offered, email="couple@example.com")
    other = make_slot(offered, starts=at(2026, 12, 3, 10))
    booking_at(offered=offered, slot=other, now=NOW + timedelta(minutes=1))

    cancel(booking)

    assert (state(entry), entry.ending) == ("over", "booked")
    assert entry.closed_at is not None


def test_who_booked_elsewhere_need_not_wait_for_the_turn(
    offered, booking, django_assert_num_queries
):
    joined = NOW + timedelta(minutes=1)
    entry = join(offered, email="Couple@example.com", now=joined)
    behind = join(offered, now=joined)
    with django_assert_num_queries(1):
        assert services.end_booked_waiting(now=NOW) == 0
    other = make_slot(offered, starts=at(2026, 12, 3, 10))
    booking_at(offered=offered, slot=other, now=NOW + timedelta(minutes=2))

    assert services.end_booked_waiting(now=NOW + timedelta(minutes=3)) == 1

    assert (state(entry), entry.ending) == ("over", "booked")
    assert waiting.line_of(behind).position == 1


def test_the_office_takes_out_with_a_reason(offered, booking, officer):
    entry = join(offered)
    with pytest.raises(Refused) as refused:
        services.take_out(entry=entry, reason=" ", by=officer, now=NOW)
    assert refused.value.code == "reason"

    services.take_out(entry=entry, reason="โทรมาขอออก", by=officer, now=NOW)

    assert (state(entry), entry.ending) == ("left", "taken_out")
    assert (entry.reason, entry.closed_by, entry.closed_at) == ("โทรมาขอออก", officer, NOW)


def test_who_has_an_offer_is_not_taken_out(offered, booking, officer):
    entry = join(offered)
    cancel(booking)

    with pytest.raises(Refused) as refused:
        services.take_out(entry=entry, reason="โทรมาขอออก", by=officer, now=NOW)

    assert refused.value.code == "offered"
    assert state(entry) == WaitingStatus.OFFERED


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


# --- what becomes of an offer ---------------------------------------------------------------


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


def test_days_that_are_over_end_the_waiting(offered, booking):
    entry = join(offered)
    later = NOW + timedelta(days=8)

    assert services.end_waiting(now=later) == 1
    assert (state(entry), entry.ending, entry.closed_at) == ("over", "days_over", later)


# --- cancelled places that come back later --------------------------------------------------


def test_cancelled_place_comes_back_after_the_delay(offered, booking, monkeypatch):
    monkeypatch.setattr("secrets.randbelow", lambda below: below - 1)
    _delay(offered, 30)

    cancel(Booking.objects.get(pk=booking.pk))
    slot = Slot.objects.get(pk=booking.slot_id)
    assert (slot.taken, slot.taken_online, slot.free_online) == (1, 1, 0)
    assert broken_invariants() == ""
    assert services.return_places(now=NOW + timedelta(minutes=29)) == 0
    assert services.return_places(now=NOW + timedelta(minutes=30)) == 1
    assert services.return_places(now=NOW + timedelta(minutes=31)) == 0

    slot.refresh_from_db()
    assert (slot.taken, slot.free_online) == (0, 1)


def test_place_that_a_citizen_moves_away_from_comes_back_after_the_delay(
    offered, booking, monkeypatch
):
    """Moving at an agreed second hands a time on as cancelling does (peers 30)."""
    monkeypatch.setattr("secrets.randbelow", lambda below: below - 1)
    _delay(offered, 30)
    other = make_slot(offered, starts=at(2026, 12, 1, 10))

    moved = Booking.objects.get(pk=booking.pk)
    services.move_to(booking=moved, slot=other, by=CITIZEN, now=NOW)

    old = Slot.objects.get(pk=booking.slot_id)
    assert (old.taken, old.taken_online) == (1, 1)
    assert broken_invariants() == ""
    assert services.return_places(now=NOW + timedelta(minutes=30)) == 1
    old.refresh_from_db()
    assert (old.taken, old.taken_online) == (0, 0)


def test_waiting_list_takes_a_delayed_place_at_once(offered, booking):
    _delay(offered, 30)
    entry = join(offered)

    cancel(Booking.objects.get(pk=booking.pk))

    assert state(entry) == WaitingStatus.OFFERED


@pytest.mark.parametrize("minutes", [0, 30])
def test_place_given_up_by_staff_returns_at_once(offered, booking, minutes):
    _delay(offered, minutes)

    services.cancel(
        booking=Booking.objects.get(pk=booking.pk),
        by=Actor.staff(make_staff()),
        reason="ทดสอบ",
        now=NOW,
    )

    assert Slot.objects.get(pk=booking.slot_id).taken == 0


def test_cancelling_without_anybody_waiting_costs_one_query_more(
    offered, booking, django_assert_num_queries
):
    with django_assert_num_queries(1):
        services.offer_freed(slot_id=booking.slot_id, now=NOW)


@pytest.mark.parametrize("people", [1, 30])
def test_line_of_an_entry_costs_two_queries(offered, booking, people, django_assert_num_queries):
    entries = [join(offered, now=NOW + timedelta(seconds=n)) for n in range(people)]

    with django_assert_num_queries(2):
        line = waiting.line_of(entries[-1])

    assert line.position == people


def _delay(offered, minutes):
    offered.return_delay_minutes = minutes
    offered.save()
