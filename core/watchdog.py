"""Keeps a Celery worker at work. A worker can live on and take nothing more from Redis after a
connection broke (celery#8030); a restart policy never sees that, because it does not end. So a
canary is sent through its own queue, and a worker that lets it lie is started anew
(fault F15)."""

import logging
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path
from types import FrameType

from celery import current_app

from core.tasks import FILE_VARIABLE, canary

logger = logging.getLogger(__name__)

LOOK_SECONDS = 0.5
# A task may take so long after SIGTERM; then the worker is killed, and its task comes again.
STOP_SECONDS = 20
CANARIES_A_SILENCE = 9
# A worker that has just been started is given longer.
START_SECONDS = 60


class WorkerEnded(Exception):
    """That one is for the restart policy, which waits between two tries."""


class Watchdog:
    """Runs one worker; `silence` is how many seconds without a canary are too many. The worker
    is at the head of a process group of its own, which goes with it."""

    def __init__(self, *, arguments: Sequence[str], file: Path, silence: float) -> None:
        self.file = file
        self.silence = silence
        self.queue = f"canary.{os.uname().nodename}.{os.getpid()}"
        queues = f"{current_app.conf.task_default_queue},{self.queue}"
        self.command = [sys.executable, "-m", "celery", "-A", "config", "worker", "-Q", queues]
        self.command += arguments
        self.stop_asked = self.is_heard = False
        self.heard_at = self.sent_at = 0.0
        self.worker: subprocess.Popen[bytes] | None = None

    def ask_to_stop(self, number: int, frame: FrameType | None) -> None:
        """Handle a signal."""
        self.stop_asked = True

    def run(self, clock: Callable[[], float] = time.monotonic) -> None:
        """Keep a worker running until a stop is asked for. Raises WorkerEnded."""
        try:
            while not self.stop_asked:
                self.look(clock())
                time.sleep(LOOK_SECONDS)
        finally:
            self._stop()
            self._remove_queue()

    def look(self, now: float) -> None:
        """One look: start a worker if there is none, send a canary when it is time, end a silent
        one. A broker that is away is not the worker's fault: time does not run then.

        Raises WorkerEnded."""
        if self.worker is None:
            self._start(now)
        elif self.worker.poll() is not None:
            raise WorkerEnded(f"The worker ended by itself with code {self.worker.returncode}.")
        if self.file.exists():
            self.file.unlink()
            self.heard_at, self.is_heard = now, True
        if now - self.sent_at >= self.silence / CANARIES_A_SILENCE:
            self.sent_at = now
            if not self._send():
                self.heard_at = now
        limit = self.silence if self.is_heard else max(self.silence, START_SECONDS)
        if now - self.heard_at > limit:
            logger.error("the worker took no task for %.0f s: starting it anew", limit)
            self._stop()

    def _start(self, now: float) -> None:
        self.file.unlink(missing_ok=True)
        self.heard_at, self.is_heard = now, False
        environment = {**os.environ, FILE_VARIABLE: str(self.file)}
        self.worker = subprocess.Popen(  # noqa: S603 -- the command is our own
            self.command, env=environment, process_group=0
        )

    def _send(self) -> bool:
        try:
            canary.apply_async(queue=self.queue, expires=self.silence, retry=False)
        except Exception as error:  # each transport has its own
            logger.warning("no canary sent: %s", type(error).__name__)
            return False
        return True

    def _stop(self) -> None:
        """Let the worker finish its task, then end its whole group."""
        worker, self.worker = self.worker, None
        if worker is None:
            return
        worker.terminate()
        with suppress(subprocess.TimeoutExpired):
            worker.wait(STOP_SECONDS)
        with suppress(ProcessLookupError):
            os.killpg(worker.pid, signal.SIGKILL)
        worker.wait()

    def _remove_queue(self) -> None:
        try:
            with current_app.connection_for_write(connect_timeout=1) as broker:
                broker.default_channel.queue_delete(self.queue)
        except Exception as error:
            logger.warning("the queue of the canary stays: %s", type(error).__name__)
