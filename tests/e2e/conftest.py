"""A browser, the real server, and a Bang Rak as seeded for a new installation."""

import os
import shutil
from pathlib import Path

import pytest
from django.core.management import call_command
from django.utils import timezone
from playwright.sync_api import expect

from accounts.roles import Role
from bookings import services
from offices.models import OfferedService, Office
from offices.seeding import seed_reference
from tests.factories import make_staff

# Playwright's loop runs in this thread; the ORM of the tests is used between its calls only.
os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "true")

PASSWORD = "ทดสอบ-ระบบ-2569"


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args):
    """Debian's Chromium: a test tool's own browser is not downloaded."""
    found = shutil.which("chromium") or shutil.which("chromium-browser")
    assert found, "Install Chromium: apt-get install chromium"
    quiet = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
    return {**browser_type_launch_args, "executable_path": found, "args": quiet}


@pytest.fixture
def browser_context_args(browser_context_args):
    """A small telephone, in Thai."""
    return {
        **browser_context_args,
        "viewport": {"width": 390, "height": 844},
        "locale": "th-TH",
        "timezone_id": "Asia/Bangkok",
    }


# What htmx writes of an answer or a line that the page itself tells the person about.
TOLD = ("Response Status Error Code", "htmx:sendError", "htmx:afterRequest")


def _is_complaint(said) -> bool:
    """An error of a script, a breach of the content policy, a missing file of our own; not the
    line that Chromium writes for each refused form."""
    is_answer = said.text.startswith("Failed to load resource")
    if said.text.startswith(TOLD):
        return False
    return said.type == "error" and (not is_answer or "/static/" in said.location["url"])


@pytest.fixture(autouse=True)
def quiet_console(browser, monkeypatch):
    """No page of a journey may complain in the console, whoever opens it."""
    complaints, new_context = [], browser.new_context

    def listened_to(**options):
        context = new_context(**options)
        context.on("console", lambda said: _is_complaint(said) and complaints.append(said.text))
        context.on("weberror", lambda thrown: complaints.append(str(thrown.error)))
        return context

    monkeypatch.setattr(browser, "new_context", listened_to)
    yield
    assert complaints == []


@pytest.fixture
def city(transactional_db, live_server, settings):
    """The seeded city, with times of Bang Rak only; gives the address of the server."""
    settings.SITE_URL = live_server.url
    seed_reference(today=timezone.localdate())
    bang_rak = OfferedService.objects.open().filter(office__slug="bang-rak")
    services.generate_slots(now=timezone.now(), offered_ids=[offer.pk for offer in bang_rak])
    return live_server.url


@pytest.fixture
def officer(city, settings):
    settings.STAFF_MFA_REQUIRED = False
    user = make_staff(
        Role.OFFICER,
        office=Office.objects.get(slug="bang-rak"),
        username="officer",
        first_name="อารี",
        last_name="ทดสอบชัย",
    )
    user.set_password(PASSWORD)
    user.save()
    return user


@pytest.fixture
def deliver():
    """Send what is due, as the worker does every few seconds."""
    return lambda: call_command("deliver_due", "--once")


@pytest.fixture
def downloads(tmp_path) -> Path:
    return tmp_path


@pytest.fixture(autouse=True)
def impatient():
    """A page that needs ten seconds is broken."""
    expect.set_options(timeout=10_000)
