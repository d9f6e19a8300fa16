"""What every test stands on: a database of this run, an empty cache, a folder of its own."""

from pathlib import Path
from uuid import uuid4

import pytest
from django.conf import settings as django_settings
from django.db import connection
from django.utils import translation

BROWSER_TESTS = Path(__file__).parent / "e2e"


def pytest_configure():
    # A page must not depend on `collectstatic`, nor a sign-in cost half a second.
    django_settings.STORAGES["staticfiles"]["BACKEND"] = (
        "django.contrib.staticfiles.storage.StaticFilesStorage"
    )
    database = django_settings.DATABASES["default"]
    # The threads of a live server would keep the test database open.
    database["CONN_MAX_AGE"] = 0
    # On a busy machine dropping a database takes longer than a page may.
    if options := database["OPTIONS"].get("options"):
        database["OPTIONS"]["options"] = f"{options} -c statement_timeout=60s"
    django_settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


def pytest_collection_modifyitems(items):
    for item in items:
        if item.path.is_relative_to(BROWSER_TESTS):
            item.add_marker("e2e")


def pytest_runtest_setup(item):
    if item.get_closest_marker("postgres") and connection.vendor != "postgresql":
        pytest.fail("Needs PostgreSQL: python -m tests.services -- pytest ...", pytrace=False)


@pytest.fixture(autouse=True)
def thai_first():
    """No test inherits the language that a request of another one left behind."""
    translation.activate("th")
    yield
    translation.deactivate()


@pytest.fixture(autouse=True)
def own_cache(settings):
    """A prefix nobody else uses is an empty cache, on Redis too, whoever runs beside us."""
    settings.CACHES = {
        name: {**cache, "KEY_PREFIX": uuid4().hex} for name, cache in settings.CACHES.items()
    }


@pytest.fixture(autouse=True)
def own_files(settings, tmp_path):
    """Uploads of a test stay in its own folder."""
    settings.MEDIA_ROOT = str(tmp_path / "media")


@pytest.fixture
def signed_in(client):
    """Sign somebody in, second factor shown: `signed_in(officer)` gives the browser."""
    from accounts.second_factor import PROOF  # apps are loaded by now

    def sign_in(user):
        client.force_login(user, backend="accounts.backends.RoleBackend")
        session = client.session
        session[PROOF] = user.pk
        session.save()
        return client

    return sign_in
