"""django-appointment, the nearest open-source peer, in a virtual environment and a database of its
own (P2)."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import psycopg
from psycopg import sql

from benchmarks.load import Request
from benchmarks.servers import Server, serve

PACKAGES = ["django-appointment==3.12", "django>=5.2,<6", "psycopg[binary]", "gunicorn"]


class PeerMissing(Exception):
    """The peer cannot be had; the sentence says why."""


@dataclass
class Peer:
    """A running peer, and how its requests are made."""

    server: Server
    python: Path
    database: str

    def requests(self, count: int) -> tuple[list[Request], list[Request]]:
        """Both steps of `count` bookings by signed-in clients: asking for a time, booking it."""
        done = _run([self.python, "-m", "benchmarks.peer.prepare", str(count)], self.database)
        made = json.loads(done.splitlines()[-1])  # its log comes before
        return tuple([Request(**row) for row in made[step]] for step in ("ask", "book"))


@contextmanager
def django_appointment(folder: Path) -> Iterator[Peer]:
    """The peer on a free port. Raises PeerMissing."""
    python = folder / "peer" / "bin" / "python"
    database = _own_database()
    _run([sys.executable, "-m", "venv", folder / "peer"], database)
    _run([python, "-m", "pip", "install", "--quiet", *PACKAGES], database)
    _run([python, "-m", "benchmarks.peer.prepare", "1"], database)
    with serve(
        "benchmarks.peer.wsgi",
        settings="benchmarks.peer.settings",
        python=str(python),
        database=database,
    ) as server:
        yield Peer(server, python, database)


def _run(command: list[str | Path], database: str) -> str:
    done = subprocess.run(
        command,
        env={**os.environ, "DATABASE_URL": database},
        capture_output=True,
        check=False,
        text=True,
    )
    if done.returncode:
        words = done.stderr.strip().splitlines() or ["no reason given"]
        raise PeerMissing(f"{command[-1]}: {words[-1][:120]}")
    return done.stdout


def _own_database() -> str:
    """Beside the run's own, and named after it, so that it goes with it."""
    url = urlsplit(os.environ["DATABASE_URL"])
    name = f"{url.path.lstrip('/')}_peer"
    with psycopg.connect(os.environ["DATABASE_URL"], autocommit=True) as connection:
        connection.execute(
            sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name))
        )
        connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
    return urlunsplit(url._replace(path=f"/{name}"))
