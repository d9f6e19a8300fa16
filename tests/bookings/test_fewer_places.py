"""Fewer places of a service: a draft, a decision for each who is too many, and places that count
before a single one of them can be taken again."""

from datetime import date, timedelta

import pytest

from accounts.roles import Role
from bookings import services
from bookings.models import Booking, Choice, Closing, ClosingDecision, Part, ReturningPlace, Slot
from bookings.queries.suspended import suspended
from bookings.services import carrying_out, counter, integrity, new_places
from bookings.workflow import Status
from core.errors import Refused
from core.workflow import CITIZEN
from notifications.models import Message
from tests.factories import NOW, at, booking_at, hold, make_closure, make_slot, make_staff, wait

MINUTE = timedelta(minutes=1)
REASON = "เจ้าหน้าที่ลาป่วย"
TOLD = ("moved_by_office", "cancelled_by_office", "kept_elsewhere")


@pytest.fixture
def head(offered):
    return make_staff(Role.HEAD, office=offered.office)


@pytest.fixture
def ten(offered):
    return make_slot(offered, starts=at(2026, 11, 30, 10), capacity=3)


@pytest.fixture
def later(offered):
    """The same hour of the next day, empty."""
    return make_slot(offered, starts=at(2026, 12, 1, 10), capacity=3)


@pytest.fixture
def three(offered, ten):
    """Three couples at one time, each asked a minute after the one before."""
    return [booking_at(offered=offered, slot=ten, now=NOW + n * MINUTE) for n in range(3)]


def plan(offered, head, **changes):
    facts = {"online": 1, "staff": 0, "minutes": 30, "reason_th": REASON, "by": head, "now": NOW}
    return services.plan_places(offered=offered, **(facts | changes))


def decisions(closing):
    return list(closing.decisions.select_related("booking__offered", "proposed", "slot"))


def references(closing):
    return [one.booking.reference for one in decisions(closing)]


def decide(decision, head, choice, **facts):
    services.decide(decision=decision, choice=choice, by=head, now=NOW, **facts)


def announce(closing, head, now=NOW):
    return services.announce(closing=closing, by=head, now=now)


def carry_out(now=NOW):
    return services.carry_out_closings(now=now)


def fresh(slot):
    return Slot.objects.get(pk=slot.pk)


def places(slot):
    slot = fresh(slot)
    return slot.taken, slot.capacity, slot.online_capacity


def refusal(slot, offered):
    with pytest.raises(Refused) as refused:
        hold(fresh(slot), offered)
    return refused.value.code


# --- who is hit -------------------------------------------------------------------------------


def test_hit_are_those_who_asked_last_as_many_as_are_too_many(offered, head, three):
    closing = plan(offered, head, online=1)
    assert references(closing) == [one.reference for one in three[1:]]


def test_full_to_the_last_place_hits_nobody(offered, head, ten, three):
    closing = plan(offered, head, online=2, staff=1)

    assert decisions(closing) == []
    assert fresh(ten).closed_at is None


def test_above_the_online_share_only_hits_nobody(offered, head, ten, three):
    """The share shrinks as they go; all three have a place."""
    closing = plan(offered, head, online=1, staff=2)
    assert decisions(closing) == []

    announce(closing, head)
    carry_out()

    assert places(ten) == (3, 3, 3)
    offered.refresh_from_db()
    assert (offered.online_places, offered.staff_places) == (1, 2)


def test_who_asked_in_the_same_instant_is_told_apart_by_the_row(offered, head, ten):
    bookings = [booking_at(offered=offered, slot=ten) for _n in range(3)]

    closing = plan(offered, head, online=2)

    assert references(closing) == [bookings[-1].reference]


def test_who_has_arrived_is_not_hit(offered, head, ten, three):
    Booking.objects.filter(pk=three[2].pk).update(status=Status.ARRIVED)
    try:
        closing = plan(offered, head, online=2)
        assert references(closing) == [three[1].reference]
        services.drop(closing=closing, by=head, now=NOW)
    finally:
        Booking.objects.filter(pk=three[2].pk).update(status=Status.REQUESTED)


def test_time_that_is_over_is_not_hit(offered, head, three):
    closing = plan(offered, head, now=at(2026, 11, 30, 11))
    assert decisions(closing) == []


def test_form_being_filled_in_is_ended_before_anybody_is_too_many(offered, head, ten):
    booking_at(offered=offered, slot=ten)
    held = hold(ten, offered)

    closing = plan(offered, head, online=1)

    held.refresh_from_db()
    assert (held.status, decisions(closing)) == (Status.EXPIRED, [])
    assert places(ten)[0] == 1


def test_cancelled_place_that_comes_back_later_is_nobody(offered, head, ten, three):
    """It comes back at once, so that it is not sold again above the new number."""
    offered.return_delay_minutes = 30
    offered.save()
    services.cancel(booking=three[2], by=CITIZEN, now=NOW)
    assert ReturningPlace.objects.count() == 1

    closing = plan(offered, head, online=2)

    assert decisions(closing) == []
    assert not ReturningPlace.objects.exists()
    announce(closing, head)
    carry_out()
    assert places(ten) == (2, 2, 2)


def test_preview_names_whom_the_draft_would_hit(offered, head, ten, three):
    hold(make_slot(offered, starts=at(2026, 12, 2, 10), capacity=2), offered)

    preview = services.preview_places(offered, online=1, staff=0, now=NOW)

    assert preview.too_many == three[1:]
    assert references(plan(offered, head)) == [one.reference for one in preview.too_many]


# --- the draft --------------------------------------------------------------------------------


def test_draft_stores_nothing_and_stops_only_times_with_too_many(offered, head, ten, later, three):
    closing = plan(offered, head, online=2)

    assert refusal(ten, offered) == "closed"
    assert hold(later, offered).slot == later
    assert places(ten) == (3, 3, 3)
    offered.refresh_from_db()
    assert (offered.online_places, closing.status) == (1, "draft")


def test_no_time_is_proposed_above_the_new_number(offered, head, later, three):
    """Two must go and the next day has room for one under the new number, for three under the
    old one."""
    closing = plan(offered, head, online=1)

    first, second = decisions(closing)
    assert (first.proposed, second.proposed) == (later, None)
    assert places(later)[0] == 1
    with pytest.raises(Refused) as refused:
        decide(second, head, Choice.MOVE, slot=later)
    assert refused.value.code == "full"
    assert places(later)[0] == 1


def test_draft_that_nobody_comes_back_to_opens_again(offered, head, ten, later, three):
    plan(offered, head)

    services.lapse_drafts(now=NOW + 30 * MINUTE)

    assert fresh(ten).closed_at is None
    assert places(later)[0] == 0
    assert not Slot.objects.filter(stopped_by__isnull=False).exists()


def test_who_is_not_too_many_can_be_approved_while_the_time_is_stopped(
    offered, head, officer, later, three
):
    plan(offered, head, online=2)

    assert services.confirm(booking=three[0], by=officer, now=NOW).status == Status.CONFIRMED
    with pytest.raises(Refused) as refused:
        services.confirm(booking=three[2], by=officer, now=NOW)
    assert refused.value.code == "closed"


def test_walk_ins_are_served_while_the_times_of_the_day_are_stopped(offered, head, ten, three):
    morning = at(2026, 11, 30, 9)
    plan(offered, head, online=2, now=morning)
    assert fresh(ten).closed_at

    assert counter.add_walk_in(offered=offered, by=CITIZEN, now=morning).number == 1


def test_who_leaves_meanwhile_spares_the_one_who_asked_first(offered, head, later, three):
    closing = plan(offered, head, online=1)
    services.cancel(booking=three[0], by=CITIZEN, now=NOW)

    services.open_again(closing=closing, by=head, now=NOW)

    assert references(closing) == [three[2].reference]
    assert places(later)[0] == 1


# --- the decisions ----------------------------------------------------------------------------


def test_kept_stays_as_booked_and_is_told_nothing(offered, head, ten, later, three):
    closing = plan(offered, head, online=1)
    assert services.keep_all(closing=closing, by=head, now=NOW) == 2
    versions = [one.version for one in three]

    announce(closing, head)
    assert carry_out() == 2

    for booking in three:
        booking.refresh_from_db()
    assert [(one.status, one.slot) for one in three] == [(Status.REQUESTED, ten)] * 3
    assert [one.version for one in three] == versions
    assert not Message.objects.filter(kind__in=TOLD).exists()
    assert places(ten) == (3, 3, 3)
    assert places(later) == (0, 1, 1)
    assert refusal(ten, offered) == "full"


def test_kept_as_booked_is_not_kept_at_an_hour_that_closes_later(
    offered, head, officer, later, three
):
    fewer = plan(offered, head, online=2)
    services.keep_all(closing=fewer, by=head, now=NOW)
    announce(fewer, head)
    carry_out()
    services.plan(
        office=offered.office,
        day=date(2026, 11, 30),
        part=Part.MORNING,
        services=[offered],
        reason_th=REASON,
        by=head,
        now=NOW,
    )

    with pytest.raises(Refused) as refused:
        services.confirm(booking=three[2], by=officer, now=NOW)
    assert refused.value.code == "closed"


def test_kept_as_booked_is_not_forgotten_when_the_time_goes(
    broken_on_purpose, offered, head, ten, later, three
):
    fewer = plan(offered, head, online=2)
    services.keep_all(closing=fewer, by=head, now=NOW)
    announce(fewer, head)
    carry_out()

    Slot.objects.filter(pk=ten.pk).update(out_of_pattern=True, closed_at=NOW)

    _closings, left = carrying_out.forgotten(now=NOW)
    assert left == sorted(one.reference for one in three)


def test_moved_is_told_once_with_the_reason(offered, head, ten, later, three):
    closing = plan(offered, head, online=2, staff=0, minutes=20)
    services.decide_all(closing=closing, by=head, now=NOW)

    announce(closing, head)
    assert (carry_out(), carry_out()) == (1, 0)

    three[2].refresh_from_db()
    assert three[2].slot == later
    message = Message.objects.get(kind__in=TOLD)
    assert (message.kind, message.case_id) == ("moved_by_office", three[2].pk)
    assert message.context["reason"] == REASON
    assert (places(ten), places(later)) == ((2, 2, 2), (1, 2, 2))
    offered.refresh_from_db()
    assert (offered.online_places, offered.staff_places, offered.minutes) == (2, 0, 20)
    closing.refresh_from_db()
    assert closing.status == "done"


def test_cancelled_is_offered_an_equal_time(offered, head, ten, later, three):
    closing = plan(offered, head, online=2)
    services.decide_all(closing=closing, by=head, now=NOW, choice=Choice.CANCEL)

    announce(closing, head)
    carry_out()

    three[2].refresh_from_db()
    assert three[2].status == Status.CANCELLED
    message = Message.objects.get(kind="cancelled_by_office")
    assert message.context["offer_slot"] == later.pk
    again = services.take_equal_offer(booking=three[2], now=NOW)
    assert (again.slot, places(ten)) == (later, (2, 2, 2))


def test_no_places_at_all_leaves_only_cancelling_and_keeping(offered, head, ten, later, three):
    closing = plan(offered, head, online=0)
    first, *others = decisions(closing)
    assert [one.proposed for one in (first, *others)] == [None] * 3
    decide(first, head, Choice.KEEP)
    services.decide_all(closing=closing, by=head, now=NOW, choice=Choice.CANCEL)

    announce(closing, head)
    carry_out()

    assert (places(ten), places(later)) == ((1, 1, 1), (0, 0, 0))
    assert Message.objects.filter(kind="cancelled_by_office").count() == 2


# --- announced --------------------------------------------------------------------------------


def test_undecided_is_named_and_nothing_is_stored(offered, head, ten, later, three):
    closing = plan(offered, head, online=2)

    with pytest.raises(Refused) as refused:
        announce(closing, head)

    assert refused.value.code == "undecided"
    assert three[2].reference in refused.value.message
    assert places(later)[1] == 3
    offered.refresh_from_db()
    assert offered.online_places == 1


def test_announcing_takes_up_whoever_came_meanwhile(offered, head, ten, later, three):
    """The next day had room when the draft was made; it takes people until it is announced."""
    closing = plan(offered, head, online=2)
    services.decide_all(closing=closing, by=head, now=NOW)
    late = [booking_at(offered=offered, slot=later, now=NOW + n * MINUTE) for n in range(2)]

    with pytest.raises(Refused) as refused:
        announce(closing, head)

    assert refused.value.code == "undecided"
    assert late[1].reference in refused.value.message
    assert refusal(later, offered) == "closed"
    services.keep_all(closing=closing, by=head, now=NOW)
    announce(closing, head)
    carry_out()
    assert (places(ten), places(later)) == ((2, 2, 2), (3, 3, 2))


def test_announced_no_other_time_takes_anybody_above_the_new_number(offered, head, later, three):
    closing = plan(offered, head, online=2)
    services.keep_all(closing=closing, by=head, now=NOW)
    for _n in range(2):
        booking_at(offered=offered, slot=later)

    announce(closing, head)

    assert refusal(later, offered) == "full"
    carry_out()


def test_killed_between_announcing_and_done_it_is_resumed_and_tells_once(
    offered, head, ten, later, three, monkeypatch
):
    closing = plan(offered, head, online=1)
    moved, cancelled = decisions(closing)
    decide(moved, head, Choice.MOVE)
    decide(cancelled, head, Choice.CANCEL)
    announce(closing, head)
    opened, kills = new_places.open_times, iter(range(3))
    finish = carrying_out._finish

    def die(real):
        def dying(*facts, **named):
            real(*facts, **named)
            if next(kills, None) is not None:
                raise KeyboardInterrupt

        return dying

    monkeypatch.setattr(new_places, "open_times", die(opened))
    monkeypatch.setattr(carrying_out, "_finish", die(finish))
    for _kill in range(3):
        with pytest.raises(KeyboardInterrupt):
            carry_out()
        assert refusal(ten, offered) == "closed"
    carry_out()

    closing.refresh_from_db()
    assert closing.status == "done"
    assert Message.objects.filter(kind__in=TOLD).count() == 2
    assert (places(ten), fresh(ten).closed_at) == ((1, 1, 1), None)


def test_place_given_up_is_not_sold_again_before_all_is_done(offered, head, ten, later, three):
    closing, waiting = _one_of_two_is_moved(offered, head, three)

    assert places(ten)[0] == 2
    assert refusal(ten, offered) == "closed"
    services.offer_free_places(now=NOW)
    services.return_places(now=NOW)
    waiting.refresh_from_db()
    assert (places(ten)[0], waiting.status) == (2, "waiting")
    ClosingDecision.objects.filter(choice=Choice.UNDECIDED).update(choice=Choice.KEEP)
    carry_out()
    closing.refresh_from_db()
    assert (closing.status, places(ten)) == ("done", (2, 2, 2))
    services.offer_free_places(now=NOW)
    waiting.refresh_from_db()
    assert waiting.status == "waiting"


def test_control_opened_before_all_is_done_the_place_is_sold_again(
    offered, head, ten, later, three
):
    _closing, waiting = _one_of_two_is_moved(offered, head, three)
    Slot.objects.filter(pk=ten.pk).update(closed_at=None)

    services.offer_free_places(now=NOW)

    waiting.refresh_from_db()
    assert (places(ten)[0], waiting.status) == (3, "offered")
    ClosingDecision.objects.filter(choice=Choice.UNDECIDED).update(choice=Choice.KEEP)
    carry_out()
    assert places(ten)[1] == 3


def _one_of_two_is_moved(offered, head, three):
    """Announced for one place; one is moved, the worker died before the other; one more waits."""
    waiting = wait(offered, first_day=date(2026, 11, 30), latest_day=date(2026, 11, 30))
    closing = plan(offered, head, online=1)
    first, second = decisions(closing)
    decide(first, head, Choice.MOVE)
    decide(second, head, Choice.KEEP)
    announce(closing, head)
    # What is not decided is not done: it stands for the worker that died.
    ClosingDecision.objects.filter(pk=second.pk).update(choice=Choice.UNDECIDED)
    carrying_out._carry_out(first, closing, NOW)
    return closing, waiting


def test_times_closed_meanwhile_stay_closed(offered, head, ten, later, three):
    extra = make_slot(offered, starts=at(2026, 12, 2, 10), capacity=2)
    for _n in range(2):
        booking_at(offered=offered, slot=extra)
    closing = plan(offered, head, online=1)
    make_closure(date(2026, 11, 30), office=offered.office)
    services.apply_closures(now=NOW)
    Slot.objects.filter(pk=extra.pk).update(closed_by_hand=True)
    services.keep_all(closing=closing, by=head, now=NOW)

    announce(closing, head)
    carry_out()

    assert fresh(ten).closed_at
    assert fresh(extra).closed_at
    assert not Slot.objects.filter(stopped_by__isnull=False).exists()


def test_new_times_have_the_new_places_at_once(offered, head, three):
    offered.pattern.times.create(no=1, starts="13:00", ends="13:30")
    closing = plan(offered, head, online=2)
    services.keep_all(closing=closing, by=head, now=NOW)
    announce(closing, head)

    services.generate_slots(now=NOW)

    made = Slot.objects.of(offered).filter(starts_at=at(2026, 12, 1, 13)).get()
    assert made.capacity == 2
    carry_out()


# --- beside others ----------------------------------------------------------------------------


def test_places_of_one_service_are_not_changed_twice_at_once(offered, head, three):
    plan(offered, head, online=2)

    with pytest.raises(Refused) as refused:
        plan(offered, head, online=5)

    assert refused.value.code == "overlap"
    assert Closing.objects.count() == 1


@pytest.mark.parametrize("is_announced", [False, True])
def test_closing_of_a_time_that_is_stopped_is_refused(
    offered, head, ten, later, three, is_announced
):
    closing = plan(offered, head, online=2)
    if is_announced:
        services.decide_all(closing=closing, by=head, now=NOW)
        announce(closing, head)

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
    carry_out()


def test_announced_it_closes_no_day(offered, head, later, three):
    """It is no closing: no time is left out when times are made, no page says suspended."""
    offered.pattern.times.create(no=1, starts="14:00", ends="14:30")
    announce(plan(offered, head, online=3), head)
    carry_out()

    services.generate_slots(now=NOW)

    assert Slot.objects.of(offered).filter(starts_at=at(2026, 11, 23, 14)).exists()
    assert suspended(offered, first=NOW.date(), last=NOW.date()) == []


@pytest.mark.parametrize(
    ("changes", "code"), [({"reason_th": "  "}, "reason"), ({"by": None}, "permission")]
)
def test_bad_change_is_refused_and_nothing_stored(
    offered, head, officer, ten, three, changes, code
):
    changes = {"by": officer} if "by" in changes else changes

    with pytest.raises(Refused) as refused:
        plan(offered, head, **changes)

    assert refused.value.code == code
    assert not Closing.objects.exists()
    assert fresh(ten).closed_at is None


def test_integrity_finds_who_was_forgotten(broken_on_purpose, offered, head, later, three):
    closing = plan(offered, head, online=2)
    services.decide_all(closing=closing, by=head, now=NOW)
    announce(closing, head)
    ClosingDecision.objects.all().delete()

    broken = [str(f) for f in integrity.findings(now=NOW) if f.problems]

    assert any(three[2].reference in line for line in broken)


def test_integrity_finds_a_time_stopped_for_good(broken_on_purpose, offered, head, ten, three):
    closing = plan(offered, head, online=2)
    Closing.objects.filter(pk=closing.pk).update(status="done")

    broken = [str(f) for f in integrity.findings(now=NOW) if f.problems]

    assert any(f"stopped by what is over: slot {ten.pk}" in line for line in broken)


@pytest.mark.parametrize("people", [1, 20])
def test_finding_who_is_too_many_costs_one_query(offered, head, people, django_assert_num_queries):
    for day in range(people):
        slot = make_slot(offered, starts=at(2026, 12, 1 + day, 10), capacity=2)
        for _n in range(2):
            booking_at(offered=offered, slot=slot)
    closing = plan(offered, head)

    with django_assert_num_queries(1):
        assert len(closing.hit(NOW)) == people
    with django_assert_num_queries(2):
        services.preview_places(offered, online=1, staff=0, now=NOW)
