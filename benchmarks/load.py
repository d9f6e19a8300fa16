"""A load generator that costs little: ready-made requests over kept-alive sockets, so that the two
cores of the machine work for the server. Run as its own process (see `measure`)."""

import json
import socket
import subprocess
import sys
import threading
import time
from collections import Counter, deque
from dataclasses import asdict, dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from urllib.parse import urlencode

CLIENTS = 16
# What every browser sends along; no Accept-Encoding, so that pages come as they are.
BROWSER = (
    "User-Agent: Mozilla/5.0 (Linux; Android 14; Mobile) Nadkhet-benchmark",
    "Accept: text/html,application/xhtml+xml",
    "Accept-Language: th-TH,th;q=0.9,en;q=0.8",
)


@dataclass(frozen=True)
class Request:
    """One request: a path, and a form and cookies when it posts."""

    path: str
    form: dict[str, str] | None = None
    cookies: dict[str, str] | None = None


@dataclass(frozen=True)
class Result:
    """What a run gave: requests a second, answers by status, and the 99th percentile in ms."""

    rate: float
    statuses: dict[str, int]
    p99_ms: float
    seconds: float


def measure(port: int, requests: list[Request], *, clients: int = CLIENTS) -> Result:
    """Send all requests once, by `clients` connections at a time, from a process of its own."""
    with TemporaryDirectory() as folder:
        file = Path(folder) / "requests.json"
        file.write_text(json.dumps([asdict(request) for request in requests]))
        done = subprocess.run(
            [sys.executable, "-m", "benchmarks.load", str(port), str(file), str(clients)],
            capture_output=True,
            check=True,
            text=True,
        )
    return Result(**json.loads(done.stdout))


def _bytes_of(request: Request, port: int) -> bytes:
    lines = [f"Host: localhost:{port}", "Connection: keep-alive", *BROWSER]
    if request.cookies:
        pairs = "; ".join(f"{name}={value}" for name, value in request.cookies.items())
        lines.append(f"Cookie: {pairs}")
    if request.form is None:
        return "\r\n".join([f"GET {request.path} HTTP/1.1", *lines, "", ""]).encode()
    body = urlencode(request.form).encode()
    lines += ["Content-Type: application/x-www-form-urlencoded", f"Content-Length: {len(body)}"]
    return "\r\n".join([f"POST {request.path} HTTP/1.1", *lines, "", ""]).encode() + body


class _Client(threading.Thread):
    def __init__(self, port: int, queue: deque[bytes], start: threading.Barrier) -> None:
        super().__init__()
        self.port, self.queue, self.start_together = port, queue, start
        self.statuses: Counter[str] = Counter()
        self.times: list[float] = []
        self.socket: socket.socket | None = None

    def run(self) -> None:
        self.start_together.wait()
        while True:
            try:
                message = self.queue.popleft()
            except IndexError:
                return
            begin = time.perf_counter()
            self.statuses[self._send(message)] += 1
            self.times.append(time.perf_counter() - begin)

    def _send(self, message: bytes) -> str:
        if self.socket is None:
            self.socket = socket.create_connection(("127.0.0.1", self.port), timeout=60)
        self.socket.sendall(message)
        answer = b""
        while b"\r\n\r\n" not in answer:
            answer += self._receive()
        head, _, body = answer.partition(b"\r\n\r\n")
        headers = head.lower()
        if b"content-length: " not in headers:
            raise ValueError("an answer without Content-Length")
        length = int(headers.partition(b"content-length: ")[2].split(b"\r\n")[0])
        missing = length - len(body)
        while missing > 0:
            missing -= len(self._receive())
        if b"connection: close" in headers:
            self.socket = None
        return head[9:12].decode()

    def _receive(self) -> bytes:
        assert self.socket is not None
        data = self.socket.recv(65_536)
        if not data:
            raise ConnectionError("the server closed the connection")
        return data


def main() -> None:
    port, file, clients = int(sys.argv[1]), Path(sys.argv[2]), int(sys.argv[3])
    requests = [Request(**row) for row in json.loads(file.read_text())]
    queue = deque(_bytes_of(request, port) for request in requests)
    together = threading.Barrier(clients + 1)
    threads = [_Client(port, queue, together) for _ in range(clients)]
    for thread in threads:
        thread.start()
    together.wait()
    begin = time.perf_counter()
    for thread in threads:
        thread.join()
    seconds = time.perf_counter() - begin
    times = sorted(moment for thread in threads for moment in thread.times)
    statuses = sum((thread.statuses for thread in threads), Counter())
    result = Result(
        rate=len(times) / seconds,
        statuses=dict(statuses),
        p99_ms=times[int(len(times) * 0.99)] * 1000,
        seconds=seconds,
    )
    print(json.dumps(asdict(result)))


if __name__ == "__main__":
    main()
