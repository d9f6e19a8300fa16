import contextlib
import datetime as dt
from types import SimpleNamespace

import pytest
from django.template import Context, Template
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from core import thai_dates
from core.thai_dates import UnreadableDate, YearOutOfRange, parse_date

DAY = dt.date(2026, 11, 27)
START = dt.datetime(2026, 11, 27, 2, 1, tzinfo=dt.UTC)
END = dt.datetime(2026, 11, 27, 2, 30, tzinfo=dt.UTC)


@pytest.mark.parametrize(
    ("function", "thai", "english"),
    [
        (
            thai_dates.long_date,
            "ศุกร์ 27 พฤศจิกายน 2569",
            "Friday 27 November 2026 (B.E. 2569)",
        ),
        (thai_dates.medium_date, "27 พ.ย. 2569", "27 Nov 2026"),
        (thai_dates.short_date, "ศ. 27 พ.ย.", "Fri 27 Nov"),
        (thai_dates.day_month, "27 พ.ย.", "27 Nov"),
        (thai_dates.month, "พฤศจิกายน 2569", "November 2026 (B.E. 2569)"),
        (thai_dates.month_short, "พ.ย.", "Nov"),
        (thai_dates.weekday, "ศุกร์", "Friday"),
        (thai_dates.weekday_short, "ศ.", "Fri"),
        (thai_dates.clock, "09.01 น.", "09.01"),
    ],
)
def test_format(function, thai, english):
    values = [START] if function is thai_dates.clock else [DAY, START]

    for value in values:
        assert function(value, "th") == thai
        assert function(value, "en") == english
        with translation.override("th"):
            assert function(value) == thai
        with translation.override("en-gb"):
            assert function(value) == english


def test_time_range():
    assert thai_dates.time_range(START, END, "th") == "09.01–09.30 น."
    assert thai_dates.time_range(START, END, "en") == "09.01–09.30"


def test_day_is_that_of_bangkok():
    new_year_in_bangkok = dt.datetime(2026, 12, 31, 17, 0, tzinfo=dt.UTC)

    assert thai_dates.medium_date(new_year_in_bangkok, "th") == "1 ม.ค. 2570"


def test_naive_time_is_refused():
    with pytest.raises(ValueError, match="naive"):
        thai_dates.clock(dt.datetime(2026, 11, 27, 9, 1), "th")  # noqa: DTZ001


@pytest.mark.parametrize(
    ("typed", "day"),
    [
        ("21/11/2569", dt.date(2026, 11, 21)),
        ("21/11/2026", dt.date(2026, 11, 21)),
        (" 21 / 11 / 2569\n", dt.date(2026, 11, 21)),
        ("1.12.2569", dt.date(2026, 12, 1)),
        ("01-12-2569", dt.date(2026, 12, 1)),
        ("2569-11-21", dt.date(2026, 11, 21)),
        ("2026-11-21", dt.date(2026, 11, 21)),
        ("๒๑/๑๑/๒๕๖๙", dt.date(2026, 11, 21)),
        ("２１/１１/２５６９", dt.date(2026, 11, 21)),
        ("29/02/2567", dt.date(2024, 2, 29)),
        ("1/1/1900", dt.date(1900, 1, 1)),
        ("1/1/2443", dt.date(1900, 1, 1)),
        ("31/12/2100", dt.date(2100, 12, 31)),
        ("31/12/2643", dt.date(2100, 12, 31)),
    ],
)
def test_parse_date(typed, day):
    assert parse_date(typed) == day


@pytest.mark.parametrize(
    "typed",
    [
        "",
        "21/11/69",
        "21 พ.ย. 69",
        "21 พ.ย. 2569",
        "21 Nov 2026",
        "29/02/2569",
        "31/4/2569",
        "21/11-2569",
        "21112569",
        "2569-11",
        "0/1/2569",
        "1/13/2569",
        "32/1/2569",
        "1/1/02569",
        "2026-11-21T00:00-12:00",
        "21/11/2569 OR 1=1",
        "-1/1/2569",
        "1/1/٢٥٦٩",
        "11/21/2026",
    ],
)
def test_parse_date_unreadable(typed):
    with pytest.raises(UnreadableDate):
        parse_date(typed)


@pytest.mark.parametrize(
    "typed",
    [
        "1/1/2101",
        "1/1/2399",
        "1/1/2400",
        "31/12/2442",
        "31/12/1899",
        "1/1/2644",
        "0001-01-01",
        "9999-12-31",
        "1/1/0000",
    ],
)
def test_parse_date_year_out_of_range(typed):
    with pytest.raises(YearOutOfRange):
        parse_date(typed)


@given(st.dates(dt.date(1900, 1, 1), dt.date(2100, 12, 31)))
def test_parse_date_reads_back_what_is_shown(day):
    assert parse_date(thai_dates.typed_date(day)) == day
    assert parse_date(day.isoformat()) == day


@given(st.text())
def test_parse_date_raises_only_its_own_errors(typed):
    with contextlib.suppress(UnreadableDate, YearOutOfRange):
        parse_date(typed)


@pytest.mark.parametrize(
    ("source", "shown"),
    [
        ("{{ day|thai_date }}", '<span class="nowrap">ศุกร์ 27 พฤศจิกายน 2569</span>'),
        ('{{ day|thai_date:"plain" }}', "ศุกร์ 27 พฤศจิกายน 2569"),
        ('{{ day|thai_date_medium:"plain" }}', "27 พ.ย. 2569"),
        ('{{ day|thai_date_short:"plain" }}', "ศ. 27 พ.ย."),
        ('{{ day|thai_day:"plain" }}', "27 พ.ย."),
        ('{{ start|thai_time:"plain" }}', "09.01 น."),
        ("{{ slot|time_range }}", '<span class="nowrap">09.01–09.30 น.</span>'),
        (
            '{{ start|time_element:"time" }}',
            '<time class="nowrap" datetime="2026-11-27T09:01:00+07:00">09.01 น.</time>',
        ),
        (
            "{{ day|time_element }}",
            '<time class="nowrap" datetime="2026-11-27">ศุกร์ 27 พฤศจิกายน 2569</time>',
        ),
    ],
)
def test_filter(source, shown):
    context = Context(
        {"day": DAY, "start": START, "slot": SimpleNamespace(starts_at=START, ends_at=END)}
    )

    with translation.override("th"):
        assert Template("{% load thai %}" + source).render(context) == shown


@pytest.mark.parametrize(
    "name",
    [
        "thai_date",
        "thai_date_medium",
        "thai_date_short",
        "thai_day",
        "thai_time",
        "time_range",
        "time_element",
    ],
)
def test_filter_shows_nothing_for_nothing(name):
    template = Template("{% load thai %}{{ value|" + name + " }}{{ missing|" + name + " }}")

    assert template.render(Context({"value": None})) == ""
