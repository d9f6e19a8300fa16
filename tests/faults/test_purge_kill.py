"""`purge_expired` dies by kill -9, twenty times (fault F39): no open case loses anything,
files and rows agree after every kill (I7), and the next run ends what is left."""

import os
import random
import signal
import subprocess
import sys
import time
from contextlib import contextmanager, suppress
from datetime import timedelta
from pathlib import Path

import pytest
from django.conf import settings
from django.utils import timezone

from bookings.models import Booking, Document
from bookings.services import integrity
from bookings.workflow import Status
from tests.factories import booking_at, make_offered, make_slot
from tests.live.server import ROOT, environment
from tests.live.size import full_or
from tests.races.invariants import broken_invariants

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]

KILLS, OVER, OPEN = full_or(50, 20), full_or(75, 30), 5
# How far a run may come before it is killed: pictures and names, of 2 * OVER in all.
MOST_STEPS = 4
PATIENCE_SECONDS = 30


def test_no_kill_harms_an_open_case_or_parts_file_and_row(tmp_path):
    over, still_open = _cases(tmp_path)
    killed = 0

    with _purger(tmp_path) as purger:
        for _ in range(KILLS):
            killed += _run(purger, kill_at=_steps() + random.randint(0, MOST_STEPS))
            assert _broken() == []
            assert _whole(still_open)
        steps = _steps()
        assert not _run(purger)

    print(
        f"{killed} of {KILLS} runs killed, {steps} of {2 * OVER} steps done under fire, "
        f"0 of {OPEN} open cases touched"
    )
    assert killed > KILLS // 2
    assert steps > 0
    assert not Document.objects.filter(booking__in=over).exists()
    assert Booking.objects.filter(anonymised_at__isnull=False).count() == OVER
    assert _whole(still_open)
    assert len(list(Path(settings.MEDIA_ROOT).rglob("*.jpg"))) == OPEN
    assert broken_invariants() == ""


def _cases(folder):
    offered = make_offered()
    slot = make_slot(offered, capacity=OVER + OPEN)
    over = [booking_at(Status.CANCELLED, offered=offered, slot=slot) for _ in range(OVER)]
    kept = [booking_at(Status.REQUESTED, offered=offered, slot=slot) for _ in range(OPEN)]
    long_ago = timezone.now() - timedelta(days=2_000)
    Booking.objects.filter(status=Status.CANCELLED).update(closed_at=long_ago)
    for booking in [*over, *kept]:
        name = f"documents/{booking.pk}.jpg"
        path = Path(settings.MEDIA_ROOT, name)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"a picture")
        # As old as its case: a file without a row would be seen at once.
        os.utime(path, (long_ago.timestamp(), long_ago.timestamp()))
        Document.objects.create(booking=booking, file=name, kind="jpg", size=9, sent_at=long_ago)
    return over, kept


@contextmanager
def _purger(folder):
    with (folder / "purger.log").open("wb") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "tests.faults.purger"],
            cwd=ROOT,
            env=environment(MEDIA_ROOT=str(settings.MEDIA_ROOT)),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=log,
            text=True,
            bufsize=1,
        )
        try:
            yield process
        finally:
            process.kill()
            process.wait()
            process.stdin.close()
            process.stdout.close()
    print((folder / "purger.log").read_text()[-2000:])


def _steps():
    """Pictures and names that are gone."""
    files = len(list(Path(settings.MEDIA_ROOT).rglob("*.jpg")))
    return OVER + OPEN - files + Booking.objects.filter(anonymised_at__isnull=False).count()


def _run(purger, *, kill_at=None):
    """Whether it was killed before it ended."""
    purger.stdin.write("\n")
    child = int(purger.stdout.readline())
    if kill_at is not None:
        end = time.monotonic() + PATIENCE_SECONDS
        while _steps() < min(kill_at, 2 * OVER) and time.monotonic() < end:
            time.sleep(0.002)
        with suppress(ProcessLookupError):
            os.kill(child, signal.SIGKILL)
    code = int(purger.stdout.readline())
    assert code in (0, -signal.SIGKILL)
    return code != 0


def _broken():
    return [str(f) for f in integrity.findings(now=timezone.now()) if "I7" in f.name and f.problems]


def _whole(bookings):
    rows = Document.objects.filter(booking__in=bookings)
    files = all(Path(settings.MEDIA_ROOT, name).exists() for name in _names(rows))
    named = Booking.objects.filter(pk__in=[one.pk for one in bookings], anonymised_at=None)
    return files and rows.count() == named.exclude(phone="").count() == len(bookings)


def _names(rows):
    return rows.values_list("file", flat=True)
