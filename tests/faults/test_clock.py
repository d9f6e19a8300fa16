"""Days are days in Bangkok, whatever the zone of the machine: over midnight, the end of the year
and the leap day (fault F33). `make faults ONLY=F33` runs these with other values of TZ."""

import time
from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.utils import timezone

from bookings import queries, services
from bookings.models import Slot
from bookings.services.reminders import DAY_BEFORE, TWO_HOURS
from core import thai_dates
from notifications.models import Message
from tests.factories import at, make_offered, make_slot
from tests.notifications.visits import visit

pytestmark = pytest.mark.django_db

MINUTE = timedelta(minutes=1)
# The first minute of a day in Bangkok; it is still the day before in UTC and New York.
MIDNIGHTS = [at(2026, 11, 24), at(2027, 1, 1), at(2028, 2, 29), at(2028, 3, 1), at(2027, 3, 1)]
WORDS = {
    at(2026, 12, 31, 23, 59): "31 ธันวาคม 2569",
    at(2027, 1, 1): "1 มกราคม 2570",
    at(2028, 2, 29, 12): "29 กุมภาพันธ์ 2571",
    at(2028, 3, 1): "1 มีนาคม 2571",
}


def test_the_process_counts_in_bangkok_whatever_tz_says():
    assert time.strftime("%z", time.localtime(0)) == "+0700"
    assert timezone.get_current_timezone_name() == "Asia/Bangkok"


@pytest.mark.parametrize("midnight", MIDNIGHTS)
def test_a_minute_before_midnight_is_the_day_before(midnight):
    day = date(midnight.year, midnight.month, midnight.day)

    for moment, expected in [(midnight, day), (midnight - MINUTE, day - timedelta(days=1))]:
        for same in (moment, moment.astimezone(UTC)):
            assert thai_dates.local_date(same) == timezone.localdate(same) == expected


@pytest.mark.parametrize(("moment", "words"), WORDS.items())
def test_the_era_turns_with_the_year_in_bangkok(moment, words):
    assert words in thai_dates.long_date(moment.astimezone(UTC))


@pytest.mark.parametrize("midnight", MIDNIGHTS)
def test_a_stored_time_comes_back_as_the_same_moment(midnight):
    slot = make_slot(make_offered(), starts=midnight)

    stored = Slot.objects.get(pk=slot.pk).starts_at
    assert stored == midnight
    assert timezone.localtime(stored).hour == 0
    with connection.cursor() as cursor:
        cursor.execute("SELECT starts_at FROM bookings_slot WHERE id = %s", [slot.pk])
        (raw,) = cursor.fetchone()
    assert raw.replace(tzinfo=raw.tzinfo or UTC) == midnight


@pytest.mark.parametrize("midnight", MIDNIGHTS)
def test_times_are_made_on_the_days_of_bangkok(midnight):
    offered = make_offered(times=[("00:00", "00:30"), ("23:30", "23:59")])
    day = date(midnight.year, midnight.month, midnight.day)

    services.generate_slots(now=midnight, days=0)

    open_today = str(day.isoweekday()) in offered.pattern.weekdays
    days = {timezone.localdate(slot.starts_at) for slot in Slot.objects.all()}
    assert days == ({day} if open_today else set())


@pytest.mark.parametrize("hours", [(0, 1), (23, 59)])
@pytest.mark.parametrize("midnight", MIDNIGHTS)
def test_the_page_of_a_day_has_the_times_of_that_day(midnight, hours):
    offered = make_offered()
    starts = midnight + timedelta(hours=hours[0], minutes=hours[1] - 1)
    slot = make_slot(offered, starts=starts, capacity=5)
    day = thai_dates.local_date(starts)

    with time_machine.travel(midnight - timedelta(days=10), tick=False):
        path = f"/offices/bang-rak/marriage/times/?date={day.isoformat()}"
        page = Client().get(path).content.decode()

    assert f'value="{slot.pk}"' in page
    assert starts.isoformat() in page


@pytest.mark.parametrize("midnight", MIDNIGHTS)
def test_reminders_go_out_on_the_right_days(midnight):
    visit_at = midnight + timedelta(hours=10)
    offered = make_offered()
    visit(offered, make_slot(offered, starts=visit_at))
    eve = visit_at - timedelta(hours=25)
    early = visit_at - timedelta(hours=2)

    counts = [
        services.queue_reminders(now=moment.astimezone(UTC))
        for moment in (eve - MINUTE, eve, midnight - MINUTE, midnight, early - MINUTE, early)
    ]

    assert counts == [0, 1, 0, 0, 0, 1]
    assert set(Message.objects.values_list("kind", flat=True)) == {DAY_BEFORE, TWO_HOURS}


@pytest.mark.parametrize("step", [timedelta(hours=1), -timedelta(hours=1)])
def test_a_clock_that_jumps_writes_no_reminder_twice(step):
    offered = make_offered()
    visit(offered, make_slot(offered, starts=at(2027, 1, 1, 10)))
    eve = at(2026, 12, 31, 9)

    counts = [services.queue_reminders(now=eve + n * step) for n in (0, 1, 0, 1, -1, 2)]

    assert sum(counts) == 1


def test_what_is_past_is_past_in_every_zone():
    offered = make_offered()
    slot = make_slot(offered, starts=at(2027, 1, 1, 0, 30))
    new_york = datetime.fromisoformat("2026-12-31T12:31:00-05:00")

    assert new_york == slot.starts_at + MINUTE
    assert not list(queries.next_free(offered, now=new_york, count=1))
