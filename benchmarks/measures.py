"""The goals of the budget, one method each. Two sides of a ratio are measured in turn, round by
round, so that whatever else the machine does strikes both; the medians are compared."""

import secrets
import subprocess
import sys
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from functools import cached_property
from statistics import median
from urllib.parse import urlencode

from django.utils import timezone

from benchmarks import world
from benchmarks.load import Request, measure
from benchmarks.peers import Peer
from benchmarks.report import Line
from benchmarks.servers import Server
from bookings import rules
from bookings.models import Slot
from offices.models import OfferedService
from portal.presenters.times import DAYS_OF_A_PAGE

ROUNDS, REQUESTS = 5, 600
PRETIX_WORKER_MB = 258


class Side:
    """One side of a ratio: its rounds, with the processor time that they took."""

    def __init__(self, server: Server, expected: str) -> None:
        self.server, self.expected = server, expected
        self.rates: list[float] = []
        self.cpu: list[float] = []

    def run(self, requests: list[Request]) -> None:
        before = self.server.cpu_seconds()
        result = measure(self.server.port, requests)
        self.cpu.append((self.server.cpu_seconds() - before) * 1000 / len(requests))
        wrong = {status: n for status, n in result.statuses.items() if status != self.expected}
        if wrong:
            raise RuntimeError(f"answers other than {self.expected}: {wrong}")
        self.rates.append(result.rate)

    @property
    def rate(self) -> float:
        return median(self.rates)

    def __str__(self) -> str:
        return f"{self.rate:.0f}/s {median(self.cpu):.2f} ms"


class Bench:
    """All goals, on a running product and a running yardstick."""

    def __init__(self, product: Server, yardstick: Server, *, quick: bool) -> None:
        self.product, self.yardstick = product, yardstick
        self.rounds, self.requests = (3, 200) if quick else (ROUNDS, REQUESTS)
        self.offered = world.offered()
        self.many = self._slots(world.SPREAD_SLOTS)

    def lines(self) -> Iterator[Line]:
        yield self.booking()
        yield self.hold_and_booking()
        yield self.race("P3", clients=200, places=10)
        yield self.race("P3", clients=1000, places=100, requests=5000)
        yield self.hot_slot()
        yield from self.refusals()
        yield self.page_of_times()

    @cached_property
    def booked(self) -> tuple[Side, Side]:
        """The form's POST on prepared holds, and the minimal view."""
        slots = _slots_of_yardstick(world.SPREAD_SLOTS)
        return self._in_turn(
            (self._product("303"), self._bookings),
            (Side(self.yardstick, "201"), lambda n: _minimal_bookings(slots, n)),
        )

    @cached_property
    def held(self) -> tuple[Side, Side]:
        """The hold's POST: on one slot, and spread over many."""
        hot = self._slots(1)
        return self._in_turn(
            (self._product("303"), lambda n: world.hold_requests(self.offered, hot, n)),
            (self._product("303"), lambda n: world.hold_requests(self.offered, self.many, n)),
        )

    def booking(self) -> Line:
        ours, minimal = self.booked
        return Line(
            "P1", "booking POST / minimal 3-statement view", ours.rate / minimal.rate,
            str(ours), str(minimal), must=0.60, aim=1.0,
        )  # fmt: skip

    def hold_and_booking(self) -> Line:
        """Both requests that a citizen sends, one after the other."""
        minimal = self.booked[1]
        return Line(
            "P1b", "hold POST + booking POST / the same", self.both_rate / minimal.rate,
            f"{self.both_rate:.0f}/s", str(minimal), note="for honesty; no goal",
        )  # fmt: skip

    @property
    def both_rate(self) -> float:
        return 1 / (1 / self.booked[0].rate + 1 / self.held[1].rate)

    def race(self, number: str, *, clients: int, places: int, requests: int = 0) -> Line:
        """More people than places, all at once: exactly the places are given."""
        (slot,) = self._slots(1, capacity=places)
        total = requests or clients
        posts = world.hold_requests(self.offered, [slot], total)
        result = measure(self.product.port, posts, clients=clients)
        slot.refresh_from_db()
        taken = result.statuses.get("303", 0)
        exact = (
            taken == slot.taken == slot.taken_online == places
            and result.statuses == {"303": places, "409": total - places}
        )  # fmt: skip
        return Line(
            number, f"{total} people for {places} places, {clients} at a time", float(exact),
            f"{taken} given, {slot.taken} counted", f"p99 {result.p99_ms:.0f} ms", must=1.0,
            note="" if exact else str(result.statuses),
        )  # fmt: skip

    def hot_slot(self) -> Line:
        hot, spread = self.held
        return Line(
            "P4", "hold POST on one hot slot / spread", hot.rate / spread.rate,
            str(hot), str(spread), must=0.60, aim=0.85,
        )  # fmt: skip

    def refusals(self) -> Iterator[Line]:
        full = self._slots(1, capacity=1)
        Slot.objects.filter(pk=full[0].pk).update(taken=1, taken_online=1)
        refused, booked = self._in_turn(
            (self._product("409"), lambda n: world.hold_requests(self.offered, full, n)),
            (self._product("303"), self._bookings),
        )
        yield Line(
            "P5", "refusal (whole page) / booking POST", refused.rate / booked.rate,
            str(refused), str(booked), must=1.3, aim=2.0,
        )  # fmt: skip
        yield Line(
            "P5b", "refusal (whole page) / hold POST + booking POST",
            refused.rate / self.both_rate, str(refused), f"{self.both_rate:.0f}/s",
            note="as a citizen books; no goal",
        )  # fmt: skip

    def page_of_times(self) -> Line:
        offer = world.offered("bang-rak")
        world.fill_page_of_times(offer)
        page = f"/offices/{offer.office.slug}/{offer.service.code}/times/"
        ours, minimal = self._in_turn(
            (self._product("200"), lambda n: [Request(page)] * n),
            (Side(self.yardstick, "200"), lambda n: [Request(_rows_of_page(offer))] * n),
        )
        return Line(
            "P6", "page of free times / the same rows as JSON", ours.rate / minimal.rate,
            str(ours), str(minimal), must=0.60, aim=0.85,
        )  # fmt: skip

    def against(self, peer: Peer) -> Iterator[Line]:
        """Whole booking of the peer: asking for a time and booking it, as signed-in clients."""
        sides = Side(peer.server, "302"), Side(peer.server, "302")
        for _round in range(self.rounds):
            for side, posts in zip(sides, peer.requests(self.requests), strict=True):
                side.run(posts)
        ask, book = sides
        whole = 1 / (1 / ask.rate + 1 / book.rate)
        other = f"{whole:.0f}/s ({ask} + {book})"
        ours = self.booked[0]
        yield Line(
            "P2", "booking POST / django-appointment, whole booking", ours.rate / whole,
            str(ours), other, must=5, aim=10,
        )  # fmt: skip
        yield Line(
            "P2b", "hold POST + booking POST / the same", self.both_rate / whole,
            f"{self.both_rate:.0f}/s", f"{whole:.0f}/s", note="like for like; no goal",
        )  # fmt: skip

    def memory(self) -> Line:
        size = self.product.worker_mb()
        return Line(
            "P10", "memory of a worker after all this / pretix", size / PRETIX_WORKER_MB,
            f"{size:.0f} MB", f"{PRETIX_WORKER_MB} MB", must=0.5, aim=0.35, at_most=True,
        )  # fmt: skip

    # --- pieces ---------------------------------------------------------------------------

    def _in_turn(self, *sides: tuple[Side, Callable[[int], list[Request]]]) -> tuple[Side, Side]:
        for number in range(-1, self.rounds):
            for side, make in sides:
                if number < 0:
                    Side(side.server, side.expected).run(make(60))
                else:
                    side.run(make(self.requests))
        (first, _), (second, _) = sides
        return first, second

    def _product(self, expected: str) -> Side:
        return Side(self.product, expected)

    def _bookings(self, count: int) -> list[Request]:
        return world.booking_requests(self.offered, self.many, count)

    def _slots(self, count: int, *, capacity: int = world.ROOMY) -> list[Slot]:
        return world.slots_of(
            self.offered, venue=secrets.token_hex(4), capacity=capacity, count=count
        )


def _minimal_bookings(slots: list[int], count: int) -> list[Request]:
    return [
        Request(
            "/book/",
            {
                "slot": str(slots[number % len(slots)]),
                "full_name": world.FULL_NAMES[0],
                "phone": "0812345678",
                "email": "bench@example.com",
            },
        )
        for number in range(count)
    ]


def _slots_of_yardstick(count: int) -> list[int]:
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks.yardstick.prepare", str(count)],
        capture_output=True, check=True, text=True,
    )  # fmt: skip
    return [int(word) for word in done.stdout.split()]


def _rows_of_page(offer: OfferedService) -> str:
    """The yardstick's address for the slots of the days that the page shows."""
    first = rules.booking_window(offer, now=timezone.now()).first
    start = timezone.make_aware(datetime.combine(first, datetime.min.time()))
    query = {
        "office": offer.office_id,
        "service": offer.service_id,
        "from": start.isoformat(),
        "to": (start + timedelta(days=DAYS_OF_A_PAGE)).isoformat(),
    }
    return f"/times/?{urlencode(query)}"
