"""Requests that end without a copy, and those that take too long."""

from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Q

from bookings.services import reserved
from bookings.workflow import Status as BookingStatus
from core.retry import retried
from core.workflow import SYSTEM, Actor, ActorKind
from registry_requests import news, queries
from registry_requests.models import CopyRequest
from registry_requests.services.moves import check_may, check_status, check_words, locked, move
from registry_requests.workflow import OPEN, TO_COLLECT, Status

# Licensing Facilitation Act B.E. 2558: told again as long as it is late.
TOLD_LATE_EVERY = timedelta(days=7)


@retried
def cancel(
    *,
    request: CopyRequest,
    by: Actor,
    now: datetime,
    reason: str = "",
    version: int | None = None,
) -> CopyRequest:
    """Take a request back, or, with a reason that the person reads, cancel it for the office; the
    place is given back. Raises Refused("permission" | "reason" | "stale") and Changed. Locks the
    request, the slot, the booking."""
    is_staff = by.kind == ActorKind.STAFF
    if is_staff:
        check_words(reason)
    with transaction.atomic():
        found = locked(request, version=version if is_staff else None)
        if is_staff:
            check_may(found, "check_copyrequest", by.user)
        check_status(found, *OPEN)
        _end(found, Status.CANCELLED, by=by, now=now, reason=reason)
        kind = "copy_cancelled_by_office" if is_staff else "copy_cancelled_by_citizen"
        news.tell(found, kind, now=now, reason=reason)
    return found


def _end(
    request: CopyRequest, target: Status, *, by: Actor, now: datetime, reason: str = ""
) -> None:
    move(request, target, by=by, now=now, reason=reason)
    if request.collection is not None:
        reserved.release_reserved(
            booking=request.collection,
            target=BookingStatus.EXPIRED if by == SYSTEM else BookingStatus.CANCELLED,
            by=by,
            now=now,
            reason=reason,
        )


def expire(*, now: datetime) -> int:
    """End requests whose person did not answer, or never came for the copy. Returns how many. One
    short transaction each, safe to kill and to repeat."""
    unanswered = Q(status=Status.NEEDS_DOCUMENTS, documents_due_at__lt=now)
    not_fetched = Q(status__in=TO_COLLECT, collection__slot__ends_at__lt=now)
    rows = CopyRequest.objects.filter(unanswered | not_fetched)
    return sum(_expire(request, now) for request in list(rows))


def _expire(request: CopyRequest, now: datetime) -> bool:
    with transaction.atomic():
        found = locked(request)
        if not _is_over(found, now):
            return False
        _end(found, Status.EXPIRED, by=SYSTEM, now=now)
        news.tell(found, "copy_expired", now=now)
    return True


def _is_over(request: CopyRequest, now: datetime) -> bool:
    if request.status == Status.NEEDS_DOCUMENTS:
        return request.documents_due_at is not None and request.documents_due_at < now
    until = queries.waits_until(request)
    return request.status in TO_COLLECT and until is not None and until < now


def tell_late(*, now: datetime) -> int:
    """Tell the people whose request takes longer than the office allows itself, and again every 7
    days. Returns how many. Safe to kill and to repeat."""
    waited = Q(told_late_at=None) | Q(told_late_at__lt=now - TOLD_LATE_EVERY)
    rows = CopyRequest.objects.late(now).filter(waited)
    return sum(_tell_late(request, now) for request in list(rows))


def _tell_late(request: CopyRequest, now: datetime) -> bool:
    with transaction.atomic():
        found = locked(request)
        if found.told_late_at != request.told_late_at:
            return False
        found.told_late_at = now
        found.save(update_fields=["told_late_at"])
        news.tell(found, "copy_late", now=now, mark=f"{now:%Y%m%d}")
    return True
