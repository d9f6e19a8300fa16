"""The list of cases: what it shows, finds and costs."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from bookings import services
from bookings.workflow import Status
from tests.admin.lists import QUEUE, rows_of
from tests.factories import (
    NOW,
    at,
    booking_at,
    make_closure,
    make_offered,
    make_slot,
)


def queries_of(browser, address):
    with CaptureQueriesContext(
        connection,
    ) as captured:
        assert browser.get(address).status_code == 200
    return len(captured)


@pytest.mark.parametrize("name", [QUEUE, "admin:index"])
def test_number_of_queries_does_not_grow_with_rows(signed_in, officer, offered, name):
    browser = signed_in(officer)
    booking_at(offered=offered)
    browser.get(reverse(name))
    with_one = queries_of(browser, reverse(name))
    for _more in range(29):
        booking_at(offered=offered)

    assert queries_of(browser, reverse(name)) == with_one <= 28


def test_page_has_25_and_leads_to_the_next(signed_in, officer, offered):
    for _one in range(26):
        booking_at(offered=offered)

    page = signed_in(officer).get(reverse(QUEUE))

    assert len(rows_of(page)) == 25
    assert page.context["next_page"] == "?page=2"


def test_tabs_part_the_cases(signed_in, officer, offered):
    waiting = booking_at(Status.NEEDS_DOCUMENTS, offered=offered)
    new = booking_at(offered=offered)
    today = booking_at(
        Status.CONFIRMED,
        offered=offered,
        slot=make_slot(offered, starts=NOW + timedelta(hours=26)),
        now=NOW - timedelta(days=5),
    )
    browser = signed_in(officer)

    assert rows_of(browser.get(reverse(QUEUE))) == [new]
    assert rows_of(browser.get(reverse(QUEUE), {"tab": "waiting"})) == [waiting]
    assert set(rows_of(browser.get(reverse(QUEUE), {"tab": "all"}))) == {waiting, new, today}
    assert rows_of(browser.get(reverse(QUEUE), {"tab": "today"})) == []


def test_least_time_left_comes_first_and_late_is_said_in_words(signed_in, officer, offered):
    new = booking_at(offered=offered)
    late = booking_at(offered=offered, now=NOW - timedelta(days=7))

    page = signed_in(officer).get(reverse(QUEUE))

    assert rows_of(page) == [late, new]
    assert [row.left.state for row in page.context["rows"]] == ["late", "ample"]
    assert rows_of(signed_in(officer).get(reverse(QUEUE), {"late": "1"})) == [late]


def test_time_stands_still_while_the_applicant_is_asked(signed_in, officer, offered):
    asked = booking_at(Status.NEEDS_DOCUMENTS, offered=offered, now=NOW - timedelta(days=7))
    browser = signed_in(officer)

    paused = browser.get(reverse(QUEUE), {"tab": "waiting"}).context["rows"][0]
    services.documents_sent(booking=asked, now=NOW)
    again = browser.get(reverse(QUEUE)).context["rows"][0]

    assert paused.left.state == "paused"
    assert again.left.state == "ample"
    assert again.left.deadline == at(2026, 11, 25, 16)


def test_closed_days_do_not_count(signed_in, officer, offered, bang_rak):
    make_closure(at(2026, 11, 24).date(), office=bang_rak)
    booking_at(offered=offered)

    row = signed_in(officer).get(reverse(QUEUE)).context["rows"][0]

    assert row.left.deadline == at(2026, 11, 26, 16)


@pytest.mark.parametrize(
    "query",
    [
        {"q": "\x00"},
        {"q": "' OR 1=1"},
        {"q": "9" * 500},
        {"page": "x"},
        {"page": "-4"},
        {"tab": "x"},
        {"service": "x"},
        {"service": "9" * 40},
        {"office": "²"},
        {"owner": "9" * 40},
    ],
)
def test_strange_addresses_are_answered(signed_in, officer, case, query):
    assert signed_in(officer).get(reverse(QUEUE), query).status_code == 200


def test_filters_offer_what_the_person_has(signed_in, officer, offered):
    case = booking_at(offered=offered)
    services.take_over(booking=case, by=officer, now=timezone.now())

    page = signed_in(officer).get(reverse(QUEUE), {"service": offered.service_id}).content.decode()

    assert f'<option value="{offered.service_id}" selected>{offered.service}</option>' in page
    assert f'<option value="{officer.pk}">{officer}</option>' in page
    assert '<option value="week">' in page
    assert "ล้างตัวกรอง" in page


def test_home_counts_what_is_there(signed_in, officer, offered):
    booking_at(offered=offered, now=NOW - timedelta(days=7))
    booking_at(offered=offered)

    context = signed_in(officer).get(reverse("admin:index")).context

    assert (context["waiting"]["all"], context["waiting"]["late"]) == (2, 1)
    assert len(context["first"]) == 2


def test_two_offices_have_their_own_counts(signed_in, officer, foreign):
    make_offered(office=officer.active_roles[0].office)

    assert signed_in(officer).get(reverse("admin:index")).context["waiting"]["all"] == 0
