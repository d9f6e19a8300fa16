"""The week of a service: how full each time is."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.roles import Role
from tests.factories import NOW, booking_at, make_closure, make_slot, make_staff

WEEK = "/admin/bookings/slot/week/"


def cells_of(page):
    rows = [row for row in page.context["rows"] if "cells" in row]
    return [[cell["state"] for cell in row["cells"]] for row in rows]


def test_cell_says_how_full_a_time_is_and_leads_to_it(signed_in, officer, offered):
    full = make_slot(offered)
    booking_at(offered=offered, slot=full)
    day = full.starts_at.date()

    page = signed_in(officer).get(WEEK, {"date": day})

    text = page.content.decode()
    assert page.status_code == 200
    assert "1/1" in text
    assert f'href="{reverse("admin:bookings_slot_change", args=[full.pk])}"' in text
    assert [state for row in cells_of(page) for state in row if state != "none"] == ["full"]


def test_closed_day_and_closed_time_are_named(signed_in, officer, offered):
    slot = make_slot(offered)
    slot.closed_at = NOW
    slot.save()
    make_closure(slot.starts_at.date(), office=offered.office)

    page = signed_in(officer).get(WEEK, {"date": slot.starts_at.date()})

    assert "closed" in {state for row in cells_of(page) for state in row}
    assert page.context["days"][slot.starts_at.weekday()]["closure"]


@pytest.mark.parametrize("typed", ["", "x", "2569-11-23", "0001-01-01", "9999-12-31", "2026-13-01"])
def test_day_that_cannot_be_is_this_week(signed_in, officer, offered, typed):
    page = signed_in(officer).get(WEEK, {"date": typed})

    assert page.status_code == 200
    assert page.context["first"] == NOW.date() - timedelta(days=NOW.weekday())


def test_times_of_another_office_are_not_shown(signed_in, officer, offered, foreign):
    asked = {"office": foreign.office.pk, "service": foreign.offered.service_id}

    page = signed_in(officer).get(WEEK, asked)

    assert page.context["offered"] == offered
    assert str(foreign.office) not in page.content.decode()


def test_central_office_sees_no_times(signed_in, offered):
    assert signed_in(make_staff(Role.CENTRAL)).get(WEEK).status_code == 403


def test_page_makes_as_many_queries_for_many_times(
    signed_in, officer, offered, django_assert_num_queries
):
    """Session, person, roles, menu with its badges; four of its own."""
    browser = signed_in(officer)
    slot = make_slot(offered)
    day = {"date": slot.starts_at.date()}
    browser.get(WEEK, day)

    with CaptureQueriesContext(connection) as few:
        browser.get(WEEK, day)
    for _ in range(30):
        make_slot(offered)
    with django_assert_num_queries(len(few)):
        browser.get(WEEK, day)
