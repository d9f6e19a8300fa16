"""Finding a case by reference, name, telephone or number, and what is logged of it."""

import pytest
from django.urls import reverse

from accounts.models import ViewLog
from accounts.roles import Role
from tests.admin.lists import QUEUE, rows_of
from tests.factories import (
    booking_at,
    couple_details,
    make_staff,
    thai,
)


@pytest.mark.parametrize("typed", ["{reference}", "{spoken}"])
def test_exact_reference_opens_the_case(signed_in, officer, case, typed):
    typed = typed.format(reference=case.reference, spoken=case.reference.lower().replace("-", " "))

    page = signed_in(officer).get(reverse(QUEUE), {"q": typed})

    assert page.headers["Location"] == reverse("admin:bookings_booking_change", args=[case.pk])


@pytest.fixture
def known(offered):
    details = couple_details(
        thai("น้ำผึ้ง ทดสอบใจ", "1000000000009"), thai("วีระ ตัวอย่าง"), phone="+66812345678"
    )
    booking_at(offered=offered)
    return booking_at(offered=offered, details=details)


@pytest.mark.parametrize(
    ("typed", "kind"),
    [
        ("น้ำผึ้ง", "name"),
        ("นํ้าผึ้ง", "name"),
        ("ทดสอบใจ", "name"),
        ("081 234 5678", "telephone"),
        ("๐๘๑-๒๓๔-๕๖๗๘", "telephone"),
        ("5678", "telephone"),
        ("1-0000-00000-00-9", "national ID"),
    ],
)
def test_search_finds_people_and_is_logged(signed_in, officer, known, typed, kind):
    page = signed_in(officer).get(reverse(QUEUE), {"q": typed})

    assert rows_of(page) == [known]
    log = ViewLog.objects.get()
    assert (log.user, log.case) == (officer, known.reference)
    assert typed not in log.what


def test_what_was_typed_stands_in_no_address(signed_in, officer, known):
    browser = signed_in(officer)
    answer = browser.post(reverse(QUEUE), {"q": "1000000000009", "tab": "all", "day": ""})

    address = answer.headers["Location"]
    page = browser.get(address)

    assert "1000000000009" not in address
    assert "tab=all" in address
    assert rows_of(page) == [known]
    assert page.context["typed"] == "1000000000009"


def test_a_changed_address_searches_nothing(signed_in, officer, known):
    for found in ("x", "AAAA", "ก", "A" * 60):
        page = signed_in(officer).get(reverse(QUEUE), {"find": found})

        assert (page.status_code, page.context["typed"]) == (200, "")


def test_search_by_number_only_for_those_who_may_open_numbers(signed_in, known, bang_rak):
    director = make_staff(Role.DIRECTOR, office=bang_rak)

    page = signed_in(director).get(reverse(QUEUE), {"q": "1000000000009"})

    assert rows_of(page) == []
