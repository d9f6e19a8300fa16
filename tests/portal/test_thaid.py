"""Filling in a form with ThaID: who confirms is proven for half an hour in this browser and stands
nowhere in clear; whatever goes wrong, a sentence and the plain form (fault F37)."""

import logging
from base64 import urlsafe_b64decode
from datetime import timedelta
from urllib.parse import parse_qsl, quote, urlsplit

import pytest
import time_machine
from django.test import Client

from accounts.models import LineAccount
from portal import proven
from registry_requests import services
from registry_requests.models import CopyRequest
from tests.accounts import provider as fakes
from tests.factories import NOW, make_slot, national_id
from tests.portal.reading import Page
from tests.portal.stored import stored
from tests.portal.test_copy_form import ASK, body
from tests.registry_requests.conftest import collection_at, make_office

START, CALLBACK, FORGET = "/thaid/start/", "/thaid/callback/", "/thaid/forget/"
NAME = "สุดารัตน์ ทดลองสุข"


@pytest.fixture(autouse=True)
def at_now():
    with time_machine.travel(NOW, tick=False) as clock:
        yield clock


@pytest.fixture
def slot(db):
    return make_slot(collection_at(make_office()), capacity=5)


@pytest.fixture
def provider(settings):
    settings.SITE_URL = "http://testserver"
    with fakes.running(settings) as provider:
        yield provider


def leave(client, back=ASK, start=START):
    return client.get(f"{start}?next={quote(back, safe='')}")


def come_back(client, provider, back=ASK, start=START):
    """Press the button, confirm, and be sent back by ThaID; the answer of our callback."""
    address = leave(client, back, start)["Location"]
    return client.get(_path(provider.confirm(address)))


def _path(address):
    parts = urlsplit(address)
    return f"{parts.path}?{parts.query}"


def proven_body(page, slot, **changes):
    form = body(slot, **changes)
    del form["full_name"], form["national_id"]
    return {**form, "thaid": page.typed["thaid"]} | changes


def read(client, path=ASK):
    answer = client.get(path)
    assert answer.status_code == 200
    return Page(answer)


def _words(answer):
    return answer.content.decode()


# --- the way there and back ------------------------------------------------------------------


def test_without_settings_there_is_nothing_of_it(client, slot):
    assert START not in _words(client.get(ASK))
    assert leave(client).status_code == 404
    assert client.get(CALLBACK).status_code == 404
    assert client.post(FORGET, {"next": ASK}).status_code == 404


def test_the_button_stands_above_the_form_and_leads_back_to_this_page(client, slot, provider):
    page = _words(client.get(f"{ASK}?kind=house"))

    assert f"{START}?next=%2Frequests%2Fnew%2Fbang-rak%2F%3Fkind%3Dhouse" in page
    assert page.index(START) < page.index('id="copy-form"')


def test_the_browser_keeps_the_try_for_ten_minutes_and_for_the_way_back_only(
    client, slot, provider
):
    cookie = leave(client).cookies["nk_thaid"]

    assert (cookie["path"], cookie["max-age"]) == (CALLBACK, 600)
    assert (cookie["httponly"], cookie["samesite"]) == (True, "Lax")


def test_the_form_is_filled_in_and_the_request_is_proven(client, slot, provider):
    back = come_back(client, provider)

    assert (back.status_code, back["Location"]) == (303, ASK)
    assert back.cookies["nk_thaid"]["max-age"] == 0
    page = read(client)
    assert not {"full_name", "national_id"} & page.typed.keys()
    answer = client.post(ASK, proven_body(page, slot))
    assert answer.status_code == 303
    made = CopyRequest.objects.get()
    assert (made.proof, made.full_name) == (CopyRequest.Proof.THAID, NAME)
    assert services.unseal_number(made) == provider.number
    assert made.collection.parties.get().full_name == NAME


def test_what_was_typed_beside_a_proof_is_not_read(client, slot, provider):
    come_back(client, provider)
    page = read(client)

    client.post(ASK, proven_body(page, slot, full_name="คนอื่น", national_id=national_id()))

    made = CopyRequest.objects.get()
    assert (made.full_name, services.unseal_number(made)) == (NAME, provider.number)


def test_an_enquiry_is_proven_too(client, slot, provider):
    come_back(client, provider)
    form = proven_body(read(client), None, kind="enquiry", note="ขอคัดสำเนาฉบับเก่า")

    assert client.post(ASK, form).status_code == 303
    assert CopyRequest.objects.get().proof == CopyRequest.Proof.THAID


def test_a_mistake_elsewhere_keeps_the_proof(client, slot, provider):
    come_back(client, provider)
    answer = client.post(ASK, proven_body(read(client), slot, phone="12"))

    assert answer.status_code == 422
    page = Page(answer)
    assert page.typed["thaid"]
    assert START not in _words(answer)
    again = {"phone": "0812345678", "form_key": page.typed["form_key"]}
    assert client.post(ASK, proven_body(page, slot, **again)).status_code == 303


def test_showing_other_times_keeps_the_proof(client, slot, provider):
    come_back(client, provider)

    answer = client.post(ASK, proven_body(read(client), slot, show="times"))

    assert answer.status_code == 200
    assert Page(answer).typed["thaid"]


def test_it_is_forgotten_once_it_was_used(client, slot, provider):
    come_back(client, provider)
    client.post(ASK, proven_body(read(client), slot))

    assert "thaid" not in read(client).typed


def test_in_english(client, slot, provider):
    page = "/en/requests/new/bang-rak/"
    back = come_back(client, provider, page, "/en/thaid/start/")
    assert back["Location"] == page
    assert "Confirmed with ThaID" in _words(client.get(page))

    provider.claims = {"ial": "1.1"}
    come_back(client, provider, page, "/en/thaid/start/")
    assert "not confirmed strongly enough" in _words(client.get(page))


# --- nothing in clear ------------------------------------------------------------------------


def test_name_and_number_stand_nowhere_in_clear(client, slot, provider, caplog):
    caplog.set_level(logging.DEBUG)
    back = come_back(client, provider)
    shown = _words(client.get(ASK))
    cookies = " ".join(
        f"{morsel.value} {_decoded(morsel.value)}" for morsel in client.cookies.values()
    )

    for place in (str(back.headers), cookies, shown, caplog.text):
        assert provider.number not in place
        assert "ทดลองสุข" not in place
    assert "ท***" in shown
    assert f"x-xxxx-xxxxx-{provider.number[-3:-1]}-{provider.number[-1]}" in shown


def _decoded(value):
    head = value.split(":")[0]
    return urlsafe_b64decode(head + "=" * (-len(head) % 4)).decode("utf-8", "replace")


def test_the_cookie_of_the_proof(client, slot, provider):
    cookie = come_back(client, provider).cookies[proven.COOKIE]

    assert (cookie["max-age"], cookie["path"]) == (1800, "/")
    assert (cookie["httponly"], cookie["samesite"]) == (True, "Lax")


@pytest.mark.parametrize(
    ("name", "masked"),
    [
        ("สุดารัตน์ ทดลองสุข", "สุ*** ท***"),
        ("เปี่ยม ใจดี", "เปี่*** ใจ***"),
        ("Éva O'Brien", "É*** O***"),
        ("-", "-***"),
    ],
)
def test_a_masked_name(name, masked):
    assert proven.Proof("k", proven.Proven(name, national_id())).masked_name == masked


# --- nobody is proven ------------------------------------------------------------------------

PERSONS = {
    "too weak": {"claims": {"ial": "1.1"}},
    "no number": {"claims": {"pid": None}},
    "a wrong number": {"claims": {"pid": "1101700230709"}},
    "a name that is none": {"claims": {"given_name": "<script>", "family_name": "x"}},
}


@pytest.mark.parametrize("lie", [*fakes.LIES, *PERSONS])
def test_what_proves_nobody_is_said_and_nothing_is_stored(client, slot, provider, lie):
    for name, value in {**fakes.LIES, **PERSONS}[lie].items():
        setattr(provider, name, value)
    before = stored()

    back = come_back(client, provider)

    assert (back.status_code, back["Location"]) == (303, ASK)
    assert proven.COOKIE not in back.cookies
    _assert_plain_form_with_a_sentence(client.get(ASK))
    assert stored() == before


def _assert_plain_form_with_a_sentence(answer):
    page = Page(answer)
    assert {"full_name", "national_id"} <= page.typed.keys()
    assert "thaid" not in page.typed
    assert 'role="alert"' in _words(answer)
    assert "<script>" not in _words(answer)


@pytest.mark.parametrize(
    "query",
    [
        "",
        "code=x",
        "code=x&state=another",
        "error=access_denied&state=another",
        "error=%3Cscript%3E&error_description=%3Cscript%3E",
    ],
)
def test_an_address_that_was_made_up(client, slot, provider, query):
    leave(client)

    back = client.get(f"{CALLBACK}?{query}")

    assert (back.status_code, back["Location"]) == (303, ASK)
    assert proven.COOKIE not in back.cookies
    _assert_plain_form_with_a_sentence(client.get(ASK))


def test_who_says_no_in_the_app(client, slot, provider):
    state = dict(parse_qsl(urlsplit(leave(client)["Location"]).query))["state"]

    client.get(f"{CALLBACK}?error=access_denied&state={state}")

    answer = client.get(ASK)
    assert "คุณออกจาก ThaID ก่อนยืนยัน" in _words(answer)
    _assert_plain_form_with_a_sentence(answer)


@pytest.mark.parametrize("spoil", ["gone", "changed", "late", "another browser"])
def test_a_try_that_this_browser_does_not_know(client, slot, provider, at_now, spoil):
    address = _path(provider.confirm(leave(client)["Location"]))
    browser = Client() if spoil == "another browser" else client
    if spoil == "gone":
        del client.cookies["nk_thaid"]
    elif spoil == "changed":
        client.cookies["nk_thaid"] = client.cookies["nk_thaid"].value[:-1] + "~"
    elif spoil == "late":
        at_now.shift(timedelta(minutes=10, seconds=1))

    back = browser.get(address)

    assert back.status_code == 422
    assert "ThaID" in Page(back).texts["main"]
    assert proven.COOKIE not in back.cookies
    assert "/token/" not in provider.asked


@pytest.mark.parametrize(
    "address",
    [
        "",
        "//evil.example/requests/new/bang-rak/",
        "https://evil.example/requests/new/bang-rak/",
        "/\\evil.example/requests/new/bang-rak/",
        "///evil.example",
        "javascript:alert(1)",
        "/admin/",
        "/nowhere/",
        "\t//evil.example",
        "requests/new/bang-rak/",
    ],
)
def test_it_leads_back_to_our_own_forms_only(client, slot, provider, address):
    for answer in (leave(client, address), client.post(FORGET, {"next": address})):
        assert answer.status_code == 422
        assert "Location" not in answer
    assert not provider.asked


def test_thaid_is_down(client, slot, provider):
    provider.status = 503

    assert leave(client)["Location"] == ASK

    answer = client.get(ASK)
    assert "ตอนนี้ ThaID ใช้ไม่ได้ กรอกเองด้านล่างได้" in _words(answer)
    _assert_plain_form_with_a_sentence(answer)
    assert client.post(ASK, body(slot)).status_code == 303
    assert CopyRequest.objects.get().proof == CopyRequest.Proof.TYPED


def test_too_many_tries(client, slot, provider, monkeypatch):
    monkeypatch.setattr("portal.views.thaid.TRIES", 3)
    for _n in range(3):
        assert leave(client).status_code == 302
    assert leave(client)["Location"] == ASK
    _assert_plain_form_with_a_sentence(client.get(ASK))


# --- the proof is over, or is not of this page -----------------------------------------------


def _assert_over(client, form):
    before = stored()
    answer = client.post(ASK, form)
    assert answer.status_code == 422
    page = Page(answer)
    assert {"full_name", "national_id"} <= page.typed.keys()
    assert page.typed["phone"] == "081 234 5678"
    assert "ThaID" in _words(answer)
    assert stored() == before


def test_after_half_an_hour_it_is_over(client, slot, provider, at_now):
    come_back(client, provider)
    form = proven_body(read(client), slot)
    at_now.shift(timedelta(minutes=30, seconds=1))

    _assert_over(client, form)


@pytest.mark.parametrize("spoil", ["changed", "of another key", "gone"])
def test_a_spoilt_cookie_proves_nobody(client, slot, provider, settings, spoil):
    come_back(client, provider)
    form = proven_body(read(client), slot)
    if spoil == "gone":
        del client.cookies[proven.COOKIE]
    elif spoil == "changed":
        value = client.cookies[proven.COOKIE].value
        client.cookies[proven.COOKIE] = ("B" if value[0] == "A" else "A") + value[1:]
    else:
        settings.SECRET_KEY = "another"

    _assert_over(client, form)


def test_a_page_that_showed_somebody_else_is_not_sent_as_this_person(client, slot, provider):
    come_back(client, provider)
    form = proven_body(read(client), slot)
    provider.number = national_id()
    come_back(client, provider)

    _assert_over(client, form)


def test_a_page_from_before_is_sent_as_typed(client, slot, provider):
    come_back(client, provider)
    form = body(slot)

    assert client.post(ASK, form).status_code == 303
    made = CopyRequest.objects.get()
    assert made.proof == CopyRequest.Proof.TYPED
    assert services.unseal_number(made) == form["national_id"]


def test_a_key_alone_proves_nobody(client, slot, provider):
    come_back(client, provider)
    form = proven_body(read(client), slot)

    _assert_over(Client(), form)


def test_not_me(client, slot, provider):
    come_back(client, provider)

    answer = client.post(FORGET, {"next": ASK})

    assert (answer.status_code, answer["Location"]) == (303, ASK)
    assert "full_name" in read(client).typed


# --- a LINE account --------------------------------------------------------------------------

LINK = "/line/link/?linkToken=abc123"


def test_a_line_account_is_linked_to_whom_thaid_names(client, provider, db):
    assert come_back(client, provider, LINK)["Location"] == LINK
    page = read(client, LINK)
    assert not {"full_name", "national_id"} & page.typed.keys()

    form = {"phone": "0812345678", "consent": "on", "thaid": page.typed["thaid"]}
    answer = client.post(LINK, form)

    assert answer.status_code == 302
    account = LineAccount.objects.get()
    assert (account.full_name, account.id_tail) == (NAME, provider.number[-4:])
    assert "thaid" not in read(client, LINK).typed


def test_a_line_account_is_not_linked_by_a_proof_that_is_over(client, provider, db, at_now):
    come_back(client, provider, LINK)
    page = read(client, LINK)
    at_now.shift(timedelta(minutes=31))

    form = {"phone": "0812345678", "consent": "on", "thaid": page.typed["thaid"]}
    answer = client.post(LINK, form)

    assert answer.status_code == 422
    assert Page(answer).typed["phone"] == "0812345678"
    assert not LineAccount.objects.exists()
