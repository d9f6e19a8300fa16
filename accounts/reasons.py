"""Why somebody opens the personal data of a case: asked once a case and day, kept in the session
of the person, and written beside every opening (ADR 20)."""

from datetime import datetime

from django.contrib.sessions.backends.base import SessionBase
from django.utils import timezone

from accounts import services
from accounts.staff import StaffRequest

KEY = "view_reasons"


def remember(session: SessionBase, *, case: str, reason: str, now: datetime) -> None:
    """Let the reason stand for this case until the end of the day."""
    today = timezone.localdate(now).isoformat()
    # Those of other days are over.
    kept = {name: row for name, row in session.get(KEY, {}).items() if row[0] == today}
    session[KEY] = {**kept, case: [today, reason]}


def log_opening(
    http: StaffRequest, *, office_id: int, case: str, what: str, reason: str, now: datetime
) -> None:
    """Write the row of the view log, before anything is shown, and remember the reason."""
    remember(http.session, case=case, reason=reason, now=now)
    services.log_view(
        by=http.user, office_id=office_id, case=case, what=what, reason=reason, now=now
    )


def reason_for(session: SessionBase, *, case: str, now: datetime) -> str:
    """The reason given today for this case; empty when none was."""
    day, reason = session.get(KEY, {}).get(case, ("", ""))
    return reason if day == timezone.localdate(now).isoformat() else ""
