"""Who else holds data about a person: apps above join in AppConfig.ready(), as purgers join
core.retention, so that one request about personal data speaks for all of them (PDPA s.30 to 36)."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from bookings.models import DataRequest


@dataclass(frozen=True)
class Held:
    """One case, ready to print: what it is, its state, and facts as (word, value); a value may
    have several lines."""

    reference: str
    title: str
    state: str
    facts: list[tuple[str, str]]


@dataclass(frozen=True)
class Holder:
    """`held_about` gives what the office of a request holds about its person, newest first.
    `erase` removes what names the person from closed cases, inside the transaction of the answer,
    locks them, says how many, and raises Refused("open_case") while one is open."""

    held_about: Callable[[DataRequest], list[Held]]
    erase: Callable[[DataRequest, datetime], int]


_holders: dict[str, Holder] = {}


def register(name: str, holder: Holder) -> None:
    """Have an app asked too."""
    _holders[name] = holder


def held_about(request: DataRequest) -> list[Held]:
    return [held for holder in _holders.values() for held in holder.held_about(request)]


def erase(request: DataRequest, now: datetime) -> int:
    return sum(holder.erase(request, now) for holder in _holders.values())
