"""Closing a part of a day: the draft, the decisions, the announcement, and carrying it out."""

from datetime import date, time, timedelta

import pytest

from accounts.roles import Role
from bookings import services
from bookings.models import Booking, Choice, Closing, ClosingDecision, Part, Slot
from bookings.services import integrity, proposals
from bookings.workflow import Status
from core.errors import Refused
from core.workflow import CITIZEN
from notifications.models import Message
from notifications.models import Status as MessageStatus
from offices.models import Closure, PopularDay
from tests.factories import (
    NOW,
    at,
    booking_at,
    couple_details,
    hold,
    make_offered,
    make_office,
    make_slot,
    make_staff,
    submit,
)

FRIDAY = date(2026, 12, 18)
MONDAY = date(2026, 12, 21)
MINUTE = timedelta(minutes=1)


@pytest.fixture
def head(offered):
    return make_staff(Role.HEAD, office=offered.office)


@pytest.fixture
def friday(offered):
    """Three times on Friday afternoon, one in the morning; two on Monday afternoon."""
    return [make_slot(offered, starts=at(2026, 12, 18, hour)) for hour in (13, 14, 15)]


@pytest.fixture
def monday(offered):
    return [make_slot(offered, starts=at(2026, 12, 21, hour)) for hour in (9, 13, 14, 15)]


def plan(offered, head, **changes):
    facts = {
        "office": offered.office,
        "day": FRIDAY,
        "part": Part.AFTERNOON,
        "services": [offered],
        "reason_th": "ปรับปรุงระบบไฟฟ้า",
        "by": head,
        "now": NOW,
    }
    return services.plan(**facts | changes)


def decisions(closing):
    return list(closing.decisions.select_related("booking", "proposed", "slot", "closing"))


def taken(slot):
    return Slot.objects.get(pk=slot.pk).taken


def announce_and_carry_out(closing, head, now=NOW):
    services.announce(closing=closing, by=head, now=now)
    return services.carry_out_closings(now=now)


def told(kind):
    return Message.objects.filter(kind=kind)


def test_plan_stops_new_bookings_and_nothing_else(offered, head, friday, monday):
    morning = make_slot(offered, starts=at(2026, 12, 18, 10))

    plan(offered, head)

    for slot in friday:
        with pytest.raises(Refused) as refused:
            hold(Slot.objects.get(pk=slot.pk), offered, now=at(2026, 12, 1, 9))
        assert refused.value.code == "closed"
    assert hold(morning, offered, now=at(2026, 12, 1, 9)).status == Status.HELD


def test_form_being_filled_in_loses_its_time(offered, head, friday):
    held = hold(friday[0], offered)

    plan(offered, head)

    assert taken(friday[0]) == 0
    with pytest.raises(Refused) as refused:
        submit(held)
    assert refused.value.code == "expired"


def test_proposal_is_the_same_time_of_the_next_day_and_its_place_is_kept(
    offered, head, friday, monday
):
    booking_at(offered=offered, slot=friday[1])

    closing = plan(offered, head)

    [decision] = decisions(closing)
    assert (decision.choice, decision.proposed) == (Choice.UNDECIDED, monday[2])
    assert taken(monday[2]) == 1
    with pytest.raises(Refused) as refused:
        hold(monday[2], offered, now=at(2026, 12, 1, 9))
    assert refused.value.code == "full"


def test_printed_half_hours_of_30_and_29_minutes_are_alike(offered):
    """The table of Bang Rak begins 08.00-08.30 and goes on 08.31-09.00 (S2-R06)."""

    def one(day, hour, minute, length):
        starts = at(2026, 12, day, hour, minute)
        return Slot(starts_at=starts, ends_at=starts + timedelta(minutes=length))

    closed, same_day = one(18, 8, 0, 30), one(18, 9, 31, 29)
    next_day, short = one(21, 8, 0, 30), one(18, 8, 31, 15)

    assert proposals.nearest(closed, [next_day, short, same_day]) == [same_day, next_day]


def test_no_two_are_proposed_the_same_place(offered, head, friday, monday):
    for slot in friday:
        booking_at(offered=offered, slot=slot)

    closing = plan(offered, head)

    proposed = [decision.proposed_id for decision in decisions(closing)]
    assert len(set(proposed)) == 3


def test_nothing_free_leaves_it_without_a_proposal(offered, head, friday):
    booking_at(offered=offered, slot=friday[0])

    [decision] = decisions(plan(offered, head))

    assert decision.proposed is None
    with pytest.raises(Refused) as refused:
        services.decide(decision=decision, choice=Choice.MOVE, by=head, now=NOW)
    assert refused.value.code == "time"


def test_draft_that_nobody_comes_back_to_opens_again(offered, head, friday, monday):
    booking_at(offered=offered, slot=friday[0])
    closing = plan(offered, head)
    services.decide_all(closing=closing, by=head, now=NOW)

    assert services.lapse_drafts(now=NOW + 29 * MINUTE) == 0
    assert services.lapse_drafts(now=NOW + 30 * MINUTE) == 1

    assert not Slot.objects.filter(closed_at__isnull=False).exists()
    assert taken(monday[1]) == 0
    [decision] = decisions(closing)
    assert (decision.choice, decision.holds_place) == (Choice.MOVE, False)
    assert services.lapse_drafts(now=NOW + 31 * MINUTE) == 0


def test_lapsed_draft_is_opened_again_with_whoever_came_meanwhile(offered, head, friday, monday):
    closing = plan(offered, head)
    services.lapse_drafts(now=NOW + 30 * MINUTE)
    late = booking_at(offered=offered, slot=friday[2])

    services.open_again(closing=closing, by=head, now=NOW + 60 * MINUTE)

    [decision] = decisions(closing)
    assert decision.booking == late
    assert decision.holds_place


def test_time_closed_by_hand_stays_closed_when_the_draft_lapses(offered, head, friday):
    Slot.objects.filter(pk=friday[0].pk).update(closed_at=NOW, closed_by_hand=True)
    plan(offered, head)

    services.lapse_drafts(now=NOW + 30 * MINUTE)

    friday[0].refresh_from_db()
    assert friday[0].closed_at == NOW


def test_calendar_does_not_open_what_a_draft_stops(offered, head, friday):
    plan(offered, head)

    services.apply_closures(now=NOW, day=FRIDAY)

    assert Slot.objects.filter(stopped_by__isnull=False, closed_at__isnull=False).count() == 3


def test_announcing_before_all_are_decided_names_who_is_not(offered, head, friday, monday):
    bookings = [booking_at(offered=offered, slot=slot) for slot in friday[:2]]
    closing = plan(offered, head)
    services.decide(decision=decisions(closing)[0], choice=Choice.CANCEL, by=head, now=NOW)

    with pytest.raises(Refused) as refused:
        services.announce(closing=closing, by=head, now=NOW)

    assert refused.value.code == "undecided"
    assert bookings[1].reference in refused.value.message
    assert bookings[0].reference not in refused.value.message
    closing.refresh_from_db()
    assert closing.is_draft


def test_move_cancel_and_keep_are_each_told_once(offered, head, friday, monday):
    moved, cancelled, kept = [
        booking_at(Status.CONFIRMED, offered=offered, slot=slot) for slot in friday
    ]
    closing = plan(offered, head)
    first, second, third = decisions(closing)
    services.decide(decision=first, choice=Choice.MOVE, by=head, now=NOW)
    services.decide(decision=second, choice=Choice.CANCEL, by=head, now=NOW)
    services.decide(
        decision=third,
        choice=Choice.KEEP,
        place="เคาน์เตอร์สำรอง ชั้น 1",
        responsible="สมพร ตัวอย่าง",
        by=head,
        now=NOW,
    )

    assert announce_and_carry_out(closing, head) == 3
    assert services.carry_out_closings(now=NOW) == 0

    for booking in (moved, cancelled, kept):
        booking.refresh_from_db()
    assert (moved.status, moved.slot) == (Status.CONFIRMED, monday[1])
    assert (cancelled.status, kept.status) == (Status.CANCELLED, Status.CONFIRMED)
    assert kept.slot == friday[2]
    # The place that was proposed to the cancelled one is offered: it is kept.
    assert [taken(slot) for slot in (*friday, *monday)] == [0, 0, 1, 0, 1, 1, 0]
    for kind, booking in (
        ("moved_by_office", moved),
        ("cancelled_by_office", cancelled),
        ("kept_elsewhere", kept),
    ):
        message = told(kind).get()
        assert message.case_id == booking.pk
        assert message.context["reason"] == "ปรับปรุงระบบไฟฟ้า"
    closing.refresh_from_db()
    assert closing.status == "done"


def test_closed_times_stay_closed(offered, head, friday):
    closing = plan(offered, head)

    announce_and_carry_out(closing, head)
    services.lapse_drafts(now=NOW + 60 * MINUTE)
    services.apply_closures(now=NOW, day=FRIDAY)

    assert Slot.objects.filter(closed_at__isnull=False, closed_by_hand=True).count() == 3
    assert not Closure.objects.exists()


def test_whole_day_of_all_services_is_a_day_of_the_calendar(offered, head, friday):
    closing = plan(offered, head, part=Part.DAY)

    announce_and_carry_out(closing, head)

    closure = Closure.objects.get()
    assert (closure.office, closure.date) == (offered.office, FRIDAY)
    closure.delete()
    services.apply_closures(now=NOW, day=FRIDAY)
    assert not Slot.objects.filter(closed_at__isnull=False).exists()


def test_times_are_not_made_in_a_closed_part(offered, head):
    offered.pattern.times.create(no=1, starts=time(9), ends=time(9, 30))
    offered.pattern.times.create(no=2, starts=time(13), ends=time(13, 30))
    announce_and_carry_out(plan(offered, head), head)

    services.generate_slots(now=NOW)

    of_day = Slot.objects.between(at(2026, 12, 18), at(2026, 12, 19))
    assert [slot.starts_at for slot in of_day] == [at(2026, 12, 18, 9)]


def test_whoever_cancelled_meanwhile_is_left_alone(offered, head, friday, monday):
    booking = booking_at(offered=offered, slot=friday[0])
    closing = plan(offered, head)
    services.decide_all(closing=closing, by=head, now=NOW)
    services.announce(closing=closing, by=head, now=NOW)
    services.cancel(booking=booking, by=CITIZEN, now=NOW)

    services.carry_out_closings(now=NOW)

    [decision] = decisions(closing)
    assert decision.was_gone
    assert taken(monday[1]) == 0
    assert not told("moved_by_office").exists()


def test_whoever_cancels_a_draft_time_is_forgotten_by_the_announcement(
    offered, head, friday, monday
):
    booking = booking_at(offered=offered, slot=friday[0])
    closing = plan(offered, head)
    services.cancel(booking=booking, by=CITIZEN, now=NOW)

    assert announce_and_carry_out(closing, head) == 0

    assert taken(monday[1]) == 0
    assert not ClosingDecision.objects.exists()


def test_nobody_without_a_channel_is_forgotten(offered, head, friday, monday):
    booking_at(offered=offered, slot=friday[0], details=couple_details(email=""))
    closing = plan(offered, head)
    services.decide_all(closing=closing, by=head, now=NOW)

    announce_and_carry_out(closing, head)

    message = told("moved_by_office").get()
    assert message.status == MessageStatus.NO_CHANNEL
    assert Message.objects.to_call().filter(pk=message.pk).exists()


def test_popular_wedding_day_is_never_moved_without_looking(offered, head, friday, monday):
    PopularDay.objects.create(date=FRIDAY, name_th="วันคู่รัก")
    booking_at(offered=offered, slot=friday[0])
    closing = plan(offered, head)

    assert services.decide_all(closing=closing, by=head, now=NOW) == 0


def test_another_time_can_be_chosen_and_the_first_is_free_again(offered, head, friday, monday):
    booking_at(offered=offered, slot=friday[0])
    [decision] = decisions(plan(offered, head))

    services.decide(decision=decision, choice=Choice.MOVE, slot=monday[0], by=head, now=NOW)

    assert [taken(slot) for slot in monday] == [1, 0, 0, 0]


def test_chosen_time_that_is_full_changes_nothing(offered, head, friday, monday):
    booking_at(offered=offered, slot=friday[0])
    booking_at(offered=offered, slot=monday[0])
    [decision] = decisions(plan(offered, head))

    with pytest.raises(Refused) as refused:
        services.decide(decision=decision, choice=Choice.MOVE, slot=monday[0], by=head, now=NOW)

    assert refused.value.code == "full"
    assert [taken(slot) for slot in monday] == [1, 1, 0, 0]


def test_time_of_another_office_cannot_be_chosen(offered, head, friday, monday):
    other = make_offered(office=make_office(code=1040, slug="bang-khae", prefix="BK"))
    booking_at(offered=offered, slot=friday[0])
    [decision] = decisions(plan(offered, head))

    with pytest.raises(Refused) as refused:
        services.decide(
            decision=decision, choice=Choice.MOVE, slot=make_slot(other), by=head, now=NOW
        )

    assert refused.value.code == "time"


def test_keeping_needs_a_place_and_a_person(offered, head, friday):
    booking_at(offered=offered, slot=friday[0])
    [decision] = decisions(plan(offered, head))

    with pytest.raises(Refused) as refused:
        services.decide(decision=decision, choice=Choice.KEEP, place="ชั้น 1", by=head, now=NOW)

    assert refused.value.code == "place"


def test_dropped_draft_opens_everything(offered, head, friday, monday):
    booking_at(offered=offered, slot=friday[0])
    closing = plan(offered, head)

    services.drop(closing=closing, by=head, now=NOW)

    assert not Slot.objects.filter(closed_at__isnull=False).exists()
    assert taken(monday[1]) == 0
    assert not ClosingDecision.objects.exists()


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"services": []}, "services"),
        ({"reason_th": "  "}, "reason"),
        ({"day": date(2026, 11, 20)}, "past"),
        ({"day": date(2031, 1, 1)}, "far"),
        ({"part": Part.HOURS}, "hours"),
        ({"part": Part.HOURS, "starts": time(15), "ends": time(14)}, "order"),
        ({"part": Part.HOURS, "starts": time(15), "ends": time(15)}, "order"),
    ],
)
def test_bad_closing_is_refused_and_nothing_stored(offered, head, changes, code):
    with pytest.raises(Refused) as refused:
        plan(offered, head, **changes)

    assert refused.value.code == code
    assert not Closing.objects.exists()


def test_officer_cannot_close(offered, officer):
    with pytest.raises(Refused) as refused:
        plan(offered, officer)

    assert refused.value.code == "permission"


def test_same_times_cannot_be_closed_twice_at_once(offered, head, friday):
    plan(offered, head)

    with pytest.raises(Refused) as refused:
        plan(offered, head, part=Part.DAY)

    assert refused.value.code == "overlap"
    assert Closing.objects.count() == 1


def test_closing_that_was_announced_cannot_be_decided_anew(offered, head, friday, monday):
    booking_at(offered=offered, slot=friday[0])
    closing = plan(offered, head)
    [decision] = decisions(closing)
    services.decide_all(closing=closing, by=head, now=NOW)
    services.announce(closing=closing, by=head, now=NOW)

    with pytest.raises(Refused) as refused:
        services.decide(decision=decision, choice=Choice.CANCEL, by=head, now=NOW)

    assert refused.value.code == "stale"


def test_announcing_what_a_colleague_changed_is_refused(offered, head, friday, monday):
    booking_at(offered=offered, slot=friday[0])
    closing = plan(offered, head)
    services.decide_all(closing=closing, by=head, now=NOW)

    with pytest.raises(Refused) as refused:
        services.announce(closing=closing, by=head, now=NOW, version=closing.version)

    assert refused.value.code == "stale"


def test_closed_time_is_not_approved_until_it_is_kept(offered, head, officer, friday, monday):
    booking = booking_at(offered=offered, slot=friday[0])
    closing = plan(offered, head)

    with pytest.raises(Refused) as refused:
        services.confirm(booking=booking, by=officer, now=NOW)
    assert refused.value.code == "closed"

    [decision] = decisions(closing)
    services.decide(
        decision=decision, choice=Choice.KEEP, place="ห้อง 2", responsible="สมพร", by=head, now=NOW
    )
    announce_and_carry_out(closing, head)
    assert services.confirm(booking=booking, by=officer, now=NOW).status == Status.CONFIRMED
    assert Booking.objects.get(pk=booking.pk).place == "ห้อง 2"


def test_integrity_finds_who_was_forgotten(broken_on_purpose, offered, head, friday):
    booking = booking_at(offered=offered, slot=friday[0])
    closing = plan(offered, head)
    Closing.objects.filter(pk=closing.pk).update(status="done")
    ClosingDecision.objects.all().delete()

    broken = [str(f) for f in integrity.findings(now=NOW) if f.problems]

    assert any(booking.reference in line for line in broken)


def test_integrity_counts_the_places_kept(broken_on_purpose, offered, head, friday, monday):
    booking_at(offered=offered, slot=friday[0])
    plan(offered, head)
    ClosingDecision.objects.update(holds_place=False)

    assert [f.name for f in integrity.findings(now=NOW) if f.problems] == ["I1 places"]


def test_arrived_people_are_not_hit(offered, head, friday):
    booking = booking_at(Status.CONFIRMED, offered=offered, slot=friday[0])
    Booking.objects.filter(pk=booking.pk).update(status=Status.ARRIVED)
    try:
        closing = plan(offered, head)
        assert decisions(closing) == []
    finally:
        Booking.objects.filter(pk=booking.pk).update(status=Status.CONFIRMED)
    services.drop(closing=closing, by=head, now=NOW)
