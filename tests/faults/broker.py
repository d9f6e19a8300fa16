"""Redis and the workers: killed, emptied, cut off, stopped, twice there (F11, F13–F17)."""

import os
import random
import signal
import time
from contextlib import ExitStack, contextmanager
from datetime import timedelta

from django.conf import settings
from django.db.models import F
from django.utils import timezone

from bookings import services
from config.celery import app
from notifications import delivery
from notifications.models import Message, Status
from tests.faults.couples import couples_soon, left, messages, reminders
from tests.faults.ground import Ground, end, wait_for
from tests.faults.ledger import Ledger
from tests.faults.load import citizens
from tests.faults.mail import assert_each_was_sent
from tests.faults.proxy import proxy_to
from tests.faults.scenario import scenario
from tests.faults.stores import children
from tests.live import world
from tests.live.browser import Browser
from tests.notifications.smtp import mail_server
from tests.races.test_cancel_and_confirm import PASSWORD, make_officer

QUICK = "tests.faults.quick"
SWEEP = "notifications.tasks.deliver_due"
SENT_WITHIN = 60
# A mail server that takes its time: a sweep lasts, and a stop meets it at work.
SLOW_MAIL_SECONDS = 0.03
# How often a message comes due, and how many do from one restart on.
A_MESSAGE, A_RESTART = timedelta(seconds=0.2), 60
RECOVERED_WITHIN = 120


@contextmanager
def _mail(ground: Ground):
    with mail_server(ground.folder) as server:
        server.path.write_bytes(b"")
        yield server


@scenario("F11", "a worker is told to stop, again and again (rolling restarts)", short=False)
def rolling(ground: Ground) -> str:
    restarts, backlog = ground.pick(50, 2), ground.pick(400, 100)
    number = backlog + restarts * A_RESTART
    reminders(number)
    loads = _kept_back(backlog)
    stops = []
    with _mail(ground) as server, ground.beat(app=QUICK, EMAIL_URL=server.url):
        server.pause = SLOW_MAIL_SECONDS
        command = f"-m celery -A {QUICK} worker --concurrency 1 -l INFO".split()
        for load in loads:
            _come_due_one_by_one(load)
            worker = ground.start(*command, EMAIL_URL=server.url)
            try:
                known = len(server.accepted)
                wait_for(lambda k=known: len(server.accepted) > k, 60, "messages under load")
                time.sleep(random.uniform(0, 0.5))
            finally:
                stops.append(end(worker))
        during = len(server.accepted)
        with ground.worker(app=QUICK, EMAIL_URL=server.url):
            wait_for(lambda: not left(), number * A_MESSAGE.total_seconds(), "the rest sent")
        ledger = server.ledger()
    twice = assert_each_was_sent(ledger)
    late = messages().filter(sent_at__gt=F("due_at") + timedelta(seconds=SENT_WITHIN)).count()
    assert max(stops) < 20, f"a worker took {max(stops):.0f} s to stop"
    assert (twice, late) == (0, 0), f"{twice} went out twice, {late} late"
    return (
        f"{restarts} restarts while {during} of {number} messages went out: 0 lost, {twice} twice, "
        f"{late} more than {SENT_WITHIN} s late, slowest stop {max(stops):.1f} s"
    )


def _kept_back(backlog: int) -> list[list[Message]]:
    """All but the backlog, which is due already, in parts for one restart each."""
    rows = list(messages().order_by("pk")[backlog:])
    later = timezone.now() + timedelta(days=1)
    messages().filter(pk__in=[row.pk for row in rows]).update(due_at=later)
    return [rows[n : n + A_RESTART] for n in range(0, len(rows), A_RESTART)]


def _come_due_one_by_one(load: list[Message]) -> None:
    now = timezone.now()
    for number, message in enumerate(load, 1):
        message.due_at = now + number * A_MESSAGE
    Message.objects.bulk_update(load, ["due_at"])


@scenario("F13", "Redis is down when people book", short=False)
def redis_down(ground: Ground) -> str:
    seconds = ground.pick(60, 4)
    slots = _times(2)
    ledger = Ledger(ground.folder / "f13.ledger")
    with (
        _mail(ground) as server,
        ground.web(EMAIL_URL=server.url) as web,
        ground.worker(app=QUICK, EMAIL_URL=server.url),
        ground.beat(app=QUICK, EMAIL_URL=server.url),
    ):
        with citizens(web.address, slots, ledger, how_many=2) as load:
            wait_for(ledger.acks, 30, "the first booking")
            ground.redis.stop()
            time.sleep(seconds)
            during = len(ledger.acks())
        ground.redis.start()
        took = wait_for(lambda: not left(), SENT_WITHIN, "all messages sent after Redis is back")
        sent = server.ledger()
    assert not [status for status in load.seen.answers if status >= 500 or not status], load.seen
    assert not ledger.lost()
    assert during > 1
    assert not assert_each_was_sent(sent)
    return (
        f"{seconds} s without it: {len(ledger.acks())} booked, 0 failed; {len(sent)} messages, "
        f"all sent {took:.1f} s after its return"
    )


@scenario("F14", "Redis killed and empty afterwards", short=False)
def redis_lost(ground: Ground) -> str:
    queued = ground.pick(200, 20)
    offered = world.marriage_at_bang_rak()
    officer = make_officer(offered)
    slot = world.slot(offered, places=10)
    with _mail(ground) as server, ground.web(EMAIL_URL=server.url) as web:
        citizen, staff = Browser(web.address), _signed_in(web.address, officer.username)
        path = world.booked(citizen, slot)
        held = world.held_form(Browser(web.address), slot)
        _queue_wakes(queued)
        with ground.redis.client() as client:
            before = client.llen("celery")
        ground.redis.kill()
        ground.redis.forget()
        ground.redis.start()
        with ground.redis.client() as client:
            after = client.dbsize()
        with (
            ground.worker(app=QUICK, EMAIL_URL=server.url),
            ground.beat(app=QUICK, EMAIL_URL=server.url),
        ):
            wait_for(lambda: not left(), SENT_WITHIN, "all messages sent")
        statuses = (citizen.get(path).status, staff.get("/admin/bookings/booking/").status)
        sent = server.ledger()
    assert before == queued, f"{before} wakes were in the queue"
    assert after == 0, f"{after} keys were still there"
    assert statuses == (200, 200), f"citizen and officer: {statuses}"
    assert held.status == 200
    assert not assert_each_was_sent(sent)
    return (
        f"{queued} queued tasks gone, {len(sent)} messages sent all the same; the citizen keeps "
        "the booking's page, the officer stays signed in"
    )


def _queue_wakes(how_many: int) -> None:
    for _ in range(how_many):
        app.send_task(SWEEP)


def _signed_in(address: str, username: str) -> Browser:
    browser = Browser(address)
    page = browser.get("/admin/login/")
    form = page.form_with("username")
    answer = browser.submit(page, form, username=username, password=PASSWORD)
    assert answer.status == 302, answer.status
    return browser


@scenario("F15", "a worker lives but takes nothing from Redis any more", short=False)
def deaf_worker(ground: Ground) -> str:
    silence = ground.pick(settings.WORKER_SILENT_SECONDS, 5)
    with _mail(ground) as server, proxy_to(ground.redis.port) as proxy, ExitStack() as stack:
        worker = stack.enter_context(
            ground.program(
                *("manage.py", "run_worker", "--concurrency", "1"),
                REDIS_URL=f"redis://127.0.0.1:{proxy.port}/0",
                EMAIL_URL=server.url,
                WORKER_SILENT_SECONDS=str(silence),
            )
        )
        _assert_answers(60)
        for _ in range(5):
            proxy.cut()
            time.sleep(0.6)
        after_cuts = _assert_answers(RECOVERED_WITHIN)
        proxy.black_hole()
        after_silence = _assert_answers(RECOVERED_WITHIN)
        before = _celery(worker.pid)
        os.kill(before, signal.SIGSTOP)
        after_stop = _assert_answers(RECOVERED_WITHIN)
        assert _celery(worker.pid) != before
    return (
        f"limit {silence} s; at work again {after_cuts:.1f} s after 5 cuts in 3 s, "
        f"{after_silence:.1f} s after its connections went dead, {after_stop:.1f} s after it stood "
        "still"
    )


def _assert_answers(seconds: float) -> float:
    """How long until the worker does what is asked: send one more message."""
    _one_more_message()
    start = time.monotonic()
    while left():
        app.send_task(SWEEP, expires=2)
        assert time.monotonic() - start < seconds, f"no message went out for {seconds} s"
        time.sleep(0.5)
    return time.monotonic() - start


def _one_more_message() -> None:
    message = messages().first()
    if message is None:
        reminders(1)
        return
    message.pk, message.event = None, f"{message.event}:{Message.objects.count()}"
    message.status, message.sent_at, message.attempts = Status.QUEUED, None, 0
    message.first_try_at = None
    message.due_at = timezone.now()
    message._state.adding = True
    Message.objects.bulk_create([message])


def _celery(watchdog: int) -> int:
    return children(watchdog)[0]


@scenario("F16", "Redis gives a task out again while it still runs", short=False)
def redelivered(ground: Ground) -> str:
    reminders(1)
    with _mail(ground) as server:
        server.pause = 8
        command = f"-m celery -A {QUICK} worker --concurrency 2 -l INFO".split()
        environment = {"EMAIL_URL": server.url, "VISIBILITY": "2"}
        with ground.program(*command, **environment):
            app.send_task(SWEEP)
            log = ground.logs[-1]
            wait_for(lambda: not left(), 60, "the message sent")
            wait_for(lambda: _executions(log) > 1, 30, "the task given out again")
            executions = _executions(log)
        sent = server.ledger()
    assert len(sent) == 1, sent
    return f"the task ran {executions} times, the message went out {len(sent)} time"


def _executions(log) -> int:
    return log.read_text().count(f"Task {SWEEP}[")


@scenario("F17", "three beats; and none for three hours", short=False)
def beats(ground: Ground) -> str:
    seconds, number = ground.pick(30, 5), ground.pick(100, 10)
    couples_soon(number)
    with _mail(ground) as server, ExitStack() as stack:
        stack.enter_context(ground.worker(app=QUICK, EMAIL_URL=server.url))
        for name in ("beat1", "beat2", "beat3"):
            stack.enter_context(ground.beat(app=QUICK, name=name))
        wait_for(messages().exists, 60, "the first reminders")
        time.sleep(seconds)
        wait_for(lambda: not left(), SENT_WITHIN, "all reminders sent")
        sent = server.ledger()
    assert len(sent) == len(set(sent)) == number, f"{len(sent)} reminders for {number} couples"
    assert not assert_each_was_sent(sent)
    past = _after_three_hours()
    return (
        f"{number} reminders under 3 beats, 0 twice; after 3 hours without one {past} past "
        "visits, 0 reminded"
    )


def _after_three_hours() -> int:
    """Visits that went by meanwhile: neither a new reminder, nor one written before and unsent."""
    later = timezone.now() + timedelta(hours=3)
    before = messages().count()
    services.queue_reminders(now=later)
    assert messages().count() == before
    messages().update(status=Status.QUEUED, due_at=timezone.now(), sent_at=None)
    counts = delivery.deliver_due(now=later)
    assert counts == {"not_needed": before}, counts
    return before


def _times(how_many: int):
    offered = world.marriage_at_bang_rak()
    return [world.slot(offered, places=2_000, no=no) for no in range(how_many)]
