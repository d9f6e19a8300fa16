"""What an officer types into the one search box: a reference, a name, a telephone number, or a
full national ID or passport number (found by its blind index)."""

import re
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from cryptography.exceptions import InvalidTag
from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext_lazy

from accounts import personal
from accounts import services as accounts
from accounts.models import User
from bookings.models import Booking, Party
from bookings.services import Person
from core.countries import country_choices
from core.reference import read_reference
from core.text import BadText, ascii_digits, clean_text, is_digits, search_key

SHORTEST = 3
ID_DIGITS = 13
LONGEST = 200
SEALED_FOR = "search"
LIST = "admin:bookings_booking_changelist"
# The word of the view log for each way to look for a person.
WAYS = {
    "number": gettext_lazy("search by national ID"),
    "phone": gettext_lazy("search by telephone"),
    "passport": gettext_lazy("search by passport"),
    "name": gettext_lazy("search by name"),
}


@dataclass(frozen=True)
class Found:
    """The cases that match, and the one to open at once when a `reference` was typed. `kind`
    is the word for the log, empty when nothing about a person was searched."""

    rows: QuerySet[Any]
    opens: Any = None
    reference: str = ""
    kind: str = ""
    is_too_short: bool = False


def address_of(posted: Mapping[str, str], *, page: str = LIST) -> str:
    """The list `page` for what was posted. What was typed stands there sealed: names and numbers of
    people do not belong into the history of a browser or the log of a proxy."""
    left_out = ("csrfmiddlewaretoken", "q")
    values = {name: value for name, value in posted.items() if value and name not in left_out}
    if typed := posted.get("q", "").strip():
        sealed = personal.seal(typed[:LONGEST], context=SEALED_FOR)
        values["find"] = urlsafe_b64encode(sealed).decode()
    return f"{reverse(page)}?{urlencode(values)}"


def typed_in(values: Mapping[str, str]) -> str:
    """What was typed, out of such an address; nothing where that was changed."""
    if "find" not in values:
        return values.get("q", "").strip()
    try:
        return personal.unseal(urlsafe_b64decode(values["find"]), context=SEALED_FOR)
    except (ValueError, KeyError, InvalidTag):
        return ""


def meaning(typed: str, *, with_numbers: bool) -> tuple[str, str]:
    """What was typed, as ("reference" | "number" | "phone" | "passport" | "name" | "short" | "",
    its clean form). Thai digits, dashes and spaces make no difference; full numbers of people only
    `with_numbers`."""
    try:
        text = ascii_digits(clean_text(typed))
    except BadText:
        return "", ""
    if reference := read_reference(text):
        return "reference", reference
    number = re.sub("[ ()./\u2010-\u2015-]", "", text)
    if is_digits(number, ID_DIGITS) and with_numbers:
        return "number", number
    if re.fullmatch("[+]?[0-9]{4,15}", number):
        return "phone", number
    if re.fullmatch("(?=.*[0-9])[A-Za-z0-9]{6,12}", number) and with_numbers:
        return "passport", number
    key = search_key(text)
    return ("name", key) if len(key) >= SHORTEST else ("short", "")


def search(bookings: QuerySet[Booking], typed: str, *, by: User) -> Found:
    """Bookings of the given ones that match."""
    way, value = meaning(typed, with_numbers=may_search_numbers(by))
    if way == "reference":
        match = bookings.filter(reference=value)
        return Found(match, opens=match.first(), reference=value)
    if way not in WAYS:
        return Found(bookings.none(), is_too_short=way == "short")
    conditions: dict[str, Callable[[str], Q]] = {
        "number": _has_number,
        "phone": has_phone,
        "passport": _has_passport,
        "name": _has_name,
    }
    return Found(bookings.filter(conditions[way](value)), kind=str(WAYS[way]))


def may_search_numbers(user: User) -> bool:
    return user.has_perm("bookings.unmask_booking")


def log(found: Found, *, by: User, now: datetime) -> None:
    """Note a search about a person: who, what kind, and the case when it is just one."""
    cases = list(found.rows.values_list("reference", "office_id")[:2])
    office_id = cases[0][1] if cases else min(by.office_ids, default=None)
    if found.kind and office_id is not None:
        case = cases[0][0] if len(cases) == 1 else ""
        accounts.log_view(by=by, office_id=office_id, case=case, what=found.kind, now=now)


def _has_name(key: str) -> Q:
    return Q(pk__in=Party.objects.filter(name_key__contains=key).values("booking"))


def _has_number(number: str) -> Q:
    return Q(pk__in=_parties([Person("", "TH", number)]))


def _has_passport(number: str) -> Q:
    """The index holds the country too, which the officer need not know."""
    countries = [code for code, _name in country_choices() if code and code != "TH"]
    return Q(pk__in=_parties([Person("", code, number.upper()) for code in countries]))


def _parties(people: list[Person]) -> QuerySet:
    indexes = [person.index for person in people]
    return Party.objects.filter(id_index__in=indexes).values("booking")


def has_phone(number: str) -> Q:
    """The condition on a field `phone` that a number, or the end of one, was typed."""
    if number.startswith("+"):
        return Q(phone__startswith=number)
    if number.startswith("0"):
        return Q(phone__startswith=f"+66{number[1:]}")
    return Q(phone__endswith=number)
