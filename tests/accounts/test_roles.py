"""Who may do what, where."""

import pytest
from django.apps import apps
from django.contrib.auth.models import Permission
from django.db import IntegrityError, transaction

from accounts.backends import RoleBackend
from accounts.models import StaffRole, User
from accounts.queries import demo_accounts
from accounts.roles import CITY_ROLES, PERMISSIONS, Role
from bookings.models import Booking, Slot
from tests.factories import (
    UserFactory,
    booking_at,
    make_offered,
    make_office,
    make_slot,
    make_staff,
)

DECIDE = "bookings.decide_booking"


@pytest.fixture
def bang_khae(db):
    return make_office(code=1040, slug="bang-khae", prefix="BK")


def test_every_role_has_permissions():
    assert set(PERMISSIONS) == set(Role)


def test_every_permission_is_one_that_django_knows(db):
    known = {
        f"{app}.{codename}"
        for app, codename in Permission.objects.values_list("content_type__app_label", "codename")
    }

    assert {p for granted in PERMISSIONS.values() for p in granted} <= known


@pytest.mark.parametrize("role", Role)
def test_nobody_may_delete_cases_or_messages(role):
    assert not [
        p for p in PERMISSIONS[role] if p.startswith(("bookings.delete", "notifications.d"))
    ]


@pytest.mark.parametrize(
    ("role", "sees_names", "decides", "edits_fees"),
    [
        (Role.OFFICER, True, False, False),
        (Role.HEAD, True, True, False),
        (Role.DIRECTOR, True, True, False),
        (Role.CENTRAL, False, False, True),
        (Role.AUDITOR, True, False, False),
    ],
)
def test_what_a_role_may(db, role, sees_names, decides, edits_fees):
    user = make_staff(role, may_decide=False)

    may = [user.has_perm(p) for p in ("bookings.view_booking", DECIDE, "offices.change_fee")]

    assert may == [sees_names, decides, edits_fees]


def test_deciding_is_delegated_to_an_officer(db):
    assert make_staff(may_decide=True).has_perm(DECIDE)
    assert not make_staff(may_decide=False).has_perm(DECIDE)


def test_a_role_counts_at_its_office_only(bang_khae):
    here = make_staff(Role.HEAD)
    booking = booking_at()
    elsewhere = booking_at(offered=make_offered(office=bang_khae))

    assert here.has_perm(DECIDE, booking)
    assert not here.has_perm(DECIDE, elsewhere)


def test_two_roles_add_up_each_at_its_office(bang_khae):
    user = make_staff(Role.HEAD)
    StaffRole.objects.create(user=user, role=Role.OFFICER, office=bang_khae)
    elsewhere = booking_at(offered=make_offered(office=bang_khae))

    assert user.has_perm("bookings.change_booking", elsewhere)
    assert not user.has_perm(DECIDE, elsewhere)
    assert user.office_ids == {bang_khae.pk, make_office().pk}


@pytest.mark.parametrize("changes", [{"is_active": False}, {"is_superuser": False}])
def test_without_an_active_role_nothing_is_allowed(db, changes):
    user = UserFactory(**changes)
    if not user.is_active:
        StaffRole.objects.create(user=user, role=Role.HEAD, office=make_office())

    assert not user.has_perm("bookings.view_booking")
    assert not RoleBackend().has_module_perms(user, "bookings")


def test_modules_are_those_of_the_role(db):
    central = make_staff(Role.CENTRAL)

    assert central.has_module_perms("offices")
    assert not central.has_module_perms("bookings")


def test_rows_are_those_of_the_office(bang_khae):
    here, there = make_offered(), make_offered(office=bang_khae)
    mine, other = booking_at(offered=here), booking_at(offered=there)

    assert list(Booking.objects.for_staff(make_staff())) == [mine]
    assert list(Booking.objects.for_staff(make_staff(office=bang_khae))) == [other]
    assert Slot.objects.for_staff(make_staff()).get().office == here.office
    assert Booking.objects.for_staff(make_staff(Role.AUDITOR)).count() == 2
    assert not Booking.objects.for_staff(UserFactory()).exists()


def test_holds_are_nobodys_business(db):
    booking_at("held")
    booking_at("expired", offered=Slot.objects.get().bookings.get().offered, slot=_other_slot())

    assert not Booking.objects.for_staff(make_staff(Role.AUDITOR)).exists()


@pytest.mark.parametrize("role", Role)
def test_an_office_role_has_an_office_and_a_city_role_none(db, role):
    wrong = make_office() if role in CITY_ROLES else None

    with pytest.raises(IntegrityError), transaction.atomic():
        StaffRole.objects.create(user=UserFactory(), role=role, office=wrong)


def test_roles_are_read_once_a_request(db, django_assert_num_queries):
    user = User.objects.get(pk=make_staff().pk)

    with django_assert_num_queries(1):
        for permission in PERMISSIONS[Role.OFFICER]:
            assert user.has_perm(permission)


def test_no_demo_accounts_where_no_demonstration_is(settings, db):
    settings.DEMO = settings.EMBEDDED = False
    UserFactory(username="officer")

    assert demo_accounts() == []


def test_models_name_their_permissions():
    own = dict(apps.get_model("bookings.Booking")._meta.permissions)

    assert own.keys() == {"decide_booking", "unmask_booking", "export_booking"}


def _other_slot():
    return make_slot(Slot.objects.get().bookings.get().offered)
