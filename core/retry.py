"""Running a unit of work again when the database could not order it beside others (fault
F21): nothing was stored then, and a person need not hear of it."""

import random
import time
from collections.abc import Callable
from functools import wraps
from typing import ParamSpec, TypeVar

from django.db import OperationalError, connection

SERIALIZATION_FAILURE, DEADLOCK = "40001", "40P01"
AGAIN = 3
# Two that met are not to meet again.
LONGEST_PAUSE_SECONDS = 0.1

P = ParamSpec("P")
R = TypeVar("R")


def retried(verb: Callable[P, R]) -> Callable[P, R]:
    """Run the verb whole again, at most AGAIN times, after a deadlock or a serialization failure.
    Inside a caller's transaction the verb is not the whole, and the error goes up.

    For verbs that keep nothing of a failed try and whose every transaction may come twice."""

    @wraps(verb)
    def whole(*args: P.args, **kwargs: P.kwargs) -> R:
        for _attempt in range(AGAIN):
            try:
                return verb(*args, **kwargs)
            except OperationalError as error:
                if connection.in_atomic_block or not is_passing(error):
                    raise
                time.sleep(random.uniform(0, LONGEST_PAUSE_SECONDS))  # noqa: S311 -- no secret
        return verb(*args, **kwargs)

    return whole


def is_passing(error: OperationalError) -> bool:
    """Whether the same statements may succeed a moment later."""
    state = getattr(error.__cause__, "sqlstate", None)
    return state in (SERIALIZATION_FAILURE, DEADLOCK)
