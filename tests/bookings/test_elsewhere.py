"""The nearest offices with free times: who is near, and what it costs to ask."""

import csv
from collections import Counter
from pathlib import Path

import pytest

from bookings.elsewhere import nearest_offices
from offices import seeding
from offices.distances import distance
from offices.models import Office
from tests.factories import NOW, at, hold, make_offered, make_office, make_slot

TILES = Path(seeding.__file__).parent / "data" / "tile_map.csv"
SATHON, SAMPHANTHAWONG, BANG_KHO_LAEM, KHLONG_SAN, PATHUM_WAN = 1028, 1013, 1031, 1018, 1007


@pytest.fixture(scope="module")
def tiles():
    with TILES.open(encoding="utf-8", newline="") as file:
        rows = [{name: int(value) for name, value in row.items()} for row in csv.DictReader(file)]
    return {row["code"]: (row["column"], row["row"]) for row in rows}


def office_at(tiles, code):
    column, row = tiles[code]
    return Office(code=code, column=column, row=row)


def test_map_has_fifty_districts_each_on_its_own_tile(tiles):
    assert sorted(tiles) == list(range(1001, 1051))
    assert Counter(tiles.values()).most_common(1)[0][1] == 1
    assert all(1 <= column <= 12 and 1 <= row <= 9 for column, row in tiles.values())


def test_nearest_of_bang_rak_are_its_neighbours(tiles):
    here = office_at(tiles, 1004)
    away = {code: distance(here, office_at(tiles, code)).order for code in tiles if code != 1004}
    nearest = sorted(away, key=lambda code: away[code])

    assert set(nearest[:4]) == {SATHON, SAMPHANTHAWONG, BANG_KHO_LAEM, KHLONG_SAN}
    assert nearest[4] == PATHUM_WAN


def test_distance_is_the_same_both_ways_and_never_nothing(tiles):
    for one in tiles:
        for other in tiles:
            there = distance(office_at(tiles, one), office_at(tiles, other))
            back = distance(office_at(tiles, other), office_at(tiles, one))
            assert there == back
            assert (there.order == 0) == (one == other)
            assert there.km is None


def test_real_coordinates_give_kilometres_when_both_have_them(tiles):
    here, there = office_at(tiles, 1004), office_at(tiles, 1028)
    here.latitude, here.longitude = 13.73, 100.52
    assert distance(here, there).km is None

    there.latitude, there.longitude = 13.72, 100.52
    assert distance(here, there).km == pytest.approx(1.11, abs=0.01)


@pytest.mark.django_db
def test_seeding_places_offices_that_were_made_before(tiles):
    office = make_office()

    seeding._place_on_map()

    office.refresh_from_db()
    assert (office.column, office.row) == tiles[1004]


@pytest.mark.django_db
def test_three_nearest_with_free_times_nearest_first(tiles):
    here = _offered(tiles, 1004)
    for code in (SATHON, PATHUM_WAN, 1003, 1049):
        make_slot(_offered(tiles, code), starts=at(2026, 12, 1, 10))
    full = _offered(tiles, KHLONG_SAN)
    hold(make_slot(full, starts=at(2026, 12, 1, 10)), full)
    make_slot(_offered(tiles, BANG_KHO_LAEM), starts=at(2026, 11, 30, 10))
    make_slot(_offered(tiles, SAMPHANTHAWONG, is_open=False), starts=at(2026, 11, 30, 10))

    found = nearest_offices(here, now=NOW)

    # Of equally near ones the earlier time comes first.
    assert [one.office.code for one in found] == [BANG_KHO_LAEM, SATHON, PATHUM_WAN]
    assert found[0].starts_at == at(2026, 11, 30, 10)


@pytest.mark.django_db
def test_those_with_a_time_in_the_wished_week_though_others_are_nearer(tiles):
    here = _offered(tiles, 1004)
    make_slot(_offered(tiles, SATHON), starts=at(2026, 11, 25, 10))
    far = _offered(tiles, 1003)
    make_slot(far, starts=at(2026, 11, 25, 10))
    make_slot(far, starts=at(2026, 12, 4, 10))

    [found] = nearest_offices(here, now=NOW, wished=at(2026, 11, 30).date())
    assert (found.office.code, found.starts_at) == (1003, at(2026, 12, 4, 10))
    # That week is full everywhere: better another week than nothing.
    anywhere = nearest_offices(here, now=NOW, wished=at(2026, 12, 8).date())
    assert [one.office.code for one in anywhere] == [SATHON, 1003]


@pytest.mark.django_db
def test_times_outside_the_window_of_an_office_do_not_count(tiles):
    here = _offered(tiles, 1004)
    make_slot(_offered(tiles, SATHON), starts=at(2026, 11, 23, 15))  # today is too soon
    make_slot(_offered(tiles, KHLONG_SAN, latest_days=5), starts=at(2026, 12, 1, 10))

    assert nearest_offices(here, now=NOW) == []


@pytest.mark.django_db
@pytest.mark.parametrize("offices", [1, 30])
def test_it_costs_three_queries_whatever_the_number_of_offices(
    tiles, offices, django_assert_num_queries
):
    here = _offered(tiles, 1004)
    for code in [code for code in sorted(tiles) if code != 1004][:offices]:
        make_slot(_offered(tiles, code), starts=at(2026, 12, 1, 10))

    with django_assert_num_queries(3):
        found = nearest_offices(here, now=NOW)

    assert len(found) == min(offices, 3)


def _offered(tiles, code, **changes):
    column, row = tiles[code]
    letters = "ABCDEFGHJK"
    office = make_office(
        code=code,
        slug=f"office-{code}",
        prefix=letters[code % 100 // 10] + letters[code % 10],
        column=column,
        row=row,
    )
    return make_offered(office=office, **changes)
