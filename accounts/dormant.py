"""Closing staff accounts that nobody uses, and opening them again. A closed
account loses its open sessions with its next request: Django asks for `is_active` each time."""

from datetime import datetime, timedelta

from django.conf import settings
from django.contrib.admin.models import CHANGE, LogEntry
from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet
from django.db.models.functions import Coalesce, Greatest
from django.utils.translation import gettext

from accounts.models import StaffRole, User
from accounts.roles import Role
from core.db import lock_rows

# Without one of these nobody could open an account again.
KEYS = (Role.DIRECTOR, Role.CENTRAL)


def unused(now: datetime) -> QuerySet[User]:
    """Active staff who have not signed in for STAFF_DORMANT_DAYS, nor were made or opened again
    since; longest unused first. Not the technical superuser."""
    joined = Coalesce("last_login", "date_joined")
    used = Greatest(joined, "date_joined", Coalesce("reopened_at", "date_joined"))
    limit = now - timedelta(days=settings.STAFF_DORMANT_DAYS)
    rows = User.objects.filter(is_active=True, is_superuser=False).alias(used=used)
    return rows.filter(used__lt=limit).order_by("used", "pk")


def close_unused(now: datetime) -> int:
    """Close them, but for the last active director of an office and the last active person of
    the central office. Returns how many. One short transaction each; safe to repeat."""
    return sum(_close(key, now) for key in list(unused(now).values_list("pk", flat=True)))


def closed_at_offices(user: User) -> QuerySet[User]:
    """Accounts closed because unused that this person looks after, newest first."""
    closed = User.objects.filter(is_active=False, closed_unused_at__isnull=False)
    if not user.sees_whole_city:
        mine = StaffRole.objects.filter(office_id__in=user.office_ids, user=OuterRef("pk"))
        closed = closed.filter(Exists(mine))
    return closed.order_by("-closed_unused_at", "pk")


def note_reopened(user: User, *, now: datetime) -> None:
    """Let the days of an account that is opened again count from now; saved by the caller."""
    user.closed_unused_at, user.reopened_at = None, now


def _close(key: int, now: datetime) -> bool:
    with transaction.atomic():
        # All who hold the keys, so that two sweeps at once cannot close the last two.
        holders = StaffRole.objects.filter(role__in=KEYS).values("user")
        list(lock_rows(User.objects.filter(pk__in=holders).order_by("pk")))
        user = lock_rows(unused(now).filter(pk=key)).first()
        if user is None or _is_last(user):
            return False
        user.is_active, user.closed_unused_at = False, now
        user.save(update_fields=["is_active", "closed_unused_at"])
        LogEntry.objects.log_actions(
            user_id=user.pk,
            queryset=[user],
            action_flag=CHANGE,
            change_message=gettext("Closed by the system: unused for %(n)s days")
            % {"n": settings.STAFF_DORMANT_DAYS},
            single_object=True,
        )
    return True


def _is_last(user: User) -> bool:
    """Whether no other active person holds a key role of this one at the same place."""
    others = StaffRole.objects.filter(user__is_active=True).exclude(user=user)
    return any(
        not others.filter(role=role.role, office=role.office).exists()
        for role in user.active_roles
        if role.role in KEYS
    )
