"""A shared cache between two people and the web, as a city's proxy or a CDN may be: it keeps
whatever it is not forbidden to keep, and gives it to the next who asks for the same address. With
`deaf=True` it does not listen to `Cache-Control`, as a broken one."""

import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.client import HTTPConnection
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

FORBIDDEN = ("no-store", "private", "no-cache", "max-age=0")
OF_ONE_CONNECTION = {"connection", "keep-alive", "transfer-encoding", "content-length"}


@dataclass(frozen=True)
class Kept:
    status: int
    headers: list[tuple[str, str]]
    body: bytes
    asked: dict[str, str]


class Cache(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self, port: int, *, deaf: bool) -> None:
        super().__init__(("127.0.0.1", 0), _Exchange)
        self.target, self.deaf = port, deaf
        self.kept: dict[str, list[Kept]] = {}
        self.counts: Counter[str] = Counter()

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}"

    def found(self, path: str, headers) -> Kept | None:
        for kept in self.kept.get(path, []):
            if all(headers.get(name, "") == value for name, value in kept.asked.items()):
                return kept
        return None

    def keep(self, path: str, asked, status: int, headers, body: bytes) -> None:
        rules = ", ".join(value for name, value in headers if name.lower() == "cache-control")
        if not self.deaf and any(word in rules for word in FORBIDDEN):
            self.counts["forbidden"] += 1
            return
        vary = ", ".join(value for name, value in headers if name.lower() == "vary")
        names = [] if self.deaf else [name.strip() for name in vary.split(",") if name.strip()]
        by = {name: asked.get(name, "") for name in names}
        self.kept.setdefault(path, []).append(Kept(status, headers, body, by))
        self.counts["kept"] += 1


class _Exchange(BaseHTTPRequestHandler):
    server: Cache

    def do_GET(self) -> None:
        if kept := self.server.found(self.path, self.headers):
            self.server.counts["hits"] += 1
            self._answer(kept.status, kept.headers, kept.body)
            return
        status, headers, body = self._ask(b"")
        if status == 200:
            self.server.keep(self.path, self.headers, status, headers, body)
        self._answer(status, headers, body)

    def do_POST(self) -> None:
        length = int(self.headers.get("Content-Length", 0))
        self._answer(*self._ask(self.rfile.read(length)))

    def _ask(self, body: bytes):
        connection = HTTPConnection("127.0.0.1", self.server.target, timeout=30)
        try:
            connection.request(self.command, self.path, body or None, dict(self.headers))
            answer = connection.getresponse()
            return answer.status, answer.getheaders(), answer.read()
        finally:
            connection.close()

    def _answer(self, status: int, headers, body: bytes) -> None:
        self.send_response(status)
        for name, value in headers:
            if name.lower() not in OF_ONE_CONNECTION:
                self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *arguments: object) -> None:
        """Nothing."""


@contextmanager
def shared_cache(port: int, *, deaf: bool = False) -> Iterator[Cache]:
    with Cache(port, deaf=deaf) as cache:
        thread = threading.Thread(target=cache.serve_forever, kwargs={"poll_interval": 0.05})
        thread.start()
        try:
            yield cache
        finally:
            cache.shutdown()
            thread.join()
