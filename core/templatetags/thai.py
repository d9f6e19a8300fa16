"""Dates and times in templates: `{% load thai %}`. Nothing (None, "") is shown as nothing.

Each filter wraps its text in `<span class="nowrap">`, because a date or a time range must not
break over two lines; give the argument "plain" in e-mails, titles and attributes.
"""

import datetime as dt
from typing import Protocol

from django import template
from django.utils.html import format_html

from core import thai_dates

register = template.Library()

_FORMATS = {
    "long": thai_dates.long_date,
    "medium": thai_dates.medium_date,
    "short": thai_dates.short_date,
    "day": thai_dates.day_month,
    "month": thai_dates.month,
}


class _Period(Protocol):
    starts_at: dt.datetime
    ends_at: dt.datetime


def _nowrap(text: str, form: str) -> str:
    """On one line, but for the year in brackets, which a phone has no room for."""
    if form == "plain":
        return text
    day, bracket, era = text.partition(" (")
    shown = format_html('<span class="nowrap">{}</span>', day)
    return shown + format_html(' <span class="nowrap">({}</span>', era) if bracket else shown


@register.filter
def thai_date(value: dt.date | None, form: str = "") -> str:
    """`ศุกร์ 27 พฤศจิกายน 2569`."""
    return _nowrap(thai_dates.long_date(value), form) if value else ""


@register.filter
def thai_date_medium(value: dt.date | None, form: str = "") -> str:
    """`27 พ.ย. 2569`."""
    return _nowrap(thai_dates.medium_date(value), form) if value else ""


@register.filter
def thai_date_short(value: dt.date | None, form: str = "") -> str:
    """`ศ. 27 พ.ย.`."""
    return _nowrap(thai_dates.short_date(value), form) if value else ""


@register.filter
def thai_day(value: dt.date | None, form: str = "") -> str:
    """`27 พ.ย.`."""
    return _nowrap(thai_dates.day_month(value), form) if value else ""


@register.filter
def thai_time(value: dt.datetime | None, form: str = "") -> str:
    """`09.01 น.`."""
    return _nowrap(thai_dates.clock(value), form) if value else ""


@register.filter
def time_range(period: _Period | None, form: str = "") -> str:
    """`09.01–09.30 น.` of anything with starts_at and ends_at."""
    if not period:
        return ""
    return _nowrap(thai_dates.time_range(period.starts_at, period.ends_at), form)


@register.filter
def time_element(value: dt.date | None, form: str = "long") -> str:
    """`<time datetime="2026-11-27T09:01:00+07:00">`; form "time" or one of _FORMATS."""
    if not value:
        return ""
    machine = thai_dates.local_time(value) if isinstance(value, dt.datetime) else value
    if form == "time" and isinstance(value, dt.datetime):
        text = thai_dates.clock(value)
    else:
        text = _FORMATS[form](value)
    return format_html('<time class="nowrap" datetime="{}">{}</time>', machine.isoformat(), text)
