"""What a shared cache may keep, and a large export beside the citizens (F38, F40)."""

import threading
import time
from collections import deque
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

from django.utils import timezone

from bookings.models import Booking
from tests.faults.cache import shared_cache
from tests.faults.couples import couples
from tests.faults.ground import Ground
from tests.faults.ledger import Ledger
from tests.faults.load import Citizen, Seen
from tests.faults.scenario import scenario
from tests.live import world
from tests.live.browser import Browser
from tests.live.together import percentile
from tests.notifications.visits import slot_at
from tests.races.test_cancel_and_confirm import make_officer, signed_in

PUBLIC = (
    "/",
    "/offices/",
    "/services/",
    "/offices/bang-rak/",
    "/offices/bang-rak/marriage/",
    "/offices/bang-rak/marriage/times/",
    "/find/",
    "/help/",
)
STAFF = ("/admin/", "/admin/bookings/booking/", "/admin/bookings/slot/")
OF_BOOKING = ("", "cancel/", "move/", "documents/", "ticket.pdf", "event.ics")
MOST_MB, EXPORTED_WITHIN = 300, 600
# Of a booking beside the export, against one alone.
MOST_SLOWER = 1.2


@scenario("F38", "two people and an officer behind one shared cache")
def cached(ground: Ground) -> str:
    offered = world.marriage_at_bang_rak()
    make_officer(offered)
    slot = world.slot(offered, places=10)
    with ground.web() as server:
        port = int(server.address.rpartition(":")[2])
        with shared_cache(port) as cache:
            pages, leaks = _crawl(cache.address, slot)
            counts = dict(cache.counts)
        seen = _control(port, slot)
    assert not leaks, leaks[:5]
    return (
        f"{pages} pages, {counts.get('forbidden', 0)} may not be kept, "
        f"{counts.get('kept', 0)} may: 0 cross-user bytes; control, a cache that keeps all: "
        f"{len(seen)} pages of another person"
    )


def _control(port: int, slot) -> list[str]:
    """A cache that keeps what it must not shows one person's pages to another."""
    with shared_cache(port, deaf=True) as broken:
        _, seen = _crawl(broken.address, slot)
    assert seen, "nothing foreign was seen: the crawl is blind"
    return seen


def _crawl(address: str, slot) -> tuple[int, list[str]]:
    """Each sees all addresses, also the others'; gives how many pages, and where something of
    another person stood. Signed out, the officer presses "back"."""
    people = {"มะลิ หนึ่งเดียว": Browser(address), "ลำดวน สองเท่า": Browser(address)}
    own = {name: _book(browser, slot, name) for name, browser in people.items()}
    officer = signed_in(_At(address))
    paths = [*PUBLIC, *STAFF, *(f"{path}{end}" for path in own.values() for end in OF_BOOKING)]
    for booking in Booking.objects.exclude(requested_at=None):
        paths.append(f"/admin/bookings/booking/{booking.pk}/change/")
    browsers = [*people.items(), ("officer", officer), ("stranger", Browser(address))]
    got = [(name, path, browser.get(path)) for path in paths for name, browser in browsers]
    page = officer.get("/admin/")
    officer.submit(page, page.form_to("logout/"))
    got += [("stranger", path, officer.get(path)) for path in paths if path.startswith("/admin/")]
    marks = _marks(own, got)
    return len(got), [
        f"{name} at {path} saw {whose}"
        for name, path, answer in got
        for whose, words in marks.items()
        if whose != name
        and name != "officer"
        # A page repeats its own address, which the visitor had to know.
        and any(word in answer.text and word not in path for word in words)
    ]


def _marks(own, got) -> dict[str, set[str]]:
    """What belongs to one person: name, reference, and each token that only this browser got."""
    marks = {name: {name, path.split("/")[-2]} for name, path in own.items()}
    for name, _, answer in got:
        for form in answer.forms if answer.status == 200 else []:
            token = form.fields.get("csrfmiddlewaretoken")
            if token and name != "stranger":
                marks.setdefault(name, set()).add(token)
    return marks


def _book(browser: Browser, slot, name: str) -> str:
    answer = world.send(browser, world.held_form(browser, slot), world.couple(full_name=name))
    assert answer.status == 303, answer.status
    return answer.location


class _At:
    """A server, as far as signing in needs one."""

    def __init__(self, address: str) -> None:
        self.address = address


@scenario("F40", "a large export while people book", short=False)
def exported(ground: Ground) -> str:
    rows, people = ground.pick(100_000, 2_000), ground.pick(100, 5)
    offered = world.marriage_at_bang_rak()
    make_officer(offered)
    ahead = slot_at(offered, timezone.now() + timedelta(days=20), places=5_000)
    for _ in range(0, rows, 5_000):
        starts = ahead.starts_at + timedelta(minutes=30)
        number = min(5_000, rows)
        couples(offered, ahead, number)
        ahead = slot_at(offered, starts, places=5_000)
    slot = world.slot(offered, places=1_000)
    ledger = Ledger(ground.folder / "f40.ledger")
    with ground.web() as server:
        head = signed_in(server)
        alone = _bookings(server.address, slot, ledger, people)
        before = _rss_mb(server)
        with _watched(server) as most, _exporting(head) as done:
            beside = _bookings(server.address, slot, ledger, people)
            done.wait(EXPORTED_WITHIN)
        lines = done.lines
    assert lines >= rows, f"{lines} lines of {rows} rows"
    assert max(most) < MOST_MB, f"a web process took {max(most):.0f} MB"
    medians = percentile(alone, 50), percentile(beside, 50)
    assert ground.short or medians[1] < MOST_SLOWER * medians[0], f"median {medians} s"
    assert not ledger.lost()
    return (
        f"{lines} rows, largest web process {max(most):.0f} MB ({before:.0f} before), booking "
        f"median {medians[0]:.2f} s alone, {medians[1]:.2f} s beside it, "
        f"p99 {percentile(alone, 99):.2f} s and {percentile(beside, 99):.2f} s"
    )


def _bookings(address: str, slot, ledger: Ledger, people: int) -> list[float]:
    """Seconds for each booking, one after the other."""
    took = []
    for _ in range(people):
        start = time.monotonic()
        Citizen(address, slot, ledger, Seen()).book()
        took.append(time.monotonic() - start)
    return took


class _Export(threading.Event):
    lines = 0


@contextmanager
def _exporting(head: Browser):
    """The head downloads the whole list in the background, line by line."""
    path = "/admin/bookings/booking/export/?tab=all"
    page = head.get(path)
    form = page.form_with("reason")
    done = _Export()

    def read() -> None:
        with head.open_post(page.url, {**form.fields, "reason": "ทดสอบการส่งออก"}) as answer:
            done.lines = sum(1 for _ in answer) - 1
        done.set()

    thread = threading.Thread(target=read, daemon=True)
    thread.start()
    yield done
    thread.join(EXPORTED_WITHIN)


@contextmanager
def _watched(server):
    """The largest resident size of a web process, in MB, seen again and again."""
    most: deque[float] = deque([_rss_mb(server)], maxlen=100_000)
    over = threading.Event()

    def watch() -> None:
        while not over.wait(0.1):
            most.append(_rss_mb(server))

    thread = threading.Thread(target=watch, daemon=True)
    thread.start()
    try:
        yield most
    finally:
        over.set()
        thread.join()


def _rss_mb(server) -> float:
    sizes = [0.0]
    for pid in server.workers():
        for line in Path(f"/proc/{pid}/status").read_text().splitlines():
            if line.startswith("VmRSS:"):
                sizes.append(int(line.split()[1]) / 1024)
    return max(sizes)
