"""Two people at one case: a page says which version it was drawn with, and what was pressed on an
older one is not done."""

from typing import Any

from django.utils.translation import gettext as _

from core import thai_dates
from core.errors import Refused
from core.models import StatusChange


class Changed(Refused):
    """Somebody else was first. `change` is the newest step of the history, to name who and when."""

    def __init__(self, change: StatusChange | None) -> None:
        who = str(change.by) if change and change.by else _("the applicant")
        when = thai_dates.clock(change.at) if change else ""
        super().__init__(
            _("%(who)s changed this case at %(when)s. What you pressed was not saved.")
            % {"who": who, "when": when},
            code="stale",
        )
        self.change = change


def check_version(row: Any, version: int | None) -> None:
    """Raises Changed when `version` is given and no longer that of the row, which has a history
    `changes`. A query only then."""
    if version is not None and row.version != version:
        raise Changed(row.changes.select_related("by").last())
