"""What every scenario stands on: the servers, an empty database, and the programs of the house
started as production starts them."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

import redis
from django.core.management import call_command
from django.db import OperationalError, connection, connections

from tests.faults.stores import Postgres, Redis, children
from tests.live import server as live

KEPT = ("django_migrations", "django_content_type", "auth_permission")
STOP_SECONDS = 25


@dataclass
class Ground:
    """`short` asks for the small form; `pick(many, few)` chooses between the two."""

    folder: Path
    postgres: Postgres
    redis: Redis
    static_root: Path
    short: bool
    # The log of every program started, newest last: shown when a scenario fails.
    logs: list[Path] = field(default_factory=list)

    def pick(self, full: int, short: int) -> int:
        return short if self.short else full

    # --- the database --------------------------------------------------------------------

    def empty(self) -> None:
        """Nothing in the tables, nothing in Redis."""
        with connection.cursor() as cursor:
            names = set(connection.introspection.table_names(cursor)) - set(KEPT)
            tables = ", ".join(f'"{name}"' for name in sorted(names))
            cursor.execute(f"TRUNCATE {tables} RESTART IDENTITY CASCADE")
        with self.redis.client() as client:
            client.flushall()

    def settle(self) -> None:
        """A connection of our own that works, whatever the scenario did to the servers."""
        connections.close_all()
        if self.postgres.process is None:
            self.postgres.start()
        if self.redis.process is None:
            self.redis.start()

    # --- the programs --------------------------------------------------------------------

    @contextmanager
    def web(
        self, unprotected: str = "", *, database_port: int = 0, threads: int = 12, **changes: str
    ) -> Iterator[live.Server]:
        """gunicorn with two workers; `database_port` is the one of a proxy before PostgreSQL."""
        options = dict(changes)
        if unprotected:
            options |= {"application": "tests.live.unprotected_wsgi", "UNPROTECTED": unprotected}
        options |= {"MEDIA_ROOT": str(self.folder / "media"), "STAFF_MFA_REQUIRED": "0"}
        options["DATABASE_URL"] = self.database_url(database_port)
        with live.running(
            self.folder, self.static_root, threads=threads, quiet=True, **options
        ) as server:
            self.logs.append(server.log)
            yield server

    def database_url(self, port: int = 0) -> str:
        return self.postgres.url.replace(
            f":{self.postgres.port}/", f":{port or self.postgres.port}/"
        )

    @contextmanager
    def program(self, *command: str, **changes: str) -> Iterator[subprocess.Popen]:
        """A program of the house, by the arguments of Python; ended with the block."""
        process = self.start(*command, **changes)
        try:
            yield process
        finally:
            end(process)

    def start(self, *command: str, **changes: str) -> subprocess.Popen:
        log = self.folder / f"program-{len(self.logs)}.log"
        self.logs.append(log)
        with log.open("wb") as output:
            return subprocess.Popen(
                [sys.executable, *command],
                cwd=live.ROOT,
                env=live.environment(**changes),
                stdout=output,
                stderr=output,
                start_new_session=True,
            )

    def worker(self, *, app: str = "config", **changes: str):
        """A real Celery worker."""
        return self.program(*WORKER.format(app=app).split(), **changes)

    def beat(self, *, app: str = "config", name: str = "beat", **changes: str):
        """A real Celery beat with a schedule file of its own."""
        schedule = str(self.folder / f"{name}-{time.monotonic_ns()}")
        command = f"-m celery -A {app} beat --pidfile= -l INFO --schedule {schedule}"
        return self.program(*command.split(), **changes)


WORKER = "-m celery -A {app} worker --concurrency 1 --without-gossip --without-mingle -l INFO"


def end(process: subprocess.Popen, seconds: float = STOP_SECONDS) -> float:
    """Ask a program to stop, kill what is left of its group; returns the seconds it took."""
    start = time.monotonic()
    below = children(process.pid)
    if process.poll() is None:
        process.terminate()
        with suppress(subprocess.TimeoutExpired):
            process.wait(seconds)
    took = time.monotonic() - start
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    for pid in below:
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
    process.wait()
    return took


def wait_for(is_so: Callable[[], object], seconds: float, what: str) -> float:
    """Wait until something is so; returns the seconds it took. Raises AssertionError."""
    start = time.monotonic()
    while not _answers(is_so):
        assert time.monotonic() - start < seconds, f"{what}: not within {seconds:.0f} s"
        time.sleep(0.05)
    return time.monotonic() - start


def _answers(is_so: Callable[[], object]) -> bool:
    """A server that is just coming back is no answer yet."""
    try:
        return bool(is_so())
    except (OperationalError, redis.RedisError, OSError):
        connections.close_all()
        return False


def prepare() -> None:
    """The tables of an empty database."""
    call_command("migrate", interactive=False, verbosity=0)
