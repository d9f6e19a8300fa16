"""Verbs about personal data and staff."""

from datetime import datetime

from allauth.mfa.models import Authenticator

from accounts.models import Consent, User, ViewLog
from core.db import insert


def record_consent(
    *, purpose: str, text_version: str, language: str, channel: str, now: datetime
) -> Consent:
    """Store that the privacy text was accepted. One INSERT."""
    consent = Consent(
        purpose=purpose,
        text_version=text_version,
        language=language,
        channel=channel,
        given_at=now,
    )
    insert(consent)
    return consent


def log_view(
    *, by: User, office_id: int, case: str, what: str, now: datetime, reason: str = ""
) -> None:
    """Append to the log of openings of personal data; `case` is the reference. One INSERT."""
    ViewLog.objects.create(
        user=by, office_id=office_id, case=case, what=what, reason=reason, at=now
    )


def reset_second_factor(*, user: User) -> None:
    """Forget the authenticator app and the recovery codes of a person, who sets up new ones at
    the next sign-in. Sessions that are open keep their proof."""
    Authenticator.objects.filter(user=user).delete()
