"""Removing what names a person when its time is over, and keeping the figures (ADR 19). An open
case is never touched: its status, a visit ahead, or an open request about the data keeps it, asked
again under the lock of the row. Everything here can be killed and run again."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import Exists, F, OuterRef, QuerySet
from django.db.models.functions import Coalesce

from bookings.models import (
    Booking,
    BookingChange,
    DataRequest,
    Document,
    Party,
    Ticket,
    WaitingEntry,
)
from bookings.workflow import OCCUPYING, OPEN, PRESENT, Status
from core import thai_dates
from core.db import lock_rows
from core.retention import batches
from notifications import services as notifications

NOT_OVER = OPEN | {Status.HELD}
NOBODY: dict[str, Any] = {
    "full_name": "",
    "name_key": "",
    "nationality": "",
    "id_sealed": b"",
    "id_index": b"",
    "id_tail": "",
}


def over(bookings: QuerySet[Booking], *, now: datetime) -> QuerySet[Booking]:
    """Those whose case is over: ended, and no visit of theirs lies ahead."""
    return bookings.exclude(status__in=NOT_OVER).exclude(
        status__in=OCCUPYING, slot__ends_at__gt=now
    )


def not_asked_about(
    bookings: QuerySet[Booking], *, but: DataRequest | None = None
) -> QuerySet[Booking]:
    """Those that no open request about personal data is about, but for the given one."""
    people = Party.objects.filter(booking=OuterRef(OuterRef("pk"))).values("id_index")
    asking = DataRequest.objects.open().filter(office=OuterRef("office"), id_index__in=people)
    if but is not None:
        asking = asking.exclude(pk=but.pk)
    return bookings.filter(~Exists(asking))


def may_forget(bookings: QuerySet[Booking], *, now: datetime) -> QuerySet[Booking]:
    """The guard of all that removes by time."""
    return not_asked_about(over(bookings, now=now))


def purge_uploads(now: datetime) -> int:
    """Remove pictures UPLOADS_DAYS after completion. The row is marked, the file goes, the row
    goes: killed anywhere, no row is without its file unless marked and no file without a row
    (I7), and the next run goes on from the mark. Returns how many went."""
    done = _closed_for(settings.UPLOADS_DAYS, now=now).filter(documents__isnull=False)
    for keys in batches(done.distinct()):
        with transaction.atomic():
            held = _locked(may_forget(_closed_for(settings.UPLOADS_DAYS, now=now), now=now), keys)
            _mark_uploads(held, now)
    return remove_marked()


def purge_names(now: datetime) -> int:
    """Remove names, numbers, contacts and free texts NAMES_DAYS after the case was over. Returns
    how many bookings lost them."""
    forgotten = 0
    for keys in batches(_named(now)):
        with transaction.atomic():
            held = _locked(may_forget(_named(now), now=now), keys)
            forget(held, now=now)
            forgotten += len(held)
    remove_marked()
    return forgotten


def purge_tickets(now: datetime) -> int:
    """Remove names and remarks of people without an appointment; the number, times and minutes
    stay. What is in the hall is left alone, however old."""
    last = thai_dates.local_date(now) - timedelta(days=settings.NAMES_DAYS)
    rows = Ticket.objects.filter(booking__isnull=True, day__lt=last).exclude(status__in=PRESENT)
    rows = rows.exclude(name="", remark="")
    return sum(
        rows.filter(pk__in=keys).update(name="", remark="") for keys in batches(rows, size=500)
    )


def purge_holds(now: datetime) -> int:
    """Forget which browser kept a time that was never booked."""
    limit = now - timedelta(days=settings.HOLDS_DAYS)
    rows = Booking.objects.filter(
        status=Status.EXPIRED, requested_at__isnull=True, held_until__lt=limit
    ).exclude(holder="")
    return sum(rows.filter(pk__in=keys).update(holder="") for keys in batches(rows, size=500))


def purge_waiting(now: datetime) -> int:
    """Remove the contacts of places in the waiting list WAITING_DAYS after they were over, and whom
    their messages went to; links stop. The days, and what became of them, stay as figures."""
    over = WaitingEntry.objects.filter(closed_at__lt=now - timedelta(days=settings.WAITING_DAYS))
    rows = over.exclude(phone="", email="")
    removed = 0
    for keys in batches(rows):
        with transaction.atomic():
            notifications.forget(source="waiting", case_ids=keys)
            removed += rows.filter(pk__in=keys).update(
                phone="", email="", reason="", link_version=F("link_version") + 1
            )
    return removed


def forget(keys: Iterable[int], *, now: datetime) -> None:
    """Remove all that names a person from bookings that the caller has locked and found over:
    the people stay as rows without a name, links stop, messages lose address and words. About
    seven statements, whatever the number; call `remove_marked` after the transaction."""
    keys = list(keys)
    bookings = Booking.objects.filter(pk__in=keys)
    _mark_uploads(keys, now)
    Party.objects.filter(booking__in=keys).update(**NOBODY)
    BookingChange.objects.filter(booking__in=keys).exclude(reason="").update(reason="")
    Ticket.objects.filter(booking__in=keys).update(name="", remark="")
    notifications.forget(source="booking", case_ids=keys)
    bookings.filter(body_hash__isnull=False).update(body_hash=b"")
    bookings.update(
        phone="",
        email="",
        note="",
        holder="",
        link_version=F("link_version") + 1,
        anonymised_at=now,
    )


def remove_marked() -> int:
    """Remove the files of marked documents, then their rows; returns how many. A file that is
    gone already is no matter. Never inside a transaction."""
    removed = 0
    for keys in batches(Document.objects.filter(leaving_at__isnull=False)):
        rows = Document.objects.filter(pk__in=keys, leaving_at__isnull=False)
        for name in rows.values_list("file", flat=True):
            Path(settings.MEDIA_ROOT, name).unlink(missing_ok=True)
        removed += rows.delete()[0]
    return removed


def _closed_for(days: int, *, now: datetime) -> QuerySet[Booking]:
    """Submitted bookings that have been closed for so many days; the visit counts where an older
    row does not say when it was closed."""
    rows = Booking.objects.alias(closed=Coalesce("closed_at", "slot__ends_at"))
    return rows.filter(requested_at__isnull=False, closed__lt=now - timedelta(days=days))


def _named(now: datetime) -> QuerySet[Booking]:
    return over(_closed_for(settings.NAMES_DAYS, now=now), now=now).filter(anonymised_at=None)


def _locked(rows: QuerySet[Booking], keys: Iterable[Any]) -> list[int]:
    """The keys of those of the batch that still may go, locked until the transaction ends. What
    somebody works on just now waits for the next run."""
    of_batch = lock_rows(rows.filter(pk__in=list(keys)).order_by("pk"), skip_locked=True)
    return list(of_batch.values_list("pk", flat=True))


def _mark_uploads(keys: Iterable[int], now: datetime) -> None:
    Document.objects.filter(booking__in=keys, leaving_at=None).update(leaving_at=now)


KINDS = {
    "uploads": purge_uploads,
    "names and contacts": purge_names,
    "names on numbers of the hall": purge_tickets,
    "traces of holds": purge_holds,
    "contacts of the waiting list": purge_waiting,
}
