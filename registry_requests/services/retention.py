"""Removing codes and names when their time is over; the figures stay (ADR 19). Never of an open
request, asked again under its lock. Everything here can be killed and run again."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet

from bookings.models import DataRequest
from core.db import lock_rows
from core.retention import batches
from notifications import services as notifications
from registry_requests.models import CopyRequest, CopyRequestChange
from registry_requests.news import SOURCE
from registry_requests.workflow import OPEN

NO_CODES: dict[str, Any] = {
    "back_code_hash": b"",
    "back_code_tail": "",
    "photo_code_hash": b"",
    "photo_code_tail": "",
}
NOBODY: dict[str, Any] = {
    "full_name": "",
    "name_key": "",
    "id_sealed": b"",
    "id_index": b"",
    "id_tail": "",
    "phone": "",
    "email": "",
    "note": "",
    "asked_for": "",
    "reply": "",
    "answer": "",
    "collected_by": "",
}


def purge_codes(now: datetime) -> int:
    """Remove what is kept of the card codes CODES_DAYS after the request was closed. Returns how
    many requests lost them."""
    limit = now - timedelta(days=settings.CODES_DAYS)
    rows = _closed_before(limit).filter(codes_removed_at=None).exclude(back_code_tail="")
    return sum(_remove_codes(keys, rows, now) for keys in batches(rows))


def purge_names(now: datetime) -> int:
    """Remove names, numbers, contacts and free texts NAMES_DAYS after the request was closed.
    Returns how many requests lost them."""
    limit = now - timedelta(days=settings.NAMES_DAYS)
    rows = _closed_before(limit).filter(anonymised_at=None)
    return sum(_forget(keys, rows, now) for keys in batches(rows))


def forget(keys: Iterable[int], now: datetime) -> None:
    """Remove all that names a person from requests that the caller has locked and found closed."""
    keys = list(keys)
    CopyRequestChange.objects.filter(request__in=keys).update(reason="")
    notifications.forget(source=SOURCE, case_ids=keys)
    CopyRequest.objects.filter(pk__in=keys).update(anonymised_at=now, **NOBODY, **NO_CODES)


def _closed_before(limit: datetime) -> QuerySet[CopyRequest]:
    """Without those that an open request about personal data is about."""
    asking = DataRequest.objects.open().filter(id_index=OuterRef("id_index"))
    asking = asking.filter(Q(office=OuterRef("office")) | Q(office=OuterRef("collect_at")))
    closed = CopyRequest.objects.filter(closed_at__lt=limit).exclude(status__in=OPEN)
    return closed.filter(~Exists(asking))


def _remove_codes(keys: tuple[Any, ...], rows: QuerySet[CopyRequest], now: datetime) -> int:
    with transaction.atomic():
        held = _locked(rows, keys)
        CopyRequest.objects.filter(pk__in=held).update(codes_removed_at=now, **NO_CODES)
    return len(held)


def _forget(keys: tuple[Any, ...], rows: QuerySet[CopyRequest], now: datetime) -> int:
    with transaction.atomic():
        held = _locked(rows, keys)
        forget(held, now)
    return len(held)


def _locked(rows: QuerySet[CopyRequest], keys: tuple[Any, ...]) -> list[int]:
    return list(lock_rows(rows.filter(pk__in=keys).order_by("pk")).values_list("pk", flat=True))
