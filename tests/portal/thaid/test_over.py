"""A proof that is over, or not of this page, proves nobody."""

from datetime import timedelta

import pytest
from django.test import Client

from portal import proven
from registry_requests import services
from registry_requests.models import CopyRequest
from tests.factories import national_id
from tests.portal.reading import Page
from tests.portal.stored import stored
from tests.portal.test_copy_form import ASK, body
from tests.portal.thaid.way import FORGET, come_back, proven_body, read, words_of


def _assert_over(client, form):
    before = stored()
    answer = client.post(ASK, form)
    assert answer.status_code == 422
    page = Page(answer)
    assert {"full_name", "national_id"} <= page.typed.keys()
    assert page.typed["phone"] == "081 234 5678"
    assert "ThaID" in words_of(answer)
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
