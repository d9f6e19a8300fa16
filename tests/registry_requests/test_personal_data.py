"""A person's request about the own data speaks for requests for copies too; an open one stays."""

from datetime import timedelta
from uuid import uuid4

import pytest

from accounts.roles import Role
from bookings.models import Booking, DataRequest
from bookings.services import Asked, Person, data_requests, holders
from core.errors import Refused
from core.workflow import CITIZEN
from registry_requests import services
from registry_requests.models import CopyRequest
from registry_requests.services import retention
from tests.factories import NOW, make_slot, make_staff, national_id
from tests.registry_requests.conftest import BACK, PHOTO, submit

LATER = NOW + timedelta(days=2)


def asked(kind, number, office, officer=None):
    wish = Asked(
        office=office,
        kind=DataRequest.Kind(kind),
        person=Person("สุดารัตน์ ทดลองสุข", "TH", number),
        phone="",
        email="sudarat@example.com",
        note="",
        language="th",
    )
    request = data_requests.ask(form_key=uuid4(), asked=wish, now=NOW)
    return data_requests.identify(request=request, by=officer, now=NOW) if officer else request


def erase(request, head):
    return data_requests.answer(request=request, text="ลบแล้ว", by=head, now=LATER)


@pytest.fixture
def head(offered):
    return make_staff(Role.HEAD)


@pytest.fixture
def number():
    return national_id()


def test_what_is_held_is_told_without_a_code(offered, slot, officer, number):
    made = submit(offered, slot, number=number)
    submit(offered, slot)

    [held] = holders.held_about(asked("see", number, offered.office, officer))

    words = str(held)
    assert held.reference == made.reference
    for known in ("สุดารัตน์ ทดลองสุข", "sudarat@example.com", "+66812345678", "12, 78"):
        assert known in words
    for secret in (BACK, PHOTO, number):
        assert secret not in words


def test_both_offices_of_a_handed_over_copy_are_asked(offered, elsewhere, officer, number):
    there = make_slot(elsewhere)
    submit(elsewhere, there, number=number, office=offered.office)

    for office in (offered.office, elsewhere.office):
        assert len(holders.held_about(asked("see", number, office))) == 1


def test_telling_costs_the_same_for_many(offered, officer, number, django_assert_num_queries):
    place = make_slot(offered, capacity=9)
    for _n in range(3):
        made = submit(offered, place, number=number)
        services.cancel(request=made, by=CITIZEN, now=NOW)
    request = asked("see", number, offered.office, officer)

    with django_assert_num_queries(4):
        assert len(holders.held_about(request)) == 3


def test_erasing_removes_closed_requests_and_their_visits(offered, slot, officer, head, number):
    made = submit(offered, slot, number=number, note="โทรหาแม่ก่อน")
    services.cancel(request=made, by=CITIZEN, now=NOW)

    request = erase(asked("erase", number, offered.office, officer), head)

    made.refresh_from_db()
    assert request.erased == 1
    assert made.anonymised_at == LATER
    assert (made.full_name, made.email, made.note, bytes(made.id_index)) == ("", "", "", b"")
    assert (bytes(made.back_code_hash), made.back_code_tail) == (b"", "")
    assert Booking.objects.get().anonymised_at == LATER
    assert made.status == "cancelled"


def test_an_open_request_is_never_erased(offered, slot, officer, head, number):
    closed = submit(offered, slot, number=number)
    services.cancel(request=closed, by=CITIZEN, now=NOW)
    still_open = submit(offered, slot, number=number)

    with pytest.raises(Refused) as refused:
        erase(asked("erase", number, offered.office, officer), head)

    assert refused.value.code == "open_case"
    assert still_open.reference in refused.value.message
    assert not CopyRequest.objects.exclude(anonymised_at=None).exists()
    assert not Booking.objects.exclude(anonymised_at=None).exists()


def test_an_open_request_about_the_data_keeps_what_time_would_remove(offered, slot, number):
    made = submit(offered, slot, number=number)
    services.cancel(request=made, by=CITIZEN, now=NOW)
    request = asked("see", number, offered.office)
    later = NOW + timedelta(days=2_000)

    assert (retention.purge_codes(later), retention.purge_names(later)) == (0, 0)
    data_requests.withdraw(request=request, now=NOW)
    assert (retention.purge_codes(later), retention.purge_names(later)) == (1, 1)
