"""A time at Bang Rak that can be booked, and a browser that keeps it."""

import pytest

from bookings.models import Booking
from bookings.workflow import Status
from tests.live import world


@pytest.fixture
def slot(db):
    return world.slot(world.marriage_at_bang_rak(), places=10)


@pytest.fixture
def keep(slot):
    """`keep(client)`: this browser keeps a place; gives the held booking."""

    def press(client, slot=slot):
        answer = client.post("/offices/bang-rak/marriage/hold/", {"slot": slot.pk})
        assert answer.status_code == 303, answer.content.decode()
        return Booking.objects.filter(status=Status.HELD).latest("id")

    return press


@pytest.fixture
def book(keep):
    """`book(client, **typed)`: this browser books to the end; gives the booking."""

    def send(client, **typed):
        held = keep(client)
        form = {"form_key": str(held.form_key), **world.couple(**typed)}
        answer = client.post(f"/bookings/hold/{held.form_key}/", form)
        assert answer.status_code == 303, answer.content.decode()
        held.refresh_from_db()
        return held

    return send
