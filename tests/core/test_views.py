"""The answer when something of ours fails."""

import pytest
from django.db import InterfaceError, OperationalError
from django.test import Client
from django.urls import resolve

from accounts import middleware
from bookings import hall
from core.views import COMES_BACK
from offices import queries
from tests.factories import make_office, make_staff

pytestmark = pytest.mark.django_db


@pytest.fixture
def client():
    return Client(raise_request_exception=False)


def failing(error):
    def fail(*args, **kwargs):
        raise error

    return fail


@pytest.mark.parametrize("error", [OperationalError("gone"), InterfaceError("closed")])
def test_a_database_that_is_away_is_said_and_tried_again(client, monkeypatch, error):
    monkeypatch.setattr(queries, "bookable_services", failing(error))

    answer = client.get("/")

    assert (answer.status_code, answer["Retry-After"]) == (503, "5")
    assert "503.html" in [template.name for template in answer.templates]


def test_it_is_said_too_when_it_fails_before_the_view(client, monkeypatch):
    client.force_login(make_staff(), backend="accounts.backends.RoleBackend")
    monkeypatch.setattr(middleware, "is_over", failing(OperationalError("gone")))

    assert client.get("/admin/").status_code == 503


@pytest.mark.parametrize(
    ("error", "status"), [(OperationalError("gone"), 503), (RuntimeError("a mistake"), 500)]
)
def test_a_screen_of_the_hall_asks_again_by_itself(client, monkeypatch, error, status):
    make_office()
    monkeypatch.setattr(hall, "now_in", failing(error))
    monkeypatch.setattr(queries, "bookable_services", failing(error))

    answer = client.get("/display/bang-rak/")

    assert (answer.status_code, answer["Refresh"]) == (status, "10")
    assert "Refresh" not in client.get("/")


@pytest.mark.parametrize("path", ["/kiosk/bang-rak/", "/kiosk/bang-rak/x/"])
def test_a_tablet_does_so_too(path):
    assert getattr(resolve(path).func, COMES_BACK)


def test_any_other_failure_is_a_page_of_its_own(client, monkeypatch):
    monkeypatch.setattr(queries, "bookable_services", failing(RuntimeError("a mistake")))

    answer = client.get("/")

    assert answer.status_code == 500
    assert "500.html" in [template.name for template in answer.templates]
