"""Runs a few programs together on one machine: all of them, or none."""

import os
import signal
import subprocess
import time
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from types import FrameType

STOP_SECONDS = 10
LOOK_SECONDS = 0.2


class ProgramFailed(Exception):
    """A program ended by itself, or never came to work."""

    def __init__(self, name: str, reason: str) -> None:
        super().__init__(f"{name} {reason}")
        self.name = name


class Supervisor:
    """Starts programs, each at the head of a process group of its own (so that a Ctrl-C in the
    terminal reaches only us), with their output in `<logs>/<name>.log`; stops them together."""

    def __init__(self, logs: Path, environment: Mapping[str, str]) -> None:
        self.logs = logs
        self.environment = environment
        self.programs: dict[str, subprocess.Popen[bytes]] = {}
        self.stop_asked = False

    def ask_to_stop(self, number: int, frame: FrameType | None) -> None:
        """Handle a signal. It only notes the wish: raising here could lose a program that is
        just being started."""
        self.stop_asked = True

    def start(self, name: str, command: list[str]) -> None:
        self.logs.mkdir(parents=True, exist_ok=True)
        with self.log(name).open("wb") as output:
            self.programs[name] = subprocess.Popen(  # noqa: S603 -- the commands are our own
                command,
                env=dict(self.environment),
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                process_group=0,
            )

    def log(self, name: str) -> Path:
        return self.logs / f"{name}.log"

    def last_lines(self, name: str, count: int = 20) -> str:
        text = self.log(name).read_text(encoding="utf-8", errors="replace")
        return "\n".join(text.splitlines()[-count:])

    def check(self) -> None:
        """Raises ProgramFailed when a program has ended by itself."""
        for name, program in self.programs.items():
            if program.poll() is not None:
                raise ProgramFailed(name, f"ended by itself with code {program.returncode}")

    def watch(self) -> None:
        """Wait until a stop is asked for. Raises ProgramFailed."""
        while not self.stop_asked:
            self.check()
            time.sleep(LOOK_SECONDS)

    def stop(self) -> None:
        """Ask every program to end, wait STOP_SECONDS for all together, then kill what is left
        of their groups."""
        for program in self.programs.values():
            program.terminate()
        deadline = time.monotonic() + STOP_SECONDS
        for program in self.programs.values():
            with suppress(subprocess.TimeoutExpired):
                program.wait(max(0.0, deadline - time.monotonic()))
        for program in self.programs.values():
            with suppress(ProcessLookupError):
                os.killpg(program.pid, signal.SIGKILL)
            program.wait()
