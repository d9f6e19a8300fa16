"""Accounts that nobody uses are closed, told of, and opened again; never the last key."""

from datetime import timedelta

import pytest
import time_machine
from django.contrib.admin.models import LogEntry
from django.urls import reverse

from accounts import dormant
from accounts.models import User
from accounts.roles import Role
from accounts.second_factor import PROOF
from core import retention
from tests.factories import NOW, make_office, make_staff

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def rules(settings):
    settings.STAFF_MFA_REQUIRED = False
    with time_machine.travel(NOW, tick=False):
        yield


def staff(role=Role.OFFICER, *, days, **changes):
    """Somebody who signed in so many days ago, with an account of a year."""
    user = make_staff(role, **changes)
    user.date_joined = NOW - timedelta(days=365)
    user.last_login = None if days is None else NOW - timedelta(days=days)
    user.save()
    return user


def is_active(user):
    return User.objects.get(pk=user.pk).is_active


@pytest.mark.parametrize(("days", "stays"), [(0, True), (89, True), (91, False), (None, False)])
def test_closed_after_ninety_days(days, stays):
    user = staff(days=days)

    assert dormant.close_unused(NOW) == (not stays)
    assert is_active(user) == stays


def test_a_new_account_has_its_days_too():
    user = staff(days=None)
    User.objects.update(date_joined=NOW - timedelta(days=5))

    assert dormant.close_unused(NOW) == 0
    assert is_active(user)


def test_it_stands_in_the_history_and_twice_is_as_once():
    user = staff(days=100)

    assert dormant.close_unused(NOW) == 1
    assert dormant.close_unused(NOW) == 0

    assert LogEntry.objects.get(object_id=user.pk).change_message
    assert User.objects.get(pk=user.pk).closed_unused_at == NOW


@pytest.mark.parametrize("role", [Role.DIRECTOR, Role.CENTRAL])
def test_the_last_key_stays(role):
    first, second = staff(role, days=200), staff(role, days=100)

    assert dormant.close_unused(NOW) == 1
    assert not is_active(first)
    assert is_active(second)


def test_the_last_director_is_one_of_an_office():
    other = make_office(code=1040, slug="bang-khae", prefix="BK", name_th="บางแค")
    here, there = staff(Role.DIRECTOR, days=200), staff(Role.DIRECTOR, days=200, office=other)

    assert dormant.close_unused(NOW) == 0
    assert is_active(here)
    assert is_active(there)


def test_open_sessions_end_at_once(client):
    user = staff(days=100)
    client.force_login(user, backend="accounts.backends.RoleBackend")
    User.objects.filter(pk=user.pk).update(last_login=NOW - timedelta(days=100))
    assert client.get(reverse("admin:index")).status_code == 200

    dormant.close_unused(NOW)

    answer = client.get(reverse("admin:index"))
    assert answer.status_code == 302
    assert answer["Location"].startswith(reverse("admin:login"))


@pytest.mark.parametrize("role", [Role.HEAD, Role.DIRECTOR])
def test_the_home_page_tells_and_opening_counts_anew(client, role):
    user = staff(days=100, first_name="ประนอม")
    manager = staff(role, days=0)
    dormant.close_unused(NOW)
    client.force_login(manager, backend="accounts.backends.RoleBackend")
    session = client.session
    session[PROOF] = manager.pk
    session.save()
    page = reverse("admin:accounts_user_change", args=[user.pk])
    assert page in client.get(reverse("admin:index")).content.decode()

    role_row = user.roles.get()
    answer = client.post(
        page,
        {
            "username": user.username,
            "first_name": "ประนอม",
            "is_active": "on",
            "roles-TOTAL_FORMS": 1,
            "roles-INITIAL_FORMS": 1,
            "roles-0-id": role_row.pk,
            "roles-0-user": user.pk,
            "roles-0-role": role_row.role,
            "roles-0-office": role_row.office_id,
        },
    )

    assert answer.status_code == 302
    assert is_active(user)
    assert user.pk not in dormant.unused(NOW + timedelta(days=80)).values_list("pk", flat=True)
    client.get(reverse("admin:index"))  # says once that it was saved
    assert page not in client.get(reverse("admin:index")).content.decode()


def test_another_office_is_not_told(client):
    other = make_office(code=1040, slug="bang-khae", prefix="BK", name_th="บางแค")
    user = staff(days=100, office=other)
    dormant.close_unused(NOW)

    assert not dormant.closed_at_offices(make_staff(Role.DIRECTOR)).exists()
    assert list(dormant.closed_at_offices(make_staff(Role.CENTRAL))) == [user]


def test_the_purge_closes_them_too():
    staff(days=100)

    assert dict(retention.purge_all(NOW))["unused staff accounts (closed)"] == 1
