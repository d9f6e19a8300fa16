"""Verbs about personal data and staff."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from allauth.mfa.models import Authenticator
from django.conf import settings
from django.contrib.admin.models import CHANGE, LogEntry
from django.db import transaction
from django.utils.translation import gettext

from accounts.models import Consent, User, ViewLog
from core.retention import batches
from core.rows import insert_one


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
    insert_one(consent)
    return consent


def log_view(
    *, by: User, office_id: int, case: str, what: str, now: datetime, reason: str = ""
) -> None:
    """Append to the log of openings of personal data; `case` is the reference. One INSERT."""
    ViewLog.objects.create(
        user=by, office_id=office_id, case=case, what=what, reason=reason, at=now
    )


def purge_view_log(now: datetime) -> int:
    """Remove openings older than VIEW_LOG_DAYS; returns how many. Safe to kill and to repeat."""
    old = ViewLog.objects.filter(at__lt=now - timedelta(days=settings.VIEW_LOG_DAYS))
    return sum(ViewLog.objects.filter(pk__in=keys).delete()[0] for keys in batches(old, size=500))


def log_views(
    *, by: User, office_id: int, cases: Iterable[str], what: str, now: datetime, reason: str
) -> None:
    """The same for many cases that were opened together, such as those of a list. One INSERT."""
    ViewLog.objects.bulk_create(
        ViewLog(user=by, office_id=office_id, case=case, what=what, reason=reason, at=now)
        for case in cases
    )


def reset_second_factor(*, user: User, by: User) -> None:
    """Forget the authenticator app and the recovery codes of a person, who sets up new ones at
    the next sign-in. Who reset it stands in the person's history. Sessions that are open keep
    their proof."""
    with transaction.atomic():
        Authenticator.objects.filter(user=user).delete()
        LogEntry.objects.log_actions(
            user_id=by.pk,
            queryset=[user],
            action_flag=CHANGE,
            change_message=gettext("Reset the second factor (lost phone)"),
            single_object=True,
        )
