"""The page that sets the places of a service, with a look before the act."""

import pytest
from django.urls import reverse

from bookings.models import Slot
from tests.factories import booking_at, make_slot


@pytest.fixture
def slot(offered):
    slot = make_slot(offered, capacity=3)
    for _one in range(2):
        booking_at(offered=offered, slot=slot)
    return slot


def send(browser, offered, **data):
    return browser.post(reverse("admin:places_change", args=[offered.pk]), data)


def test_it_is_shown_before_it_is_done(signed_in, head, offered, slot):
    browser = signed_in(head)

    page = send(browser, offered, online_places=1, staff_places=0)

    assert page.context["preview"].held_back == [slot]
    assert Slot.objects.get().capacity == 3
    assert send(browser, offered, online_places=1, staff_places=0, confirmed=1).status_code == 302
    assert Slot.objects.get().capacity == 2


@pytest.mark.parametrize("places", ["", "-1", "x", "99999999999", "1.5"])
def test_bad_number_gets_a_sentence_and_stores_nothing(signed_in, head, offered, slot, places):
    page = send(signed_in(head), offered, online_places=places, staff_places=0, confirmed=1)

    assert page.status_code == 422
    assert page.context["form"].errors["online_places"]
    assert Slot.objects.get().capacity == 3


def test_officer_cannot_change_places(signed_in, officer, offered, slot):
    assert send(signed_in(officer), offered, online_places=1, staff_places=0).status_code == 403
