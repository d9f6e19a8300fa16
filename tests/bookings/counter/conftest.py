import pytest

from tests.bookings.counter.hall import make_window
from tests.factories import make_offered, make_staff


@pytest.fixture
def offered(db):
    return make_offered(needs_officer=False)


@pytest.fixture
def officer(offered):
    return make_staff(office=offered.office)


@pytest.fixture
def window(offered):
    return make_window(offered, "5")
