"""Changing the places of a service: what it would do, and doing it."""

from bookings import services
from bookings.models import Slot
from tests.factories import NOW, at, booking_at, make_slot


def times(offered):
    """Three places a time on two days; two are booked at the first."""
    first = make_slot(offered, starts=at(2026, 11, 30, 10), capacity=3)
    second = make_slot(offered, starts=at(2026, 12, 1, 10), capacity=3)
    for _one in range(2):
        booking_at(offered=offered, slot=first)
    return first, second


def test_preview_counts_and_names_what_is_held_back(offered):
    first, _second = times(offered)

    preview = services.preview_places(offered, online=1, staff=0, now=NOW)

    assert (preview.times, preview.days, preview.lost, preview.gained) == (2, 2, 3, 0)
    assert preview.held_back == [first]
    assert set(Slot.objects.values_list("capacity", flat=True)) == {3}


def test_nobody_booked_loses_the_place(offered):
    first, second = times(offered)

    assert services.apply_places(offered, online=1, staff=0, now=NOW) == 2

    first.refresh_from_db()
    second.refresh_from_db()
    assert (first.capacity, first.online_capacity) == (2, 2)
    assert (second.capacity, second.online_capacity) == (1, 1)
    offered.refresh_from_db()
    assert (offered.online_places, offered.staff_places, offered.total_places) == (1, 0, 2)


def test_time_that_is_over_stays_as_it_was(offered):
    past = make_slot(offered, starts=at(2026, 11, 20, 10), capacity=3)

    services.apply_places(offered, online=1, staff=1, now=NOW)

    past.refresh_from_db()
    assert past.capacity == 3
