"""A TCP proxy on the loopback that breaks connections in the ways networks do."""

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

HOST = "127.0.0.1"
CHUNK = 65_536


class Proxy:
    """Passes bytes on. `cut()` closes what is open; `black_hole` swallows what is open without a
    word; `refuse` closes every new connection; `lose_answer_to(word)` arms the loss of the
    answer to what contains a word."""

    def __init__(self, port: int) -> None:
        self.target = port
        self.refuse = False
        self.delay = 0.0
        self.lost = 0
        self._lose: tuple[bytes, int] = (b"", 0)
        self._lock = threading.Lock()
        self._pairs: set[_Pair] = set()
        self._listener = socket.create_server((HOST, 0), backlog=512)
        self.port = self._listener.getsockname()[1]
        threading.Thread(target=self._accept, daemon=True).start()

    def lose_answer_to(self, word: bytes, times: int) -> None:
        """The next so many requests that contain `word` are carried out; instead of the answer
        the connection breaks."""
        with self._lock:
            self._lose = (word, times)

    def cut(self) -> int:
        """Break every open connection; returns how many."""
        pairs = list(self._pairs)
        for pair in pairs:
            pair.close()
        return len(pairs)

    def half_close(self) -> None:
        """End the way back of every open connection, as a server that is leaving does."""
        for pair in list(self._pairs):
            with suppress(OSError):
                pair.client.shutdown(socket.SHUT_WR)

    def black_hole(self) -> None:
        """What is open stays open and carries nothing any more; new connections work."""
        for pair in list(self._pairs):
            pair.swallow = True

    def close(self) -> None:
        self.refuse = True
        with suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        self.cut()

    def takes_away(self, content: bytes) -> bool:
        """Whether the answer to this is to be lost."""
        with self._lock:
            word, times = self._lose
            if not times or word not in content:
                return False
            self._lose = (word, times - 1)
            self.lost += 1
            return True

    def _accept(self) -> None:
        while True:
            try:
                client, _ = self._listener.accept()
            except OSError:
                return
            if self.refuse:
                client.close()
                continue
            try:
                server = socket.create_connection((HOST, self.target), timeout=5)
            except OSError:
                client.close()
                continue
            server.settimeout(None)
            pair = _Pair(client, server, self)
            self._pairs.add(pair)
            pair.start(self._pairs.discard)


class _Pair:
    def __init__(self, client: socket.socket, server: socket.socket, proxy: Proxy) -> None:
        self.client, self.server, self.proxy = client, server, proxy
        self.swallow = False
        self.lose_next = False

    def start(self, when_done: "Callable[[_Pair], None]") -> None:
        for source, target in ((self.client, self.server), (self.server, self.client)):
            threading.Thread(
                target=self._carry, args=(source, target, when_done), daemon=True
            ).start()

    def _carry(self, source, target, when_done) -> None:
        with suppress(OSError):
            while content := source.recv(CHUNK):
                if self.swallow:
                    continue
                if source is self.client and self.proxy.takes_away(content):
                    self.lose_next = True
                elif source is self.server and self.lose_next:
                    break
                if self.proxy.delay:
                    threading.Event().wait(self.proxy.delay)
                target.sendall(content)
        self.close()
        when_done(self)

    def close(self) -> None:
        for end in (self.client, self.server):
            with suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)
            end.close()


@contextmanager
def proxy_to(port: int) -> Iterator[Proxy]:
    proxy = Proxy(port)
    try:
        yield proxy
    finally:
        proxy.close()
