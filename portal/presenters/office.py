"""What the page of one office shows: is it open, its services, its next closed days."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from urllib.parse import quote_plus

from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from bookings.queries import Period
from core import thai_dates
from offices.models import Closure, OfferedService, Office

WEEK = "12345"
MAP = "https://www.google.com/maps/search/?api=1&query="


# Thai dictionaries put the vowel that is written first behind its consonant.
LEADING_VOWEL = re.compile("([เแโใไ])(.)")


@dataclass(frozen=True)
class OpenState:
    is_open: bool
    words: str


@dataclass(frozen=True)
class ServiceRow:
    """One service of the office; day and time of its first free time, empty when none."""

    code: str
    icon: str
    name: str
    summary: str
    free_day: str
    free_time: str
    is_festive: bool
    by_request: bool


@dataclass(frozen=True)
class ClosedRun:
    """Closed days in a row, days of the weekend between them included."""

    first: date
    last: date
    reasons: list[str]

    @property
    def dates(self) -> str:
        """`เสาร์ 5 – จันทร์ 7 ธ.ค. 2569`."""
        end = f"{thai_dates.weekday(self.last)} {thai_dates.medium_date(self.last)}"
        if self.first == self.last:
            return end
        same = self.first.month == self.last.month
        start = str(self.first.day) if same else thai_dates.day_month(self.first)
        return f"{thai_dates.weekday(self.first)} {start} – {end}"

    @property
    def reason(self) -> str:
        return ", ".join(self.reasons)


def in_order(offices: Iterable[Office]) -> list[Office]:
    """By name in the reader's language, as a dictionary has them."""
    return sorted(offices, key=lambda office: LEADING_VOWEL.sub(r"\2\1", office.name))


def weekdays_of(offers: Iterable[OfferedService]) -> str:
    """ISO numbers of the days of its working days; Monday to Friday when it offers nothing."""
    return "".join(sorted({day for offered in offers for day in offered.pattern.weekdays})) or WEEK


def opening_days(weekdays: str) -> str:
    """`จันทร์–ศุกร์`; single days when they are not in a row."""
    monday = date(2026, 11, 23)
    names = [thai_dates.weekday(monday + timedelta(days=int(day) - 1)) for day in weekdays]
    in_a_row = weekdays in "1234567" and len(weekdays) > 2
    return f"{names[0]}–{names[-1]}" if in_a_row else ", ".join(names)


def hours(office: Office) -> str:
    """`08.00–16.00 น.`, `08.00–16.00`."""
    text = f"{office.opens_at:%H.%M}–{office.closes_at:%H.%M}"
    return text if get_language() == "en" else f"{text} น."


def map_url(office: Office) -> str:
    return f"{MAP}{quote_plus(f'{office.full_name} {office.address}')}"


def year_name(year: int) -> str:
    """`2569`, `2026 (B.E. 2569)`."""
    buddhist = year + thai_dates.BUDDHIST_ERA
    return str(buddhist) if get_language() == "th" else f"{year} (B.E. {buddhist})"


def open_state(
    office: Office, *, weekdays: str, closures: Mapping[date, Closure], now: datetime
) -> OpenState:
    """Open until when, or when it opens again; only that it is closed, where that is not in sight.
    `closures` reach some weeks ahead."""
    local = thai_dates.local_time(now)
    today, clock = local.date(), local.time()

    def works(day: date) -> bool:
        return str(day.isoweekday()) in weekdays and day not in closures

    if works(today) and office.opens_at <= clock < office.closes_at:
        return OpenState(True, _("Open until %(t)s") % {"t": f"{office.closes_at:%H.%M}"})
    opens = f"{office.opens_at:%H.%M}"
    if works(today) and clock < office.opens_at:
        return OpenState(False, _("Closed, opens today %(t)s") % {"t": opens})
    ahead = (today + timedelta(days=n) for n in range(1, 60))
    next_day = next((day for day in ahead if works(day)), None)
    if next_day is None:
        return OpenState(False, _("Closed"))
    if next_day == today + timedelta(days=1):
        return OpenState(False, _("Closed, opens tomorrow %(t)s") % {"t": opens})
    return OpenState(
        False,
        _("Closed, opens %(day)s %(t)s") % {"day": thai_dates.short_date(next_day), "t": opens},
    )


def service_rows(
    offers: Iterable[OfferedService], free: Mapping[int, Period], *, now: datetime
) -> list[ServiceRow]:
    return [_service_row(offered, free.get(offered.service_id), now=now) for offered in offers]


def _service_row(offered: OfferedService, free: Period | None, *, now: datetime) -> ServiceRow:
    return ServiceRow(
        code=offered.service.code,
        icon=offered.service.icon,
        name=offered.service.name,
        summary=offered.service.summary,
        free_day=_day_words(free, now=now) if free else "",
        free_time=thai_dates.time_range(free.starts_at, free.ends_at) if free else "",
        is_festive=offered.service.is_festive,
        by_request=offered.service.by_request,
    )


def _day_words(period: Period, *, now: datetime) -> str:
    """`พรุ่งนี้`, `ศุกร์ 27 พ.ย.`."""
    day = timezone.localdate(period.starts_at)
    if day == timezone.localdate(now) + timedelta(days=1):
        return _("tomorrow")
    return f"{thai_dates.weekday(day)} {thai_dates.day_month(day)}"


def closed_runs(closures: Iterable[Closure], *, weekdays: str) -> list[ClosedRun]:
    """Closures in order, joined where no working day lies between them."""
    runs: list[ClosedRun] = []
    for closure in sorted(closures, key=lambda closure: closure.date):
        if runs and not _works_between(runs[-1].last, closure.date, weekdays):
            before = runs[-1]
            new = [] if closure.reason in before.reasons else [closure.reason]
            runs[-1] = ClosedRun(before.first, closure.date, [*before.reasons, *new])
        else:
            runs.append(ClosedRun(closure.date, closure.date, [closure.reason]))
    return runs


def next_open_day(run: ClosedRun, *, weekdays: str) -> date:
    """The first working day after a run of closed days."""
    day = run.last + timedelta(days=1)
    while str(day.isoweekday()) not in weekdays:
        day += timedelta(days=1)
    return day


def _works_between(first: date, last: date, weekdays: str) -> bool:
    day = first + timedelta(days=1)
    while day < last:
        if str(day.isoweekday()) in weekdays:
            return True
        day += timedelta(days=1)
    return False
