"""Working days over weekends and holidays, and the moments that hang on them."""

from datetime import date, timedelta

import pytest

from bookings import rules
from bookings.rules import BookingWindow
from core.errors import Refused
from tests.factories import NOW, at, make_closure, make_offered, make_slot

SONGKRAN = [date(2027, 4, day) for day in (13, 14, 15)]  # Tuesday to Thursday
NEW_YEAR = [date(2026, 12, 31), date(2027, 1, 1)]  # Thursday, Friday


@pytest.fixture
def holidays(db):
    for day in SONGKRAN + NEW_YEAR:
        make_closure(day)


def window(now, **numbers):
    return rules.booking_window(make_offered(**numbers), now=now)


@pytest.mark.parametrize(
    ("now", "earliest", "latest", "first", "last"),
    [
        (at(2026, 11, 23, 9), 1, 3, date(2026, 11, 24), date(2026, 11, 26)),
        (at(2026, 11, 27, 9), 1, 1, date(2026, 11, 30), date(2026, 11, 30)),  # Friday
        (at(2026, 11, 28, 9), 1, 2, date(2026, 11, 30), date(2026, 12, 1)),  # Saturday
        (at(2026, 11, 23, 9), 0, 1, date(2026, 11, 23), date(2026, 11, 24)),
        (at(2027, 4, 12, 9), 1, 3, date(2027, 4, 16), date(2027, 4, 20)),
        (at(2027, 4, 14, 9), 1, 1, date(2027, 4, 16), date(2027, 4, 16)),
        (at(2026, 12, 29, 9), 1, 2, date(2026, 12, 30), date(2027, 1, 4)),
        (at(2026, 12, 30, 23, 59), 2, 2, date(2027, 1, 5), date(2027, 1, 5)),
    ],
)
def test_window_counts_working_days(holidays, now, earliest, latest, first, last):
    found = window(now, earliest_days=earliest, latest_days=latest)

    assert found == BookingWindow(first, last)


def test_the_day_is_that_of_bangkok(db):
    before, after = at(2026, 11, 24) - timedelta(seconds=1), at(2026, 11, 24)

    offered = make_offered()

    assert rules.booking_window(offered, now=before).first == date(2026, 11, 24)
    assert rules.booking_window(offered, now=after).first == date(2026, 11, 25)


def test_weekdays_of_the_pattern_count(db):
    offered = make_offered(earliest_days=1, latest_days=2)
    offered.pattern.weekdays = "3"

    found = rules.booking_window(offered, now=NOW)

    assert found == BookingWindow(date(2026, 11, 25), date(2026, 12, 2))


@pytest.mark.parametrize(
    ("starts", "code"),
    [
        (at(2026, 11, 24, 8), None),
        (at(2026, 11, 26, 23, 59), None),
        (at(2026, 11, 27, 0), "too_far"),
        (at(2026, 11, 23, 23, 59), "too_soon"),
        (at(2026, 11, 23, 8), "too_soon"),
    ],
)
def test_the_edges_of_the_window(db, starts, code):
    offered = make_offered(earliest_days=1, latest_days=3)
    slot = make_slot(offered, starts=starts)

    if code is None:
        assert rules.check_bookable(offered, slot, now=NOW) is None
    else:
        with pytest.raises(Refused) as refused:
            rules.check_bookable(offered, slot, now=NOW)
        assert refused.value.code == code


def test_today_a_time_that_has_begun_cannot_be_booked(db):
    offered = make_offered(earliest_days=0)

    with pytest.raises(Refused) as refused:
        rules.check_bookable(offered, make_slot(offered, starts=NOW), now=NOW)

    assert refused.value.code == "too_soon"
    assert not rules.check_bookable(
        offered, make_slot(offered, starts=NOW + timedelta(minutes=30)), now=NOW
    )


@pytest.mark.parametrize(
    ("visit", "days", "deadline"),
    [
        (at(2026, 11, 25, 10), 1, at(2026, 11, 24, 16)),
        (at(2026, 11, 30, 10), 1, at(2026, 11, 27, 16)),  # over the weekend
        (at(2026, 11, 30, 10), 3, at(2026, 11, 25, 16)),
        (at(2027, 4, 16, 10), 1, at(2027, 4, 12, 16)),
        (at(2027, 1, 4, 10), 1, at(2026, 12, 30, 16)),
        (at(2027, 1, 4, 10), 0, at(2027, 1, 4, 10)),
    ],
)
def test_the_last_moment_to_change(holidays, visit, days, deadline):
    offered = make_offered(cutoff_days=days)

    assert rules.change_deadline(offered, make_slot(offered, starts=visit)) == deadline


@pytest.mark.parametrize(
    ("now", "days", "by"),
    [
        (at(2026, 11, 23, 9), 2, at(2026, 11, 25, 16)),
        (at(2026, 11, 27, 15), 2, at(2026, 12, 1, 16)),
        (at(2027, 4, 12, 9), 2, at(2027, 4, 19, 16)),
        (at(2026, 11, 23, 9), 0, at(2026, 11, 24, 16)),
    ],
)
def test_by_when_the_officer_answers(holidays, now, days, by):
    offered = make_offered(review_days=days)
    slot = make_slot(offered, starts=at(2027, 5, 3, 10))

    assert rules.review_deadline(offered, slot, now=now) == by


def test_the_officer_answers_before_the_visit(db):
    offered = make_offered(review_days=2)
    slot = make_slot(offered, starts=at(2026, 11, 24, 11, 31))

    assert rules.review_deadline(offered, slot, now=at(2026, 11, 23, 9)) == slot.starts_at


def test_be_there_five_minutes_early(db):
    offered = make_offered()
    slot = make_slot(offered)

    assert slot.starts_at - rules.arrive_by(offered, slot) == timedelta(minutes=5)
