"""Asking about the own data online: one answer for all, stored only when it is whole."""

from datetime import timedelta
from uuid import uuid4

import pytest
import time_machine
from django.urls import reverse

from bookings import links, request_links
from bookings.models import DataRequest
from bookings.services import data_requests, retention
from bookings.workflow import RequestStatus, Status
from tests.factories import NOW, booking_at, make_data_request, make_office, national_id

pytestmark = pytest.mark.django_db
ASK = "/privacy/request/"


@pytest.fixture(autouse=True)
def at_now():
    with time_machine.travel(NOW, tick=False):
        yield


def body(**changes):
    return {
        "form_key": str(uuid4()),
        "office": make_office().slug,
        "kind": "see",
        "nationality": "TH",
        "full_name": "มะลิ ทดสอบ",
        "national_id": national_id(),
        "passport_no": "",
        "phone": "",
        "email": "mali@example.com",
        "note": "",
        "consent": "on",
        **changes,
    }


def test_the_form_leads_to_the_page_of_the_request(client):
    make_office()
    assert client.get(ASK).status_code == 200

    answer = client.post(ASK, body())

    found = DataRequest.objects.get()
    assert answer.status_code == 303
    assert answer["Location"] == reverse("portal:data_status", args=[found.reference])
    page = client.get(answer["Location"])
    assert found.reference in page.content.decode()
    assert "no-store" in page["Cache-Control"]


def test_sent_twice_is_one(client):
    sent = body()

    assert client.post(ASK, sent)["Location"] == client.post(ASK, sent)["Location"]
    assert DataRequest.objects.count() == 1


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"national_id": "1234567890123"}, "national_id"),
        ({"nationality": "JP", "passport_no": ""}, "passport_no"),
        ({"full_name": ""}, "full_name"),
        ({"email": ""}, "phone"),
        ({"kind": "sell"}, "kind"),
        ({"kind": "correct"}, "note"),
        ({"office": "atlantis"}, "office"),
        ({"consent": ""}, "consent"),
        ({"form_key": "x"}, ""),
        ({"note": "ก" * 501}, "note"),
    ],
)
def test_bad_input_gets_a_sentence_and_stores_nothing(client, changes, field):
    answer = client.post(ASK, body(**changes))

    text = answer.content.decode()
    assert answer.status_code == 422
    assert not DataRequest.objects.exists()
    assert (f'id="error_{field}"' if field else "error-summary") in text
    assert 'value="x"' not in text


def test_too_many_are_stopped(client):
    for _n in range(10):
        assert client.post(ASK, body()).status_code == 303

    assert client.post(ASK, body()).status_code == 429


def test_the_link_opens_it_in_another_browser(client):
    found = make_data_request()
    page = reverse("portal:data_status", args=[found.reference])
    assert client.get(page).status_code == 404

    link = request_links.link(found)
    answer = client.get(link[link.index("/d/") :])

    assert answer.status_code == 303
    assert client.get(page).status_code == 200
    assert client.get("/d/1.1.zzz.changed/").status_code == 410


def test_withdrawing(client):
    found = make_data_request()
    link = request_links.link(found)
    client.get(link[link.index("/d/") :])
    page = reverse("portal:data_withdraw", args=[found.reference])

    assert client.get(page).status_code == 405
    for _press in range(2):
        assert client.post(page).status_code == 303

    found.refresh_from_db()
    assert found.status == RequestStatus.WITHDRAWN


def test_borrowed_telephone_forgets_the_request_which_stays(client):
    found = make_data_request()
    link = request_links.link(found)
    client.get(link[link.index("/d/") :])
    page = reverse("portal:data_status", args=[found.reference])

    assert client.post(reverse("portal:data_forget", args=[found.reference]))["Location"] == "/"

    assert client.get(page).status_code == 404
    found.refresh_from_db()
    assert found.is_open


def test_the_link_is_over_with_the_data(client):
    found = make_data_request()
    link = request_links.link(found)
    data_requests.withdraw(request=found, now=NOW)
    DataRequest.objects.update(anonymised_at=NOW)

    assert client.get(link[link.index("/d/") :]).status_code == 410


def test_english(client):
    make_office()

    assert "Ask about my data" in client.get("/en/privacy/request/").content.decode()


def test_the_page_of_a_booking_closes_when_its_data_go(client):
    booking = booking_at(Status.CANCELLED)
    old = links.link(booking)
    short = links.short_link(booking)
    client.get(old[old.index("/l/") :])
    page = reverse("portal:status", args=[booking.reference])
    assert client.get(page).status_code == 200

    retention.purge_names(NOW + timedelta(days=2_000))

    assert client.get(page).status_code == 404
    assert client.get(old[old.index("/l/") :]).status_code == 410
    assert client.get(short[short.index("/s/") :]).status_code == 410
