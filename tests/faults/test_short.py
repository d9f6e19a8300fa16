"""The short form of `make faults`: one line for each fault, on servers of its own."""

import subprocess
import sys

import pytest

from tests.live.server import ROOT

# Forty seconds or so on a machine that has nothing else to do.
SECONDS = 900


@pytest.mark.postgres
def test_what_breaks_is_survived():
    done = subprocess.run(
        [sys.executable, "-m", "tests.faults", "--short"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=SECONDS,
    )

    print(done.stdout)
    assert done.returncode == 0, done.stdout + done.stderr[-6_000:]
    assert " 0 failed" in done.stdout
