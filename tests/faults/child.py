"""A command that is waited for, and that may clean up behind itself when it takes too long."""

import os
import signal
import subprocess
from collections.abc import Sequence
from contextlib import suppress

from tests.faults.stores import children

CLEANING_UP_SECONDS = 20


def finished(
    command: Sequence[str], *, seconds: float, stop: int = signal.SIGTERM, **options
) -> tuple[int, str]:
    """Run a command to its end; gives its exit code and what it said. When it takes longer, or we
    are ended ourselves, it gets `stop`, so that it ends the servers that it has started; what is
    left of them is killed, and subprocess.TimeoutExpired is raised."""
    process = subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, **options
    )
    try:
        said, _ = process.communicate(timeout=seconds)
        return process.returncode, said
    finally:
        if process.poll() is None:
            process.send_signal(stop)
            below = children(process.pid)
            with suppress(subprocess.TimeoutExpired):
                process.communicate(timeout=CLEANING_UP_SECONDS)
            process.kill()
            process.wait()
            for pid in below:
                with suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGKILL)
