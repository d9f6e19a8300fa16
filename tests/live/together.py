"""Many actions started at the same instant."""

import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from threading import Barrier


@dataclass(frozen=True)
class Timed:
    """What an action gave back, and the seconds it took."""

    value: object
    seconds: float


def at_once(actions: Sequence[Callable[[], object]]) -> list[Timed]:
    """Run all actions at once, each in a thread; results in the order of the actions."""
    barrier = Barrier(len(actions))

    def run(action):
        barrier.wait()
        start = time.perf_counter()
        value = action()
        return Timed(value, time.perf_counter() - start)

    with ThreadPoolExecutor(len(actions)) as pool:
        return list(pool.map(run, actions))


def side_by_side(threads: int, actions: Sequence[Callable[[], object]]) -> list[object]:
    """Run all actions, so many at a time: preparation that need not be a race."""
    with ThreadPoolExecutor(threads) as pool:
        return list(pool.map(lambda action: action(), actions))


def percentile(seconds: Sequence[float], percent: int) -> float:
    ordered = sorted(seconds)
    return ordered[min(len(ordered) * percent // 100, len(ordered) - 1)]
