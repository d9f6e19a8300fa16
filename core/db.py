"""What only one of the two databases has, behind one function each. `core.rows` does
the same for writing several rows with one statement."""

from collections.abc import Iterator
from contextlib import contextmanager
from time import monotonic
from typing import Any, cast

import psycopg
from django.db import DEFAULT_DB_ALIAS, connection, connections, models
from django.db.backends.utils import CursorWrapper

IDLE_SECONDS = 1.0


def lock_rows(
    queryset: models.QuerySet, *, skip_locked: bool = False, no_key: bool = False
) -> models.QuerySet:
    """The same rows, locked until the transaction ends, in the order of the queryset. On SQLite
    the IMMEDIATE transaction has locked the whole database already. `no_key` lets others store
    rows that point to these."""
    if connection.features.has_select_for_update:
        return queryset.select_for_update(of=("self",), skip_locked=skip_locked, no_key=no_key)
    return queryset


@contextmanager
def without_time_limit() -> Iterator[None]:
    """Lift PostgreSQL's limit on the time of a statement inside, for reads over whole tables."""
    if connection.vendor != "postgresql":
        yield
        return
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_setting('statement_timeout')")
        (limit,) = cursor.fetchone()
        cursor.execute("SET statement_timeout = 0")
        try:
            yield
        finally:
            cursor.execute("SELECT set_config('statement_timeout', %s, false)", [limit])


def words_of(expression: str) -> str:
    """SQL for all values of a group as one text, a space between them, in no order."""
    function = "string_agg" if connection.vendor == "postgresql" else "group_concat"
    return f"{function}({expression}, ' ')"


def _check_if_idle(own: Any) -> None:
    """Ask whether the server is still there, but not of a connection that a request used within
    the last second: in a rush that question would be asked as often as the real ones."""
    now = monotonic()
    if now - vars(own).get("used_at", 0.0) < IDLE_SECONDS:
        own.health_check_done = True
    own.close_if_health_check_failed()
    vars(own)["used_at"] = now


def planned_cursor(kind: type[psycopg.Cursor[Any]] = psycopg.Cursor) -> CursorWrapper:
    """A cursor for statements that are sent again and again: PostgreSQL plans each of them once a
    connection (`plan_cache_mode` in config.stores). They name their columns, because the plan of
    a `SELECT *` fails when a migration adds one."""
    own = connections[DEFAULT_DB_ALIAS]  # not `connection`, which asks which thread it is each time
    if own.vendor != "postgresql":
        return own.cursor()
    _check_if_idle(own)
    own.ensure_connection()
    # Django's type for a cursor of the driver is that of its own wrapper.
    cursor = cast(CursorWrapper, kind(own.connection))
    if own.queries_logged:
        return own.make_debug_cursor(cursor)
    return own.make_cursor(cursor)
