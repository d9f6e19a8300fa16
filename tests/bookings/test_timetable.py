"""Slots from the printed table, and what the calendar closes."""

import csv
from datetime import date, time, timedelta
from pathlib import Path

import pytest
from django.core.management import call_command
from django.utils import timezone

from bookings import services
from bookings.models import Slot
from bookings.services import Generated
from bookings.workflow import Status
from offices.models import Closure, PatternTime
from offices.seeding import DATA
from tests.factories import NOW, booking_at, make_closure, make_offered, make_office, make_slot

MONDAY, TUESDAY, WEDNESDAY = date(2026, 11, 23), date(2026, 11, 24), date(2026, 11, 25)


@pytest.fixture
def printed():
    with Path(DATA, "marriage_slots.csv").open(encoding="utf-8", newline="") as file:
        return [(row["starts"], row["ends"]) for row in csv.DictReader(file)]


@pytest.fixture
def marriage(db, printed):
    return make_offered(times=printed, online_places=2, staff_places=1, total_places=4)


def generate(days=2, **facts):
    return services.generate_slots(now=NOW, days=days, **facts)


def days():
    return sorted({timezone.localdate(slot.starts_at) for slot in Slot.objects.all()})


def closed_days():
    closed = Slot.objects.filter(closed_at__isnull=False)
    return sorted({timezone.localdate(slot.starts_at) for slot in closed})


def test_every_printed_time_becomes_a_slot(marriage, printed):
    generate(days=0)

    made = [
        tuple(f"{timezone.localtime(moment):%H:%M}" for moment in (slot.starts_at, slot.ends_at))
        for slot in Slot.objects.all()
    ]
    assert len(made) == 15
    assert made == printed


def test_nothing_is_offered_while_the_office_eats(marriage):
    generate()

    for slot in Slot.objects.all():
        starts, ends = (timezone.localtime(x).time() for x in (slot.starts_at, slot.ends_at))
        assert ends <= time(12, 31) or starts >= time(13)


def test_places_are_those_of_online_and_staff(marriage):
    generate()

    slot = Slot.objects.first()
    assert (slot.capacity, slot.online_capacity, slot.taken) == (3, 2, 0)


def test_weekends_have_no_times(marriage):
    generate(days=7)

    assert [day.isoweekday() for day in days()] == [1, 2, 3, 4, 5, 1]


def test_closed_days_have_no_times(marriage):
    make_closure(TUESDAY)

    generate()

    assert days() == [MONDAY, WEDNESDAY]


def test_a_day_closed_at_one_office_is_open_at_another(marriage, printed):
    bang_khae = make_office(code=1040, slug="bang-khae", prefix="BK")
    make_offered(office=bang_khae, times=printed)
    make_closure(TUESDAY, office=bang_khae)

    generate()

    tuesday = Slot.objects.filter(starts_at__date=TUESDAY)
    assert set(tuesday.values_list("office__slug", flat=True)) == {"bang-rak"}


def test_a_service_that_is_closed_gets_no_times(marriage):
    marriage.is_open = False
    marriage.save()

    assert generate() == Generated(0, 0, 0)


def test_the_second_run_makes_nothing(marriage):
    assert generate() == Generated(45, 0, 0)
    assert generate() == Generated(0, 0, 0)


def test_the_next_day_adds_one_day(marriage):
    generate()

    done = services.generate_slots(now=NOW + timedelta(days=1), days=2)

    assert done.created == 15


def test_times_that_exist_are_left_as_they_are(marriage):
    generate()
    Slot.objects.update(capacity=9)
    PatternTime.objects.filter(no=1).delete()

    generate()

    assert Slot.objects.filter(capacity=9).count() == 45


def test_only_the_given_services(marriage):
    assert generate(offered_ids=[]).created == 0
    assert generate(offered_ids=[marriage.pk]).created == 45


def test_a_closure_closes_the_times_and_taking_it_away_opens_them(marriage):
    generate()
    closure = make_closure(TUESDAY)

    closing = services.apply_closures(now=NOW)
    closed = closed_days()
    closure.delete()
    opening = services.apply_closures(now=NOW)

    assert (closing, opening) == ((15, 0), (0, 15))
    assert closed == [TUESDAY]
    assert closed_days() == []


def test_a_closed_day_keeps_its_bookings(offered, slot):
    booking = booking_at(Status.CONFIRMED, offered=offered, slot=slot)
    make_closure(timezone.localdate(slot.starts_at))

    services.apply_closures(now=NOW)

    slot.refresh_from_db()
    booking.refresh_from_db()
    assert (slot.closed_at, slot.taken, booking.status) == (NOW, 1, Status.CONFIRMED)


def test_a_time_closed_by_hand_stays_closed(marriage):
    generate()
    Slot.objects.filter(starts_at__date=MONDAY).update(closed_at=NOW, closed_by_hand=True)

    generate()

    assert closed_days() == [MONDAY]


def test_a_closure_of_one_office_spares_the_others(offered):
    bang_khae = make_office(code=1040, slug="bang-khae", prefix="BK")
    here, there = make_slot(offered), make_slot(make_offered(office=bang_khae))
    make_closure(timezone.localdate(here.starts_at), office=bang_khae)

    services.apply_closures(now=NOW)

    here.refresh_from_db()
    there.refresh_from_db()
    assert (here.closed_at, there.closed_at) == (None, NOW)
    assert Closure.objects.count() == 1


def test_command_says_what_it_made(marriage, capsys):
    call_command("generate_slots", days=7)

    assert "slots: " in capsys.readouterr().out
    assert Slot.objects.count() in (75, 90)
