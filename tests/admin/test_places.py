"""The page that sets the places of a service, with a look before the act."""

from datetime import time

import pytest
from django.urls import reverse

from bookings.models import Closing, Slot
from offices.models import OpeningPattern
from tests.factories import booking_at, make_slot


@pytest.fixture
def slot(offered):
    slot = make_slot(offered, capacity=3)
    for _one in range(2):
        booking_at(offered=offered, slot=slot)
    return slot


def send(browser, offered, **data):
    data = {"minutes": 30} | data
    return browser.post(reverse("admin:places_change", args=[offered.pk]), data)


@pytest.fixture
def other(bang_rak):
    pattern = OpeningPattern.objects.create(office=bang_rak, name="ช่วงบ่าย", weekdays="12345")
    pattern.times.create(no=1, starts=time(14), ends=time(14, 30))
    return pattern


def choose(browser, offered, **data):
    return browser.post(reverse("admin:places_times", args=[offered.pk]), data)


def test_it_is_shown_before_it_is_done(signed_in, head, offered, slot):
    browser = signed_in(head)

    page = send(browser, offered, online_places=1, staff_places=0)

    assert page.context["preview"].held_back == [slot]
    assert Slot.objects.get().capacity == 3
    assert send(browser, offered, online_places=1, staff_places=0, confirmed=1).status_code == 302
    assert Slot.objects.get().capacity == 2


def test_minutes_are_set_with_the_places(signed_in, head, offered, slot):
    send(signed_in(head), offered, online_places=3, staff_places=0, minutes=45, confirmed=1)

    offered.refresh_from_db()
    assert (offered.minutes, offered.online_places) == (45, 3)


def test_page_of_the_service_does_not_change_times_or_places(signed_in, head, offered, other):
    browser = signed_in(head)
    address = reverse("admin:offices_offeredservice_change", args=[offered.pk])
    page = browser.get(address)
    form = page.context["adminform"].form
    data = {name: value for name, value in form.initial.items() if value is not None}
    assert reverse("admin:places_change", args=[offered.pk]) in page.text

    asked = {"pattern": other.pk, "online_places": 9, "minutes": 5, "late_grace_minutes": 20}
    browser.post(address, {**data, **asked})

    before = (offered.pattern_id, offered.online_places, offered.minutes)
    offered.refresh_from_db()
    assert (offered.pattern_id, offered.online_places, offered.minutes) == before
    assert offered.late_grace_minutes == 20


def test_total_below_the_places_is_refused_still(signed_in, head, offered):
    browser = signed_in(head)
    address = reverse("admin:offices_offeredservice_change", args=[offered.pk])
    form = browser.get(address).context["adminform"].form
    data = {name: value for name, value in form.initial.items() if value is not None}

    page = browser.post(address, {**data, "total_places": 0})

    assert page.context["adminform"].form.errors["total_places"]


def test_other_times_lead_to_what_they_would_do(signed_in, head, offered, slot, other):
    answer = choose(signed_in(head), offered, pattern=other.pk, reason_th="ย้ายไปช่วงบ่าย")

    closing = Closing.objects.get()
    assert answer.url == reverse("admin:closing", args=[closing.pk])
    assert closing.decisions.count() == 2
    offered.refresh_from_db()
    assert offered.pattern != other


@pytest.mark.parametrize("bad", ["reason", "same", "foreign", "missing", "empty"])
def test_bad_choice_of_times_gets_a_sentence(signed_in, head, offered, other, foreign, bad):
    pattern = {"same": offered.pattern_id, "foreign": foreign.pattern.pk, "missing": "x"}
    if bad == "empty":
        other.times.all().delete()
    reason = "" if bad == "reason" else "ย้ายไปช่วงบ่าย"

    page = choose(signed_in(head), offered, pattern=pattern.get(bad, other.pk), reason_th=reason)

    assert page.status_code == 422
    assert page.context["patterns"].errors
    assert not Closing.objects.exists()


@pytest.mark.parametrize("places", ["", "-1", "x", "99999999999", "1.5"])
def test_bad_number_gets_a_sentence_and_stores_nothing(signed_in, head, offered, slot, places):
    page = send(signed_in(head), offered, online_places=places, staff_places=0, confirmed=1)

    assert page.status_code == 422
    assert page.context["form"].errors["online_places"]
    assert Slot.objects.get().capacity == 3


def test_officer_cannot_change_places(signed_in, officer, offered, slot):
    assert send(signed_in(officer), offered, online_places=1, staff_places=0).status_code == 403
