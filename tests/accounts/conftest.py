import pytest
import time_machine
from django.core.cache import cache

from accounts.roles import Role
from tests.factories import NOW, make_office, make_staff

PASSWORD = "a-long-password-2569"


@pytest.fixture
def clock():
    with time_machine.travel(NOW, tick=False) as traveller:
        yield traveller


@pytest.fixture
def bang_rak(db):
    return make_office()


@pytest.fixture
def officer(bang_rak):
    user = make_staff(Role.OFFICER, office=bang_rak)
    user.set_password(PASSWORD)
    user.save()
    cache.clear()
    return user
