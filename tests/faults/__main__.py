"""`python -m tests.faults [--short] [--keep] [F4 F18 …]`: what Nadkhet does when something breaks,
on a PostgreSQL and a Redis of this run only. One line for each fault; exit 1
when one is not survived. `docs/faults.md` says what is shown."""

import argparse
import os
import secrets
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import traceback
from contextlib import contextmanager
from pathlib import Path

from tests.faults.scenario import Scenario, in_order
from tests.faults.stores import Postgres, Redis
from tests.services import ServiceMissing

MODULES = ("broker", "clock", "closing", "cuts", "mail", "pages", "races", "sqlite", "stores_down")
LOG_CHARACTERS = 4_000


def main(arguments: list[str]) -> int:
    options = _parsed(arguments)
    # So that a terminated run still takes its servers with it.
    signal.signal(signal.SIGTERM, lambda number, frame: sys.exit(128 + number))
    folder = Path(tempfile.mkdtemp(prefix="nadkhet-faults-"))
    try:
        with _ground(folder, short=options.short) as ground:
            return _run(ground, [name.upper() for name in options.numbers])
    except ServiceMissing as missing:
        print(missing, file=sys.stderr)
        return 3
    finally:
        if options.keep:
            print(f"kept: {folder}")
        else:
            shutil.rmtree(folder, ignore_errors=True)


def _parsed(arguments: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="tests.faults", description=__doc__)
    parser.add_argument("--short", action="store_true", help="small numbers, under a minute")
    parser.add_argument("--keep", action="store_true", help="leave logs and data in /tmp")
    parser.add_argument("numbers", nargs="*", help="only these, in this order: F18 F4")
    return parser.parse_args(arguments)


@contextmanager
def _ground(folder: Path, *, short: bool):
    """Start the servers, then Django on them; all of it is ended with the block."""
    for name in ("pg", "redis", "static"):
        (folder / name).mkdir()
    postgres, redis = Postgres(folder / "pg"), Redis(folder / "redis")
    try:
        postgres.start()
        postgres.create()
        redis.start()
        os.environ |= {
            "DJANGO_SETTINGS_MODULE": "config.settings",
            "DATABASE_URL": postgres.url,
            "REDIS_URL": redis.url,
            "SECRET_KEY": secrets.token_urlsafe(48),
            "FIELD_KEYS": secrets.token_urlsafe(48),
            "SITE_URL": "http://localhost:8000",
            "EMAIL_URL": "memorymail://",
            "STATIC_ROOT": str(folder / "static"),
            "MEDIA_ROOT": str(folder / "media"),
            "LOG_LEVEL": "ERROR",
            # How large the races are (tests/live/size.py).
            "FAULTS": "short" if short else "full",
        }
        yield _prepared(folder, postgres, redis, short=short)
    finally:
        postgres.stop()
        redis.stop()


def _prepared(folder: Path, postgres: Postgres, redis: Redis, *, short: bool):
    # Only now: settings are read from the environment that was just made.
    import django

    django.setup()
    from tests.faults import ground

    ground.prepare()
    command = [sys.executable, "manage.py", "collectstatic", "--noinput", "--verbosity", "0"]
    subprocess.run(command, check=True)
    return ground.Ground(folder, postgres, redis, folder / "static", short)


def _run(ground, numbers: list[str]) -> int:
    for name in MODULES:
        __import__(f"tests.faults.{name}")
    chosen = [one for one in in_order() if _is_wanted(one, ground.short, numbers)]
    if numbers:
        chosen.sort(key=lambda one: numbers.index(one.number))
    if unknown := set(numbers) - {one.number for one in chosen}:
        print(f"no such fault here: {', '.join(sorted(unknown))}", file=sys.stderr)
        return 2
    start = time.monotonic()
    results = [_show(ground, one) for one in chosen]
    seconds = time.monotonic() - start
    print(
        f"{results.count('ok')} survived, {results.count('FAIL')} failed, {seconds:.0f} s",
        flush=True,
    )
    return int("FAIL" in results)


def _is_wanted(one: Scenario, short: bool, numbers: list[str]) -> bool:
    return one.number in numbers if numbers else one.short or not short


def _show(ground, one: Scenario) -> str:
    """Run one scenario and print its line; gives "ok" or "FAIL"."""
    start = time.monotonic()
    ground.logs.clear()
    result, figure, trace = "ok", "", ""
    try:
        ground.settle()
        ground.empty()
        figure = one.run(ground)
        _prove(ground)
    except Exception as error:
        result, figure, trace = "FAIL", str(error).strip()[:2_000], traceback.format_exc()
    took = time.monotonic() - start
    print(f"{one.number:<4} {result:<4} {took:5.1f} s  {one.what}: {figure}", flush=True)
    if result == "FAIL":
        _explain(ground, trace)
    return result


def _prove(ground) -> None:
    from tests.races.invariants import broken_invariants

    ground.settle()
    broken = broken_invariants()
    assert not broken, f"broken invariants: {broken}"


def _explain(ground, trace: str) -> None:
    print(trace, file=sys.stderr)
    for log in ground.logs[-3:]:
        text = log.read_text(errors="replace")[-LOG_CHARACTERS:]
        print(f"--- {log.name}\n{text}", file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
