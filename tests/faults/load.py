"""Citizens who book while something breaks: they repeat what was not answered with the same form,
as people do, and write into the ledger what they saw."""

import http.client
import random
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from urllib.error import URLError

from bookings.models import Slot
from tests.faults.ledger import Ledger
from tests.live import world
from tests.live.browser import Answer, Browser

CUT = (URLError, http.client.HTTPException, ConnectionError, TimeoutError, OSError)
PATIENCE_SECONDS = 90
PAUSE_SECONDS = 0.2
MOVED_ON = 303
GONE_BEFORE, OVER = 409, 410
AWAY = 503


@dataclass
class Seen:
    """What the citizens saw: how often each answer came (0 is none), and what was wrong."""

    answers: Counter[int] = field(default_factory=Counter)
    wrong: list[str] = field(default_factory=list)

    def note(self, answer: Answer | None) -> None:
        self.answers[answer.status if answer else 0] += 1
        if answer is None:
            return
        if answer.status == AWAY and not answer.headers.get("Retry-After"):
            self.wrong.append("503 without Retry-After")
        if answer.status >= 500 and ("Traceback" in answer.text or "psycopg" in answer.text):
            self.wrong.append(f"{answer.status} with a trace")
        if answer.status >= 500 and answer.status != AWAY:
            self.wrong.append(f"{answer.status} from {answer.url}")

    def assert_polite(self) -> None:
        """Every failure was a 503 with its page and its Retry-After, or no answer at all."""
        assert not self.wrong, Counter(self.wrong)

    def __str__(self) -> str:
        return ", ".join(
            f"{count} × {status or 'no answer'}" for status, count in sorted(self.answers.items())
        )


class Citizen:
    """One who books one time, however often it takes. With `gives_up`, the office may take the
    time away while the form is filled in: then it is said (409, or 410 for the form)."""

    def __init__(
        self, address: str, slot: Slot, ledger: Ledger, seen: Seen, *, gives_up: bool = False
    ) -> None:
        self.browser = Browser(address)
        self.slot, self.ledger, self.seen = slot, ledger, seen
        self.gives_up = gives_up

    def book(self) -> str:
        """The path of the status page, or "" when the time is full."""
        page = self._until_answered(lambda: self._form())
        return self.send(page) if page is not None else ""

    def send(self, page: Answer) -> str:
        typed = world.couple()
        key = page.form_with("form_key").fields["form_key"]
        self.ledger.sent(key)
        answer = self._until_answered(lambda: world.send(self.browser, page, typed))
        if self.gives_up and answer.status == GONE_BEFORE:
            return ""
        assert answer.status == MOVED_ON, f"{answer.status}: {answer.text[:500]}"
        self.ledger.acknowledged(key, answer.location)
        return answer.location

    def _form(self) -> Answer | None:
        """The form of the held time; raises _TryAgain."""
        day = self.slot.starts_at.date().isoformat()
        page = self._looked(self.browser.get(f"/offices/bang-rak/marriage/times/?date={day}"))
        if not any(
            button["value"] == str(self.slot.pk)
            for form in page.forms
            for button in form.buttons
            if button["name"] == "slot"
        ):
            return None
        held = self._looked(world.press_slot(self.browser, page, self.slot))
        if held.status == 409:
            return None
        assert held.status == MOVED_ON, f"{held.status}: {held.text[:500]}"
        form = self._looked(self.browser.get(held.location))
        return None if self.gives_up and form.status == OVER else form

    def _looked(self, answer: Answer) -> Answer:
        if answer.status >= 500:
            self.seen.note(answer)
            raise _TryAgainError
        return answer

    def _until_answered(self, act):
        end = time.monotonic() + PATIENCE_SECONDS
        while True:
            try:
                answer = act()
                if answer is None or answer.status < 500:
                    if answer is not None:
                        self.seen.note(answer)
                    return answer
                self.seen.note(answer)
            except _TryAgainError:
                pass
            except CUT:
                self.seen.note(None)
            assert time.monotonic() < end, f"not answered for {PATIENCE_SECONDS} s: {self.seen}"
            time.sleep(PAUSE_SECONDS * random.uniform(0.5, 1.5))


class _TryAgainError(Exception):
    """The server is away: the same once more."""


@dataclass
class Load:
    """Citizens at work in the background. `errors` is what stopped one of them."""

    seen: Seen
    ledger: Ledger
    errors: list[str] = field(default_factory=list)
    stopped: threading.Event = field(default_factory=threading.Event)
    gives_up: bool = False

    def work(self, address: str, slots: list[Slot]) -> None:
        try:
            while not self.stopped.is_set():
                slot = random.choice(slots)
                Citizen(address, slot, self.ledger, self.seen, gives_up=self.gives_up).book()
        except Exception as error:
            self.errors.append(f"{type(error).__name__}: {error}")


@contextmanager
def citizens(
    address: str, slots: list[Slot], ledger: Ledger, *, how_many: int, gives_up: bool = False
) -> Iterator[Load]:
    """So many citizens book one after the other until the block ends; then all have an answer,
    and nothing that was acknowledged is missing."""
    load = Load(Seen(), ledger, gives_up=gives_up)
    threads = [
        threading.Thread(target=load.work, args=(address, slots), daemon=True)
        for _ in range(how_many)
    ]
    for thread in threads:
        thread.start()
    try:
        yield load
    finally:
        load.stopped.set()
        for thread in threads:
            thread.join(PATIENCE_SECONDS + 10)
    assert not load.errors, load.errors[:3]
