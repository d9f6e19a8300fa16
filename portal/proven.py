"""Who a browser was proven to be by ThaID, for half an hour (ADR 24). It stands sealed in a signed
cookie and nowhere else; a form uses it only by the key that stood on its page."""

import json
import re
import secrets
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Mapping
from dataclasses import dataclass
from hmac import compare_digest

from cryptography.exceptions import InvalidTag
from django.http import HttpRequest, HttpResponseBase
from django.utils.translation import gettext as _

from accounts import personal, thaid
from accounts.thaid import Proven
from bookings.models import Party
from bookings.models.party import masked
from portal.answers import give_cookie

COOKIE = "nk_proven"
SALT = "nadkhet.proven"
CONTEXT = "thaid:proven"
MINUTES = 30
# The name of the hidden box with the key.
FIELD = "thaid"
# What is read as the first letter of a word: a Thai vowel may stand before it, marks above it.
FIRST_LETTER = re.compile("[เ-ไ]?.[\u0e31\u0e34-\u0e3a\u0e47-\u0e4e\u0300-\u036f]*")


@dataclass(frozen=True)
class Proof:
    """One coming back from ThaID."""

    key: str
    person: Proven

    @property
    def masked_name(self) -> str:
        return " ".join(f"{FIRST_LETTER.findall(w)[0]}***" for w in self.person.full_name.split())

    @property
    def masked_number(self) -> str:
        return masked(Party.IdKind.NATIONAL_ID, self.person.national_id[-4:])


def remember(response: HttpResponseBase, person: Proven) -> None:
    """Let this browser's forms be of this person."""
    facts = json.dumps([secrets.token_urlsafe(16), person.full_name, person.national_id])
    sealed = personal.seal(facts, context=CONTEXT)
    value = urlsafe_b64encode(sealed).decode()
    give_cookie(response, COOKIE, value, salt=SALT, seconds=MINUTES * 60)


def forget(response: HttpResponseBase) -> None:
    response.delete_cookie(COOKIE, samesite="Lax")


def proof_of(request: HttpRequest) -> Proof | None:
    """What a page shows: on GET what the cookie says, on POST only what the page had shown too."""
    found = _kept(request)
    if found is None or request.method != "POST":
        return found
    shown = request.POST.get(FIELD, "")
    return found if compare_digest(shown.encode(), found.key.encode()) else None


def person_of(proof: Proof | None, cleaned: Mapping[str, str]) -> Proven:
    """Who is meant by a checked form: whom ThaID has proven, else what was typed."""
    return proof.person if proof else Proven(cleaned["full_name"], cleaned["national_id"])


def offers_thaid(request: HttpRequest) -> bool:
    """Whether a page shows the button: not where it would take away what was typed."""
    return thaid.is_on() and request.method != "POST"


def is_over(request: HttpRequest) -> bool:
    """Whether a form was sent from a page that showed somebody this browser is no longer."""
    return bool(request.POST.get(FIELD)) and proof_of(request) is None


def over() -> str:
    """What such a form is told; name and number are asked for in their boxes then."""
    return _("What ThaID confirmed is over after 30 minutes. Type your name and number")


def _kept(request: HttpRequest) -> Proof | None:
    value = request.get_signed_cookie(COOKIE, default="", salt=SALT, max_age=MINUTES * 60)
    if not value or not thaid.is_on():
        return None
    try:
        facts = personal.unseal(urlsafe_b64decode(value), context=CONTEXT)
    except (InvalidTag, KeyError):
        return None
    key, full_name, national_id = json.loads(facts)
    return Proof(key, Proven(full_name, national_id))
