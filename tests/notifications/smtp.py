"""A mail server that does what the recipient's name says, and writes into a ledger (with fsync,
so that it tells what the outside world saw) whatever it accepted."""

import os
import socketserver
import threading
import time
from contextlib import contextmanager
from email import message_from_bytes, policy
from pathlib import Path

ANSWERS = {"refused": "550 5.1.1 no such user", "busy": "451 4.3.0 try later", "closing": "421 bye"}


class MailServer(socketserver.ThreadingTCPServer):
    allow_reuse_address = True
    daemon_threads = True

    def __init__(self, folder: Path):
        super().__init__(("127.0.0.1", 0), _Session)
        self.path = folder / "ledger"
        self.file = self.path.open("ab")
        self.lock = threading.Lock()
        self.connections = 0
        self.accepted = []
        # How many more messages are taken without an answer: the connection drops after DATA.
        self.drops = 0
        # Seconds before a message is taken.
        self.pause = 0.0

    @property
    def url(self):
        return f"smtp://127.0.0.1:{self.server_address[1]}"

    def take(self, content: bytes) -> bool:
        """Write the message down; False when the sender shall not hear of it."""
        message = message_from_bytes(content, policy=policy.default)
        time.sleep(self.pause)
        with self.lock:
            self.accepted.append(message)
            self.file.write(f"{message['Message-ID']} {message['To']}\n".encode())
            self.file.flush()
            os.fsync(self.file.fileno())
            self.drops -= 1
            return self.drops < 0

    def ledger(self) -> list[str]:
        """The Message-ID of every message accepted, in order."""
        return [line.split()[0] for line in self.path.read_text().splitlines()]

    def handle_error(self, request, client_address):
        """A client that was killed is no news here."""


class _Session(socketserver.StreamRequestHandler):
    def say(self, text):
        self.wfile.write(f"{text}\r\n".encode())

    def handle(self):
        self.server.connections += 1
        self.say("220 ready")
        while line := self.rfile.readline():
            verb = line.split()[0].upper() if line.split() else b""
            if verb == b"RCPT":
                name = line.split(b"<")[1].split(b"@")[0].decode()
                self.say(ANSWERS.get(name, "250 ok"))
                if name == "closing":
                    return
            elif verb == b"DATA":
                self.say("354 go ahead")
                if not self.server.take(self.content()):
                    return
                self.say("250 taken")
            elif verb == b"QUIT":
                self.say("221 bye")
                return
            else:
                self.say("250 ok")

    def content(self):
        lines = []
        while (line := self.rfile.readline()) not in (b".\r\n", b""):
            lines.append(line.removeprefix(b".") if line.startswith(b"..") else line)
        if line == b"":
            raise ConnectionResetError  # cut within the message: nothing was taken
        return b"".join(lines)


@contextmanager
def mail_server(folder: Path):
    with MailServer(folder) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
        thread.start()
        try:
            yield server
        finally:
            server.shutdown()
            thread.join()
            server.file.close()
