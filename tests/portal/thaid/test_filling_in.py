"""Filling in a form with ThaID: who confirms is proven for half an hour in this browser and stands
nowhere in clear (fault F37)."""

import logging
from base64 import urlsafe_b64decode

import pytest

from portal import proven
from registry_requests import services
from registry_requests.models import CopyRequest
from tests.factories import national_id
from tests.portal.reading import Page
from tests.portal.test_copy_form import ASK
from tests.portal.thaid.way import (
    CALLBACK,
    FORGET,
    NAME,
    START,
    come_back,
    leave,
    proven_body,
    read,
    words_of,
)


def test_without_settings_there_is_nothing_of_it(client, slot):
    assert START not in words_of(client.get(ASK))
    assert leave(client).status_code == 404
    assert client.get(CALLBACK).status_code == 404
    assert client.post(FORGET, {"next": ASK}).status_code == 404


def test_the_button_stands_above_the_form_and_leads_back_to_this_page(client, slot, provider):
    page = words_of(client.get(f"{ASK}?kind=house"))

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
    assert START not in words_of(answer)
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
    assert "Confirmed with ThaID" in words_of(client.get(page))

    provider.claims = {"ial": "1.1"}
    come_back(client, provider, page, "/en/thaid/start/")
    assert "not confirmed strongly enough" in words_of(client.get(page))


def test_name_and_number_stand_nowhere_in_clear(client, slot, provider, caplog):
    caplog.set_level(logging.DEBUG)
    back = come_back(client, provider)
    shown = words_of(client.get(ASK))
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
