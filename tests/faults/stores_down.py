"""PostgreSQL dies, is slow, is full, or fails a transaction (F18–F21)."""

import time
from contextlib import contextmanager
from urllib.error import URLError
from urllib.request import Request, urlopen

import psycopg
from django.db import connections

from bookings.models import Booking
from bookings.workflow import Status
from tests.core.test_retry import NO_FAULT, fault_on_history
from tests.faults.ground import Ground, wait_for
from tests.faults.ledger import Ledger
from tests.faults.load import AWAY, CUT, Citizen, Seen, citizens
from tests.faults.scenario import scenario
from tests.live import world
from tests.live.browser import Browser
from tests.live.together import at_once, percentile

TIMES_PAGE = "/offices/bang-rak/marriage/times/"
BACK_SECONDS = 5
CLIENTS = "SELECT count(*) FROM pg_stat_activity WHERE backend_type = 'client backend'"


@scenario("F18", "PostgreSQL stopped at once, or killed, under load")
def killed(ground: Ground) -> str:
    kills = ground.pick(20, 2)
    offered = world.marriage_at_bang_rak()
    slots = [world.slot(offered, places=2_000, no=no) for no in range(4)]
    ledger = Ledger(ground.folder / "f18.ledger")
    back = []
    with ground.web() as server, citizens(server.address, slots, ledger, how_many=4) as load:
        for number in range(kills):
            _wait_for_acks(ledger, len(ledger.acks()) + 2)
            connections.close_all()
            if number % 2:
                ground.postgres.kill()
            else:
                ground.postgres.stop_immediate()
            time.sleep(0.3)
            ground.postgres.start()
            back.append(_first_page(server.address))
    ground.settle()
    load.seen.assert_polite()
    lost = ledger.lost()
    assert not lost, f"acknowledged and lost: {lost}"
    assert max(back) <= BACK_SECONDS, f"first page after {max(back):.1f} s"
    return (
        f"{kills} kills, {len(ledger.acks())} acknowledged, 0 lost, first page at most "
        f"{max(back):.1f} s after it is up; {load.seen}"
    )


def _wait_for_acks(ledger: Ledger, number: int) -> None:
    wait_for(lambda: len(ledger.acks()) >= number, 60, "bookings under load")


def _first_page(address: str) -> float:
    """Seconds until the times, which are read from the database, are shown again."""
    return wait_for(lambda: _status(address + TIMES_PAGE) == 200, 60, "the page of times")


def _status(url: str) -> int:
    try:
        with urlopen(Request(url), timeout=10) as answer:
            return answer.status
    except URLError as error:
        return getattr(error, "code", 0)


@scenario("F19", "a table is locked")
def locked(ground: Ground) -> str:
    seconds, people = ground.pick(10, 4), ground.pick(30, 8)
    slot = world.slot(world.marriage_at_bang_rak(), places=people)
    seen, waited = Seen(), []
    with ground.web() as server:
        browsers = [Browser(server.address) for _ in range(people)]
        pages = [world.times_page(browser, slot) for browser in browsers]
        with _table_locked(ground, "bookings_booking", seconds):
            answers = at_once(
                [
                    lambda b=b, p=p: world.press_slot(b, p, slot)
                    for b, p in zip(browsers, pages, strict=True)
                ]
            )
            others = [_timed(lambda: _status(server.address + "/offices/")) for _ in range(5)]
        for answer in answers:
            seen.note(answer.value)
            waited.append(answer.seconds)
        after = at_once(
            [
                lambda b=b, p=p: world.press_slot(b, p, slot)
                for b, p in zip(browsers, pages, strict=True)
            ]
        )
    seen.assert_polite()
    assert seen.answers[AWAY] > 0, seen
    assert {status for status, _ in others} == {200}
    # A thread that had stuck would keep its visitor waiting.
    stuck = [answer for answer in after if answer.value.status != 303]
    assert not stuck, [answer.value.status for answer in stuck]
    return (
        f"{people} people, table locked {seconds} s: {seen}, longest wait {max(waited):.1f} s; "
        f"other offices' page {max(took for _, took in others):.1f} s; afterwards 0 stuck"
    )


@contextmanager
def _table_locked(ground: Ground, table: str, seconds: float):
    """Lock it for at least so long, and until the block ends."""
    with psycopg.connect(ground.database_url()) as connection:
        connection.execute("SET idle_in_transaction_session_timeout = 0")
        connection.execute(f"LOCK TABLE {table} IN ACCESS EXCLUSIVE MODE")
        until = time.monotonic() + seconds
        yield
        time.sleep(max(0.0, until - time.monotonic()))
        connection.rollback()


def _timed(act):
    start = time.monotonic()
    return act(), time.monotonic() - start


@scenario("F20", "no connection left", short=False)
def connections_used_up(ground: Ground) -> str:
    people = 60
    places = ground.pick(people, people)
    slot = world.slot(world.marriage_at_bang_rak(), places=places)
    connections.close_all()
    ground.postgres.stop()
    ground.postgres.start(max_connections="20")
    seen = Seen()
    ledger = Ledger(ground.folder / "f20.ledger")
    try:
        with ground.web(threads=40) as server:
            times = f"{TIMES_PAGE}?date={slot.starts_at.date().isoformat()}"
            answers = at_once([lambda: _page(server.address, times) for _ in range(people)])
            with psycopg.connect(ground.postgres.admin_url, connect_timeout=5) as admin:
                (used,) = admin.execute(CLIENTS).fetchone()
            for answer in answers:
                seen.note(answer.value)
            # Who tries again gets a place: nobody is shut out for good.
            some = [Citizen(server.address, slot, ledger, Seen()) for _ in range(4)]
            at_once([lambda c=c: c.book() for c in some])
    finally:
        connections.close_all()
        ground.postgres.stop()
        ground.settle()
    seen.assert_polite()
    assert set(seen.answers) <= {200, AWAY}, seen
    assert seen.answers[AWAY] > 0, f"{people} people never used up 20 connections: {seen}"
    assert len(ledger.acks()) == len(some)
    assert not ledger.lost()
    slowest = percentile([answer.seconds for answer in answers], 100)
    return (
        f"20 connections, {people} people: {seen}, slowest {slowest:.1f} s, 0 with a trace; "
        f"the administrator was let in as number {used}"
    )


def _page(address: str, path: str):
    try:
        return Browser(address).get(path)
    except CUT:
        return None


@scenario("F21", "a deadlock or serialization failure in a transaction")
def failed_transactions(ground: Ground) -> str:
    people = ground.pick(60, 6)
    slot = world.slot(world.marriage_at_bang_rak(), places=2 * people + 1)
    seen = Seen()
    ledger = Ledger(ground.folder / "f21.ledger")
    with ground.web() as server:
        for state in ("40001", "40P01"):
            with _failing(ground, state):
                done = [Citizen(server.address, slot, ledger, seen).book() for _ in range(people)]
            assert all(done)
        with _failing(ground, "40001", every=1_000_000):
            lasting = Seen()
            _one_try(server.address, slot, lasting)
    seen.assert_polite()
    lasting.assert_polite()
    assert not [status for status in seen.answers if status >= 500 or not status], seen
    assert lasting.answers[AWAY] == 1, lasting
    assert Booking.objects.filter(status=Status.REQUESTED).count() == 2 * people
    return (
        f"{2 * people} bookings, 2 of 3 transactions failed by the database: 0 people saw it; "
        "one that never succeeds: 503"
    )


@contextmanager
def _failing(ground: Ground, state: str, *, every: int = 3):
    """Each so-many-th transaction of a step succeeds; the others fail in their middle."""
    with psycopg.connect(ground.database_url(), autocommit=True) as connection:
        connection.execute(fault_on_history(every=every, state=state))
        try:
            yield
        finally:
            connection.execute(NO_FAULT)


def _one_try(address: str, slot, seen: Seen) -> None:
    browser = Browser(address)
    seen.note(world.press_slot(browser, world.times_page(browser, slot), slot))
