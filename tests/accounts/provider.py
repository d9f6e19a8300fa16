"""A provider of digital IDs in this process, as ThaID is one: discovery, keys, tokens. It checks
what a provider checks (client, PKCE, one use of a code) and can be told to lie."""

import base64
import hashlib
import hmac
import json
import threading
import time
from contextlib import contextmanager
from functools import lru_cache
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, parse_qsl, urlencode, urlsplit

from joserfc import jwt
from joserfc.jwk import ECKey, KeySet, RSAKey

from tests.factories import national_id

CLIENT = {"id": "nadkhet-test", "secret": "invented-for-a-test"}


@lru_cache
def key(kid):
    """The key of that name; making one takes a while, so each is made once."""
    facts = {"kid": kid, "use": "sig"}
    if kid == "curve":
        return ECKey.generate_key("P-256", parameters=facts)
    return RSAKey.generate_key(2048, parameters=facts)


def by_key(kid="one", alg="RS256", says=""):
    """Signs as a provider does; `says` is the kid that the header names instead."""
    return lambda claims: jwt.encode(
        {"alg": alg, "kid": says or kid}, claims, key(kid), algorithms=[alg]
    )


def unsigned(claims):
    return f"{_part({'alg': 'none', 'kid': 'one'})}.{_part(claims)}."


def by_the_public_key(claims):
    """HS256 with the published key as the secret: works where `alg` is believed."""
    text = f"{_part({'alg': 'HS256', 'kid': 'one'})}.{_part(claims)}"
    tag = hmac.digest(key("one").as_pem(private=False), text.encode(), "sha256")
    return f"{text}.{_base64(tag)}"


class Provider(ThreadingHTTPServer):
    """`claims` replace those of the ID token (None takes one away), `sign` its signature, `status`
    and `slow` (seconds) its answers, `known` what discovery says. `asked` are the paths it saw."""

    daemon_threads = True

    def __init__(self):
        super().__init__(("127.0.0.1", 0), _Handler)
        self.claims, self.known, self.asked = {}, {}, []
        self.sign, self.keys = by_key(), [key("one")]
        self.status, self.slow, self.codes = 200, 0.0, {}
        self.number = national_id()

    def handle_error(self, request, client_address):
        """Who did not wait for a slow answer is gone; what else goes wrong, the test sees."""

    @property
    def url(self):
        return f"http://127.0.0.1:{self.server_address[1]}"

    def set_up(self, settings):
        settings.THAID_CLIENT_ID, settings.THAID_CLIENT_SECRET = CLIENT["id"], CLIENT["secret"]
        settings.THAID_DISCOVERY_URL = f"{self.url}/.well-known/openid-configuration"

    def confirm(self, address):
        """The person confirms in the app; gives the address that the browser is sent back to."""
        asked = dict(parse_qsl(urlsplit(address).query))
        assert asked["response_type"] == "code"
        assert asked["client_id"] == CLIENT["id"]
        assert asked["code_challenge_method"] == "S256"
        code = f"code-{len(self.codes)}"
        self.codes[code] = asked
        return f"{asked['redirect_uri']}?{urlencode({'code': code, 'state': asked['state']})}"

    def discovery(self):
        return {
            "issuer": self.url,
            "authorization_endpoint": f"{self.url}/auth/",
            "token_endpoint": f"{self.url}/token/",
            "jwks_uri": f"{self.url}/jwks/",
            **self.known,
        }

    def token(self, form, authorization):
        """(status, answer) of the token endpoint."""
        client = base64.b64encode(f"{CLIENT['id']}:{CLIENT['secret']}".encode()).decode()
        if authorization != f"Basic {client}":
            return 401, {"error": "invalid_client"}
        asked = self.codes.pop(form.get("code", ""), None)
        challenge = _base64(hashlib.sha256(form.get("code_verifier", "").encode()).digest())
        if (
            asked is None
            or challenge != asked["code_challenge"]
            or form["redirect_uri"] != asked["redirect_uri"]
        ):
            return 400, {"error": "invalid_grant"}
        claims = self._claims(asked["nonce"])
        return 200, {"access_token": "a", "token_type": "Bearer", "id_token": self.sign(claims)}

    def _claims(self, nonce):
        now = int(time.time())
        claims = {
            "iss": self.url,
            "aud": CLIENT["id"],
            "sub": "a-subject",
            "nonce": nonce,
            "iat": now,
            "exp": now + 300,
            "pid": self.number,
            "given_name": "สุดารัตน์",
            "family_name": "ทดลองสุข",
            "ial": "2.3",
            **self.claims,
        }
        return {name: value for name, value in claims.items() if value is not None}


class _Handler(BaseHTTPRequestHandler):
    def do_GET(self):
        path = urlsplit(self.path).path
        if path == "/auth/":  # a browser of the one who tries it out
            self.send_response(302)
            self.send_header("Location", self.server.confirm(self.path))
            self.send_header("Content-Length", "0")
            self.end_headers()
            return
        keys = KeySet(self.server.keys).as_dict(private=False)
        self._answer(200, keys if path == "/jwks/" else self.server.discovery())

    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"])).decode()
        form = {name: values[0] for name, values in parse_qs(body).items()}
        self._answer(*self.server.token(form, self.headers["Authorization"]))

    def _answer(self, status, facts):
        self.server.asked.append(urlsplit(self.path).path)
        time.sleep(self.server.slow)
        status = status if self.server.status == 200 else self.server.status
        body = json.dumps(facts).encode() if status < 500 else b"<html>"
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *args):
        """Nothing."""


@contextmanager
def running(settings):
    """A provider, and our settings for it."""
    with Provider() as provider:
        thread = threading.Thread(target=provider.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        provider.set_up(settings)
        yield provider
        provider.shutdown()
        thread.join()


def _base64(raw):
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def _part(facts):
    return _base64(json.dumps(facts).encode())


# What may not be taken for a proof, however it came: (what the provider does, the sentence).
LIES = {
    "another issuer": {"claims": {"iss": "https://evil.example"}},
    "another audience": {"claims": {"aud": "another-client"}},
    "for another party": {"claims": {"aud": [CLIENT["id"], "x"], "azp": "x"}},
    "another nonce": {"claims": {"nonce": "another"}},
    "no nonce": {"claims": {"nonce": None}},
    "no subject": {"claims": {"sub": None}},
    "expired": {"claims": {"exp": 1}},
    "never expires": {"claims": {"exp": None}},
    "from the future": {"claims": {"iat": 9_999_999_999}},
    "without a time": {"claims": {"iat": None}},
    "not signed": {"sign": unsigned},
    "signed with the public key": {"sign": by_the_public_key},
    "signed by a key nobody knows": {"sign": by_key("two")},
    "signed by another key of that name": {"sign": by_key("two", says="one")},
    "signed by an algorithm we do not take": {"sign": by_key(alg="RS512")},
    "no token at all": {"sign": lambda claims: ""},
    "not a token": {"sign": lambda claims: "a.b.c"},
}
