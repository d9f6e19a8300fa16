"""Whatever goes wrong on the way, nobody is proven: a sentence and the plain form (fault F37)."""

from datetime import timedelta
from urllib.parse import parse_qsl, urlsplit

import pytest
from django.test import Client

from portal import proven
from registry_requests.models import CopyRequest
from tests.accounts import provider as fakes
from tests.portal.reading import Page
from tests.portal.stored import stored
from tests.portal.test_copy_form import ASK, body
from tests.portal.thaid.way import CALLBACK, FORGET, come_back, leave, path_of, words_of

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
    assert 'role="alert"' in words_of(answer)
    assert "<script>" not in words_of(answer)


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
    assert "คุณออกจาก ThaID ก่อนยืนยัน" in words_of(answer)
    _assert_plain_form_with_a_sentence(answer)


@pytest.mark.parametrize("spoil", ["gone", "changed", "late", "another browser"])
def test_a_try_that_this_browser_does_not_know(client, slot, provider, at_now, spoil):
    address = path_of(provider.confirm(leave(client)["Location"]))
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
    assert "ตอนนี้ ThaID ใช้ไม่ได้ กรอกเองด้านล่างได้" in words_of(answer)
    _assert_plain_form_with_a_sentence(answer)
    assert client.post(ASK, body(slot)).status_code == 303
    assert CopyRequest.objects.get().proof == CopyRequest.Proof.TYPED


def test_too_many_tries(client, slot, provider, monkeypatch):
    monkeypatch.setattr("portal.views.thaid.TRIES", 3)
    for _n in range(3):
        assert leave(client).status_code == 302
    assert leave(client)["Location"] == ASK
    _assert_plain_form_with_a_sentence(client.get(ASK))
