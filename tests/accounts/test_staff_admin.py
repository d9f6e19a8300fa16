"""Who manages whom (reliability §4: not self, not above the own role, own office only)."""

import pytest
from django.urls import reverse

from accounts.models import StaffRole, User
from accounts.roles import Role
from accounts.second_factor import PROOF
from tests.factories import make_office, make_staff


@pytest.fixture
def browser(client):
    def sign_in(user):
        client.force_login(user, backend="accounts.backends.RoleBackend")
        session = client.session
        session[PROOF] = user.pk
        session.save()
        return client

    return sign_in


@pytest.fixture
def director(bang_rak):
    return make_staff(Role.DIRECTOR, office=bang_rak)


def role_rows(*rows, initial=0):
    data = {"roles-TOTAL_FORMS": len(rows), "roles-INITIAL_FORMS": initial}
    for number, row in enumerate(rows):
        data |= {f"roles-{number}-{name}": value for name, value in row.items()}
    return data


def new_person(**changes):
    password = "another-long-word-2569"
    return {
        "username": "new.person",
        "usable_password": "true",
        "password1": password,
        "password2": password,
        **changes,
    }


def add(client, *rows):
    return client.post(reverse("admin:accounts_user_add"), {**new_person(), **role_rows(*rows)})


def test_director_adds_an_officer_of_the_own_office(browser, director, bang_rak):
    add(browser(director), {"role": "officer", "office": bang_rak.pk})

    person = User.objects.get(username="new.person")
    assert person.is_staff
    assert not person.is_superuser
    assert [(role.role, role.office) for role in person.active_roles] == [("officer", bang_rak)]


@pytest.mark.parametrize("role", ["central", "auditor"])
def test_director_gives_no_role_above(browser, director, bang_rak, role):
    add(browser(director), {"role": role, "office": ""})

    assert not StaffRole.objects.filter(role=role).exists()


def test_director_gives_no_role_at_another_office(browser, director, bang_rak):
    other = make_office(code=1040, slug="bang-khae", prefix="BK", name_th="บางแค")

    add(browser(director), {"role": "officer", "office": other.pk})

    assert not StaffRole.objects.filter(office=other).exists()


def test_person_without_a_role_is_refused(browser, director):
    page = add(browser(director))

    assert page.status_code == 200
    assert not User.objects.filter(username="new.person").exists()


def test_director_changes_not_the_own_account(browser, director):
    address = reverse("admin:accounts_user_change", args=[director.pk])

    assert browser(director).post(address, {"username": "x"}).status_code == 403


def test_director_changes_nobody_who_works_for_the_city_or_elsewhere(browser, director, bang_rak):
    other = make_office(code=1040, slug="bang-khae", prefix="BK", name_th="บางแค")
    double = make_staff(office=bang_rak)
    StaffRole.objects.create(user=double, role=Role.OFFICER, office=other)
    above = make_staff(office=bang_rak)
    StaffRole.objects.create(user=above, role=Role.AUDITOR)
    client = browser(director)

    for person in (double, above):
        for name in ("accounts_user_change", "auth_user_password_change"):
            answer = client.post(reverse(f"admin:{name}", args=[person.pk]), {"username": "x"})
            assert answer.status_code == 403


def test_password_of_a_foreign_person_is_not_found(browser, director):
    other = make_office(code=1040, slug="bang-khae", prefix="BK", name_th="บางแค")
    person = make_staff(office=other)
    address = reverse("admin:auth_user_password_change", args=[person.pk])

    assert browser(director).get(address).status_code == 404


def test_director_deactivates_an_officer(browser, director, bang_rak):
    person = make_staff(office=bang_rak)
    role = person.roles.get()
    row = {"id": role.pk, "user": person.pk, "role": "officer", "office": bang_rak.pk}

    browser(director).post(
        reverse("admin:accounts_user_change", args=[person.pk]),
        {"username": person.username, "first_name": "อารี", **role_rows(row, initial=1)},
    )

    person.refresh_from_db()
    assert not person.is_active


def test_nobody_is_deleted(browser, bang_rak):
    person = make_staff(office=bang_rak)
    client = browser(make_staff(Role.CENTRAL))

    answer = client.post(reverse("admin:accounts_user_delete", args=[person.pk]), {"post": "yes"})

    assert answer.status_code == 403


@pytest.mark.parametrize("role", [Role.OFFICER, Role.HEAD])
def test_officers_see_no_staff_pages(browser, bang_rak, role):
    client = browser(make_staff(role, office=bang_rak))

    assert client.get(reverse("admin:accounts_user_changelist")).status_code == 403
    assert client.get(reverse("admin:accounts_user_add")).status_code == 403


def test_central_office_adds_a_director(browser, bang_rak):
    add(browser(make_staff(Role.CENTRAL)), {"role": "director", "office": bang_rak.pk})

    assert StaffRole.objects.filter(role="director", user__username="new.person").exists()


def test_auditor_only_looks(browser, bang_rak):
    person = make_staff(office=bang_rak)
    client = browser(make_staff(Role.AUDITOR))
    address = reverse("admin:accounts_user_change", args=[person.pk])

    assert client.get(address).status_code == 200
    assert client.post(address, {"username": "x"}).status_code == 403


def test_access_log_is_read_only(browser, bang_rak):
    client = browser(make_staff(Role.HEAD, office=bang_rak))

    assert client.get(reverse("admin:accounts_viewlog_changelist")).status_code == 200
    assert client.get(reverse("admin:accounts_viewlog_add")).status_code == 403
