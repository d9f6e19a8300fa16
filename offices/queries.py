"""Reads about offices that more than one caller needs."""

from collections.abc import Iterator
from datetime import date, timedelta

from django.db.models import Q, QuerySet

from offices.models import Closure, Fee, OfferedService, Service, ServiceCase

# A service that is closed for longer than this is a mistake in the calendar, not a holiday.
LONGEST_SEARCH_DAYS = 400


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
    far = start + timedelta(days=step * LONGEST_SEARCH_DAYS)
    first, last = min(start, far), max(start, far)
    closed = set(
        Closure.objects.filter(date__range=(first, last))
        .filter(Q(office__isnull=True) | Q(office_id=office_id))
        .values_list("date", flat=True)
    )
    found: list[date] = []
    for day in _days(start, step):
        if len(found) == count:
            break
        if str(day.isoweekday()) in weekdays and day not in closed:
            found.append(day)
    return found


def _days(start: date, step: int) -> Iterator[date]:
    for distance in range(1, LONGEST_SEARCH_DAYS + 1):
        yield start + timedelta(days=step * distance)


def fee_on(service: Service, day: date, case: ServiceCase | None = None) -> Fee | None:
    """The fee in force on a day, the one of the case before the general one. One query."""
    fees = Fee.objects.filter(service=service, valid_from__lte=day)
    of_case = fees.filter(case=case).order_by("-valid_from").first() if case else None
    return of_case or fees.filter(case__isnull=True).order_by("-valid_from").first()


def offered_by(office_slug: str) -> QuerySet[OfferedService]:
    """The open services of an office with all that a list of them shows. One query."""
    return (
        OfferedService.objects.open()
        .filter(office__slug=office_slug)
        .select_related("office", "service", "section", "pattern")
    )
