"""What the machines that watch us can ask: /readyz and /metrics. An app adds its own facts in
AppConfig.ready(); they are read from the database when asked, so a request costs nothing and
every process gives the same answer."""

from collections.abc import Callable, Iterable, Iterator
from datetime import datetime

from django.utils import timezone
from prometheus_client.core import REGISTRY, Metric
from prometheus_client.registry import Collector

_facts: dict[str, Callable[[datetime], float]] = {}


def add_fact(name: str, read: Callable[[datetime], float]) -> None:
    """Show a number at /readyz."""
    _facts[name] = read


def facts(now: datetime) -> dict[str, float]:
    """All numbers of /readyz. Raises OperationalError when the database is away."""
    return {name: read(now) for name, read in _facts.items()}


def add_metrics(read: Callable[[datetime], Iterable[Metric]]) -> None:
    """Show metrics at /metrics."""
    REGISTRY.register(_Collector(read))


class _Collector(Collector):
    def __init__(self, read: Callable[[datetime], Iterable[Metric]]) -> None:
        self.read = read

    def collect(self) -> Iterable[Metric]:
        return self.read(timezone.now())

    def describe(self) -> Iterator[Metric]:
        """Nothing: registering must not ask the database."""
        return iter(())
