"""A request that an officer enters for a person at the counter (S0-R02, R10, R13)."""

from uuid import uuid4

import pytest
from django.urls import reverse

from accounts.models import Consent
from registry_requests.models import CopyRequest, Kind
from tests.factories import make_slot, make_staff, national_id
from tests.registry_requests.conftest import BACK, PHOTO

pytestmark = pytest.mark.usefixtures("at_now")
ENTER = reverse("admin:registry_requests_copyrequest_add")


@pytest.fixture
def counter(signed_in, officer):
    return signed_in(officer)


def typed(slot, /, **changes):
    return {
        "form_key": str(uuid4()),
        "office": "bang-rak",
        "collect": "bang-rak",
        "kind": Kind.HOUSE,
        "copies": "2",
        "full_name": "วิไล ทดลองใจ",
        "national_id": national_id(),
        "back_code": BACK,
        "photo_code": "",
        "slot": str(slot.pk),
        "phone": "081 234 5678",
        "identity_seen": "on",
        "consent": "on",
        **changes,
    }


def test_it_is_entered_with_the_card_seen_and_the_consent(counter, officer, slot):
    answer = counter.post(ENTER, typed(slot))

    request = CopyRequest.objects.get()
    assert answer["Location"] == reverse(
        "admin:registry_requests_copyrequest_change", args=[request.pk]
    )
    assert (request.channel, request.proof) == ("counter", "seen")
    assert request.entered_by == officer
    assert request.collection.slot == slot
    assert Consent.objects.get().channel == "counter"
    slot.refresh_from_db()
    assert (slot.taken, slot.taken_online) == (1, 0)


def test_the_same_form_twice_is_one_request(counter, slot):
    form = typed(slot)

    assert counter.post(ENTER, form)["Location"] == counter.post(ENTER, form)["Location"]
    assert CopyRequest.objects.count() == 1


@pytest.mark.parametrize(
    "wrong",
    [
        {"back_code": ""},
        {"back_code": "JC1"},
        {"photo_code": "123"},
        {"slot": ""},
        {"slot": "99999999"},
        {"copies": "11"},
        {"full_name": ""},
        {"national_id": "1234567890123"},
        {"phone": ""},
        {"identity_seen": ""},
        {"consent": ""},
        {"kind": "passport"},
        {"kind": Kind.ENQUIRY, "note": ""},
    ],
    ids=str,
)
def test_what_is_wrong_is_said_and_nothing_stored(counter, slot, wrong):
    answer = counter.post(ENTER, typed(slot, **wrong))

    assert answer.status_code == 422
    assert not CopyRequest.objects.exists()
    text = answer.content.decode()
    assert BACK not in text
    assert wrong.get("full_name", "วิไล ทดลองใจ") in text


def test_codes_are_never_drawn_again(counter, slot):
    text = counter.post(ENTER, typed(slot, photo_code=PHOTO, full_name="")).content.decode()

    assert PHOTO not in text
    assert BACK not in text


def test_an_enquiry_needs_neither_code_nor_time(counter, slot):
    form = typed(slot, kind=Kind.ENQUIRY, note="ผู้ป่วยติดเตียง", back_code="", slot="")

    assert counter.post(ENTER, form).status_code == 302
    assert CopyRequest.objects.get().collection is None


def test_an_open_request_of_the_same_person_is_refused(counter, slot):
    number = national_id()
    counter.post(ENTER, typed(slot, national_id=number))

    again = counter.post(ENTER, typed(slot, national_id=number))

    assert again.status_code == 422
    assert CopyRequest.objects.count() == 1


def test_collected_at_another_office(counter, elsewhere):
    there = make_slot(elsewhere)
    page = counter.get(f"{ENTER}?collect=bang-khae&day=1/11/2569")
    assert [slot.pk for slot in page.context["times"]] == [there.pk]

    counter.post(ENTER, typed(there, collect="bang-khae"))

    request = CopyRequest.objects.get()
    assert (request.office.slug, request.collect_at.slug) == ("bang-rak", "bang-khae")


def test_the_record_is_of_an_own_office(counter, elsewhere, slot):
    counter.post(ENTER, typed(slot, office="bang-khae"))

    assert CopyRequest.objects.get().office.slug == "bang-rak"


@pytest.mark.parametrize("day", ["", "x", "99/99/2569", "1/1/2500"])
def test_any_day_shows_times_from_today(counter, slot, day):
    page = counter.get(ENTER, {"day": day})

    assert [one.pk for one in page.context["times"]] == [slot.pk]


def test_who_has_no_such_right_enters_nothing(signed_in, offered, slot):
    director = make_staff("director", office=offered.office)

    assert signed_in(director).get(ENTER).status_code == 403
    assert signed_in(director).post(ENTER, typed(slot)).status_code == 403
