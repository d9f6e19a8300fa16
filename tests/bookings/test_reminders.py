"""Reminders: the day before at 09.00 and two hours before, each once (fault F34)."""

from datetime import timedelta

import pytest
from django.core import mail
from django.db import transaction
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from bookings import news, services
from bookings.models import Booking
from bookings.services import integrity
from bookings.services.reminders import DAY_BEFORE, TWO_HOURS
from bookings.workflow import Status
from core.workflow import CITIZEN, Actor
from notifications import delivery
from notifications.models import Message
from notifications.models import Status as MessageStatus
from tests.factories import NOW, at, booking_at, make_slot
from tests.live.size import full_or

VISIT = at(2026, 11, 30, 10)
EVE = at(2026, 11, 29, 9)
EARLY = at(2026, 11, 30, 8)
MINUTE = timedelta(minutes=1)
# So many courses of events are made up for each of the last two tests.
COURSES = full_or(300, 25)


@pytest.fixture
def booking(offered, slot, officer):
    return booking_at(Status.CONFIRMED, offered=offered, slot=slot, by=officer)


def written():
    reminders = Message.objects.filter(kind__in=[DAY_BEFORE, TWO_HOURS]).order_by("created_at")
    return [(message.kind, message.created_at) for message in reminders]


def sweep(*moments):
    return [services.queue_reminders(now=moment) for moment in moments]


def test_both_reminders_are_written_when_they_are_due(booking):
    counts = sweep(EVE - MINUTE, EVE, EVE + MINUTE, EARLY - MINUTE, EARLY, EARLY + MINUTE)

    assert counts == [0, 1, 0, 0, 1, 0]
    assert written() == [(DAY_BEFORE, EVE), (TWO_HOURS, EARLY)]


def test_two_sweeps_at_once_write_one(booking):
    """Both have read the table before either wrote: the event is the same."""
    for _ in range(2):
        news.remind([booking], DAY_BEFORE, now=EVE)

    assert written() == [(DAY_BEFORE, EVE)]


def test_after_a_pause_of_the_sweep_what_is_still_useful_is_written(booking):
    sweep(EVE + timedelta(hours=20), VISIT - MINUTE)

    assert [kind for kind, _ in written()] == [DAY_BEFORE, TWO_HOURS]


def test_nothing_is_written_once_the_visit_has_begun(booking):
    sweep(VISIT, VISIT + MINUTE, VISIT + timedelta(days=1))

    assert written() == []


def test_within_the_last_two_hours_only_the_second_is_written(booking):
    sweep(EARLY + MINUTE)

    assert [kind for kind, _ in written()] == [TWO_HOURS]


@pytest.mark.parametrize(
    "status", [Status.REQUESTED, Status.NEEDS_DOCUMENTS, Status.REJECTED, Status.CANCELLED]
)
def test_only_a_confirmed_visit_is_reminded(status, offered, slot, officer):
    booking_at(status, offered=offered, slot=slot, by=officer)

    sweep(EVE, EARLY)

    assert written() == []


def test_a_visit_cancelled_between_the_two_gets_no_second(booking, officer):
    sweep(EVE)
    services.cancel(booking=booking, by=Actor.staff(officer), reason="ทดสอบ", now=EVE + MINUTE)

    sweep(EARLY)

    assert written() == [(DAY_BEFORE, EVE)]


def test_booked_after_the_first_was_due_only_the_second_is_written(offered, slot, officer):
    booking_at(Status.CONFIRMED, offered=offered, slot=slot, by=officer, now=EVE + MINUTE)

    sweep(EVE + 2 * MINUTE, EARLY)

    assert written() == [(TWO_HOURS, EARLY)]


def test_a_time_chosen_on_the_same_day_gets_none(booking, offered, officer):
    sweep(EVE)
    soon = make_slot(offered, starts=VISIT + timedelta(hours=1))
    services.move_to(
        booking=booking,
        slot=soon,
        by=Actor.staff(officer),
        reason="ทดสอบ",
        now=VISIT - timedelta(minutes=30),
    )

    sweep(VISIT - timedelta(minutes=29), VISIT)

    assert written() == [(DAY_BEFORE, EVE)]


def test_a_moved_visit_is_reminded_anew(booking, offered, officer):
    sweep(EVE)
    later = make_slot(offered, starts=VISIT + timedelta(days=2))
    services.move_to(
        booking=booking, slot=later, by=Actor.staff(officer), reason="ทดสอบ", now=EVE + MINUTE
    )
    eve, early = EVE + timedelta(days=2), EARLY + timedelta(days=2)

    sweep(EARLY, eve, early)

    assert written() == [(DAY_BEFORE, EVE), (DAY_BEFORE, eve), (TWO_HOURS, early)]


def test_moved_away_and_back_it_is_reminded_once_for_that_time(booking, offered):
    other = make_slot(offered)
    moved = services.move_to(booking=booking, slot=other, by=CITIZEN, now=NOW)
    services.move_to(booking=moved, slot=booking.slot, by=CITIZEN, now=NOW)

    sweep(EVE, EARLY)

    assert written() == [(DAY_BEFORE, EVE), (TWO_HOURS, EARLY)]


def test_a_sweep_makes_a_fixed_number_of_queries(offered, officer, django_assert_num_queries):
    for _ in range(3):
        booking_at(Status.CONFIRMED, offered=offered, slot=make_slot(offered), by=officer)

    with django_assert_num_queries(4):  # one read a kind and day, one INSERT
        services.queue_reminders(now=EVE)


in_any_course = hypothesis_settings(
    max_examples=COURSES,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)


@in_any_course
@given(chosen=st.integers(-600, 3_000), sweeps=st.lists(st.integers(-60, 3_000), max_size=6))
def test_at_any_time_at_most_one_of_each_and_none_too_late(booking, chosen, sweeps):
    """Minutes before the visit: when the time was chosen, when sweeps ran."""
    Message.objects.filter(kind__in=[DAY_BEFORE, TWO_HOURS]).delete()
    since = VISIT - chosen * MINUTE
    Booking.objects.update(slot_since=since)

    sweep(*sorted(VISIT - minutes * MINUTE for minutes in sweeps))

    kinds = [kind for kind, _ in written()]
    assert len(kinds) == len(set(kinds))
    for kind, moment in written():
        due = EVE if kind == DAY_BEFORE else EARLY
        assert since < due <= moment < VISIT
    assert not [f for f in integrity.findings(now=VISIT) if f.problems]


@in_any_course
@given(
    sweeps=st.lists(st.tuples(st.integers(-60, 1_600), st.integers(0, 5)), min_size=1, max_size=6),
    met=st.integers(0, 5),
    after=st.integers(-2, 6),
)
def test_at_any_time_none_goes_out_once_it_is_cancelled(booking, officer, sweeps, met, after):
    """Minutes before the visit at which a sweep claims, and how many later it sends; which of
    them the cancellation meets, and how many minutes after its claim."""
    sweeps.sort(reverse=True)
    cancelled_at = VISIT - (sweeps[met % len(sweeps)][0] - after) * MINUTE
    with transaction.atomic():
        Message.objects.all().delete()
        mail.outbox.clear()
        for minutes, later in sweeps:
            claimed_at, sent_at = (VISIT - (minutes - wait) * MINUTE for wait in (0, later))
            _cancel(booking, cancelled_at, officer, now=claimed_at)
            services.queue_reminders(now=claimed_at)
            claimed = delivery.claim(now=claimed_at)
            _cancel(booking, cancelled_at, officer, now=sent_at)
            run = delivery.Sweep(now=sent_at, seconds=60, should_stop=lambda: False)
            for message in claimed:
                run.deliver(message)

        sent = Message.objects.filter(status=MessageStatus.SENT)
        assert len(mail.outbox) == sent.count()
        reminders = sent.filter(kind__in=[DAY_BEFORE, TWO_HOURS])
        assert len(reminders) == len({message.kind for message in reminders})
        assert not reminders.filter(sent_at__gte=min(cancelled_at, VISIT)).exists()
        transaction.set_rollback(True)


def _cancel(booking, cancelled_at, officer, *, now):
    booking = Booking.objects.select_related("slot").get(pk=booking.pk)
    if cancelled_at <= now and booking.status == Status.CONFIRMED:
        services.cancel(booking=booking, by=Actor.staff(officer), now=now, reason="ทดสอบ")
