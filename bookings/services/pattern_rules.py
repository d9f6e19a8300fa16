"""The rows of a pattern: as they are stored, and which may be."""

from collections.abc import Sequence
from datetime import time
from itertools import pairwise

from django.utils.translation import gettext as _

from core.errors import Refused
from offices.models import OpeningPattern

# The printed number of a time, when it starts and ends.
Row = tuple[int, time, time]


def rows_of(pattern: OpeningPattern) -> list[Row]:
    return list(pattern.times.order_by("no").values_list("no", "starts", "ends"))


def check_rows(rows: Sequence[Row]) -> None:
    """Raises Refused("times" | "order" | "twice" | "overlap"), naming the times."""
    if not rows:
        raise Refused(_("Enter at least one time."), code="times")
    for _no, starts, ends in rows:
        if ends <= starts:
            raise Refused(
                _("%(time)s: the end must be after the start.") % {"time": _clock(starts, ends)},
                code="order",
            )
    if len({no for no, _starts, _ends in rows}) < len(rows):
        raise Refused(_("Each time needs a number of its own."), code="twice")
    in_order = sorted(rows, key=lambda row: row[1])
    for (_n, starts, ends), (_m, later, later_ends) in pairwise(in_order):
        if later < ends:
            raise Refused(
                _("%(one)s and %(other)s overlap.")
                % {"one": _clock(starts, ends), "other": _clock(later, later_ends)},
                code="overlap",
            )


def _clock(starts: time, ends: time) -> str:
    return f"{starts:%H.%M}–{ends:%H.%M}"
