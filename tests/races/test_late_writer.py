"""A form is sent while another transaction holds the booking's row: the one statement waits, and
goes by what the row is then (ADR 12)."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection, transaction
from django.utils import timezone

from accounts.models import Consent
from bookings import queries, services
from bookings.models import Booking, Party
from bookings.workflow import Status
from core.errors import Refused
from core.workflow import CITIZEN
from notifications.models import Message
from tests.factories import couple_details
from tests.factories import hold as take
from tests.live import world
from tests.races.locks import wait_until_blocked

pytestmark = [pytest.mark.postgres, pytest.mark.race]


@pytest.fixture
def held(transactional_db):
    offered = world.marriage_at_bang_rak()
    return take(world.slot(offered, places=1), offered, now=timezone.now())


def test_sent_while_more_time_is_given_is_booked(held):
    def more_time():
        services.extend_hold(booking_id=held.pk, holder=held.holder, now=timezone.now())

    assert _send_while(held, more_time) == "booked"
    booking = Booking.objects.get()
    assert (booking.status, booking.hold_extended) == (Status.REQUESTED, True)
    assert Party.objects.count() == 2


def test_sent_while_the_time_is_released_is_refused(held):
    def release():
        services.release_hold(booking=held, by=CITIZEN, now=timezone.now())

    assert _send_while(held, release) == "expired"
    assert Booking.objects.get().status == Status.EXPIRED
    assert not Party.objects.exists()


@pytest.mark.parametrize(
    ("body", "answer"), [(b"1" * 32, "booked"), (b"2" * 32, "other_body")], ids=["same", "other"]
)
def test_sent_while_it_is_booked_is_one_booking(held, body, answer):
    details = couple_details()

    def book():
        booking, _cases = queries.booking_of_form(held.form_key, held.holder)
        services.submit(booking=booking, details=details, body_hash=body, now=timezone.now())

    assert _send_while(held, book, details) == answer
    counts = [model.objects.count() for model in (Party, Consent, Message)]
    assert counts == [2, 1, 1]


def _send_while(held, change, details=None):
    """What sending the form came to, when `change` was made of the row before, and is committed
    only when the sending waits for it."""
    booking, _cases = queries.booking_of_form(held.form_key, held.holder)
    with ThreadPoolExecutor(1) as pool:
        with transaction.atomic():
            change()
            sent = pool.submit(_send, booking, details or couple_details())
            wait_until_blocked()
        return sent.result(timeout=10)


def _send(booking, details):
    try:
        services.submit(booking=booking, details=details, body_hash=b"1" * 32, now=timezone.now())
    except Refused as refused:
        return refused.code
    finally:
        connection.close()
    return "booked"
