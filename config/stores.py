"""Where things are kept: SQLite and the memory of each process when embedded, PostgreSQL and Redis
in production."""

from typing import Any

from config.environment import EMBEDDED, VAR, env

DATABASES: dict[str, dict[str, Any]]
if EMBEDDED:
    VAR.mkdir(exist_ok=True)
    DATABASES = {
        "default": {
            "ENGINE": "django.db.backends.sqlite3",
            "NAME": VAR / "nadkhet.sqlite3",
            "OPTIONS": {
                # DEFERRED fails at once with "database is locked" where another has written since
                # the first read (fault F31).
                "transaction_mode": "IMMEDIATE",
                "timeout": 20,
                "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL;",
            },
        }
    }
else:
    from psycopg import IsolationLevel

    database = env.db("DATABASE_URL")
    DATABASES = {
        "default": {
            **database,
            "ENGINE": "django.db.backends.postgresql",
            "CONN_MAX_AGE": env.int("CONN_MAX_AGE", default=600),
            "CONN_HEALTH_CHECKS": True,
            "OPTIONS": {
                # Under REPEATABLE READ a lock does not show what was taken before it was granted;
                # the database's own default must not bring it in.
                "isolation_level": IsolationLevel.READ_COMMITTED,
                # Only what core.db.planned_cursor runs; a pooler in front must know of it.
                "prepare_threshold": 0,
                "options": "-c lock_timeout=3s -c idle_in_transaction_session_timeout=10s"
                # Else the first five times of each of them are planned anew.
                " -c plan_cache_mode=force_generic_plan"
                f" -c statement_timeout={env.str('STATEMENT_TIMEOUT', default='5s')}",
                **database.get("OPTIONS", {}),
            },
        }
    }

REDIS_URL = env.str("REDIS_URL", default="")
CACHES: dict[str, dict[str, object]] = {
    "default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"},
    # Pages drawn a moment ago (portal.kept); each process has its own few.
    "process": {
        "BACKEND": "django.core.cache.backends.locmem.LocMemCache",
        "LOCATION": "process",
        "OPTIONS": {"MAX_ENTRIES": 100},
    },
}
if REDIS_URL:
    CACHES["default"] = {
        "BACKEND": "django.core.cache.backends.redis.RedisCache",
        "LOCATION": REDIS_URL,
        "OPTIONS": {"socket_connect_timeout": 1, "socket_timeout": 1},
    }
# Where limits are counted while Redis is away.
CACHES["local"] = {
    "BACKEND": "django.core.cache.backends.locmem.LocMemCache",
    "LOCATION": "local",
    "OPTIONS": {"MAX_ENTRIES": 10_000},
}
