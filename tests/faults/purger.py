"""`python -m tests.faults.purger`: runs `purge_expired` once more each time a line comes in, each
in a child forked from a process that has loaded Django already; says its number, and when it ends.
In batches of three, with a moment for each file, so that a kill may meet it anywhere."""

import os
import sys
import time
from pathlib import Path

import django
from django.core.management import call_command

BATCH = 3
SECONDS_A_FILE = 0.004


def slow_down() -> None:
    from core import retention

    retention.batches.__defaults__ = (BATCH,)
    unlink = Path.unlink

    def slowly(path: Path, missing_ok: bool = False) -> None:
        time.sleep(SECONDS_A_FILE / 2)
        unlink(path, missing_ok=missing_ok)
        time.sleep(SECONDS_A_FILE / 2)

    Path.unlink = slowly


def main() -> None:
    django.setup()
    slow_down()
    for _line in sys.stdin:
        child = os.fork()
        if not child:
            with Path(os.devnull).open("w") as nowhere:
                call_command("purge_expired", stdout=nowhere)
            os._exit(0)
        print(child, flush=True)
        _pid, state = os.waitpid(child, 0)
        print(os.waitstatus_to_exitcode(state), flush=True)


if __name__ == "__main__":
    main()
