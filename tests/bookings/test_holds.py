"""Ten minutes in which a place is somebody's."""

from datetime import timedelta

import pytest
from django.core.management import call_command

from bookings import services
from bookings.models import Booking, Slot
from bookings.services import holds
from bookings.workflow import Status
from core.errors import Refused
from core.workflow import CITIZEN
from offices.models import OfferedService
from tests.factories import NOW, at, hold, make_closure, make_slot, submit

MINUTE = timedelta(minutes=1)


def taken(slot):
    slot.refresh_from_db()
    return slot.taken


def test_hold_takes_a_place_for_ten_minutes(offered, slot):
    booking = hold(slot, offered)

    assert booking.status == Status.HELD
    assert booking.held_until == NOW + 10 * MINUTE
    assert taken(slot) == 1
    assert [(c.from_status, c.to_status) for c in booking.changes.all()] == [("", "held")]


def test_second_browser_finds_it_full(offered, slot):
    hold(slot, offered)

    with pytest.raises(Refused) as refused:
        hold(slot, offered)

    assert refused.value.code == "full"
    assert taken(slot) == 1


def test_same_browser_gets_its_hold_back(offered, slot):
    first = hold(slot, offered, holder="me")

    again = hold(slot, offered, holder="me", now=NOW + 3 * MINUTE)

    assert again.pk == first.pk
    assert taken(slot) == 1


def test_a_browser_holds_three_times_and_not_a_fourth(offered):
    slots = [make_slot(offered) for _ in range(4)]
    for slot in slots[:3]:
        hold(slot, offered, holder="me")

    with pytest.raises(Refused) as refused:
        hold(slots[3], offered, holder="me")

    assert refused.value.code == "holds"
    assert taken(slots[3]) == 0


def test_a_hold_given_back_makes_room_for_another(offered):
    slots = [make_slot(offered) for _ in range(4)]
    mine = [hold(slot, offered, holder="me") for slot in slots[:3]]

    services.release_hold(booking=mine[1], by=CITIZEN, now=NOW)

    assert hold(slots[3], offered, holder="me").hold_no == 2


def test_a_submitted_booking_is_no_longer_a_hold(offered):
    slots = [make_slot(offered) for _ in range(4)]
    mine = [hold(slot, offered, holder="me") for slot in slots[:3]]
    submit(mine[0])

    assert hold(slots[3], offered, holder="me").status == Status.HELD


def test_own_holds_that_are_over_do_not_count(offered):
    slots = [make_slot(offered) for _ in range(4)]
    for slot in slots[:3]:
        hold(slot, offered, holder="me")

    booking = hold(slots[3], offered, holder="me", now=NOW + 11 * MINUTE)

    assert booking.hold_no == 1
    assert [taken(slot) for slot in slots] == [0, 0, 0, 1]


def test_own_expired_hold_of_the_same_time_is_made_anew(offered, slot):
    first = hold(slot, offered, holder="me")

    again = hold(slot, offered, holder="me", now=NOW + 11 * MINUTE)

    first.refresh_from_db()
    assert (first.status, again.status) == (Status.EXPIRED, Status.HELD)
    assert taken(slot) == 1


def test_extend_adds_ten_minutes_once(offered, slot):
    booking = hold(slot, offered, holder="me")

    longer = services.extend_hold(booking_id=booking.pk, holder="me", now=NOW + 9 * MINUTE)
    with pytest.raises(Refused) as refused:
        services.extend_hold(booking_id=booking.pk, holder="me", now=NOW + 9 * MINUTE)

    assert longer.held_until == NOW + 20 * MINUTE
    assert refused.value.code == "extended"


@pytest.mark.parametrize(
    ("holder", "minutes"), [("somebody else", 1), ("me", 11)], ids=["other browser", "over"]
)
def test_extend_is_refused(offered, slot, holder, minutes):
    booking = hold(slot, offered, holder="me")

    with pytest.raises(Refused) as refused:
        services.extend_hold(booking_id=booking.pk, holder=holder, now=NOW + minutes * MINUTE)

    assert refused.value.code == "expired"


def test_release_gives_the_place_back_once(offered):
    slot = make_slot(offered, capacity=2)
    hold(slot, offered)
    booking = hold(slot, offered)

    services.release_hold(booking=booking, by=CITIZEN, now=NOW)
    services.release_hold(booking=booking, by=CITIZEN, now=NOW)

    assert taken(slot) == 1


def test_release_twice_of_the_last_place_is_no_error(offered, slot):
    booking = hold(slot, offered)

    services.release_hold(booking=booking, by=CITIZEN, now=NOW)
    services.release_hold(booking=booking, by=CITIZEN, now=NOW)

    assert taken(slot) == 0


def test_release_of_a_submitted_booking_leaves_it(offered, slot):
    held = hold(slot, offered)
    submit(held)

    services.release_hold(booking=held, by=CITIZEN, now=NOW)

    assert Booking.objects.get().status == Status.REQUESTED
    assert taken(slot) == 1


def test_sweep_releases_what_is_over_and_nothing_else(offered):
    old, young = make_slot(offered), make_slot(offered)
    hold(old, offered, now=NOW - 11 * MINUTE)
    hold(young, offered, now=NOW - 9 * MINUTE)

    assert services.release_expired(now=NOW) == 1
    assert services.release_expired(now=NOW) == 0
    assert (taken(old), taken(young)) == (0, 1)


def test_command_says_how_many_it_released(offered, slot, capsys):
    hold(slot, offered)
    Booking.objects.update(held_until=NOW - timedelta(days=400))

    call_command("release_expired")

    assert capsys.readouterr().out.splitlines() == [
        "holds: 1 released",
        "offers of closings: 0 ended",
        "cancelled places: 0 came back",
        "waiting list: 0 have booked",
        "waiting list: 0 places offered",
        "waiting list: 0 ended",
        "undecided past visits: 0 expired",
        "days of offices: 0 did not come or left",
    ]


@pytest.mark.parametrize(
    ("starts", "code"),
    [
        (at(2026, 11, 23, 8), "too_soon"),  # an hour ago
        (at(2026, 11, 23, 15), "too_soon"),  # today; from the next working day on
        (at(2027, 1, 5, 10), "too_far"),  # more than 30 working days
    ],
)
def test_hold_outside_the_window_is_refused(offered, starts, code):
    slot = make_slot(offered, starts=starts)

    with pytest.raises(Refused) as refused:
        hold(slot, offered)

    assert refused.value.code == code
    assert taken(slot) == 0


def test_hold_of_a_closed_time_is_refused(offered, slot):
    make_closure(slot.starts_at.date())
    services.apply_closures(now=NOW)
    slot.refresh_from_db()

    with pytest.raises(Refused) as refused:
        hold(slot, offered)

    assert refused.value.code == "closed"


def test_a_time_closed_after_the_page_was_read_is_refused(offered, slot):
    Slot.objects.update(closed_at=NOW)

    with pytest.raises(Refused) as refused:
        hold(slot, offered)

    assert refused.value.code == "closed"


def test_a_service_that_was_closed_cannot_be_held(offered, slot):
    offered.is_open = False

    with pytest.raises(Refused) as refused:
        hold(slot, offered)

    assert refused.value.code == "closed"


def test_a_reference_that_is_taken_is_drawn_again(offered, monkeypatch):
    first, second = make_slot(offered), make_slot(offered)
    references = iter(["BR-0000-00", "BR-0000-00", "BR-1111-11"])
    monkeypatch.setattr(holds, "new_reference", lambda prefix: next(references))

    made = [hold(slot, offered).reference for slot in (first, second)]

    assert made == ["BR-0000-00", "BR-1111-11"]
    assert (taken(first), taken(second)) == (1, 1)


@pytest.mark.postgres
def test_hold_is_one_statement(offered, slot, django_assert_num_queries):
    offered = OfferedService.objects.select_related("office", "service", "pattern").get()

    # Own holds, closed days; one statement within the savepoint of this test.
    with django_assert_num_queries(5):
        hold(slot, offered)
