"""Measures the budget of speed on an empty PostgreSQL database (DATABASE_URL) and prints one
table; exit 1 when a goal that must hold does not. `make bench` runs it; README.md reads it."""

import os
import sys
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import django
from django.core.management import call_command

from benchmarks.report import Line, print_table

QUICK = "--quick" in sys.argv


def main() -> int:
    with tempfile.TemporaryDirectory(prefix="nadkhet-bench-") as folder:
        os.environ |= {
            "DJANGO_SETTINGS_MODULE": "config.settings",
            "SITE_URL": "http://localhost",
            "STATIC_ROOT": str(Path(folder) / "static"),
            "LOG_LEVEL": "ERROR",
        }
        os.environ.pop("DEBUG", None)
        django.setup()
        call_command("migrate", verbosity=0)
        call_command("seed_reference", verbosity=0)
        call_command("generate_slots", verbosity=0)
        call_command("collectstatic", interactive=False, verbosity=0)
        lines = []
        for line in _measure(Path(folder)):
            print(line.number, line.ours, "|", line.other, flush=True)
            lines.append(line)
    print_table(lines)
    return 1 if any(line.must_missed for line in lines) else 0


def _measure(folder: Path) -> Iterator[Line]:
    # Models can be imported only after django.setup().
    from benchmarks import measures, peers
    from benchmarks.servers import serve

    with ExitStack() as stack:
        product = stack.enter_context(serve("config.wsgi", settings="config.settings"))
        yardstick = stack.enter_context(
            serve("benchmarks.yardstick.wsgi", settings="benchmarks.yardstick.settings")
        )
        bench = measures.Bench(product, yardstick, quick=QUICK)
        yield from bench.lines()
        try:
            with peers.django_appointment(folder) as peer:
                yield from bench.against(peer)
        except (peers.PeerMissing, RuntimeError) as missing:
            yield Line("P2", "booking POST / django-appointment", must=5, aim=10, note=str(missing))
        yield bench.memory()


if __name__ == "__main__":
    sys.exit(main())
