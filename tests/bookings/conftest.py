"""What the tests of the heart share: marriage at Bang Rak, an officer, and the last word of the
invariants after each test."""

from datetime import timedelta

import pytest

from bookings.services import integrity
from bookings.workflow import Status
from tests.factories import NOW, booking_at, make_offered, make_slot, make_staff
from tests.races.invariants import broken_invariants


@pytest.fixture(autouse=True)
def invariants_hold(db, request):
    """Whatever a test did, every invariant holds at its end."""
    yield
    if "broken_on_purpose" not in request.fixturenames:
        broken = [str(f) for f in integrity.findings(now=NOW + timedelta(days=30)) if f.problems]
        assert broken == []


@pytest.fixture
def broken_on_purpose():
    """For a test that makes an invariant false."""


@pytest.fixture
def offered(db):
    return make_offered()


@pytest.fixture
def slot(offered):
    return make_slot(offered)


@pytest.fixture
def officer(offered):
    return make_staff()


@pytest.fixture
def booking(offered):
    """A confirmed visit that fills the only time of the day."""
    return booking_at(Status.CONFIRMED, offered=offered)


@pytest.fixture
def nothing_broken(db):
    """`manage.py verify_integrity` finds nothing at the end."""
    yield
    assert broken_invariants() == ""
