"""What the citizens' browsers saw, on disk before anything else happens: a booking counts as
acknowledged when its 303 has been written here with fsync."""

import os
import threading
from pathlib import Path

from bookings.models import Booking
from bookings.workflow import Status


class Ledger:
    def __init__(self, path: Path) -> None:
        self.path = path
        self._file = path.open("ab")
        self._lock = threading.Lock()

    def write(self, *words: object) -> None:
        with self._lock:
            self._file.write((" ".join(str(word) for word in words) + "\n").encode())
            self._file.flush()
            os.fsync(self._file.fileno())

    def sent(self, form_key: str) -> None:
        self.write("sent", form_key)

    def acknowledged(self, form_key: str, path: str) -> None:
        self.write("ack", form_key, path.rstrip("/").rpartition("/")[2])

    def acks(self) -> dict[str, str]:
        """Form key → reference of all that was acknowledged."""
        lines = [line.split() for line in self.path.read_text().splitlines()]
        return {words[1]: words[2] for words in lines if words[0] == "ack"}

    def lost(self) -> list[str]:
        """References acknowledged without exactly one booking behind them (I3)."""
        stored = {
            str(key): reference
            for key, reference in Booking.objects.exclude(status=Status.HELD).values_list(
                "form_key", "reference"
            )
        }
        return [ref for key, ref in self.acks().items() if stored.get(key) != ref]
