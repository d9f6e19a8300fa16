"""The statements of the busiest path, without the cost of building and planning them anew
(ADR 12). What is not on that path uses the ORM."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, nullcontext
from contextvars import ContextVar
from functools import cache
from typing import Any, TypeAlias, TypeVar, cast

import psycopg
from django.db import (
    DEFAULT_DB_ALIAS,
    DatabaseError,
    connection,
    connections,
    models,
    transaction,
)

from core.db import planned_cursor

Row = TypeVar("Row", bound=models.Model)
_Field: TypeAlias = "models.Field[Any, Any]"
_Fields: TypeAlias = "tuple[_Field, ...]"


class Stale(Exception):
    """The row on which what is to be stored depends is no longer as it must be."""


# --- reading ------------------------------------------------------------------------------------


def columns(model: type[models.Model], table: str) -> str:
    """All columns of a model for a SELECT of ours, in which its table has this name."""
    return ", ".join(f"{table}.{_quoted(field)}" for field in model._meta.concrete_fields)


def read(model: type[Row], sql: str, values: Sequence[Any] | Mapping[str, Any]) -> list[Row]:
    """The rows of a SELECT of ours as objects, as Model.objects.raw() gives them at a quarter of
    its cost: a column that is no field becomes an attribute, a field left out is read when asked
    for. One query."""
    with planned_cursor() as cursor:
        cursor.execute(sql, values)
        if (shape := _shapes.get((model, sql))) is None:
            names = [column[0] for column in cursor.description]
            shape = _shapes[model, sql] = _Shape(model, names)
        return [shape.made_of(row) for row in cursor.fetchall()]


def partly(model: type[Row], **known: Any) -> Row:
    """A stored row of which only these columns were read; the rest is read when asked for."""
    names = [f.attname for f in model._meta.concrete_fields if f.attname in known]
    return model.from_db(DEFAULT_DB_ALIAS, names, [known[name] for name in names])


class _Shape:
    """Where the fields of a model stand in the rows of a SELECT."""

    def __init__(self, model: type[models.Model], names: list[str]) -> None:
        fields = [f for f in model._meta.concrete_fields if f.column in names]
        self.model = model
        self.attributes = [field.attname for field in fields]
        self.places = [names.index(str(field.column)) for field in fields]
        self.others = {n: name for n, name in enumerate(names) if n not in self.places}
        self.converters = [
            (number, convert, column)
            for number, field in enumerate(fields)
            for column in [field.get_col(model._meta.db_table)]
            for convert in (
                *connection.ops.get_db_converters(column), *field.get_db_converters(connection)
            )
        ]  # fmt: skip

    def made_of(self, row: Sequence[Any]) -> Any:
        values = [row[place] for place in self.places]
        for number, convert, column in self.converters:
            values[number] = convert(values[number], column, connection)
        made = self.model.from_db(DEFAULT_DB_ALIAS, self.attributes, values)
        for place, name in self.others.items():
            setattr(made, name, row[place])
        return made


# By the text of the SELECT; there are as many as this project writes out.
_shapes: dict[tuple[type[models.Model], str], _Shape] = {}


# --- writing ------------------------------------------------------------------------------------


@contextmanager
def together(row: models.Model, *, version: int) -> Iterator[None]:
    """As `after`, if the row still has this version (a column of that name); it is locked first.

    Raises Stale when the row has another version by now."""
    lock = "FOR UPDATE" if connection.features.has_select_for_update else ""
    table = row._meta.db_table
    first = f"SELECT 1 FROM {table} WHERE id = %s AND version = %s {lock}"  # noqa: S608 -- our names
    with after(first, [row.pk, version]):
        yield


@contextmanager
def after(first: str, values: Sequence[Any]) -> Iterator[None]:
    """Run `first`, which locks or changes a row and gives it back, and store what is inserted and
    updated inside, all or nothing. The block must not need an answer of the database: the id of
    `insert_one` is known after it.

    Raises Stale when `first` finds no row. On PostgreSQL all is one statement, which needs no
    transaction around it; on SQLite one transaction."""
    if connection.vendor != "postgresql":
        with transaction.atomic():
            with connection.cursor() as cursor:
                cursor.execute(first, values)
                if not cursor.fetchall():
                    raise Stale
            yield
        return
    batch = _Batch(first, values)
    token = _batch.set(batch)
    try:
        yield
    finally:
        _batch.reset(token)
    with transaction.atomic() if connection.in_atomic_block else nullcontext():
        batch.store()


def insert(*rows: models.Model, ignore_conflicts: bool = False) -> None:
    """Store new rows of one model: what bulk_create() does at a third of its cost, for the few
    tables that every booking writes; their ids stay unknown. No signals; fields with pre_save()
    and database defaults are not for this. One INSERT."""
    ending = " ON CONFLICT DO NOTHING" if ignore_conflicts else ""
    if batch := _batch.get():
        for row in rows:
            batch.insert(row, ending)
        return
    fields = _stored(type(rows[0]))
    values = [value for row in rows for value in _values(row, fields)]
    places = ", ".join([f"({', '.join(['%s'] * len(fields))})"] * len(rows))
    with planned_cursor() as cursor:
        cursor.execute(f"{_into(type(rows[0]))} VALUES {places}{ending}", values)


def insert_one(row: models.Model) -> None:
    """As `insert`, and give the row its id."""
    if batch := _batch.get():
        batch.insert_one(row)
        return
    values = _values(row, _stored(type(row)))
    places = ", ".join(["%s"] * len(values))
    with planned_cursor() as cursor:
        cursor.execute(f"{_into(type(row))} VALUES ({places}) RETURNING id", values)
        (row.pk,) = cursor.fetchone()


def update(row: models.Model, names: Sequence[str]) -> None:
    """Save the named fields of a row, as save(update_fields=...) does, at a third of its cost."""
    fields = _named(type(row), tuple(names))
    if batch := _batch.get():
        batch.update(row, fields)
        return
    changes = ", ".join(f"{_quoted(field)} = %s" for field in fields)
    with planned_cursor() as cursor:
        cursor.execute(
            f"UPDATE {row._meta.db_table} SET {changes} WHERE id = %s",  # noqa: S608 -- our names
            [*_values(row, fields), row.pk],
        )
        if cursor.rowcount == 0:
            raise DatabaseError("the row to update is gone")


class _Id:
    """The id of a row that is still to be stored, and who waits for it."""

    def __init__(self, part: str) -> None:
        self.sql = f"(SELECT id FROM {part})"  # noqa: S608 -- a name of ours
        self.holders: list[tuple[models.Model, str]] = []

    def as_sql(self, *args: Any) -> tuple[str, tuple[()]]:
        """Fields let what has this method pass as it is."""
        return self.sql, ()


class _Batch:
    """The writes of one `after` as one statement: a WITH whose parts all hang on the row of the
    first, so that none of them happens without it."""

    def __init__(self, first: str, values: Sequence[Any]) -> None:
        self.parts = [first % tuple(f"${number}" for number in range(1, len(values) + 1))]
        self.values = list(values)
        self.ids: list[_Id] = []

    def insert(self, row: models.Model, ending: str) -> None:
        places = ", ".join(self._places(row, _stored(type(row))))
        self.parts.append(f"{_into(type(row))} SELECT {places} FROM part0{ending}")  # noqa: S608

    def insert_one(self, row: models.Model) -> None:
        row.pk = made = _Id(f"part{len(self.parts)}")
        self.insert(row, " RETURNING id")
        made.holders.append((row, "pk"))
        self.ids.append(made)

    def update(self, row: models.Model, fields: _Fields) -> None:
        places = zip(fields, self._places(row, fields), strict=True)
        changes = ", ".join(f"{_quoted(field)} = {place}" for field, place in places)
        table = row._meta.db_table
        self.values.append(row.pk)
        where = f"{table}.id = ${len(self.values)}"
        self.parts.append(f"UPDATE {table} SET {changes} FROM part0 WHERE {where}")  # noqa: S608

    def store(self) -> None:
        """Raises Stale."""
        parts = ", ".join(f"part{number} AS ({part})" for number, part in enumerate(self.parts))
        answers = ", ".join(["(SELECT count(*) FROM part0)", *(made.sql for made in self.ids)])
        with planned_cursor(psycopg.RawCursor) as cursor:
            cursor.execute(f"WITH {parts} SELECT {answers}", self.values)
            found, *ids = cursor.fetchone()
        if not found:
            raise Stale
        for made, number in zip(self.ids, ids, strict=True):
            for row, attribute in made.holders:
                setattr(row, attribute, number)

    def _places(self, row: models.Model, fields: _Fields) -> Iterator[str]:
        """What stands for each value in the statement; a NULL costs no parameter."""
        for field, value in zip(fields, _values(row, fields), strict=True):
            if isinstance(value, _Id):
                value.holders.append((row, field.attname))
                yield value.sql
            elif value is None:
                yield "NULL"
            else:
                self.values.append(value)
                yield f"${len(self.values)}"


_TEXT = (models.CharField, models.TextField)
_batch: ContextVar[_Batch | None] = ContextVar("batch", default=None)


def _values(row: models.Model, fields: _Fields) -> list[Any]:
    own = connections[DEFAULT_DB_ALIAS]  # not `connection`, which asks which thread it is each time
    row._state.adding, row._state.db = False, own.alias
    values = [(field, getattr(row, field.attname)) for field in fields]
    # Most are text or nothing, which go as they are.
    return [
        value
        if value is None or (type(value) is str and isinstance(field, _TEXT))
        else field.get_db_prep_save(value, own)
        for field, value in values
    ]


@cache
def _into(model: type[models.Model]) -> str:
    names = ", ".join(_quoted(field) for field in _stored(model))
    return f"INSERT INTO {model._meta.db_table} ({names})"


@cache
def _stored(model: type[models.Model]) -> _Fields:
    """The fields of a new row: all but the id that the database gives."""
    return tuple(f for f in model._meta.concrete_fields if not isinstance(f, models.AutoField))


@cache
def _named(model: type[models.Model], names: tuple[str, ...]) -> _Fields:
    return tuple(cast("_Field", model._meta.get_field(name)) for name in names)


@cache
def _quoted(field: _Field) -> str:
    return connection.ops.quote_name(str(field.column))
