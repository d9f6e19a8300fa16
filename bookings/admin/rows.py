"""The lines of a list of cases: what each of them shows beside its own row."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import QuerySet
from django.utils import timezone

from bookings.admin import time_left
from bookings.models import Booking, ItemState
from offices.models import ChecklistItem, PopularDay


@dataclass(frozen=True)
class Row:
    """One line of the list."""

    booking: Booking
    left: time_left.TimeLeft | None
    files: int
    missing: int
    is_complete: bool
    is_popular: bool

    @property
    def parties(self) -> list[Any]:
        return list(self.booking.parties.all())


def as_rows(bookings: Iterable[Booking], *, now: datetime) -> list[Row]:
    """Lines of bookings of `with_all`. Three queries, whatever their number."""
    bookings = list(bookings)
    clock = time_left.Clock({one.offered for one in bookings}, now=now)
    asked = _items_by_case(bookings)
    popular = _popular_days(bookings)
    return [_row(booking, clock, asked, popular) for booking in bookings]


def _row(
    booking: Booking, clock: time_left.Clock, asked: dict[Any, set[int]], popular: set[date]
) -> Row:
    checks = {check.item_id: check.state for check in booking.checks.all()}
    found = {item for item, state in checks.items() if state != ItemState.MISSING}
    needed = asked.get((booking.service_id, booking.case_id), set())
    return Row(
        booking=booking,
        left=clock.left(booking),
        files=len(booking.documents.all()),
        missing=sum(state == ItemState.MISSING for state in checks.values()),
        is_complete=needed <= found,
        is_popular=timezone.localdate(booking.slot.starts_at) in popular
        and booking.service.is_festive,
    )


def _items_by_case(bookings: Iterable[Booking]) -> dict[tuple[int, int | None], set[int]]:
    """(service, case) → its items; all of the service where no case was chosen. One query."""
    services = {booking.service_id for booking in bookings}
    rows = ChecklistItem.objects.filter(service__in=services)
    needed: dict[tuple[int, int | None], set[int]] = {}
    for item_id, service_id, case_id in rows.values_list("pk", "service_id", "cases"):
        for key in {(service_id, case_id), (service_id, None)}:
            needed.setdefault(key, set()).add(item_id)
    return needed


def _popular_days(bookings: Iterable[Booking]) -> set[date]:
    """Which days of these bookings couples like. One query."""
    days = {timezone.localdate(booking.slot.starts_at) for booking in bookings}
    return set(PopularDay.objects.filter(date__in=days).values_list("date", flat=True))


def with_all(rows: QuerySet[Booking]) -> QuerySet[Booking]:
    return rows.select_related(
        "slot", "office", "service", "case", "owner", "offered__office", "offered__pattern"
    ).prefetch_related("parties", "documents", "checks")
