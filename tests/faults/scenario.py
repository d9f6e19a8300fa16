"""What a scenario is: a number of the list of faults, what it shows, and a function that gives the
figure or raises. Afterwards the runner proves every invariant."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.faults.ground import Ground


@dataclass(frozen=True)
class Scenario:
    number: str
    what: str
    run: "Callable[[Ground], str]"
    short: bool

    @property
    def module(self) -> str:
        return Path(self.run.__code__.co_filename).stem


SCENARIOS: list[Scenario] = []


def scenario(number: str, what: str, *, short: bool = True):
    """Put a function on the list. `short`: it has a short form, which runs in `make test`; the
    others are tests of their own there, or need minutes."""

    def register(run: "Callable[[Ground], str]") -> "Callable[[Ground], str]":
        SCENARIOS.append(Scenario(number, what, run, short))
        return run

    return register


def in_order() -> list[Scenario]:
    return sorted(SCENARIOS, key=lambda one: int(one.number.removeprefix("F")))
