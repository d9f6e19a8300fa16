"""`python -m tests.faults.embedded make PLACES | stored | check`: what the harness asks of a SQLite
database, in a process with the settings of embedded mode."""

import json
import sqlite3
import sys

import django


def make(places: str) -> None:
    """Tables, one office and two times; says their ids and day."""
    from django.core.management import call_command

    from tests.live import world

    call_command("migrate", interactive=False, verbosity=0)
    offered = world.marriage_at_bang_rak()
    slots = [world.slot(offered, places=int(places), no=no) for no in range(2)]
    print(json.dumps([[slot.pk, slot.starts_at.isoformat()] for slot in slots]))


def stored() -> None:
    """What is booked: form key → reference."""
    from bookings.models import Booking
    from bookings.workflow import Status

    rows = Booking.objects.exclude(status=Status.HELD).values_list("form_key", "reference")
    print(json.dumps({str(key): reference for key, reference in rows}))


def check() -> None:
    """Every invariant, and SQLite's own check of the file."""
    from django.conf import settings
    from django.core.management import call_command

    call_command("verify_integrity")
    with sqlite3.connect(settings.DATABASES["default"]["NAME"]) as database:
        (said,) = database.execute("PRAGMA integrity_check").fetchone()
    assert said == "ok", said


if __name__ == "__main__":
    django.setup()
    {"make": make, "stored": stored, "check": check}[sys.argv[1]](*sys.argv[2:])
