"""What only one of the two databases has, behind one function each (design §4), and the
statements of the busiest path without the cost of building them anew."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import cache
from typing import Any, cast

from django.db import DatabaseError, connection, models
from django.db.models import Field


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


def for_update(table: str) -> str:
    """The end of a SELECT of our own that locks the rows of a table (or its alias) until the
    transaction ends; nothing on SQLite, as in `lock_rows`."""
    return f" FOR UPDATE OF {table}" if connection.features.has_select_for_update else ""


@contextmanager
def together() -> Iterator[None]:
    """Send the statements inside without waiting for the answer to each: PostgreSQL's pipeline,
    one by one on SQLite. For statements that need nothing of one another's answers; what the
    database refuses is raised at the end of the block."""
    if connection.vendor != "postgresql":
        yield
        return
    with connection.wrap_database_errors, connection.connection.pipeline():
        yield


def insert_one(row: models.Model) -> None:
    """As `insert`, and give the row its id."""
    sql, values = _insert_of((row,))
    with connection.cursor() as cursor:
        cursor.execute(f"{sql} RETURNING id", values)
        (row.pk,) = cursor.fetchone()


def insert(*rows: models.Model, ignore_conflicts: bool = False) -> None:
    """Store new rows of one model with one INSERT: what bulk_create() does at a third of its
    cost, for the few tables that every booking writes; their ids stay unknown. No signals; fields
    with pre_save() and database defaults are not for this."""
    sql, values = _insert_of(rows)
    with connection.cursor() as cursor:
        cursor.execute(f"{sql} ON CONFLICT DO NOTHING" if ignore_conflicts else sql, values)


def _insert_of(rows: Sequence[models.Model]) -> tuple[str, list[Any]]:
    sql, fields = _insert_sql(type(rows[0]), len(rows))
    values = [
        field.get_db_prep_save(getattr(row, field.attname), connection)
        for row in rows
        for field in fields
    ]
    for row in rows:
        row._state.adding, row._state.db = False, connection.alias
    return sql, values


def update(row: models.Model, fields: Sequence[str]) -> None:
    """Save the named fields of a row, as save(update_fields=...) does, at a third of its cost."""
    sql, columns = _update_sql(type(row), tuple(fields))
    values = [field.get_db_prep_save(getattr(row, field.attname), connection) for field in columns]
    with connection.cursor() as cursor:
        cursor.execute(sql, [*values, row.pk])
        if cursor.rowcount == 0:  # -1 inside `together`, where it is not known yet
            raise DatabaseError("the row to update is gone")


@cache
def _insert_sql(model: type[models.Model], count: int) -> tuple[str, list["Field[Any, Any]"]]:
    fields = [f for f in model._meta.concrete_fields if not isinstance(f, models.AutoField)]
    names = ", ".join(connection.ops.quote_name(str(field.column)) for field in fields)
    row = f"({', '.join(['%s'] * len(fields))})"
    rows = ", ".join([row] * count)
    # Names of ours only; every value is a parameter.
    return f"INSERT INTO {model._meta.db_table} ({names}) VALUES {rows}", fields  # noqa: S608


@cache
def _update_sql(
    model: type[models.Model], names: tuple[str, ...]
) -> tuple[str, list["Field[Any, Any]"]]:
    fields = [cast("Field[Any, Any]", model._meta.get_field(name)) for name in names]
    changes = ", ".join(f"{connection.ops.quote_name(str(field.column))} = %s" for field in fields)
    return f"UPDATE {model._meta.db_table} SET {changes} WHERE id = %s", fields  # noqa: S608
