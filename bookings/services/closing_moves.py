"""The one place that writes a closing's status, as `moves` is for bookings."""

from datetime import datetime

from bookings.models import Closing
from bookings.services.closing_rules import stale
from bookings.workflow import CLOSING_WORKFLOW, ClosingStatus
from core.db import lock_rows
from core.workflow import Actor, ActorKind


def locked_closing(closing: Closing) -> Closing:
    """The closing, locked until the transaction ends. Lock its times before, never after."""
    return lock_rows(Closing.objects.filter(pk=closing.pk)).get()


def locked_draft(closing: Closing) -> Closing:
    """As `locked_closing`. Raises Refused("stale") when it is no draft any more."""
    locked = locked_closing(closing)
    if locked.status != ClosingStatus.DRAFT:
        raise stale()
    return locked


def move_closing(closing: Closing, target: ClosingStatus, *, by: Actor, now: datetime) -> None:
    """Move a locked closing to a status: checks the table, notes who announced it, ends the stop,
    counts the version and saves the whole row. Raises Refused("move")."""
    CLOSING_WORKFLOW.check(closing.status, target, by)
    closing.status, closing.stopped_until = target, None
    closing.version += 1
    if target == ClosingStatus.ANNOUNCED and by.kind == ActorKind.STAFF:
        closing.announced_by, closing.announced_at = by.user, now
    closing.save()
