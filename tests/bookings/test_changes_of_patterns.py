"""Changing the times of a pattern: a draft, a decision for each who stands on one that goes."""

from datetime import date, time, timedelta

import pytest

from accounts.roles import Role
from bookings import services
from bookings.models import Choice, Closing, Part, Slot
from bookings.services import integrity
from core.errors import Refused
from notifications.models import Message
from offices.models import OpeningPattern
from tests.factories import NOW, at, booking_at, hold, make_closure, make_staff

MORNING = [(1, time(9), time(9, 30)), (2, time(10), time(10, 30))]
LATER = [(1, time(9), time(9, 30)), (2, time(11), time(11, 30))]


@pytest.fixture
def head(offered):
    return make_staff(Role.HEAD, office=offered.office)


@pytest.fixture
def pattern(offered):
    """Monday to Friday at 9 and 10, with the times of the days ahead."""
    for no, starts, ends in MORNING:
        offered.pattern.times.create(no=no, starts=starts, ends=ends)
    services.generate_slots(now=NOW)
    return offered.pattern


def slot_at(offered, *when):
    return Slot.objects.of(offered).get(starts_at=at(*when))


def plan(pattern, head, rows=LATER, weekdays="12345", **changes):
    facts = {"reason_th": "เปลี่ยนเวลาให้บริการ", "by": head, "now": NOW}
    return services.plan_times(pattern=pattern, weekdays=weekdays, rows=rows, **(facts | changes))


def open_starts(offered, day):
    of_day = Slot.objects.of(offered).filter(starts_at__date=day, closed_at=None)
    return sorted(of_day.values_list("starts_at__time", flat=True))


def decide_all(closing, head, choice=Choice.MOVE):
    services.decide_all(closing=closing, by=head, now=NOW, choice=choice)


def announce(closing, head):
    services.announce(closing=closing, by=head, now=NOW)
    services.carry_out_closings(now=NOW)


def test_draft_stores_nothing_of_the_pattern_and_stops_what_would_go(pattern, offered, head):
    closing = plan(pattern, head)

    assert services.rows_of(pattern) == MORNING
    ten = slot_at(offered, 2026, 11, 30, 10)
    assert ten.stopped_by == closing
    with pytest.raises(Refused) as refused:
        hold(ten, offered)
    assert refused.value.code == "closed"
    assert hold(slot_at(offered, 2026, 11, 30, 9), offered).slot_id


def test_new_times_are_ready_but_nobody_can_book_them_yet(pattern, offered, head):
    closing = plan(pattern, head)

    assert closing.new_slots().count() == closing.slots().count() > 40
    with pytest.raises(Refused) as refused:
        hold(slot_at(offered, 2026, 11, 30, 11), offered)
    assert refused.value.code == "closed"


def test_announced_the_pattern_is_stored_and_its_times_are_open(pattern, offered, head):
    announce(plan(pattern, head), head)

    pattern.refresh_from_db()
    assert services.rows_of(pattern) == LATER
    assert open_starts(offered, date(2026, 11, 30)) == [time(9), time(11)]
    assert services.generate_slots(now=NOW).created == 0
    services.apply_closures(now=NOW)
    assert open_starts(offered, date(2026, 11, 30)) == [time(9), time(11)]
    assert Closing.objects.get().status == "done"


def test_appointment_is_moved_to_a_new_time_and_told_once(pattern, offered, head):
    booking = booking_at(offered=offered, slot=slot_at(offered, 2026, 11, 30, 10))
    closing = plan(pattern, head)
    [decision] = closing.decisions.select_related("proposed")
    assert decision.proposed == slot_at(offered, 2026, 11, 30, 9)
    decide_all(closing, head)

    announce(closing, head)
    services.carry_out_closings(now=NOW)

    booking.refresh_from_db()
    assert booking.slot == slot_at(offered, 2026, 11, 30, 9)
    message = Message.objects.get(kind="moved_by_office")
    assert message.context["reason"] == "เปลี่ยนเวลาให้บริการ"


def test_time_that_only_the_change_brings_can_be_chosen_for_somebody(pattern, offered, head):
    booking = booking_at(offered=offered, slot=slot_at(offered, 2026, 11, 30, 10))
    closing = plan(pattern, head)
    [decision] = closing.decisions.select_related("booking__offered", "slot", "proposed", "closing")
    eleven = slot_at(offered, 2026, 11, 30, 11)
    services.decide(decision=decision, choice=Choice.MOVE, slot=eleven, by=head, now=NOW)
    assert Slot.objects.get(pk=eleven.pk).taken == 1

    announce(closing, head)

    booking.refresh_from_db()
    assert booking.slot == eleven
    eleven.refresh_from_db()
    assert (eleven.taken, eleven.closed_at) == (1, None)


def test_who_is_cancelled_is_offered_a_time(pattern, offered, head):
    booking = booking_at(offered=offered, slot=slot_at(offered, 2026, 12, 14, 10))
    closing = plan(pattern, head)
    decide_all(closing, head, Choice.CANCEL)

    announce(closing, head)

    assert services.offered_to(booking, now=NOW).proposed == slot_at(offered, 2026, 12, 14, 9)


def test_undecided_change_is_not_announced(pattern, offered, head):
    booking = booking_at(offered=offered, slot=slot_at(offered, 2026, 11, 30, 10))
    closing = plan(pattern, head)

    with pytest.raises(Refused) as refused:
        services.announce(closing=closing, by=head, now=NOW)

    assert refused.value.code == "undecided"
    assert booking.reference in refused.value.message
    assert services.rows_of(pattern) == MORNING


@pytest.mark.parametrize("ending", ["drop", "lapse"])
def test_draft_that_ends_leaves_the_times_as_they_were(pattern, offered, head, ending):
    booking_at(offered=offered, slot=slot_at(offered, 2026, 11, 30, 10))
    before = open_starts(offered, date(2026, 11, 30))
    closing = plan(pattern, head)

    if ending == "drop":
        services.drop(closing=closing, by=head, now=NOW)
    else:
        services.lapse_drafts(now=NOW + timedelta(minutes=30))

    assert open_starts(offered, date(2026, 11, 30)) == before == [time(9), time(10)]
    assert slot_at(offered, 2026, 11, 30, 9).taken == 0
    assert not Slot.objects.filter(stopped_by__isnull=False).exists()
    assert [f.name for f in integrity.findings(now=NOW) if f.problems] == []


def test_lapsed_draft_is_opened_again_with_its_new_times(pattern, offered, head):
    closing = plan(pattern, head)
    later = NOW + timedelta(hours=1)
    services.lapse_drafts(now=later)

    services.open_again(closing=closing, by=head, now=later)

    assert closing.new_slots().count() > 40
    services.announce(closing=closing, by=head, now=later)
    assert open_starts(offered, date(2026, 11, 30)) == [time(9), time(11)]


def test_back_to_the_old_times_opens_them_again(pattern, offered, head):
    announce(plan(pattern, head), head)

    announce(plan(pattern, head, rows=MORNING), head)

    assert open_starts(offered, date(2026, 11, 30)) == [time(9), time(10)]
    assert Slot.objects.of(offered).filter(starts_at=at(2026, 11, 30, 10)).count() == 1


def test_weekday_that_goes_takes_its_times_along(pattern, offered, head):
    booking = booking_at(offered=offered, slot=slot_at(offered, 2026, 11, 30, 10))

    closing = plan(pattern, head, rows=MORNING, weekdays="2345")

    assert [one.booking for one in closing.decisions.select_related("booking")] == [booking]
    decide_all(closing, head)
    announce(closing, head)
    assert open_starts(offered, date(2026, 11, 30)) == []
    assert open_starts(offered, date(2026, 12, 1)) == [time(9), time(10)]


def test_same_start_with_another_end_hits_nobody(pattern, offered, head):
    booking_at(offered=offered, slot=slot_at(offered, 2026, 11, 30, 10))
    rows = [MORNING[0], (2, time(10), time(10, 50))]

    closing = plan(pattern, head, rows=rows)
    announce(closing, head)

    assert not closing.decisions.exists()
    assert slot_at(offered, 2026, 11, 30, 10).ends_at == at(2026, 11, 30, 10, 50)


def test_closed_day_gets_no_new_times_until_it_opens(pattern, offered, head):
    closure = make_closure(date(2026, 11, 30), office=offered.office)
    services.apply_closures(now=NOW)

    announce(plan(pattern, head), head)
    announce(plan(pattern, head, rows=MORNING), head)

    assert open_starts(offered, date(2026, 11, 30)) == []
    closure.delete()
    services.apply_closures(now=NOW, day=date(2026, 11, 30))
    assert open_starts(offered, date(2026, 11, 30)) == [time(9), time(10)]


def test_kept_at_a_time_that_is_gone_is_found_by_nobody_else(pattern, offered, head):
    booking = booking_at(offered=offered, slot=slot_at(offered, 2026, 11, 30, 10))
    closing = plan(pattern, head)
    [decision] = closing.decisions.select_related("booking__offered", "slot", "proposed", "closing")
    services.decide(
        decision=decision, choice=Choice.KEEP, place="ห้อง 2", responsible="สมพร", by=head, now=NOW
    )

    announce(closing, head)

    assert Message.objects.filter(kind="kept_elsewhere").count() == 1
    kept = slot_at(offered, 2026, 11, 30, 10)
    assert kept in Slot.objects.shown()
    assert (kept.taken, booking.place) == (1, "ห้อง 2")
    assert [f.name for f in integrity.findings(now=NOW) if f.problems] == []


def test_service_gets_another_pattern(pattern, offered, head):
    other = OpeningPattern.objects.create(office=offered.office, name="ใหม่", weekdays="1")
    other.times.create(no=1, starts=time(14), ends=time(14, 30))

    closing = services.plan_choice(
        offered=offered, pattern=other, reason_th="ย้ายเวลา", by=head, now=NOW
    )
    offered.refresh_from_db()
    assert offered.pattern == pattern
    announce(closing, head)

    offered.refresh_from_db()
    assert offered.pattern == other
    assert open_starts(offered, date(2026, 11, 30)) == [time(14)]
    assert open_starts(offered, date(2026, 12, 1)) == []


def test_chosen_pattern_that_changed_meanwhile_is_refused(pattern, offered, head):
    other = OpeningPattern.objects.create(office=offered.office, name="ใหม่", weekdays="1")
    other.times.create(no=1, starts=time(14), ends=time(14, 30))
    closing = services.plan_choice(
        offered=offered, pattern=other, reason_th="ย้ายเวลา", by=head, now=NOW
    )
    other.times.create(no=2, starts=time(15), ends=time(15, 30))

    with pytest.raises(Refused) as refused:
        services.announce(closing=closing, by=head, now=NOW)

    assert refused.value.code == "stale"
    assert open_starts(offered, date(2026, 11, 30)) == []


@pytest.mark.parametrize(
    ("rows", "reason", "code"),
    [
        ([], "เหตุผล", "times"),
        ([(1, time(10), time(9))], "เหตุผล", "order"),
        ([(1, time(10), time(10))], "เหตุผล", "order"),
        ([(1, time(9), time(10)), (2, time(9, 30), time(11))], "เหตุผล", "overlap"),
        ([(2, time(9, 30), time(11)), (1, time(9), time(10))], "เหตุผล", "overlap"),
        ([(1, time(9), time(10)), (1, time(10), time(11))], "เหตุผล", "twice"),
        (LATER, "  ", "reason"),
    ],
)
def test_bad_change_is_refused_and_nothing_stored(pattern, offered, head, rows, reason, code):
    slots = Slot.objects.count()

    with pytest.raises(Refused) as refused:
        plan(pattern, head, rows=rows, reason_th=reason)

    assert refused.value.code == code
    assert not Closing.objects.exists()
    assert Slot.objects.count() == slots
    assert not Slot.objects.filter(closed_at__isnull=False).exists()


def test_two_changes_of_one_pattern_are_refused(pattern, offered, head):
    plan(pattern, head)

    with pytest.raises(Refused) as refused:
        plan(pattern, head, rows=MORNING[:1])

    assert refused.value.code == "overlap"
    assert Closing.objects.count() == 1


def test_closing_of_a_time_that_a_draft_would_take_away_is_refused(pattern, offered, head):
    plan(pattern, head)

    with pytest.raises(Refused) as refused:
        services.plan(
            office=offered.office,
            day=date(2026, 11, 30),
            part=Part.DAY,
            services=[offered],
            reason_th="ปิด",
            by=head,
            now=NOW,
        )

    assert refused.value.code == "overlap"


def test_officer_cannot_change_times(pattern, offered, officer):
    with pytest.raises(Refused) as refused:
        plan(pattern, officer)

    assert refused.value.code == "permission"


def test_central_office_begins_it_and_the_office_decides(pattern, offered, head):
    central = make_staff(Role.CENTRAL)
    closing = plan(pattern, central)

    with pytest.raises(Refused) as refused:
        services.announce(closing=closing, by=central, now=NOW)
    assert refused.value.code == "permission"

    announce(closing, head)
    assert services.rows_of(pattern) == LATER


def test_integrity_finds_who_stands_on_a_time_that_went(broken_on_purpose, pattern, offered):
    booking = booking_at(offered=offered, slot=slot_at(offered, 2026, 11, 30, 10))
    Slot.objects.filter(pk=booking.slot_id).update(closed_at=NOW, out_of_pattern=True)

    broken = [str(f) for f in integrity.findings(now=NOW) if f.problems]

    assert any(booking.reference in line for line in broken)
