"""Nobody decides what they entered: by no verb, not in bulk, not past the verbs."""

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse

from accounts.roles import Role
from bookings import services
from bookings.models import Booking
from bookings.workflow import Status
from tests.factories import NOW, booking_at, make_slot, make_staff

ROLES = [Role.OFFICER, Role.HEAD, Role.DIRECTOR]


@pytest.fixture
def booking(offered, slot):
    return booking_at(offered=offered, slot=slot)


def entered(booking, by):
    booking.entered_by = by
    booking.save(update_fields=["entered_by"])
    return booking


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("action", ["confirm", "reject"])
def test_not_in_bulk_either(client, settings, offered, booking, role, action):
    settings.STAFF_MFA_REQUIRED = False
    user = make_staff(role)
    other = booking_at(offered=offered, slot=make_slot(offered))
    entered(booking, user)
    client.force_login(user, backend="accounts.backends.RoleBackend")

    client.post(
        reverse("admin:bookings_booking_decide"),
        {
            "action": action,
            "asked": "1",
            "kind": "conditions",
            "chosen": [f"{one.pk}:{one.version}" for one in (booking, other)],
        },
    )

    done = {"confirm": Status.CONFIRMED, "reject": Status.REJECTED}[action]
    booking.refresh_from_db()
    other.refresh_from_db()
    assert (booking.status, booking.decided_by) == (Status.REQUESTED, None)
    assert (other.status, other.decided_by) == (done, user)


def test_the_database_refuses_it_too(booking, officer):
    entered(booking, officer)

    with pytest.raises(IntegrityError, match="booking_decided_by_another"), transaction.atomic():
        Booking.objects.filter(pk=booking.pk).update(decided_by=officer)


def test_a_colleague_decides(booking, officer):
    entered(booking, make_staff())

    assert services.confirm(booking=booking, by=officer, now=NOW).decided_by == officer
