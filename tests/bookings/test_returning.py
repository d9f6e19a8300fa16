"""Cancelled places that come back after a while."""

from datetime import timedelta

import pytest

from bookings import services
from bookings.models import Booking, Slot
from bookings.workflow import WaitingStatus
from core.workflow import CITIZEN, Actor
from tests.bookings.line import cancel, join, state
from tests.factories import NOW, at, make_slot, make_staff
from tests.races.invariants import broken_invariants

pytestmark = pytest.mark.usefixtures("nothing_broken")


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
    """Moving at an agreed second hands a time on as cancelling does."""
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


def _delay(offered, minutes):
    offered.return_delay_minutes = minutes
    offered.save()
