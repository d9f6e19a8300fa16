"""What only one of the two databases has, behind one function each (design §4)."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import OperationalError, connection, models


def lock_rows(queryset: models.QuerySet, *, skip_locked: bool = False) -> models.QuerySet:
    """The same rows, locked until the transaction ends, in the order of the queryset. On SQLite
    the IMMEDIATE transaction has locked the whole database already."""
    if connection.features.has_select_for_update:
        return queryset.select_for_update(of=("self",), skip_locked=skip_locked)
    return queryset


def is_busy(error: OperationalError) -> bool:
    """Whether the database gave up waiting (lock, statement time, deadlock, no connection), so
    that the same request can simply be sent again."""
    state = getattr(error.__cause__, "sqlstate", None) or ""
    busy_states = ("40001", "40P01", "55P03", "57014", "57P01", "57P03", "53300", "08")
    return state.startswith(busy_states) or "locked" in str(error) or not state


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
