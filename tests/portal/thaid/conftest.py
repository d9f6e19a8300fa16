import pytest
import time_machine

from tests.accounts import provider as fakes
from tests.factories import NOW, make_slot
from tests.registry_requests.conftest import collection_at, make_office


@pytest.fixture(autouse=True)
def at_now():
    with time_machine.travel(NOW, tick=False) as clock:
        yield clock


@pytest.fixture
def slot(db):
    return make_slot(collection_at(make_office()), capacity=5)


@pytest.fixture
def provider(settings):
    settings.SITE_URL = "http://testserver"
    with fakes.running(settings) as provider:
        yield provider
