"""Seeing from outside that one transaction waits for another."""

import time

import pytest
from django.db import connection

WAITING = "SELECT count(*) FROM pg_locks WHERE NOT granted"


def wait_until_blocked() -> None:
    for _attempt in range(100):
        with connection.cursor() as cursor:
            cursor.execute(WAITING)
            if cursor.fetchone()[0]:
                return
        time.sleep(0.05)
    pytest.fail("nobody waits for a lock")
