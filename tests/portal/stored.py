"""What the database holds, to show that a request changed nothing."""

from django.apps import apps
from django.db import connection


def stored(*without: str) -> dict[str, list[tuple]]:
    """Every row of every table, by the name of the table."""
    tables = {model._meta.db_table for model in apps.get_models(include_auto_created=True)}
    rows = {}
    with connection.cursor() as cursor:
        for table in sorted(tables - set(without)):
            cursor.execute(f"SELECT * FROM {connection.ops.quote_name(table)}")
            rows[table] = sorted(cursor.fetchall(), key=repr)
    return rows
