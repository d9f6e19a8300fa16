"""What both papers share: their shape, their head and foot, their digits."""

from dataclasses import dataclass, replace
from datetime import date, datetime

from django.utils.translation import gettext as _

from accounts.models import User
from core import thai_dates
from core.text import thai_digits
from offices import queries as office_queries
from offices.models import OfferedService


@dataclass(frozen=True)
class Column:
    """`width` is a share of the page; `align` is "left" or "center"."""

    label: str
    width: float
    align: str = "center"


@dataclass(frozen=True)
class Sheet:
    """A paper, all words and digits ready. `row_mm` is the least height of a row; `cases` are
    the references of the people on it."""

    title: str
    lines: tuple[str, ...]
    columns: tuple[Column, ...]
    rows: tuple[tuple[str, ...], ...]
    row_mm: float
    note: str
    foot: tuple[str, str]
    page_word: str
    thai: bool = False
    cases: tuple[str, ...] = ()


@dataclass(frozen=True)
class Choice:
    """Of which service and day, and how it is printed. `wall` is the copy that may hang on a
    public wall: initials and no telephone."""

    offered: OfferedService
    day: date
    thai: bool = True
    wall: bool = False


def day_lines(choice: Choice, *, closures: bool = True) -> tuple[str, ...]:
    """The day in words, and why it is closed if it is. One query."""
    day = choice.day
    written = _("%(weekday)s, %(day)s %(month)s B.E. %(year)s") % {
        "weekday": thai_dates.weekday(day),
        "day": day.day,
        "month": thai_dates.month(day).split()[0],
        "year": thai_dates.buddhist_year(day),
    }
    closed = closures and office_queries.closures_between(
        office_id=choice.offered.office_id, first=day, last=day
    ).get(day)
    return (written, _("Closed: %(reason)s") % {"reason": closed.reason}) if closed else (written,)


def printed(by: User, now: datetime) -> str:
    when = f"{thai_dates.medium_date(now)} {thai_dates.clock(now)}"
    return _("Printed by %(name)s %(when)s") % {"name": by, "when": when}


def in_digits(sheet: Sheet, *, thai: bool) -> Sheet:
    if not thai:
        return sheet
    return replace(
        sheet,
        title=thai_digits(sheet.title),
        lines=tuple(thai_digits(line) for line in sheet.lines),
        rows=tuple(tuple(thai_digits(cell) for cell in row) for row in sheet.rows),
        note=thai_digits(sheet.note),
        foot=(thai_digits(sheet.foot[0]), thai_digits(sheet.foot[1])),
        thai=True,
    )
