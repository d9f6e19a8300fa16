"""Linking a LINE account to whom ThaID names."""

from datetime import timedelta

from accounts.models import LineAccount
from tests.portal.reading import Page
from tests.portal.thaid.way import (
    NAME,
    come_back,
    read,
)

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
