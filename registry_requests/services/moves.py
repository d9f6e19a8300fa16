"""The one place that writes a copy request's status."""

from collections.abc import Sequence
from datetime import datetime

from django.utils.translation import gettext as _

from accounts.models import User
from core.db import lock_rows
from core.errors import Refused
from core.versions import check_version
from core.workflow import Actor
from registry_requests.models import CopyRequest, CopyRequestChange
from registry_requests.workflow import OPEN, WORKFLOW, Status


def locked(request: CopyRequest, *, version: int | None = None) -> CopyRequest:
    """The request, locked until the transaction ends. Its time of collection is locked after it.

    Raises Changed when `version` is given and no longer the present one."""
    rows = CopyRequest.objects.select_related("office", "collect_at", "collection__slot")
    found = lock_rows(rows.filter(pk=request.pk)).get()
    check_version(found, version)
    return found


def move(
    request: CopyRequest,
    target: Status,
    *,
    by: Actor,
    now: datetime,
    reason: str = "",
    changed: Sequence[str] = (),
) -> None:
    """Move a locked request to a status: checks the table, saves it with the fields named in
    `changed`, writes the history. Raises Refused("move"). Two statements."""
    WORKFLOW.check(request.status, target, by)
    office_id = request.desk_office_id
    source, request.status = request.status, target
    request.version += 1
    fields = ["status", "version", *changed]
    if target not in OPEN:
        request.closed_at = now
        fields.append("closed_at")
    request.save(update_fields=fields)
    record(request, source=source, by=by, now=now, reason=reason, office_id=office_id)


def note(
    request: CopyRequest, fields: Sequence[str], *, by: Actor, now: datetime, what: str
) -> None:
    """Save fields of a locked request that keep its state, with a row of the history."""
    request.version += 1
    request.save(update_fields=["version", *fields])
    record(request, source=request.status, by=by, now=now, reason=what)


def record(
    request: CopyRequest,
    *,
    source: str,
    by: Actor,
    now: datetime,
    reason: str = "",
    office_id: int | None = None,
) -> None:
    """Append a step to the history. `office_id` is that of the officer, where it is not the one
    that works on the request now. One INSERT."""
    change = CopyRequestChange(
        request=request, from_status=source, to_status=request.status, at=now, reason=reason
    )
    change.set_actor(by)
    if by.user is not None:
        change.office_id = office_id or request.desk_office_id
    change.save()


def check_may(request: CopyRequest, permission: str, by: User) -> None:
    """Raises Refused("permission") unless a role at the office that works on the locked request
    now grants it."""
    if not by.has_office_permission(f"registry_requests.{permission}", request.desk_office_id):
        raise Refused(_("You may not do this at this office."), code="permission")


def check_status(request: CopyRequest, *statuses: Status) -> None:
    """Raises Refused("stale") when the locked request is in none of these."""
    if request.status not in statuses:
        raise Refused(
            _("It has just become “%(status)s”. This page now shows the newest data.")
            % {"status": request.get_status_display()},
            code="stale",
        )


def check_words(text: str, *, field: str = "reason") -> None:
    """Raises Refused("reason") without words that the person can read."""
    if not text.strip():
        raise Refused(
            _("Write the reason; the applicant will read it."), code="reason", field=field
        )
