"""Reads about offices that more than one caller needs."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from itertools import islice
from pathlib import Path
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet

from core.rows import read
from offices.models import (
    ChecklistItem,
    Closure,
    Fee,
    OfferedService,
    Service,
    ServiceCase,
)

CLOSED = """
    SELECT id, date FROM offices_closure
    WHERE date BETWEEN %s AND %s AND (office_id IS NULL OR office_id = %s)
"""
DATA = Path(__file__).parent / "data"
# A service that is closed for longer than this is a mistake in the calendar, not a holiday.
LONGEST_SEARCH_DAYS = 400


@dataclass(frozen=True)
class Notice:
    """Something people look for that is not booked here: by walking in (birth, death, move), or
    at another agency. Texts by language, words to find it by in both."""

    name: dict[str, str]
    sentence: dict[str, str]
    search_words: tuple[str, ...]


@cache
def walk_in() -> tuple[Notice, ...]:
    """What needs no booking. Read once from `data/walk_in.json`."""
    return tuple(Notice(row["name"], row["sentence"], _words(row)) for row in _rows("walk_in"))


@cache
def elsewhere() -> tuple[Notice, ...]:
    """What other agencies do; `name` is the agency. Read once from `data/elsewhere.json`."""
    return tuple(Notice(row["agency"], {}, _words(row)) for row in _rows("elsewhere"))


def _words(row: dict[str, Any]) -> tuple[str, ...]:
    return tuple(word for words in row["search_words"].values() for word in words)


def _rows(name: str) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = json.loads((DATA / f"{name}.json").read_text(encoding="utf-8"))
    return rows


def bookable_services() -> QuerySet[Service]:
    """Services that at least one office takes bookings for, in the catalogue's order. One query."""
    offered = OfferedService.objects.open().filter(service=OuterRef("pk"))
    return Service.objects.filter(Exists(offered))


def closures_between(*, office_id: int, first: date, last: date) -> dict[date, Closure]:
    """Closed days of an office, national ones included, both ends included. One query."""
    closures = Closure.objects.filter(date__range=(first, last)).filter(
        Q(office__isnull=True) | Q(office_id=office_id)
    )
    return {closure.date: closure for closure in closures}


def working_days_after(*, office_id: int, weekdays: str, start: date, count: int) -> list[date]:
    """The next `count` working days after `start`, in order. `weekdays` as on OpeningPattern.
    One query."""
    return _working_days(office_id, weekdays, start, count, step=1)


def working_days_before(*, office_id: int, weekdays: str, end: date, count: int) -> list[date]:
    """The last `count` working days before `end`, latest first. One query."""
    return _working_days(office_id, weekdays, end, count, step=-1)


def _working_days(office_id: int, weekdays: str, start: date, count: int, step: int) -> list[date]:
    """Looks as far as is nearly always enough, and only then further."""
    for reach in (2 * count + 30, LONGEST_SEARCH_DAYS):
        far = start + timedelta(days=step * reach)
        between = [min(start, far), max(start, far), office_id]
        closed = {closure.date for closure in read(Closure, CLOSED, between)}
        days = (day for day in _days(start, step, reach) if str(day.isoweekday()) in weekdays)
        found = list(islice((day for day in days if day not in closed), count))
        if len(found) == count:
            break
    return found


def _days(start: date, step: int, reach: int) -> Iterator[date]:
    for distance in range(1, reach + 1):
        yield start + timedelta(days=step * distance)


def fee_on(service: Service, day: date, case: ServiceCase | None = None) -> Fee | None:
    """The fee in force on a day, the one of the case before the general one. One query."""
    fees = Fee.objects.filter(service=service, valid_from__lte=day)
    of_case = fees.filter(case=case).order_by("-valid_from").first() if case else None
    return of_case or fees.filter(case__isnull=True).order_by("-valid_from").first()


def checklist_of(service_id: int, case_id: int | None) -> QuerySet[ChecklistItem]:
    """What people of a case bring, or of the whole service when no case was chosen. One query."""
    rows = ChecklistItem.objects.filter(service_id=service_id)
    if case_id:
        rows = rows.filter(cases=case_id)
    return rows.order_by("order", "pk")


def known_case(service_id: int, code: str) -> str:
    """The code of a case as an address names it, where the service has it, else "". One query,
    none without a code."""
    of_service = ServiceCase.objects.filter(service_id=service_id).values_list("code", flat=True)
    return code if code and code in set(of_service) else ""


def offered_to_book(office_slug: str, service_code: str) -> OfferedService | None:
    """An open service of an office. One query."""
    offers = offered_by(office_slug).filter(service__code=service_code, service__is_active=True)
    return offers.first()


def offered_by(office_slug: str) -> QuerySet[OfferedService]:
    """The open services of an office with all that a list of them shows. One query."""
    return (
        OfferedService.objects.open()
        .filter(office__slug=office_slug)
        .select_related("office", "service", "section", "pattern")
    )
