"""Dates as people here read and write them: Bangkok time, Buddhist years, Thai and English.

Every function takes a date or an aware datetime (shown as Bangkok has it) and a language,
by default the active one. Django and its catalogues would print 2026 for 2569.
"""

import datetime as dt
import re
from zoneinfo import ZoneInfo

from django.utils import timezone
from django.utils.translation import get_language

from core.text import ascii_digits

BANGKOK = ZoneInfo("Asia/Bangkok")
BUDDHIST_ERA = 543
FIRST_BUDDHIST_YEAR = 2400
YEARS = range(1900, 2101)

# fmt: off
_NAMES = {
    "th": {
        "weekday": ["จันทร์", "อังคาร", "พุธ", "พฤหัสบดี", "ศุกร์", "เสาร์", "อาทิตย์"],
        "weekday_short": ["จ.", "อ.", "พ.", "พฤ.", "ศ.", "ส.", "อา."],
        "month": [
            "มกราคม", "กุมภาพันธ์", "มีนาคม", "เมษายน", "พฤษภาคม", "มิถุนายน",
            "กรกฎาคม", "สิงหาคม", "กันยายน", "ตุลาคม", "พฤศจิกายน", "ธันวาคม",
        ],
        "month_short": [
            "ม.ค.", "ก.พ.", "มี.ค.", "เม.ย.", "พ.ค.", "มิ.ย.",
            "ก.ค.", "ส.ค.", "ก.ย.", "ต.ค.", "พ.ย.", "ธ.ค.",
        ],
    },
    "en": {
        "weekday": ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"],
        "weekday_short": ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"],
        "month": [
            "January", "February", "March", "April", "May", "June",
            "July", "August", "September", "October", "November", "December",
        ],
        "month_short": [
            "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
        ],
    },
}
# fmt: on
_DAY_FIRST = re.compile(r"([0-9]{1,2})([/.-])([0-9]{1,2})\2([0-9]{4})")
_YEAR_FIRST = re.compile(r"([0-9]{4})-([0-9]{2})-([0-9]{2})")


class UnreadableDate(ValueError):
    """Not day/month/four-digit year, or a day that the calendar does not have."""


class YearOutOfRange(ValueError):
    """The year is neither C.E. 1900-2100 nor the same years in B.E."""


def local_date(value: dt.date) -> dt.date:
    """Return the Bangkok day of a date or an aware datetime. Raises ValueError on a naive one."""
    return timezone.localtime(value, BANGKOK).date() if isinstance(value, dt.datetime) else value


def local_time(moment: dt.datetime) -> dt.datetime:
    """Return the moment as Bangkok clocks show it. Raises ValueError on a naive datetime."""
    return timezone.localtime(moment, BANGKOK)


def buddhist_year(value: dt.date) -> int:
    return local_date(value).year + BUDDHIST_ERA


def weekday(value: dt.date, language: str | None = None) -> str:
    """`ศุกร์`, `Friday`."""
    return _name("weekday", local_date(value).weekday(), language)


def weekday_short(value: dt.date, language: str | None = None) -> str:
    """`ศ.`, `Fri`."""
    return _name("weekday_short", local_date(value).weekday(), language)


def month(value: dt.date, language: str | None = None) -> str:
    """`ตุลาคม 2569`, `October 2026 (B.E. 2569)`."""
    day = local_date(value)
    return f"{_name('month', day.month - 1, language)} {_year(day, language)}"


def month_short(value: dt.date, language: str | None = None) -> str:
    """`ต.ค.`, `Oct`."""
    return _name("month_short", local_date(value).month - 1, language)


def long_date(value: dt.date, language: str | None = None) -> str:
    """`ศุกร์ 27 พฤศจิกายน 2569`, `Friday 27 November 2026 (B.E. 2569)`."""
    return f"{weekday(value, language)} {local_date(value).day} {month(value, language)}"


def medium_date(value: dt.date, language: str | None = None) -> str:
    """`27 พ.ย. 2569`, `27 Nov 2026`."""
    year = buddhist_year(value) if _is_thai(language) else local_date(value).year
    return f"{day_month(value, language)} {year}"


def short_date(value: dt.date, language: str | None = None) -> str:
    """`ศ. 27 พ.ย.`, `Fri 27 Nov`."""
    return f"{weekday_short(value, language)} {day_month(value, language)}"


def day_month(value: dt.date, language: str | None = None) -> str:
    """`27 พ.ย.`, `27 Nov`."""
    return f"{local_date(value).day} {month_short(value, language)}"


def typed_date(value: dt.date) -> str:
    """`27/11/2569`: the form that a date field asks for, in every language."""
    day = local_date(value)
    return f"{day.day}/{day.month}/{buddhist_year(day)}"


def clock(moment: dt.datetime, language: str | None = None) -> str:
    """`09.01 น.`, `09.01`."""
    return _bare_clock(moment) + _clock_unit(language)


def time_range(start: dt.datetime, end: dt.datetime, language: str | None = None) -> str:
    """`09.01–09.30 น.`, `09.01–09.30`."""
    return f"{_bare_clock(start)}–{_bare_clock(end)}{_clock_unit(language)}"


def parse_date(text: str) -> dt.date:
    """Return the day of `27/11/2569`, `27.11.2026`, `27-11-2569`, `2026-11-27`; Thai digits too.

    A year from 2400 is B.E. Raises UnreadableDate (also for two-digit years and month names:
    `69` may be either era) or YearOutOfRange; both are ValueErrors and quote nothing.
    """
    text = re.sub(r"\s*([/.-])\s*", r"\1", ascii_digits(text).strip())
    if found := _DAY_FIRST.fullmatch(text):
        day, number, year = int(found[1]), int(found[3]), int(found[4])
    elif found := _YEAR_FIRST.fullmatch(text):
        year, number, day = (int(part) for part in found.groups())
    else:
        raise UnreadableDate
    if year >= FIRST_BUDDHIST_YEAR:
        year -= BUDDHIST_ERA
    if year not in YEARS:
        raise YearOutOfRange
    try:
        return dt.date(year, number, day)
    except ValueError:
        raise UnreadableDate from None


def _is_thai(language: str | None) -> bool:
    return (language or get_language() or "th").startswith("th")


def _name(kind: str, index: int, language: str | None) -> str:
    return _NAMES["th" if _is_thai(language) else "en"][kind][index]


def _year(day: dt.date, language: str | None) -> str:
    if _is_thai(language):
        return str(buddhist_year(day))
    return f"{day.year} (B.E. {buddhist_year(day)})"


def _bare_clock(moment: dt.datetime) -> str:
    return f"{local_time(moment):%H.%M}"


def _clock_unit(language: str | None) -> str:
    return " น." if _is_thai(language) else ""
