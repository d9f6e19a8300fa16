"""How many places one network address keeps at a time."""

import pytest
from django.core.cache import caches
from django.test import Client
from redis.exceptions import ConnectionError as RedisAway

from bookings.models import Booking
from bookings.workflow import Status
from portal import limits

HOLD = "/offices/bang-rak/marriage/hold/"


@pytest.fixture(autouse=True)
def few(settings):
    settings.HOLDS_PER_ADDRESS = 2


def press(slot, address="198.51.100.7"):
    return Client(REMOTE_ADDR=address).post(HOLD, {"slot": slot.pk})


def test_address_that_keeps_many_places_gets_no_more(slot):
    answers = [press(slot) for _ in range(3)]

    assert [answer.status_code for answer in answers] == [303, 303, 429]
    assert "02" in answers[2].content.decode()
    assert Booking.objects.filter(status=Status.HELD).count() == 2
    assert press(slot, "198.51.100.8").status_code == 303


def test_places_that_were_booked_or_released_do_not_count(client, slot, book):
    for _ in range(5):
        book(Client())

    assert press(slot, "127.0.0.1").status_code == 303


def test_count_is_right_after_some_were_given_back(slot):
    kept = [press(slot) for _ in range(2)]
    Booking.objects.filter(form_key=kept[0]["Location"].split("/")[3]).update(status=Status.EXPIRED)

    assert [press(slot).status_code for _ in range(2)] == [303, 429]


def test_without_the_cache_this_process_counts(slot, monkeypatch):
    def away(*args, **kwargs):
        raise RedisAway

    for name in ("add", "incr", "set", "get", "get_many", "set_many"):
        monkeypatch.setattr(caches["default"], name, away)

    assert [press(slot).status_code for _ in range(3)] == [303, 303, 429]


def test_without_any_count_nobody_is_stopped(slot, monkeypatch):
    monkeypatch.setattr(limits, "_one_more", lambda *args: int("no number"))

    assert [press(slot).status_code for _ in range(3)] == [303, 303, 303]
