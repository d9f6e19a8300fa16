"""A head stops a time while a party from the waiting list books one of the places kept for it:
each locks the holds before the line, so that neither is thrown out by the database."""

from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress

import pytest
from django.db import OperationalError, connection, transaction
from django.utils import timezone

from accounts.roles import Role
from bookings import services
from bookings.models import Booking, Part
from bookings.services import offers, stopping
from bookings.services.moves import locked_booking
from bookings.workflow import Status
from core import thai_dates
from core.workflow import CITIZEN
from tests.factories import hold, make_staff, wait
from tests.live import world
from tests.races.invariants import broken_invariants
from tests.races.locks import wait_until_blocked

pytestmark = [pytest.mark.postgres, pytest.mark.race]


@pytest.fixture
def slot(transactional_db):
    """Two places, both kept for a party of two."""
    offered = world.marriage_at_bang_rak()
    slot = world.slot(offered, places=2)
    day = thai_dates.local_date(slot.starts_at)
    now = timezone.now()
    full = [hold(slot, offered, now=now) for _ in range(2)]
    wait(offered, party_size=2, first_day=day, latest_day=day, now=now)
    for one in full:
        services.release_hold(booking=one, by=CITIZEN, now=now)
    assert Booking.objects.filter(status=Status.HELD).count() == 2
    return slot


def test_neither_is_thrown_out(slot, deadlocks):
    before = deadlocks()

    _stop_while_booked(slot)

    assert deadlocks() == before
    assert not Booking.objects.filter(status=Status.HELD).exists()
    assert broken_invariants() == ""


def test_control_with_the_line_locked_between_the_holds_one_is(slot, deadlocks, monkeypatch):
    def one_after_the_other(slots, now):
        held = Booking.objects.filter(slot__in=slots, status=Status.HELD).order_by("pk")
        for pk in list(held.values_list("pk", flat=True)):
            offers.wait_on(stopping._end_hold(pk, now), now=now)

    monkeypatch.setattr(stopping, "_end_holds", one_after_the_other)
    before = deadlocks()

    _stop_while_booked(slot)

    assert deadlocks() == before + 1


def _stop_while_booked(slot) -> None:
    """Booking the second place has its hold and is about to take the entry off the list, when the
    stop comes."""
    second = Booking.objects.filter(status=Status.HELD).latest("pk")
    with ThreadPoolExecutor(1) as pool:
        with suppress(OperationalError), transaction.atomic():
            locked_booking(second.pk)
            stopped = pool.submit(_stop, slot)
            wait_until_blocked()
            offers.locked_entry(second.waiting_id)
        stopped.result(timeout=20)


def _stop(slot) -> None:
    head = make_staff(Role.HEAD, office=slot.office)
    day = thai_dates.local_date(slot.starts_at)
    try:
        with suppress(OperationalError):
            services.plan(
                office=slot.office,
                day=day,
                part=Part.DAY,
                services=[Booking.objects.filter(slot=slot).first().offered],
                reason_th="ทดสอบ",
                by=head,
                now=timezone.now(),
            )
    finally:
        connection.close()
