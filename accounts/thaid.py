"""ThaID, the digital ID of the Department of Provincial Administration: OpenID Connect by the
authorization-code flow with PKCE and a nonce (ADR 24). Nothing is stored here, and nothing that
ThaID says is logged. The libraries are loaded by the first person who comes this way."""

import logging
import secrets
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from hmac import compare_digest
from http import HTTPStatus
from time import monotonic
from typing import Any

from django.conf import settings
from django.core.cache import caches
from django.core.exceptions import ValidationError
from django.utils.connection import ConnectionProxy
from django.utils.translation import gettext as _

from core.errors import Refused
from core.forms import NameField, NationalIdField

logger = logging.getLogger(__name__)
# Of this process: what a provider says of itself is small, and Redis may be away.
memory = ConnectionProxy(caches, "process")

Json = dict[str, Any]

WELL_KNOWN = "/.well-known/openid-configuration"
# No more than the form asks for.
SCOPE = "openid pid given_name middle_name family_name ial"
NAMES = ("given_name", "middle_name", "family_name")
ALGORITHMS = ["RS256", "ES256"]
# Seconds that the clocks of the two sides may differ.
LEEWAY = 60
KEPT_SECONDS = 600
# Nobody waits for ThaID again so soon after it did not answer.
REST_SECONDS = 30
RESTS = "thaid:rests"
# What RFC 6749 §5.2 lets a provider say, and so what is logged of it.
ERRORS = frozenset({"invalid_grant", "invalid_client", "invalid_request", "unauthorized_client"})


@dataclass(frozen=True)
class Attempt:
    """What the browser keeps between its way to ThaID and back."""

    state: str
    nonce: str
    verifier: str


@dataclass(frozen=True)
class Proven:
    """Who it is: the name without title, and the 13 digits."""

    full_name: str
    national_id: str


def is_on() -> bool:
    return bool(settings.THAID_CLIENT_ID)


def begin(*, redirect_uri: str) -> tuple[str, Attempt]:
    """The address at ThaID to send the browser to, and what it keeps meanwhile. May wait for
    THAID_TIMEOUT_SECONDS. Raises Refused("down")."""
    if memory.get(RESTS):
        raise _refused("down")
    attempt = Attempt(*(secrets.token_urlsafe(48) for _n in range(3)))
    with _answers_only():
        known = _provider(_Patience())
        address, _state = _session(redirect_uri).create_authorization_url(
            known["authorization_endpoint"],
            state=attempt.state,
            nonce=attempt.nonce,
            code_verifier=attempt.verifier,
        )
    return address, attempt


def finish(
    attempt: Attempt, answer: Mapping[str, str], *, redirect_uri: str, now: datetime
) -> Proven:
    """Who came back, by the parameters of the address that ThaID sent the browser to. May wait for
    THAID_TIMEOUT_SECONDS. Raises Refused("over" | "cancelled" | "down" | "token" | "level" |
    "person")."""
    if not compare_digest(answer.get("state", "").encode(), attempt.state.encode()):
        raise _refused("over")
    if answer.get("error"):
        raise _refused("cancelled" if answer["error"] == "access_denied" else "down")
    patience = _Patience()
    with _answers_only():
        known = _provider(patience)
        token = _session(redirect_uri).fetch_token(
            known["token_endpoint"],
            code=answer.get("code", ""),
            code_verifier=attempt.verifier,
            timeout=patience.left(),
            allow_redirects=False,
        )
        claims = _claims(token.get("id_token"), known, attempt.nonce, patience, now)
    return _person(claims)


class _Patience:
    """One time for all the answers that a page waits for."""

    def __init__(self) -> None:
        self.until = monotonic() + settings.THAID_TIMEOUT_SECONDS

    def left(self) -> Any:
        """As requests takes it: for connecting and reading together."""
        from urllib3 import Timeout

        return Timeout(total=max(0.01, self.until - monotonic()))


def _session(redirect_uri: str) -> Any:
    from authlib.integrations.requests_client import OAuth2Session

    return OAuth2Session(
        settings.THAID_CLIENT_ID,
        settings.THAID_CLIENT_SECRET,
        scope=SCOPE,
        redirect_uri=redirect_uri,
        code_challenge_method="S256",
    )


def _provider(patience: _Patience) -> Json:
    """What the provider says of itself; only one that says it of the address we were given."""
    address = settings.THAID_DISCOVERY_URL
    known: Json = _json(address, patience)
    if str(known["issuer"]).rstrip("/") != address.removesuffix(WELL_KNOWN):
        raise ValueError("another issuer")
    return known


def _json(address: str, patience: _Patience, *, afresh: bool = False) -> Any:
    import requests

    found = None if afresh else memory.get(f"thaid:{address}")
    if found is None:
        answer = requests.get(address, timeout=patience.left(), allow_redirects=False)
        if answer.status_code != HTTPStatus.OK:
            raise ValueError("not an answer")
        found = dict(answer.json())
        memory.set(f"thaid:{address}", found, KEPT_SECONDS)
    return found


def _claims(id_token: Any, known: Json, nonce: str, patience: _Patience, now: datetime) -> Json:
    """What the ID token says, once its signature, issuer, audience, times and nonce are right."""
    from joserfc import jwt
    from joserfc.errors import JoseError

    rules = jwt.JWTClaimsRegistry(
        now=int(now.timestamp()),
        leeway=LEEWAY,
        iss={"essential": True, "value": known["issuer"]},
        aud={"essential": True, "value": settings.THAID_CLIENT_ID},
        azp={"value": settings.THAID_CLIENT_ID},
        sub={"essential": True},
        nonce={"essential": True, "value": nonce},
        exp={"essential": True},
        iat={"essential": True},
    )
    try:
        claims = _signed(str(id_token or ""), known["jwks_uri"], patience)
        rules.validate(claims)
    except (JoseError, ValueError) as error:
        logger.warning("ThaID: ID token refused, %s", type(error).__name__)
        raise _refused("token") from None
    return claims


def _signed(id_token: str, jwks_uri: str, patience: _Patience) -> Json:
    """The claims under a key of the provider; its keys are asked for again where it has new ones.
    Raises JoseError or ValueError."""
    from joserfc import jwt
    from joserfc.errors import InvalidKeyIdError
    from joserfc.jwk import KeySet

    for afresh in (False, True):
        keys = KeySet.import_key_set(_json(jwks_uri, patience, afresh=afresh))
        try:
            return jwt.decode(id_token, keys, algorithms=ALGORITHMS).claims
        except InvalidKeyIdError:
            if afresh:
                raise
    raise AssertionError  # the second round returns or raises


def _person(claims: Json) -> Proven:
    least = settings.THAID_LEAST_IAL
    if least and _level(claims.get("ial")) < _level(least):
        raise _refused("level")
    name = " ".join(str(claims[part]) for part in NAMES if claims.get(part))
    try:
        return Proven(NameField().clean(name), NationalIdField().clean(claims.get("pid")))
    except ValidationError:
        raise _refused("person") from None


def _level(said: Any) -> tuple[int, ...]:
    """2.3 as (2, 3); what cannot be read is less than any level."""
    try:
        return tuple(int(part) for part in str(said).split("."))
    except ValueError:
        return ()


@contextmanager
def _answers_only() -> Iterator[None]:
    """Raises Refused where ThaID does not answer, or answers what cannot be read."""
    from authlib.common.errors import AuthlibBaseError
    from requests import ConnectionError, RequestException, Timeout

    try:
        yield
    except AuthlibBaseError as error:
        said = error.error if error.error in ERRORS else "another error"
        logger.warning("ThaID: no token, %s", said)
        raise _refused("over" if said == "invalid_grant" else "down") from None
    except (RequestException, LookupError, TypeError, ValueError) as error:
        # Without its cause: that could quote the answer.
        logger.warning("ThaID: no answer, %s", type(error).__name__)
        if isinstance(error, ConnectionError | Timeout):
            memory.set(RESTS, True, REST_SECONDS)
        raise _refused("down") from None


def _refused(code: str) -> Refused:
    sentences = {
        "down": _("ThaID is down; fill in below instead"),
        "over": _("This try with ThaID is over. Try again, or fill in below"),
        "cancelled": _("You left ThaID without confirming. Try again, or fill in below"),
        "token": _("We could not trust the answer of ThaID and used nothing of it. Fill in below"),
        "level": _("Your ThaID is not confirmed strongly enough for this. Fill in below"),
        "person": _("ThaID gave no name and number that we can use. Fill in below"),
    }
    return Refused(sentences[code], code=code)
