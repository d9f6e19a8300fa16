"""A deadlock or a serialization failure runs the whole verb again (fault F21)."""

import psycopg
import pytest
from django.db import OperationalError, connection, transaction

from bookings import services
from bookings.workflow import Status
from core import retry
from core.retry import AGAIN, retried
from core.workflow import CITIZEN
from tests.factories import NOW, booking_at

DEADLOCK = psycopg.errors.DeadlockDetected
PASSING = [psycopg.errors.SerializationFailure, DEADLOCK]


@pytest.fixture(autouse=True)
def no_pause(monkeypatch):
    monkeypatch.setattr(retry, "LONGEST_PAUSE_SECONDS", 0)


def failing(times, cause):
    """A verb that fails so often, and the list of its calls."""
    calls = []

    @retried
    def verb(*, word):
        calls.append(word)
        if len(calls) <= times:
            raise OperationalError("failed") from cause()
        return "done"

    return verb, calls


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("cause", PASSING)
def test_it_is_run_again_whole(cause):
    verb, calls = failing(AGAIN, cause)

    assert verb(word="a") == "done"
    assert calls == ["a"] * (AGAIN + 1)


@pytest.mark.django_db(transaction=True)
def test_after_the_last_try_the_error_is_the_callers():
    verb, calls = failing(AGAIN + 1, DEADLOCK)

    with pytest.raises(OperationalError):
        verb(word="a")
    assert len(calls) == AGAIN + 1


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("cause", [psycopg.errors.LockNotAvailable, psycopg.OperationalError])
def test_what_would_fail_again_is_not_repeated(cause):
    verb, calls = failing(1, cause)

    with pytest.raises(OperationalError):
        verb(word="a")
    assert len(calls) == 1


@pytest.mark.django_db(transaction=True)
def test_inside_a_transaction_it_is_not_the_whole():
    verb, calls = failing(1, DEADLOCK)

    with pytest.raises(OperationalError), transaction.atomic():
        verb(word="a")
    assert len(calls) == 1


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_a_verb_of_the_bookings_survives_a_real_one():
    """The database itself fails the first two tries, in the middle of the transaction."""
    booking = booking_at(Status.REQUESTED)
    with connection.cursor() as cursor:
        cursor.execute(fault_on_history(every=3))
    try:
        services.cancel(booking=booking, by=CITIZEN, now=NOW)
    finally:
        with connection.cursor() as cursor:
            cursor.execute(NO_FAULT)

    booking.refresh_from_db()
    assert (booking.status, booking.slot.taken) == (Status.CANCELLED, 0)
    assert booking.changes.filter(to_status=Status.CANCELLED).count() == 1


def fault_on_history(*, every: int, state: str = "40001") -> str:
    """SQL: only each so-many-th step of the history can be written; a sequence counts, because
    it does not go back with the transaction."""
    return f"""
        CREATE SEQUENCE fault_count;
        CREATE FUNCTION fault() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            IF nextval('fault_count') % {every} <> 0 THEN
                RAISE EXCEPTION 'injected' USING ERRCODE = '{state}';
            END IF;
            RETURN NEW;
        END $$;
        CREATE TRIGGER fault BEFORE INSERT ON bookings_bookingchange
            FOR EACH ROW EXECUTE FUNCTION fault();
    """


NO_FAULT = """
    DROP TRIGGER fault ON bookings_bookingchange;
    DROP FUNCTION fault;
    DROP SEQUENCE fault_count;
"""
