"""Servers to measure: two gunicorn workers each, their processor time and memory."""

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

WORKERS, THREADS = 2, 8
TICK = os.sysconf("SC_CLK_TCK")


@dataclass
class Server:
    """A running server. `cpu_seconds` and `worker_mb` are read from /proc."""

    port: int
    pid: int

    def workers(self) -> list[int]:
        children = Path(f"/proc/{self.pid}/task/{self.pid}/children").read_text().split()
        return [int(pid) for pid in children]

    def cpu_seconds(self) -> float:
        ticks = 0
        for pid in self.workers():
            fields = Path(f"/proc/{pid}/stat").read_text().rpartition(") ")[2].split()
            ticks += int(fields[11]) + int(fields[12])
        return ticks / TICK

    def worker_mb(self) -> float:
        """Resident memory of the largest worker, in MB, pages shared with others included."""
        sizes = []
        for pid in self.workers():
            for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
                if line.startswith("Rss:"):
                    sizes.append(int(line.split()[1]) / 1024)
        return max(sizes)


@contextmanager
def serve(
    application: str, *, settings: str, python: str = sys.executable, database: str = ""
) -> Iterator[Server]:
    """Serve a WSGI application on a free port of this machine; ended with the block. `database`
    replaces DATABASE_URL."""
    port = _free_port()
    process = subprocess.Popen(
        [
            python, "-m", "gunicorn", application, "--bind", f"127.0.0.1:{port}",
            "--worker-class", "gthread", "--workers", str(WORKERS), "--threads", str(THREADS),
            "--keep-alive", "30", "--log-level", "warning",
        ],
        env={
            **os.environ,
            "DJANGO_SETTINGS_MODULE": settings,
            "DATABASE_URL": database or os.environ["DATABASE_URL"],
            # All clients of a measurement share one address; the count is still kept.
            "HOLDS_PER_ADDRESS": "1000000",
        },
    )  # fmt: skip
    try:
        _wait_for(port, process)
        yield Server(port, process.pid)
    finally:
        process.terminate()
        process.wait(timeout=20)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _wait_for(port: int, process: subprocess.Popen[bytes]) -> None:
    for _ in range(300):
        if process.poll() is not None:
            raise RuntimeError("the server did not start")
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            time.sleep(0.1)
        else:
            time.sleep(1)
            return
    raise RuntimeError("the server does not answer")
