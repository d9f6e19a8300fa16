"""Finding a service by the words people use, whatever the order of Thai marks (core.text)."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from django.utils.translation import get_language

from core.text import search_key
from offices.models import Service
from offices.queries import Notice

LONGEST_QUERY = 100
# A shorter word inside a question ("บ้าน") says too little about what is asked.
SHORTEST_WORD = 4


@dataclass(frozen=True)
class Card:
    """One service, or something done without a booking (no `code`)."""

    code: str
    icon: str
    name: str
    summary: str
    is_festive: bool


@dataclass(frozen=True)
class Found:
    services: list[Card] = field(default_factory=list)
    walk_in: list[Card] = field(default_factory=list)
    agencies: list[str] = field(default_factory=list)

    @property
    def is_empty(self) -> bool:
        return not (self.services or self.walk_in or self.agencies)


def cards(services: Iterable[Service]) -> list[Card]:
    return [
        Card(service.code, service.icon, service.name, service.summary, service.is_festive)
        for service in services
    ]


def walk_in_cards(notices: Iterable[Notice]) -> list[Card]:
    language = get_language() or "th"
    return [
        Card("", "house", notice.name[language], notice.sentence[language], False)
        for notice in notices
    ]


def find(
    query: str,
    *,
    services: Sequence[Service],
    walk_in: Sequence[Notice],
    elsewhere: Sequence[Notice],
) -> Found:
    """What fits the query, in both languages: services, what needs no booking, other agencies."""
    found_services = [
        service
        for service in services
        if _fits(query, [service.name_th, service.name_en, *service.search_words.split()])
    ]
    found_walk_in = [
        notice for notice in walk_in if _fits(query, [*notice.name.values(), *notice.search_words])
    ]
    found_elsewhere = [notice for notice in elsewhere if _fits(query, notice.search_words)]
    return Found(
        cards(found_services),
        walk_in_cards(found_walk_in),
        [notice.name[get_language() or "th"] for notice in found_elsewhere],
    )


def _fits(query: str, words: Iterable[str]) -> bool:
    """Every word of the query stands in the known words, or a known word in the query."""
    keys = [search_key(word) for word in words]
    everything = " ".join(keys)
    asked = [key for key in map(search_key, query.split()) if key]
    if not asked:
        return False
    if all(key in everything for key in asked):
        return True
    whole = search_key(query)
    return any(len(key) >= SHORTEST_WORD and key in whole for key in keys)
