"""The server for the races, and the last word of each: every invariant still holds."""

import os
import subprocess
import sys
from contextlib import contextmanager
from pathlib import Path

import pytest
from django.core.management import call_command
from django.db import connection

from bookings.models import Party, Slot, Ticket
from tests.live import server as live

CONSTRAINTS = {
    "places": [(Slot, "slot_taken_fits"), (Slot, "slot_taken_online_fits")],
    "one person": [(Party, "one_open_booking_a_person")],
    "one number": [(Ticket, "one_number_a_press")],
}


@pytest.fixture(scope="session")
def static_root(tmp_path_factory):
    """The collected static files: pages in production name them by fingerprint."""
    collected = Path(os.environ.get("STATIC_ROOT", ""))
    if (collected / "staticfiles.json").exists():
        return collected
    folder = tmp_path_factory.mktemp("static")
    subprocess.run(
        [sys.executable, "manage.py", "collectstatic", "--noinput", "--verbosity", "0"],
        cwd=live.ROOT,
        env=live.environment(STATIC_ROOT=str(folder)),
        check=True,
    )
    return folder


@pytest.fixture
def serve(transactional_db, static_root, tmp_path, settings):
    """`with serve() as server:` the real application; `serve("locks")` without a protection."""

    def start(unprotected="", **options):
        if unprotected:
            options |= {"application": "tests.live.unprotected_wsgi", "UNPROTECTED": unprotected}
        # Uploads, tickets: in the folder of the test.
        options["MEDIA_ROOT"] = settings.MEDIA_ROOT
        return live.running(tmp_path, static_root, **options)

    return start


@pytest.fixture
def without_constraints(transactional_db):
    """`with without_constraints("places"):` the database does not refuse what is impossible."""

    @contextmanager
    def taken_away(name):
        constraints = [(model, _constraint(model, word)) for model, word in CONSTRAINTS[name]]
        with connection.schema_editor() as editor:
            for model, constraint in constraints:
                editor.remove_constraint(model, constraint)
        try:
            yield
        finally:
            call_command("flush", interactive=False, verbosity=0)
            with connection.schema_editor() as editor:
                for model, constraint in constraints:
                    editor.add_constraint(model, constraint)

    return taken_away


@pytest.fixture
def deadlocks(transactional_db):
    """How many deadlocks PostgreSQL has had to break in this database so far."""

    def count():
        with connection.cursor() as cursor:
            # Sessions report at most once a second; ask for what they know now.
            cursor.execute("SELECT pg_sleep(1.2), pg_stat_clear_snapshot()")
            cursor.execute(
                "SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()"
            )
            return cursor.fetchone()[0]

    return count


def _constraint(model, name):
    return next(c for c in model._meta.constraints if c.name == name)
