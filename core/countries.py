"""Countries (ISO 3166-1) by their short names, which the citizen picks a nationality from.

The names in `data/countries.csv` are those of the Unicode CLDR, a few of them shortened.
"""

import csv
import re
from functools import cache
from pathlib import Path

from django.utils.translation import get_language

# Thailand first, then those whom the Bangkok district offices see most.
FIRST = ["TH", "MM", "KH", "LA", "CN", "JP", "KR", "VN", "IN", "GB", "US", "FR", "DE", "AU", "RU"]

_LEADING_VOWEL = re.compile("([เ-ไ])(.)")


def country_choices() -> list[tuple[str, str]]:
    """Return (code, name) of every country in the active language."""
    return _choices("en" if (get_language() or "th").startswith("en") else "th")


def is_country(code: str) -> bool:
    return code in _codes()


@cache
def _codes() -> frozenset[str]:
    return frozenset(code for code, _name in _choices("en"))


@cache
def _choices(language: str) -> list[tuple[str, str]]:
    with (Path(__file__).parent / "data" / "countries.csv").open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    names = {row["code"]: row["thai" if language == "th" else "english"] for row in rows}
    rest = sorted(names.keys() - FIRST, key=lambda code: _alphabetical(names[code]))
    return [(code, names[code]) for code in FIRST + rest]


def _alphabetical(name: str) -> str:
    """Thai dictionaries look at the consonant before the vowel written in front of it."""
    name = name.replace("Å", "A").casefold()
    return _LEADING_VOWEL.sub(r"\2\1", name)
