"""The page that links a LINE account to a person."""

from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

import pytest

from accounts import line_links
from accounts.line_links import Holder
from accounts.models import Consent, LineAccount
from core.errors import Refused
from tests.factories import NOW, national_id
from tests.line_channel.people import USER

pytestmark = pytest.mark.django_db
PAGE = "/line/link/?linkToken=abc123"


def form(**changes):
    facts = {"full_name": "มะลิ ทดสอบ", "national_id": national_id(), "phone": "0812345678"}
    return facts | {"consent": "on"} | changes


def promise(**changes):
    holder = Holder("มะลิ ทดสอบ", national_id(), "+66812345678")
    return line_links.begin(holder=holder, text_version="1", language="th", now=NOW)


def test_without_a_token_it_leads_back_to_the_chat(client):
    for page in ("/line/link/", "/line/link/?linkToken=", "/line/link/?linkToken=a%20b"):
        assert client.get(page).status_code == 404
        assert client.post(page, form()).status_code == 404
    assert not LineAccount.objects.exists()


def test_a_good_form_goes_on_to_line_with_a_nonce_of_its_own(client):
    nonces = set()
    for _ in range(3):
        answer = client.post(PAGE, form())
        assert answer.status_code == 302
        address = urlsplit(answer["Location"])
        assert f"{address.scheme}://{address.netloc}{address.path}" == (
            "https://access.line.me/dialog/bot/accountLink"
        )
        words = parse_qs(address.query)
        assert words["linkToken"] == ["abc123"]
        nonces |= set(words["nonce"])
        assert answer["Referrer-Policy"] == "no-referrer"
        assert "no-store" in answer["Cache-Control"]
    assert len(nonces) == 3
    assert min(len(nonce) for nonce in nonces) >= 43
    assert Consent.objects.filter(channel="line", purpose="line").count() == 3


def test_the_page_may_lead_to_line_and_nowhere_else(client):
    policy = client.get(PAGE)["Content-Security-Policy"]
    assert "form-action 'self' https://access.line.me" in policy


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("full_name", ""),
        ("full_name", "มะลิ 123"),
        ("national_id", "1101700230709"),
        ("national_id", ""),
        ("phone", "12"),
        ("phone", ""),
        ("consent", ""),
    ],
)
def test_a_bad_field_is_said_and_what_was_typed_is_kept(client, field, value):
    answer = client.post(PAGE, form(**{field: value}))

    assert answer.status_code == 422
    page = answer.content.decode()
    assert f'id="error_{field}"' in page
    assert 'value="0812345678"' in page or field == "phone"
    assert not LineAccount.objects.exists()
    assert not Consent.objects.exists()


def test_too_many_tries(client):
    for _ in range(10):
        assert client.post(PAGE, form()).status_code == 302
    assert client.post(PAGE, form()).status_code == 429


def test_a_nonce_binds_once_and_only_in_time(linked):
    nonce = promise()
    with pytest.raises(Refused):
        line_links.bind(nonce=nonce, user_id="U2", now=NOW + timedelta(minutes=16))
    assert line_links.bind(nonce=nonce, user_id="U2", now=NOW).user_id == "U2"
    assert line_links.bind(nonce=nonce, user_id="U2", now=NOW).user_id == "U2"
    with pytest.raises(Refused):
        line_links.bind(nonce=nonce, user_id="U3", now=NOW)
    with pytest.raises(Refused):
        line_links.bind(nonce="x" * 43, user_id="U3", now=NOW)


def test_a_new_link_of_a_user_ends_the_older_one(linked):
    line_links.bind(nonce=promise(), user_id=USER, now=NOW)

    assert LineAccount.objects.open().filter(user_id=USER).count() == 1
    linked.refresh_from_db()
    assert linked.unlinked_at == NOW
    assert linked.full_name == ""


def test_the_number_is_sealed_and_the_nonce_is_not_kept(linked):
    nonce = promise()
    rows = str(list(LineAccount.objects.values()))
    assert nonce not in rows
    number = line_links.unseal_number(linked)
    assert number[-4:] == linked.id_tail
    assert number not in rows


def test_promises_that_nobody_kept_are_removed(linked):
    promise()
    assert line_links.purge(NOW + timedelta(hours=1)) == 0
    assert line_links.purge(NOW + timedelta(days=2)) == 1
    assert LineAccount.objects.get() == linked
