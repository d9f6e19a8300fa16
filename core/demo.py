"""What `seed_demo` makes beside the bookings. An app above adds its part in AppConfig.ready()."""

from collections import Counter
from collections.abc import Callable, Iterator
from datetime import datetime

# Makes what is missing, once, and says how many of each state.
Part = Callable[[datetime], Counter[str]]

_parts: dict[str, Part] = {}


def register(name: str, part: Part) -> None:
    """`name` is the word of its line."""
    _parts[name] = part


def make_all(now: datetime) -> Iterator[tuple[str, Counter[str]]]:
    """Run every part in the order of registration."""
    for name, part in _parts.items():
        yield name, part(now)
