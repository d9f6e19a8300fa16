"""Who manages whom (ADR 20): not self, not above the own role, own office only."""

import pytest
from django.urls import reverse

from accounts import services
from accounts.models import StaffRole, User, ViewLog
from accounts.roles import Role
from accounts.second_factor import PROOF
from tests.factories import NOW, make_office, make_staff


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


def test_the_button_of_the_list_says_what_it_does(browser, director):
    """Not "Go"."""
    words = browser(director).get(reverse("admin:accounts_user_changelist")).content.decode()

    assert "ทำกับรายการที่เลือก</button>" in words
    assert ">ไป</button>" not in words


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


def test_officers_see_no_staff_pages(browser, bang_rak):
    client = browser(make_staff(office=bang_rak))

    assert client.get(reverse("admin:accounts_user_changelist")).status_code == 403
    assert client.get(reverse("admin:accounts_user_add")).status_code == 403


@pytest.fixture
def head(bang_rak):
    return make_staff(Role.HEAD, office=bang_rak)


def test_head_adds_an_officer_who_may_decide(browser, head, bang_rak):
    add(browser(head), {"role": "officer", "office": bang_rak.pk, "may_decide": "on"})

    role = User.objects.get(username="new.person").roles.get()
    assert (role.role, role.office, role.may_decide) == ("officer", bang_rak, True)


@pytest.mark.parametrize("role", ["head", "director", "central", "auditor"])
def test_head_gives_no_role_above_officer(browser, head, bang_rak, role):
    office = "" if role in ("central", "auditor") else bang_rak.pk

    add(browser(head), {"role": role, "office": office})

    assert not User.objects.filter(username="new.person").exists()


def test_head_adds_nobody_at_another_office(browser, head):
    other = make_office(code=1040, slug="bang-khae", prefix="BK", name_th="บางแค")

    add(browser(head), {"role": "officer", "office": other.pk})

    assert not User.objects.filter(username="new.person").exists()


def test_head_here_and_director_there_gives_officers_here_only(browser, head, bang_rak):
    """The page offers what is given somewhere; the row is asked at its own office."""
    other = make_office(code=1040, slug="bang-khae", prefix="BK", name_th="บางแค")
    StaffRole.objects.create(user=head, role=Role.DIRECTOR, office=other)

    page = add(browser(head), {"role": "director", "office": bang_rak.pk})

    assert page.status_code == 200
    assert not StaffRole.objects.filter(role="director", office=bang_rak).exists()


def test_head_closes_an_officer_and_delegates_deciding(browser, head, bang_rak):
    person = make_staff(office=bang_rak, may_decide=False)
    role = person.roles.get()
    row = {"id": role.pk, "user": person.pk, "role": "officer", "office": bang_rak.pk}

    browser(head).post(
        reverse("admin:accounts_user_change", args=[person.pk]),
        {"username": person.username, **role_rows({**row, "may_decide": "on"}, initial=1)},
    )

    person, role = User.objects.get(pk=person.pk), person.roles.get()
    assert not person.is_active
    assert role.may_decide


@pytest.mark.parametrize("role", [Role.HEAD, Role.DIRECTOR])
def test_head_changes_neither_another_head_nor_the_director_nor_the_own_account(
    browser, head, bang_rak, role
):
    client = browser(head)

    for person in (head, make_staff(role, office=bang_rak)):
        for name in ("accounts_user_change", "auth_user_password_change"):
            answer = client.post(reverse(f"admin:{name}", args=[person.pk]), {"username": "x"})
            assert answer.status_code == 403


def test_a_role_cannot_be_raised_by_its_own_row(browser, head, bang_rak):
    person = make_staff(office=bang_rak)
    row = {"id": person.roles.get().pk, "user": person.pk, "role": "head", "office": bang_rak.pk}

    browser(head).post(
        reverse("admin:accounts_user_change", args=[person.pk]),
        {"username": person.username, "is_active": "on", **role_rows(row, initial=1)},
    )

    assert person.roles.get().role == Role.OFFICER


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


def test_access_log_is_exported_without_the_words_that_people_typed(browser, bang_rak):
    head, officer = make_staff(Role.HEAD, office=bang_rak), make_staff(office=bang_rak)
    other = make_office(code=1040, slug="bang-khae", prefix="BK", name_th="บางแค")
    for office, case in ((bang_rak, "BR-7K4M-29"), (bang_rak, "BR-2222-22"), (other, "BK-1")):
        services.log_view(
            by=officer, office_id=office.pk, case=case, what="เลขเต็ม", reason="มะลิ", now=NOW
        )

    page = f"{reverse('admin:accounts_viewlog_export')}?q=7K4M"
    text = browser(head).post(page).content.decode()

    assert "BR-7K4M-29" in text
    assert officer.username in text
    assert not [word for word in ("มะลิ", "BR-2222-22", "BK-1") if word in text]
    assert ViewLog.objects.filter(user=head, office=bang_rak).count() == 1
