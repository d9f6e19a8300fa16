"""Two offices with cases, and a browser signed in as a member of staff of the first."""

from types import SimpleNamespace

import pytest
import time_machine

from accounts.roles import Role
from bookings.workflow import Status
from tests import factories
from tests.factories import NOW, booking_at, make_offered, make_office, make_slot, make_staff


@pytest.fixture(autouse=True)
def at_now():
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def bang_rak(db):
    return make_office()


@pytest.fixture
def bang_khae(db):
    return make_office(
        code=1040, slug="bang-khae", prefix="BK", name_th="บางแค", name_en="Bang Khae"
    )


@pytest.fixture
def offered(bang_rak):
    return make_offered(office=bang_rak)


@pytest.fixture
def officer(bang_rak):
    return make_staff(office=bang_rak)


@pytest.fixture
def head(bang_rak):
    return make_staff(Role.HEAD, office=bang_rak)


@pytest.fixture
def case(offered):
    """A submitted case of Bang Rak."""
    return booking_at(Status.REQUESTED, offered=offered)


@pytest.fixture
def foreign(bang_khae):
    """One of everything that belongs to the other office."""
    offered = make_offered(office=bang_khae)
    slot = make_slot(offered)
    return SimpleNamespace(
        office=bang_khae,
        offered=offered,
        slot=slot,
        pattern=offered.pattern,
        section=offered.section,
        case=booking_at(
            Status.REQUESTED,
            offered=offered,
            slot=slot,
            details=factories.couple_details(factories.thai("สมปอง ลับมาก"), factories.thai()),
        ),
        closure=factories.make_closure(NOW.date().replace(day=30), office=bang_khae),
        staff=make_staff(office=bang_khae, first_name="มานพ", last_name="ต่างเขต"),
    )
