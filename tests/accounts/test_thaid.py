"""Who ThaID says somebody is, and everything it may say that proves nobody."""

import socket
from datetime import UTC, datetime, timedelta
from time import monotonic
from urllib.parse import parse_qs, parse_qsl, urlsplit

import pytest

from accounts import thaid
from accounts.thaid import Proven
from core.errors import Refused
from tests.accounts import provider as fakes

BACK = "https://nadkhet.example/thaid/callback/"


@pytest.fixture
def provider(settings):
    with fakes.running(settings) as provider:
        yield provider


def prove(provider, **said):
    """Go to ThaID, confirm, come back; `said` replaces what the address says."""
    address, attempt = thaid.begin(redirect_uri=BACK)
    return finish(attempt, dict(parse_qsl(urlsplit(provider.confirm(address)).query)) | said)


def finish(attempt, answer):
    return thaid.finish(attempt, answer, redirect_uri=BACK, now=datetime.now(UTC))


def refused(provider, **said):
    with pytest.raises(Refused) as caught:
        prove(provider, **said)
    return caught.value.code


def test_who_confirms_is_proven(provider):
    assert prove(provider) == Proven("สุดารัตน์ ทดลองสุข", provider.number)


def test_a_middle_name_stands_in_the_middle(provider):
    provider.claims = {"given_name": "Anna", "middle_name": "Maria", "family_name": "Berg"}

    assert prove(provider).full_name == "Anna Maria Berg"


def test_no_more_is_asked_than_the_form_asks(provider):
    address, attempt = thaid.begin(redirect_uri=BACK)

    words = parse_qs(urlsplit(address).query)
    assert words["scope"] == ["openid pid given_name middle_name family_name ial"]
    assert words["state"] == [attempt.state]
    assert words["nonce"] == [attempt.nonce]
    assert attempt.verifier not in address
    assert len({attempt.state, attempt.nonce, attempt.verifier}) == 3
    assert min(len(attempt.state), len(attempt.nonce), len(attempt.verifier)) >= 43


def test_a_token_signed_by_an_elliptic_curve_is_taken(provider):
    provider.keys.append(fakes.key("curve"))
    provider.sign = fakes.by_key("curve", "ES256")

    assert prove(provider).national_id == provider.number


@pytest.mark.parametrize("lie", fakes.LIES)
def test_a_token_that_is_not_right_proves_nobody(provider, lie, caplog):
    for name, value in fakes.LIES[lie].items():
        setattr(provider, name, value)

    assert refused(provider) == "token"
    assert provider.number not in caplog.text
    assert "ทดลองสุข" not in caplog.text


def test_the_same_provider_telling_the_truth_is_believed(provider):
    """The control of the test above: nothing but the lie was wrong."""
    provider.claims = {"aud": [fakes.CLIENT["id"], "x"], "azp": fakes.CLIENT["id"]}

    assert prove(provider).national_id == provider.number


def test_new_keys_are_asked_for_once(provider):
    prove(provider)
    provider.keys, provider.sign = [fakes.key("two")], fakes.by_key("two")

    assert prove(provider).national_id == provider.number
    assert provider.asked.count("/jwks/") == 2
    assert provider.asked.count("/.well-known/openid-configuration") == 1


@pytest.mark.parametrize(
    ("said", "code"),
    [
        ({"state": "another"}, "over"),
        ({"state": ""}, "over"),
        ({"state": "ไทย"}, "over"),
        ({"code": "another"}, "over"),
        ({"code": ""}, "over"),
        ({"error": "access_denied"}, "cancelled"),
        ({"error": "server_error"}, "down"),
        ({"error": "<script>"}, "down"),
    ],
)
def test_an_address_that_does_not_belong_to_the_try_proves_nobody(provider, said, code):
    assert refused(provider, **said) == code


def test_a_code_is_used_once(provider):
    address, attempt = thaid.begin(redirect_uri=BACK)
    answer = dict(parse_qsl(urlsplit(provider.confirm(address)).query))
    finish(attempt, answer)

    with pytest.raises(Refused) as caught:
        finish(attempt, answer)
    assert caught.value.code == "over"


def test_the_code_of_another_browser_is_of_no_use(provider):
    """It was given for another verifier (PKCE), even where the state is known."""
    address, _attempt = thaid.begin(redirect_uri=BACK)
    stolen = dict(parse_qsl(urlsplit(provider.confirm(address)).query))
    _address, mine = thaid.begin(redirect_uri=BACK)

    with pytest.raises(Refused) as caught:
        finish(mine, stolen | {"state": mine.state})
    assert caught.value.code == "over"


@pytest.mark.parametrize(
    ("claims", "code"),
    [
        ({"ial": "1.1"}, "level"),
        ({"ial": "2.2"}, "level"),
        ({"ial": None}, "level"),
        ({"ial": "high"}, "level"),
        ({"pid": None}, "person"),
        ({"pid": "1101700230709"}, "person"),
        ({"pid": ["x"]}, "person"),
        ({"given_name": None, "family_name": None}, "person"),
        ({"given_name": "<b>"}, "person"),
    ],
)
def test_a_person_we_cannot_serve_by_this(provider, claims, code):
    provider.claims = claims

    assert refused(provider) == code


@pytest.mark.parametrize(("least", "said"), [("2.1", "2.3"), ("2.3", "3"), ("", None)])
def test_the_level_that_is_asked_for_is_set(provider, settings, least, said):
    settings.THAID_LEAST_IAL, provider.claims = least, {"ial": said}

    assert prove(provider).national_id == provider.number


def test_a_provider_that_names_another_one_is_not_used(provider):
    provider.known = {"issuer": "https://evil.example"}

    assert refused(provider) == "down"


@pytest.mark.parametrize("status", [302, 404, 429, 500, 503])
def test_answers_that_are_none(provider, status):
    provider.status = status

    assert refused(provider) == "down"


def test_a_token_endpoint_that_breaks(provider):
    address, attempt = thaid.begin(redirect_uri=BACK)
    answer = dict(parse_qsl(urlsplit(provider.confirm(address)).query))
    provider.status = 503

    with pytest.raises(Refused) as caught:
        finish(attempt, answer)
    assert caught.value.code == "down"


def test_nobody_waits_longer_than_is_set_and_the_next_not_at_all(provider, settings):
    settings.THAID_TIMEOUT_SECONDS, provider.slow = 0.4, 8.0
    began = monotonic()

    assert refused(provider) == "down"
    assert 0.3 < monotonic() - began < 6
    assert refused(provider) == "down"
    assert len(provider.asked) == 1


def test_where_nobody_listens(settings):
    with socket.create_server(("127.0.0.1", 0)) as closed:
        address = f"http://127.0.0.1:{closed.getsockname()[1]}"
    settings.THAID_CLIENT_ID = settings.THAID_CLIENT_SECRET = "x"
    settings.THAID_DISCOVERY_URL = f"{address}/.well-known/openid-configuration"

    with pytest.raises(Refused) as caught:
        thaid.begin(redirect_uri=BACK)
    assert caught.value.code == "down"


def test_a_wrong_secret_of_ours_is_logged_by_its_name(provider, settings, caplog):
    settings.THAID_CLIENT_SECRET = "another"

    assert refused(provider) == "down"
    assert "ThaID: no token, invalid_client" in caplog.text


def test_clocks_may_differ_by_a_minute(provider):
    now = int((datetime.now(UTC) + timedelta(seconds=50)).timestamp())
    provider.claims = {"iat": now}

    assert prove(provider).national_id == provider.number
