"""A command that is waited for, and that may clean up behind itself when it takes too long."""

import signal
import subprocess
from collections.abc import Sequence
from contextlib import suppress

CLEANING_UP_SECONDS = 60


def finished(
    command: Sequence[str], *, seconds: float, stop: int = signal.SIGTERM, **options
) -> tuple[int, str]:
    """Run a command to its end; gives its exit code and what it said. When it takes longer, or we
    are ended ourselves, it gets `stop`, so that it ends the servers that it has started; then
    subprocess.TimeoutExpired is raised."""
    process = subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, **options
    )
    try:
        said, _ = process.communicate(timeout=seconds)
        return process.returncode, said
    finally:
        if process.poll() is None:
            process.send_signal(stop)
            with suppress(subprocess.TimeoutExpired):
                process.communicate(timeout=CLEANING_UP_SECONDS)
            process.kill()
            process.wait()
