"""What a check of an invariant says: a Finding, and how its problems are worded."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet

EXAMPLES = 5


@dataclass(frozen=True)
class Finding:
    """What was found for one invariant. `problems` is empty when it holds; `warning` is a figure
    to look at that breaks nothing."""

    name: str
    checked: str
    problems: tuple[str, ...]
    warning: str = ""

    def __str__(self) -> str:
        state = "BROKEN" if self.problems else "ok"
        parts = [f"{self.name} … {state}, {self.checked}", self.warning, *self.problems]
        return "; ".join(part for part in parts if part)


def problems(*asked: tuple[str, QuerySet[Any, Any], str]) -> tuple[str, ...]:
    """Of (words, rows that break the invariant, field that names one): those that have rows."""
    found: list[str] = []
    for words, rows, field in asked:
        names = rows.values_list(field, flat=True)
        found += listed(words, [str(name) for name in names[: EXAMPLES + 1]], names.count)
    return tuple(found)


def listed(words: str, names: list[str], count: Callable[[], int] | None = None) -> list[str]:
    if not names:
        return []
    more = (count() if count else len(names)) - EXAMPLES
    shown = ", ".join(names[:EXAMPLES])
    return [f"{words} {shown}" + (f" and {more:,} more" if more > 0 else "")]
