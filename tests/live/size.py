"""How large a race is: `make test` runs the small form, `make faults` the one of the list of
faults (it sets FAULTS=full)."""

import os


def full_or(full: int, small: int) -> int:
    return full if os.environ.get("FAULTS") == "full" else small
