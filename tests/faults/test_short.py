"""The short form of `make faults`: one line for each fault, on servers of its own."""

import sys

import pytest

from tests.faults.child import finished
from tests.live.server import ROOT

# Forty seconds or so on a machine that has nothing else to do.
SECONDS = 900


@pytest.mark.postgres
def test_what_breaks_is_survived():
    code, said = finished(
        [sys.executable, "-m", "tests.faults", "--short"], seconds=SECONDS, cwd=ROOT
    )

    print(said)
    assert code == 0
    assert " 0 failed" in said
