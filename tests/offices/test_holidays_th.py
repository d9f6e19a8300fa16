from datetime import date

import pytest

from offices.holidays_th import official_holidays

YEARS = (2026, 2027, 2028)


@pytest.fixture(scope="module")
def days():
    return {day.date: day for day in official_holidays(YEARS)}


def test_days_are_sorted_unique_and_of_the_years_asked_for():
    dates = [day.date for day in official_holidays(iter(YEARS))]

    assert dates == sorted(set(dates))
    assert {day.year for day in dates} == set(YEARS)


def test_every_day_has_a_name_in_both_languages(days):
    for day in days.values():
        assert "วัน" in day.name_th
        assert day.name_en.isascii()
        assert ";" not in day.name_th + day.name_en


@pytest.mark.parametrize("day", [date(2026, 5, 1), date(2027, 5, 1), date(2027, 5, 3)])
def test_offices_are_open_on_labour_day_and_on_its_substitution_day(days, day):
    assert day not in days


def test_offices_are_not_closed_for_childrens_day(days):
    assert date(2026, 1, 10) not in days


@pytest.mark.parametrize(
    ("day", "name_th", "name_en"),
    [
        (date(2026, 4, 13), "วันสงกรานต์", "Songkran Festival"),
        (date(2026, 5, 13), "วันพืชมงคล", "Royal Ploughing Ceremony"),
        (date(2026, 6, 1), "วันหยุดชดเชยวันวิสาขบูชา", "Visakha Bucha (substitute holiday)"),
        (date(2026, 8, 12), "วันแม่แห่งชาติ", "National Mother's Day"),
        (date(2026, 10, 23), "วันปิยมหาราช", "HM King Chulalongkorn Memorial Day"),
        (date(2026, 12, 5), "วันพ่อแห่งชาติ", "National Father's Day"),
        (date(2026, 12, 7), "วันหยุดชดเชยวันพ่อแห่งชาติ", "National Father's Day (substitute holiday)"),
        (date(2026, 12, 10), "วันรัฐธรรมนูญ", "Constitution Day"),
    ],
)
def test_names_are_the_ones_people_know(days, day, name_th, name_en):
    assert (days[day].name_th, days[day].name_en) == (name_th, name_en)


def test_names_fit_the_closure_table():
    for day in official_holidays(range(2024, 2036)):
        assert len(day.name_th) <= 120
        assert len(day.name_en) <= 120
