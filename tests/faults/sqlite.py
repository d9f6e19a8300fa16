"""Embedded mode: 20 threads on one SQLite file, and kill -9 of the process that writes (F31,
F32)."""

import json
import os
import random
import signal
import subprocess
import sys
import time
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from tests.faults.ground import Ground, wait_for
from tests.faults.ledger import Ledger
from tests.faults.load import AWAY, Citizen, Seen, citizens
from tests.faults.scenario import scenario
from tests.live import server as live
from tests.live.together import at_once

THREADS = 20
PLACES = 5_000


@dataclass(frozen=True)
class Time:
    """What a citizen needs to know of a slot."""

    pk: int
    starts_at: datetime


@dataclass
class Embedded:
    """One SQLite database of the run, and what may be asked of it."""

    folder: Path
    static_root: Path
    mode: str = "IMMEDIATE"

    @property
    def environment(self) -> dict[str, str]:
        left_out = ("DATABASE_URL", "REDIS_URL", "EMAIL_URL")
        kept = {name: value for name, value in os.environ.items() if name not in left_out}
        return {
            **kept,
            "DJANGO_SETTINGS_MODULE": "tests.faults.embedded_settings",
            "FAULTS_FOLDER": str(self.folder),
            "FAULTS_MODE": self.mode,
        }

    def ask(self, *command: str) -> str:
        """Raises AssertionError with what it said."""
        done = subprocess.run(
            [sys.executable, "-m", "tests.faults.embedded", *command],
            cwd=live.ROOT,
            env=self.environment,
            capture_output=True,
            text=True,
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    def make(self) -> list[Time]:
        self.folder.mkdir(parents=True)
        rows = json.loads(self.ask("make", str(PLACES)).splitlines()[-1])
        return [Time(pk, datetime.fromisoformat(starts)) for pk, starts in rows]

    def assert_stored(self, ledger: Ledger) -> None:
        stored = json.loads(self.ask("stored"))
        lost = [ref for key, ref in ledger.acks().items() if stored.get(key) != ref]
        assert not lost, f"acknowledged and lost: {lost}"
        self.ask("check")

    @contextmanager
    def web(self):
        """gunicorn as `make run` starts it, with THREADS threads."""
        environment = self.environment
        with live.running(
            self.folder,
            self.static_root,
            threads=THREADS,
            workers=1,
            quiet=True,
            env=environment,
        ) as server:
            yield server


@scenario("F31", "20 threads on SQLite", short=False)
def threads(ground: Ground) -> str:
    seconds = ground.pick(60, 5)
    database = Embedded(ground.folder / "f31", ground.static_root)
    times = database.make()
    ledger = Ledger(database.folder / "ledger")
    with database.web() as server:
        ground.logs.append(server.log)
        with citizens(server.address, times, ledger, how_many=THREADS) as load:
            time.sleep(seconds)
        locked = server.log.read_text().count("database is locked")
    load.seen.assert_polite()
    assert not locked, f"{locked} × database is locked"
    assert not load.seen.answers[AWAY], load.seen
    database.assert_stored(ledger)
    failed = _control(ground)
    return (
        f"{len(ledger.acks())} booked in {seconds} s, 0 × database is locked; control DEFERRED: "
        f"{failed} × locked"
    )


def _control(ground: Ground) -> int:
    """With the transactions that SQLite has by itself the same must fail."""
    database = Embedded(ground.folder / "f31-deferred", ground.static_root, "DEFERRED")
    times = database.make()
    ledger, seen = Ledger(database.folder / "ledger"), Seen()
    with database.web() as server:
        people = [
            Citizen(server.address, random.choice(times), ledger, seen) for _ in range(THREADS)
        ]
        at_once([lambda p=p: p.book() for p in people])
        locked = server.log.read_text().count("OperationalError: database is locked")
    assert locked > 0, "DEFERRED did not fail: the harness cannot see it"
    return locked


@scenario("F32", "kill -9 of the process that writes to SQLite")
def killed(ground: Ground) -> str:
    kills = ground.pick(100, 2)
    database = Embedded(ground.folder / "f32", ground.static_root)
    times = database.make()
    ledger = Ledger(database.folder / "ledger")
    with database.web() as server:
        ground.logs.append(server.log)
        with citizens(server.address, times, ledger, how_many=4) as load:
            for _ in range(kills):
                known = len(ledger.acks())
                wait_for(lambda known=known: len(ledger.acks()) > known, 60, "a booking")
                time.sleep(random.uniform(0, 0.2))
                for worker in server.workers():
                    os.kill(worker, signal.SIGKILL)
    load.seen.assert_polite()
    database.assert_stored(ledger)
    return (
        f"{kills} kills, {len(ledger.acks())} acknowledged, 0 lost, integrity_check ok; {load.seen}"
    )
