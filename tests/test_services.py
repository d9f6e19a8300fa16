"""The tests' own PostgreSQL and Redis, and what is said when they cannot be had."""

import sys
from urllib.parse import urlsplit

import psycopg
import pytest
import redis

from tests import services

NOBODY_LISTENS = "127.0.0.1:1"


@pytest.fixture
def no_server_anywhere(monkeypatch):
    monkeypatch.delenv("TEST_DATABASE_URL", raising=False)
    monkeypatch.delenv("TEST_REDIS_URL", raising=False)
    monkeypatch.setattr(services, "LOCAL_POSTGRES", f"postgresql://postgres@{NOBODY_LISTENS}/p")
    monkeypatch.setattr(services, "LOCAL_REDIS", f"redis://{NOBODY_LISTENS}")


def test_private_servers_start_where_none_answers(no_server_anywhere):
    with services.services() as environment:
        with psycopg.connect(environment["DATABASE_URL"]) as connection:
            assert connection.execute("SELECT 1").fetchone() == (1,)
        with redis.Redis.from_url(environment["REDIS_URL"]) as client:
            assert client.keys() == [b"nadkhet:tests"]

    with pytest.raises(psycopg.OperationalError):
        psycopg.connect(environment["DATABASE_URL"], connect_timeout=2)
    with pytest.raises(redis.ConnectionError):
        redis.Redis.from_url(environment["REDIS_URL"]).ping()


def test_own_database_takes_its_test_databases_with_it():
    with services.postgres() as server:
        with services._own_database(server) as url:
            name = urlsplit(url).path.lstrip("/")
            with psycopg.connect(server, autocommit=True) as connection:
                connection.execute(f"CREATE DATABASE test_{name}_gw0")

        with psycopg.connect(server) as connection:
            left = connection.execute(
                "SELECT datname FROM pg_database WHERE datname LIKE %s", [f"%{name}%"]
            ).fetchall()
    assert left == []


def test_two_runs_get_two_redis_databases():
    with (
        services.redis_server() as server,
        services._own_redis(server) as first,
        services._own_redis(server) as second,
    ):
        assert first != second


def test_postgres_named_but_silent_is_said(monkeypatch, capsys):
    monkeypatch.setenv("TEST_DATABASE_URL", f"postgresql://nobody@{NOBODY_LISTENS}/none")

    code = services.main(["--", sys.executable, "-c", "raise SystemExit('never reached')"])

    assert code == 1
    assert "PostgreSQL at TEST_DATABASE_URL" in capsys.readouterr().err


def test_redis_named_but_silent_is_said(monkeypatch, capsys):
    monkeypatch.setenv("TEST_REDIS_URL", f"redis://{NOBODY_LISTENS}")

    code = services.main(["--", sys.executable, "-c", "raise SystemExit('never reached')"])

    assert code == 1
    assert "Redis at TEST_REDIS_URL" in capsys.readouterr().err


def test_command_gets_the_environment_and_its_code_comes_back():
    look = (
        "import os, sys; "
        "sys.exit(7 if {'DATABASE_URL', 'REDIS_URL', 'SECRET_KEY'} <= os.environ.keys() else 1)"
    )

    assert services.main(["--", sys.executable, "-c", look]) == 7
