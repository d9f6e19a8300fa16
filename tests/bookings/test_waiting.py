"""The waiting list: who joins, who is offered what, and what ends it."""

from datetime import timedelta
from uuid import uuid4

import pytest

from bookings import services, waiting
from bookings.models import WaitingEntry
from bookings.workflow import WaitingStatus
from core.errors import Refused
from notifications.models import Message
from tests.bookings.line import FULL_DAY, cancel, join, state
from tests.factories import NOW, at, booking_at, make_slot

pytestmark = pytest.mark.usefixtures("nothing_broken")


def test_join_tells_the_contact_once(offered, booking):
    key = uuid4()
    first = join(offered, form_key=key, email="mali@example.com")
    again = join(offered, form_key=key, email="mali@example.com")

    assert first == again
    [told] = Message.objects.filter(source="waiting")
    assert (told.kind, told.address) == ("waiting_joined", "mali@example.com")


def test_join_with_the_same_form_and_other_data_is_refused(offered, booking):
    key = uuid4()
    join(offered, form_key=key)

    with pytest.raises(Refused) as refused:
        join(offered, form_key=key)

    assert refused.value.code == "other_body"
    assert WaitingEntry.objects.count() == 1


def test_join_with_a_waiting_contact_follows_it_and_is_never_offered(offered, booking):
    first = join(offered, email="mali@example.com")
    second = join(offered, email="mali@example.com", now=NOW + timedelta(minutes=1))
    third = join(offered, phone="+66800000000", email="")

    assert second.status == first.status == WaitingStatus.WAITING
    assert second.follows == first
    told = Message.objects.filter(source="waiting", address="mali@example.com")
    assert {message.case_id for message in told} == {first.pk}
    services.leave_waiting(entry=first, now=NOW)
    cancel(booking)
    assert (state(second), state(third)) == ("waiting", "offered")


@pytest.mark.parametrize(
    ("days", "code"),
    [((FULL_DAY, FULL_DAY), "free"), ((at(2026, 11, 28).date(),) * 2, "no_times")],
)
def test_join_for_days_that_are_not_full_is_refused(offered, days, code):
    make_slot(offered)

    wish = services.Wish(1, *days, phone="", email="mali@example.com")

    with pytest.raises(Refused) as refused:
        services.join_waiting(form_key=uuid4(), offered=offered, wish=wish, language="th", now=NOW)

    assert refused.value.code == code
    assert not WaitingEntry.objects.exists()


def test_who_booked_elsewhere_leaves_the_list(offered, booking):
    entry = join(offered, email="couple@example.com")
    other = make_slot(offered, starts=at(2026, 12, 3, 10))
    booking_at(offered=offered, slot=other, now=NOW + timedelta(minutes=1))

    cancel(booking)

    assert (state(entry), entry.ending) == ("over", "booked")
    assert entry.closed_at is not None


def test_who_booked_elsewhere_need_not_wait_for_the_turn(
    offered, booking, django_assert_num_queries
):
    joined = NOW + timedelta(minutes=1)
    entry = join(offered, email="Couple@example.com", now=joined)
    behind = join(offered, now=joined)
    with django_assert_num_queries(1):
        assert services.end_booked_waiting(now=NOW) == 0
    other = make_slot(offered, starts=at(2026, 12, 3, 10))
    booking_at(offered=offered, slot=other, now=NOW + timedelta(minutes=2))

    assert services.end_booked_waiting(now=NOW + timedelta(minutes=3)) == 1

    assert (state(entry), entry.ending) == ("over", "booked")
    assert waiting.line_of(behind).position == 1


def test_the_office_takes_out_with_a_reason(offered, booking, officer):
    entry = join(offered)
    with pytest.raises(Refused) as refused:
        services.take_out(entry=entry, reason=" ", by=officer, now=NOW)
    assert refused.value.code == "reason"

    services.take_out(entry=entry, reason="โทรมาขอออก", by=officer, now=NOW)

    assert (state(entry), entry.ending) == ("left", "taken_out")
    assert (entry.reason, entry.closed_by, entry.closed_at) == ("โทรมาขอออก", officer, NOW)


def test_days_that_are_over_end_the_waiting(offered, booking):
    entry = join(offered)
    later = NOW + timedelta(days=8)

    assert services.end_waiting(now=later) == 1
    assert (state(entry), entry.ending, entry.closed_at) == ("over", "days_over", later)


def test_cancelling_without_anybody_waiting_costs_one_query_more(
    offered, booking, django_assert_num_queries
):
    with django_assert_num_queries(1):
        services.offer_freed(slot_id=booking.slot_id, now=NOW)


@pytest.mark.parametrize("people", [1, 30])
def test_line_of_an_entry_costs_two_queries(offered, booking, people, django_assert_num_queries):
    entries = [join(offered, now=NOW + timedelta(seconds=n)) for n in range(people)]

    with django_assert_num_queries(2):
        line = waiting.line_of(entries[-1])

    assert line.position == people
