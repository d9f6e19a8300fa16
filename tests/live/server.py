"""gunicorn as production runs it, as a group of processes, against the test database."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from urllib.error import URLError
from urllib.parse import urlsplit, urlunsplit
from urllib.request import urlopen

from django.db import connection

ROOT = Path(__file__).resolve().parents[2]
HOST = "127.0.0.1"
START_SECONDS = 60
STOP_SECONDS = 20


@dataclass
class Server:
    """A running server: its address, its processes, and what it logged."""

    address: str
    process: subprocess.Popen
    log: Path

    def workers(self) -> list[int]:
        """Process ids of the web workers, the children of gunicorn's master."""
        found = []
        for stat in Path("/proc").glob("[0-9]*/stat"):
            try:
                parent = stat.read_text().rpartition(")")[2].split()[1]
            except (FileNotFoundError, ProcessLookupError):
                continue
            if parent == str(self.process.pid):
                found.append(int(stat.parent.name))
        return sorted(found)

    def kill_worker(self, worker: int) -> None:
        os.kill(worker, signal.SIGKILL)


def environment(**changes: str) -> dict[str, str]:
    """What a process of ours needs to work on the test database of this run."""
    database = urlsplit(os.environ["DATABASE_URL"])
    name = connection.settings_dict["NAME"]
    return {
        **os.environ,
        "DATABASE_URL": urlunsplit(database._replace(path=f"/{name}")),
        "LOG_LEVEL": "ERROR",
        **changes,
    }


@contextmanager
def running(
    folder: Path,
    static_root: Path,
    *,
    application: str = "config.wsgi",
    threads: int = 12,
    workers: int = 2,
    quiet: bool = False,
    env: Mapping[str, str] | None = None,
    **changes: str,
) -> Iterator[Server]:
    """Worker processes of so many threads, on a free port, until the block ends. `env` replaces
    the environment of the test database."""
    port = _free_port()
    address = f"http://{HOST}:{port}"
    log = folder / f"server-{port}.log"
    command = [sys.executable, "-m", "gunicorn", f"{application}:application"]
    command += ["--bind", f"{HOST}:{port}", "--workers", str(workers), "--threads", str(threads)]
    command += ["--worker-class", "gthread", "--backlog", "2048", "--log-level", "warning"]
    # A worker that was killed is there again at once, forked from the loaded application.
    command += ["--preload", "--no-control-socket"]
    changes = {"SITE_URL": address, "STATIC_ROOT": str(static_root), **changes}
    env = {**env, **changes} if env else environment(**changes)
    with log.open("wb") as output:
        process = subprocess.Popen(
            command, cwd=ROOT, env=env, stdout=output, stderr=output, start_new_session=True
        )
        server = Server(address, process, log)
        try:
            _wait_until_up(server)
            yield server
        finally:
            _stop(process)
            if not quiet:
                # pytest shows it with a test that fails.
                print(log.read_text()[-5000:])


def _wait_until_up(server: Server) -> None:
    end = time.monotonic() + START_SECONDS
    while time.monotonic() < end and server.process.poll() is None:
        try:
            with urlopen(f"{server.address}/livez", timeout=5):
                return
        except (URLError, ConnectionError, TimeoutError):
            time.sleep(0.1)
    raise AssertionError(f"The server did not start:\n{server.log.read_text()}")


def _stop(process: subprocess.Popen) -> None:
    """The whole group, so that nothing is left running even after a worker was killed."""
    if process.poll() is None:
        process.terminate()
        with suppress(subprocess.TimeoutExpired):
            process.wait(STOP_SECONDS)
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        return probe.getsockname()[1]
