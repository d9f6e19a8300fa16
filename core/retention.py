"""What is kept no longer than needed (PDPA s.37 (3)). An app adds its own purgers in
AppConfig.ready(); `purge_expired` runs them all, and each says in one line what it did."""

from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Any

from django.db import models

from core.db import without_time_limit

BATCH = 100

# Removes what is over at a moment and says how many. Safe to kill and to repeat: short
# transactions, and what is found again is left as it is.
Purge = Callable[[datetime], int]

_purgers: dict[str, Purge] = {}


def register(name: str, purge: Purge) -> None:
    """Have a kind of remains removed; `name` is the word of its line."""
    _purgers[name] = purge


def purge_all(now: datetime) -> Iterator[tuple[str, int]]:
    """Run every purger; gives (name, how many were removed) of each."""
    for name, purge in _purgers.items():
        yield name, purge(now)


def batches(rows: models.QuerySet, size: int = BATCH) -> Iterator[tuple[Any, ...]]:
    """The keys of the rows as they are now, some at a time: one read over the whole table. Who
    acts on a batch asks for the condition once more, under its lock."""
    with without_time_limit():
        keys = list(rows.order_by("pk").values_list("pk", flat=True))
    return (tuple(keys[at : at + size]) for at in range(0, len(keys), size))
