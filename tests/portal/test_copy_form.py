"""Asking for a certified copy on the web (S0-R02 to R06, R10): what is sent is stored once and
nothing of a code comes back; what cannot be stored says so beside its field."""

import re
from urllib.parse import urlencode
from uuid import uuid4

import pytest
import time_machine
from django.test import Client
from django.utils import timezone

from accounts.models import Consent
from bookings.models import Booking, Slot
from core import thai_dates
from notifications.models import Message
from offices.models import Closure, OfferedService
from registry_requests import services
from registry_requests.models import CopyRequest, CopyRules, Kind
from registry_requests.workflow import Status
from tests.data.bad_input import ACCEPTED, FIELDS, MEGABYTE, REFUSED, SURROGATE
from tests.data.copy_input import COPY_FIELDS, COPY_TAMPERED
from tests.factories import NOW, at, make_offered, make_slot, national_id
from tests.portal.reading import Page
from tests.portal.stored import stored
from tests.registry_requests.conftest import BACK, PHOTO, collection_at, make_office

ASK = "/requests/new/bang-rak/"


@pytest.fixture(autouse=True)
def at_now():
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def offered(db):
    return collection_at(make_office())


@pytest.fixture
def elsewhere(offered):
    return collection_at(
        make_office(code=1040, slug="bang-khae", prefix="BK", name_th="บางแค", name_en="Bang Khae")
    )


@pytest.fixture
def slot(offered):
    return make_slot(offered, capacity=2)


def body(slot=None, /, **changes):
    day = thai_dates.typed_date(slot.starts_at) if slot else ""
    return {
        "form_key": str(uuid4()),
        "kind": "house",
        "copies": "2",
        "collect_at": "bang-rak",
        "date": day,
        "slot": str(slot.pk) if slot else "",
        "full_name": "สุดารัตน์ ทดลองสุข",
        "national_id": national_id(),
        "back_code": "jc1-1234567-12",
        "photo_code": "1040-02-12345678",
        "phone": "081 234 5678",
        "email": "sudarat@example.com",
        "note": "",
        "consent": "on",
        **changes,
    }


def send(client, form, path=ASK):
    encoded = urlencode(form, errors="surrogatepass")
    return client.post(path, encoded, content_type="application/x-www-form-urlencoded")


def _offered_in(answer):
    """The times that can be chosen."""
    return [values["value"] for _, values in Page(answer).tags if values.get("name") == "slot"]


def test_form_offers_the_next_free_times_and_any_office(client, slot, elsewhere):
    page = Page(client.get(ASK))

    text = client.get(ASK).content.decode()
    assert thai_dates.long_date(slot.starts_at) in text
    assert page.typed["collect_at"] == "bang-rak"
    assert 'value="bang-khae"' in text
    assert [t for t, values in page.tags if values.get("name") == "kind"] == ["input"] * 5
    assert "no-store" in client.get(ASK)["Cache-Control"]


def test_request_is_stored_and_leads_to_its_page(client, slot):
    form = body(slot)

    answer = send(client, form)

    made = CopyRequest.objects.get()
    assert answer.status_code == 303
    assert answer["Location"] == f"/my/{made.reference}/"
    assert (made.kind, made.copies, made.status) == (Kind.HOUSE, 2, Status.SUBMITTED)
    assert (made.collection.slot_id, made.phone) == (slot.pk, "+66812345678")
    assert bytes(made.back_code_hash) == _digest("back_code", BACK, form)
    assert bytes(made.photo_code_hash) == _digest("photo_code", PHOTO, form)
    page = client.get(answer["Location"])
    assert page.status_code == 200
    assert f'data-reference="{made.reference}" data-status="submitted"' in page.content.decode()


def _digest(name, code, form):
    return services.CardCode.of(name, code, form_key=form["form_key"]).digest


def test_english_form_makes_an_english_request(client, slot):
    answer = send(client, body(slot), f"/en{ASK}")

    assert answer["Location"].startswith("/en/my/")
    assert CopyRequest.objects.get().language == "en"
    assert "Your request is sent" in client.get(answer["Location"]).content.decode()


def test_sent_twice_is_one_and_other_data_a_conflict(client, slot):
    form = body(slot)

    first, again = send(client, form), send(client, form)
    other = send(client, {**form, "copies": "3"})

    assert first["Location"] == again["Location"]
    assert other.status_code == 409
    assert CopyRequest.objects.count() == 1
    made = CopyRequest.objects.get()
    assert made.reference not in other.content.decode()


def test_copy_can_be_collected_elsewhere(client, offered, elsewhere):
    there = make_slot(elsewhere)

    answer = send(client, body(there, collect_at="bang-khae"))

    made = CopyRequest.objects.get()
    assert answer.status_code == 303
    assert (made.office.slug, made.collect_at.slug) == ("bang-rak", "bang-khae")
    assert "สำนักงานเขตบางแค" in client.get(answer["Location"]).content.decode()


def test_enquiry_needs_no_time_and_no_code_but_words(client, offered):
    nothing = {"kind": "enquiry", "copies": "", "date": "", "back_code": "", "photo_code": ""}
    refused = send(client, body(**nothing))
    answer = send(client, body(**nothing, note="ทำบัตรให้ผู้ป่วยติดเตียง"))

    assert refused.status_code == 422
    assert Page(refused).texts["error_note"].strip()
    assert answer.status_code == 303
    made = CopyRequest.objects.get()
    assert (made.kind, made.collection, made.back_code_tail) == (Kind.ENQUIRY, None, "")
    assert client.get(answer["Location"]).status_code == 200
    assert client.get(f"{answer['Location']}ticket.pdf").status_code == 404


def test_enquiry_reads_nothing_of_what_it_is_not_asked(client, slot):
    wrong = {"copies": "99", "date": "x", "slot": "x", "back_code": "x", "photo_code": "x"}

    answer = send(client, body(kind="enquiry", note="ขอคำแนะนำ", **wrong))

    assert answer.status_code == 303
    assert not Booking.objects.exists()


def test_time_taken_meanwhile_offers_the_nearest_and_keeps_the_rest(client, offered, slot):
    full = make_slot(offered, starts=at(2026, 12, 2, 10), capacity=0)
    form = body(full)
    before = stored()

    answer = send(client, form)

    assert answer.status_code == 409
    assert stored() == before
    page = Page(answer)
    assert _offered_in(answer) == [str(slot.pk)]
    assert "มีคนจองเวลานี้ไปก่อนครู่เดียว" in page.texts["error_slot"]
    for name in ("full_name", "national_id", "copies", "kind", "phone", "email", "form_key"):
        assert page.typed[name] == form[name], name


def test_time_of_another_day_than_typed_is_not_taken(client, offered, slot):
    answer = send(client, body(slot, date="9/12/2569"))

    assert answer.status_code == 422
    assert Page(answer).texts["error_slot"].strip()
    assert not CopyRequest.objects.exists()


def test_day_that_is_closed_is_one_of_the_things_to_mend(client, offered, slot):
    Closure.objects.create(date="2026-12-05", reason_th="วันพ่อแห่งชาติ", reason_en="Father's Day")

    answer = send(client, body(date="5/12/2569"))

    assert answer.status_code == 422
    text = answer.content.decode()
    assert 'href="#id_date"' in text
    assert text.count('id="error_date"') == 1


@pytest.mark.parametrize("which", ["other office", "other service", "closed", "past"])
def test_time_that_is_none_of_the_office_stores_nothing(client, offered, elsewhere, which):
    slot = {
        "other office": lambda: make_slot(elsewhere),
        "other service": lambda: make_slot(make_offered()),
        "closed": lambda: make_slot(offered, closed_at=NOW),
        "past": lambda: make_slot(offered, starts=at(2026, 11, 23, 8)),
    }[which]()
    before = stored()

    answer = send(client, body(slot))

    assert answer.status_code in (409, 422)
    assert stored() == before
    assert Page(answer).texts["error_slot"].strip()


def test_codes_never_come_back_and_are_asked_for_again(client, slot):
    form = body(slot, full_name="", back_code="ab9-8765432-10", photo_code="1999-02-87654321")

    answer = send(client, form)

    text = answer.content.decode()
    assert answer.status_code == 422
    for code in ("9-8765432", "98765432", "8765432", "1999-02", "199902"):
        assert code not in text
    page = Page(answer)
    assert (page.typed["back_code"], page.typed["photo_code"]) == ("", "")
    assert text.count("พิมพ์อีกครั้ง") == 2


def test_nothing_of_a_code_or_number_is_in_cookies_urls_or_messages(client, slot, caplog):
    form = body(slot)
    answer = send(client, form)
    page = client.get(answer["Location"]).content.decode()
    made = CopyRequest.objects.get()

    written = "".join(
        [
            caplog.text,
            str(client.cookies),
            answer["Location"],
            page,
            str(list(Message.objects.values())),
        ]
    )
    for secret in (BACK, "1234567-12", PHOTO, "02-12345678", form["national_id"]):
        assert secret not in written
    rows = str(stored())
    assert BACK not in rows
    assert PHOTO not in rows
    assert form["national_id"] not in rows
    assert made.id_tail == form["national_id"][-4:]


def test_times_follow_office_and_day_for_htmx(client, offered, elsewhere):
    here = make_slot(offered)
    there = make_slot(elsewhere, starts=at(2026, 12, 3, 10))
    part = {"HX-Request": "true"}

    first = client.get(ASK, {"collect_at": "bang-khae"}, headers=part)
    of_day = client.get(ASK, {"collect_at": "bang-khae", "date": "3/12/2569"}, headers=part)

    for answer in (first, of_day):
        assert answer.status_code == 200
        assert _offered_in(answer) == [str(there.pk)] != [str(here.pk)]
        assert "<html" not in answer.content.decode()
        assert "HX-Request" in answer["Vary"]


def test_times_can_be_shown_without_script_and_keep_what_was_typed(client, offered, slot):
    later = make_slot(offered, starts=at(2026, 12, 3, 10))
    form = body(slot, date="3/12/2569", show="times", slot="")
    before = stored()

    answer = send(client, form)

    page = Page(answer)
    assert answer.status_code == 200
    assert stored() == before
    assert _offered_in(answer) == [str(later.pk)]
    assert page.typed["full_name"] == form["full_name"]
    assert page.typed["kind"] == "house"
    assert (page.typed["back_code"], page.typed["photo_code"]) == ("", "")


@pytest.mark.parametrize(
    ("typed", "words", "status"),
    [
        ("x", "อ่านวันที่ไม่ได้", 422),
        ("20/11/2569", "วันที่นี้ผ่านไปแล้ว", 422),
        ("23/11/2569", "เลือกตั้งแต่", 422),
        ("1/12/2570", "จองล่วงหน้า", 422),
        ("5/12/2569", "ปิด", 422),
        ("4/12/2569", "วันที่เลือกเต็มแล้ว", 200),
    ],
)
def test_day_without_times_says_why(client, offered, slot, typed, words, status):
    make_slot(offered, starts=at(2026, 12, 4, 10), capacity=0)
    Closure.objects.create(date="2026-12-05", reason_th="วันพ่อแห่งชาติ", reason_en="Father's Day")

    answer = client.get(ASK, {"date": typed}, headers={"HX-Request": "true"})

    assert answer.status_code == status
    assert words in Page(answer).texts["error_date"]
    assert _offered_in(answer) == [str(slot.pk)]


def test_same_day_lane_is_offered_while_it_takes_more(client, offered, slot):
    CopyRules.objects.create(office=offered.office, express_a_day=1)
    today = make_slot(offered, starts=at(2026, 11, 23, 14))

    assert str(today.pk) in _offered_in(client.get(ASK))
    assert send(client, body(today)).status_code == 303
    assert str(today.pk) not in _offered_in(client.get(ASK))


def test_paused_office_says_so_and_an_unknown_one_is_not_found(client, offered):
    OfferedService.objects.update(is_open=False)

    assert client.get(ASK).status_code == 200
    assert "copy-form" not in client.get(ASK).content.decode()
    assert "copy-form" not in send(client, body()).content.decode()
    assert client.get("/requests/new/atlantis/").status_code == 404


def test_second_request_for_the_same_record_is_told_to_the_contact_on_file(client, offered, slot):
    number = national_id()
    send(client, body(slot, national_id=number))
    Message.objects.all().delete()

    again = send(client, body(slot, national_id=number, email="other@example.com"))

    assert again.status_code == 422
    assert CopyRequest.objects.count() == 1
    assert Message.objects.get().address == "sudarat@example.com"


def test_too_many_from_one_address_are_stopped(client, offered):
    make_slot(offered, capacity=40)
    slot = Slot.objects.get()
    answers = [send(client, body(slot)).status_code for _n in range(31)]

    assert answers == [303] * 30 + [429]


def test_request_of_another_browser_stays_closed(client, slot):
    path = send(client, body(slot))["Location"]

    for end in ("", "cancel/", "move/", "ticket.pdf", "event.ics", "documents/"):
        assert Client().get(path + end).status_code == 404, end
        assert client.get(path + end).status_code == 200, end


def test_form_costs_the_same_however_many_offices_and_times(
    client, offered, django_assert_num_queries
):
    make_slot(offered)
    client.get(ASK)
    with django_assert_num_queries(QUERIES):
        client.get(ASK)
    for n in range(3):
        place = make_office(code=1050 + n, slug=f"o{n}", prefix=f"X{n}", name_th=f"เขต{n}")
        make_slot(collection_at(place))
        make_slot(offered, starts=at(2026, 12, 3, 9 + n))

    with django_assert_num_queries(QUERIES):
        client.get(ASK)


QUERIES = 5

# --- bad and odd input, as data --------------------------------------------------------------

OF_ALL = {"full_name", "national_id", "phone", "email", "note"}
CASES = [case for case in [*FIELDS, *COPY_FIELDS] if case.field in OF_ALL or case in COPY_FIELDS]
UNREADABLE_DAYS = [case for case in FIELDS if case.field == "date" and case.outcome == REFUSED]


def _named(outcome):
    chosen = [case for case in CASES if case.outcome == outcome]
    return pytest.mark.parametrize(
        "case", chosen, ids=[f"{case.field}: {case.kind}" for case in chosen]
    )


@_named(REFUSED)
def test_refused(client, slot, case):
    form = body(slot) | {case.field: case.value}
    before = stored()

    answer = send(client, form)

    assert answer.status_code == 422
    assert stored() == before
    page = Page(answer)
    sentence = page.texts[f"error_{case.field}"].strip()
    assert sentence
    assert len(case.value.strip()) < 2 or case.value.strip() not in sentence
    _assert_kept(page, form, but=case.field)
    assert ("script", {}) not in page.tags
    assert not any("onerror" in values for _, values in page.tags)


@_named(ACCEPTED)
def test_accepted(client, slot, case):
    form = body(slot) | {case.field: case.value}

    answer = send(client, form)

    assert answer.status_code == 303, Page(answer).texts
    made = CopyRequest.objects.get()
    assert _stored_value(made, case.field, form) == case.stored
    shown = Page(client.get(answer["Location"]))
    assert ("script", {}) not in shown.tags
    assert not any("onerror" in values for _, values in shown.tags)


@pytest.mark.parametrize("case", UNREADABLE_DAYS, ids=[case.kind for case in UNREADABLE_DAYS])
@pytest.mark.parametrize("button", ["send", "show"])
def test_day_that_cannot_be_read(client, slot, case, button):
    form = body(slot, date=case.value) | ({"show": "times"} if button == "show" else {})
    before = stored()

    answer = send(client, form)

    assert answer.status_code == (422 if button == "send" else 200)
    assert stored() == before
    page = Page(answer)
    assert page.texts["error_date"].strip()
    _assert_kept(page, form, but="date")


@pytest.mark.parametrize(
    "case",
    COPY_TAMPERED,
    ids=[f"{case.kind}: {ascii(case.changes)[:60]}" for case in COPY_TAMPERED],
)
def test_tampered_form(client, slot, case):
    form = body(slot) | case.changes
    before = stored("django_session")

    answer = send(client, form)

    assert answer.status_code in case.statuses
    if case.outcome == ACCEPTED:
        made = CopyRequest.objects.get()
        assert (made.status, made.fee, made.entered_by_id) == (Status.SUBMITTED, None, None)
        assert made.proof == CopyRequest.Proof.TYPED
        assert made.created_at == timezone.now()
        return
    assert stored("django_session") == before
    assert not Consent.objects.exists()
    if case.error_field and answer.status_code == 422:
        assert Page(answer).texts[f"error_{case.error_field}"].strip()


def _stored_value(made, field, form):
    if field == "national_id":
        return services.unseal_number(made)
    if field in ("back_code", "photo_code"):
        code = {"back_code": made.back_code_hash, "photo_code": made.photo_code_hash}[field]
        known = {"back_code": BACK, "photo_code": PHOTO}[field]
        return known if bytes(code) == _digest(field, known, form) else ""
    return str(getattr(made, field))


def _assert_kept(page, form, but):
    for name, value in form.items():
        if name in (but, "form_key", "consent", "back_code", "photo_code", "slot"):
            continue
        if name in page.typed and value != MEGABYTE and SURROGATE not in value:
            assert " ".join(page.typed[name].split()) == " ".join(value.split()), name
    assert (page.typed["back_code"], page.typed["photo_code"]) == ("", "")
    assert re.search(r"\w", page.typed["form_key"])
