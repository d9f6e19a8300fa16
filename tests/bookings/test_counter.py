"""The counter's day: numbers, calls, minutes, and what becomes of the booking beside."""

from datetime import timedelta

import pytest

from bookings import services
from bookings.call_order import waiting_order
from bookings.models import Lane, NotServedReason, Party, Period, Ticket
from bookings.services import counter
from bookings.workflow import Status, TicketStatus
from core.errors import Refused
from core.workflow import CITIZEN, Actor
from notifications.models import Message
from offices.models import Window
from tests.factories import (
    NOW,
    SectionFactory,
    at,
    booking_at,
    couple_details,
    hold,
    make_closure,
    make_offered,
    make_office,
    make_slot,
    make_staff,
    submit,
    thai,
)

DAY = at(2026, 11, 30)


def clock(hour, minute=0):
    return DAY + timedelta(hours=hour, minutes=minute)


@pytest.fixture
def offered(db):
    return make_offered(needs_officer=False)


@pytest.fixture
def officer(offered):
    return make_staff(office=offered.office)


@pytest.fixture
def window(offered):
    return make_window(offered, "5")


def make_window(offered, label, **changes):
    return Window.objects.create(
        office=offered.office, section=offered.section, label=label, **changes
    )


def confirmed(offered, starts, details=None):
    return booking_at(
        Status.CONFIRMED,
        offered=offered,
        slot=make_slot(offered, starts=starts),
        details=details or couple_details(),
    )


def arrived(offered, officer, starts, *, now=None):
    return counter.arrive(booking=confirmed(offered, starts), by=officer, now=now or starts)


def serving(offered, officer, window, *, starts=None):
    starts = starts or clock(10)
    ticket = arrived(offered, officer, starts)
    counter.call(ticket=ticket, window=window, by=officer, now=starts)
    return counter.start(ticket=ticket, by=officer, now=starts)


def status_of(ticket):
    ticket.refresh_from_db()
    booking = ticket.booking
    return ticket.status, booking.status if booking else None


def test_arrive_gives_the_place_of_the_day(offered, officer):
    for hour in (8, 9, 10, 11):
        make_slot(offered, starts=clock(hour))

    ticket = arrived(offered, officer, clock(12), now=clock(11, 50))

    assert str(ticket) == "A05"
    assert status_of(ticket) == (TicketStatus.WAITING, Status.ARRIVED)
    assert [period.state for period in ticket.periods.all()] == [TicketStatus.WAITING]


def test_arrive_takes_the_next_free_number(offered, officer):
    other = make_offered(service__code="id-card", service__parties=1, needs_officer=False)
    first = arrived(offered, officer, clock(10))
    booking = booking_at(
        Status.CONFIRMED,
        offered=other,
        slot=make_slot(other, starts=clock(10)),
        details=couple_details(thai()),
    )

    second = counter.arrive(booking=booking, by=officer, now=clock(10))

    assert (str(first), str(second)) == ("A01", "A02")


def test_arrive_late_offers_a_walk_in_number(offered, officer):
    booking = confirmed(offered, clock(10))
    with pytest.raises(Refused) as refused:
        counter.arrive(booking=booking, by=officer, now=clock(10, 16))
    assert refused.value.code == "late"
    assert not Ticket.objects.exists()

    ticket = counter.arrive(booking=booking, by=officer, now=clock(10, 16), late_as_walk_in=True)

    assert str(ticket) == "W01"
    assert status_of(ticket) == (TicketStatus.WAITING, Status.ARRIVED)


def test_arrive_within_the_grace_is_not_late(offered, officer):
    assert arrived(offered, officer, clock(10), now=clock(10, 15)).lane == Lane.BOOKED


def test_arrive_refuses_another_office(offered):
    stranger = make_staff(office=make_office(code=1040, slug="bang-khae", prefix="BK"))
    booking = confirmed(offered, clock(10))

    with pytest.raises(Refused) as refused:
        counter.arrive(booking=booking, by=stranger, now=clock(10))

    assert refused.value.code == "office"
    assert not Ticket.objects.exists()


def test_arrive_refuses_another_day(offered, officer):
    booking = confirmed(offered, clock(10))

    with pytest.raises(Refused) as refused:
        counter.arrive(booking=booking, by=officer, now=clock(10) - timedelta(days=1))

    assert refused.value.code == "day"
    assert not Ticket.objects.exists()


def test_arrive_refuses_a_cancelled_one(offered, officer):
    booking = confirmed(offered, clock(10))
    services.cancel(booking=booking, by=CITIZEN, now=NOW)

    with pytest.raises(Refused) as refused:
        counter.arrive(booking=booking, by=officer, now=clock(10))

    assert refused.value.code == "cancelled"


def test_arrive_refuses_an_unconfirmed_one(officer, offered):
    offered.needs_officer = True
    offered.save()
    booking = booking_at(
        Status.REQUESTED, offered=offered, slot=make_slot(offered, starts=clock(10))
    )

    with pytest.raises(Refused) as refused:
        counter.arrive(booking=booking, by=officer, now=clock(10))

    assert refused.value.code == "state"


def test_arrive_twice_names_the_number(offered, officer):
    ticket = arrived(offered, officer, clock(10))

    with pytest.raises(Refused) as refused:
        counter.arrive(booking=ticket.booking, by=officer, now=clock(10))

    assert refused.value.code == "arrived"
    assert "A01" in refused.value.message
    assert Ticket.objects.count() == 1


def test_walk_in_numbers_run_on(offered, officer):
    make_slot(offered, starts=clock(10))
    make_slot(offered, starts=clock(11))

    first = counter.add_walk_in(offered=offered, by=CITIZEN, now=clock(9))
    counter.no_show(ticket=first, by=officer, now=clock(9))
    second = counter.add_walk_in(offered=offered, by=CITIZEN, now=clock(9), name=" บุญมี ")

    assert (str(first), str(second), second.name) == ("W01", "W02", "บุญมี")


def test_walk_ins_end_with_their_share(offered, officer):
    make_slot(offered, starts=clock(10))
    counter.add_walk_in(offered=offered, by=CITIZEN, now=clock(9))

    for by, beyond in ((CITIZEN, False), (CITIZEN, True), (Actor.staff(officer), False)):
        with pytest.raises(Refused) as refused:
            counter.add_walk_in(offered=offered, by=by, now=clock(9), beyond_share=beyond)
        assert refused.value.code == "walk_ins_full"
    assert Ticket.objects.count() == 1

    staff = Actor.staff(officer)
    assert counter.add_walk_in(offered=offered, by=staff, now=clock(9), beyond_share=True)


@pytest.mark.parametrize("hour", [7, 16])
def test_walk_ins_come_within_the_hours(offered, hour):
    make_slot(offered, starts=clock(10))

    with pytest.raises(Refused) as refused:
        counter.add_walk_in(offered=offered, by=CITIZEN, now=clock(hour))

    assert refused.value.code == "closed"


def test_walk_ins_come_on_open_days(offered):
    make_slot(offered, starts=clock(10))
    make_closure(DAY.date())

    with pytest.raises(Refused) as refused:
        counter.add_walk_in(offered=offered, by=CITIZEN, now=clock(9))

    assert refused.value.code == "closed"


def test_a_visit_from_call_to_end(offered, officer, window):
    ticket = arrived(offered, officer, clock(10))

    counter.call(ticket=ticket, window=window, by=officer, now=clock(10, 1), version=1)
    assert status_of(ticket) == (TicketStatus.CALLED, Status.ARRIVED)
    counter.call_again(ticket=ticket, by=officer, now=clock(10, 2))
    counter.start(ticket=ticket, by=officer, now=clock(10, 3))
    assert status_of(ticket) == (TicketStatus.SERVING, Status.SERVING)
    counter.pause(ticket=ticket, by=officer, now=clock(10, 10))
    assert status_of(ticket) == (TicketStatus.PAUSED, Status.SERVING)
    counter.resume(ticket=ticket, window=window, by=officer, now=clock(10, 20))
    counter.finish(ticket=ticket, by=officer, now=clock(10, 30))

    assert status_of(ticket) == (TicketStatus.SERVED, Status.SERVED)
    assert ticket.calls == 2
    assert not ticket.periods.filter(ended_at=None).exists()
    served = ticket.periods.filter(state=TicketStatus.SERVING)
    assert sum(period.minutes(clock(12)) for period in served) == 17
    assert not Party.objects.filter(is_open=True).exists()
    assert not Message.objects.filter(kind="no_show").exists()


def test_the_second_window_is_told_where_the_number_went(offered, officer, window):
    ticket = arrived(offered, officer, clock(10))
    seen = Ticket.objects.get(pk=ticket.pk)
    counter.call(ticket=ticket, window=make_window(offered, "6"), by=officer, now=clock(10))

    with pytest.raises(Refused) as refused:
        counter.call(ticket=seen, window=window, by=officer, now=clock(10), version=seen.version)

    assert refused.value.code == "called"
    assert refused.value.message == "A01 ถูกเรียกไปช่อง 6 แล้ว"


def test_a_window_finishes_before_it_calls_the_next(offered, officer, window):
    serving(offered, officer, window)
    other = arrived(offered, officer, clock(11), now=clock(10))

    with pytest.raises(Refused) as refused:
        counter.call(ticket=other, window=window, by=officer, now=clock(10, 30))

    assert refused.value.code == "busy"
    assert "A01" in refused.value.message
    assert status_of(other)[0] == TicketStatus.WAITING


def test_a_number_is_called_to_a_window_of_its_office(offered, officer):
    ticket = arrived(offered, officer, clock(10))
    elsewhere = make_office(code=1040, slug="bang-khae", prefix="BK")
    foreign = Window.objects.create(
        office=elsewhere, section=SectionFactory(office=elsewhere), label="1"
    )
    for window in (foreign, make_window(offered, "9", is_open=False)):
        with pytest.raises(Refused) as refused:
            counter.call(ticket=ticket, window=window, by=officer, now=clock(10))
        assert refused.value.code == "window"


def test_an_old_page_changes_nothing(offered, officer, window):
    ticket = serving(offered, officer, window)
    counter.pause(ticket=ticket, by=officer, now=clock(10, 5))

    with pytest.raises(Refused) as refused:
        counter.finish(ticket=ticket, by=officer, now=clock(10, 6), version=ticket.version - 1)

    assert refused.value.code == "stale"


def test_not_served_says_why(offered, officer, window):
    ticket = serving(offered, officer, window)
    with pytest.raises(Refused) as refused:
        counter.not_served(
            ticket=ticket, reason=NotServedReason.OTHER, by=officer, now=clock(10, 5)
        )
    assert refused.value.field == "remark"

    counter.not_served(
        ticket=ticket, reason=NotServedReason.OTHER, remark="ไฟดับ", by=officer, now=clock(10, 5)
    )

    assert status_of(ticket) == (TicketStatus.NOT_SERVED, Status.NOT_SERVED)
    assert (ticket.reason, ticket.remark) == ("other", "ไฟดับ")


def test_who_did_not_come_is_written_to(offered, officer):
    booking = confirmed(offered, clock(10))
    with pytest.raises(Refused) as refused:
        counter.no_show(booking=booking, by=officer, now=clock(9))
    assert refused.value.code == "early"

    counter.no_show(booking=booking, by=officer, now=clock(11))

    booking.refresh_from_db()
    assert booking.status == Status.NO_SHOW
    assert Message.objects.filter(kind="no_show").count() == 1
    booking.slot.refresh_from_db()
    assert booking.slot.taken == 1


def test_who_went_away_is_not_written_to(offered, officer):
    ticket = arrived(offered, officer, clock(10))

    counter.no_show(ticket=ticket, by=officer, now=clock(10, 30))

    assert status_of(ticket) == (TicketStatus.LEFT, Status.NO_SHOW)
    assert not Message.objects.filter(kind="no_show").exists()


def test_undo_takes_back_the_end(offered, officer, window):
    ticket = serving(offered, officer, window)
    counter.finish(ticket=ticket, by=officer, now=clock(10, 20))

    counter.undo(ticket=ticket, by=officer, now=clock(10, 20) + timedelta(seconds=50))
    counter.finish(ticket=ticket, by=officer, now=clock(10, 30))

    assert status_of(ticket) == (TicketStatus.SERVED, Status.SERVED)
    counted = ticket.periods.filter(state=TicketStatus.SERVING, undone=False)
    assert sum(period.minutes(clock(12)) for period in counted) == 30
    assert ticket.periods.filter(undone=True).count() == 1


def test_undo_opens_the_booking_again(offered, officer, window):
    ticket = serving(offered, officer, window)
    counter.finish(ticket=ticket, by=officer, now=clock(10, 20))

    counter.undo(ticket=ticket, by=officer, now=clock(10, 20))

    assert status_of(ticket) == (TicketStatus.SERVING, Status.SERVING)
    assert ticket.booking.closed_at is None
    assert Party.objects.filter(booking=ticket.booking, is_open=True).count() == 2


def test_undo_is_refused_to_who_booked_anew(offered, officer, window):
    people = (thai(), thai())
    booking = confirmed(offered, clock(10), couple_details(*people))
    ticket = counter.arrive(booking=booking, by=officer, now=clock(10))
    counter.call(ticket=ticket, window=window, by=officer, now=clock(10))
    counter.start(ticket=ticket, by=officer, now=clock(10))
    counter.finish(ticket=ticket, by=officer, now=clock(10, 20))
    later = make_slot(offered, starts=clock(10) + timedelta(days=2))
    submit(hold(later, offered, now=clock(10, 20)), couple_details(*people), now=clock(10, 20))

    with pytest.raises(Refused) as refused:
        counter.undo(ticket=ticket, by=officer, now=clock(10, 20))

    assert refused.value.code == "booked_anew"
    assert status_of(ticket) == (TicketStatus.SERVED, Status.SERVED)


def test_undo_ends_after_a_minute(offered, officer, window):
    ticket = serving(offered, officer, window)

    with pytest.raises(Refused) as refused:
        counter.undo(ticket=ticket, by=officer, now=clock(10, 1) + timedelta(seconds=1))

    assert refused.value.code == "undo_late"


def test_undo_is_of_the_same_person_or_the_head(offered, officer, window):
    ticket = serving(offered, officer, window)
    with pytest.raises(Refused) as refused:
        counter.undo(ticket=ticket, by=make_staff(office=offered.office), now=clock(10))
    assert refused.value.code == "undo_other"

    counter.undo(ticket=ticket, by=make_staff("head", office=offered.office), now=clock(10))

    assert status_of(ticket) == (TicketStatus.CALLED, Status.ARRIVED)


def test_undo_of_an_end_waits_beside_a_busy_window(offered, officer, window):
    ticket = serving(offered, officer, window)
    other = arrived(offered, officer, clock(11), now=clock(10))
    counter.finish(ticket=ticket, by=officer, now=clock(10, 20))
    counter.call(ticket=other, window=window, by=officer, now=clock(10, 20))

    counter.undo(ticket=ticket, by=officer, now=clock(10, 20))

    assert status_of(ticket) == (TicketStatus.PAUSED, Status.SERVING)


def test_undo_of_an_arrival_keeps_the_number(offered, officer):
    ticket = arrived(offered, officer, clock(10))

    counter.undo(ticket=ticket, by=officer, now=clock(10))
    assert status_of(ticket) == (TicketStatus.LEFT, Status.CONFIRMED)
    again = counter.arrive(booking=ticket.booking, by=officer, now=clock(10, 5))

    assert again.pk == ticket.pk
    assert status_of(ticket) == (TicketStatus.WAITING, Status.ARRIVED)


def test_undo_of_a_no_show(offered, officer):
    booking = confirmed(offered, clock(10))
    counter.no_show(booking=booking, by=officer, now=clock(10, 20))

    counter.undo(booking=booking, by=officer, now=clock(10, 20))

    booking.refresh_from_db()
    assert booking.status == Status.CONFIRMED


def test_a_correction_keeps_the_wrong_end_and_the_minutes(offered, officer, window):
    ticket = serving(offered, officer, window)
    counter.finish(ticket=ticket, by=officer, now=clock(10, 20))

    counter.correct(
        ticket=ticket,
        target=TicketStatus.NOT_SERVED,
        reason=NotServedReason.SYSTEM,
        why="กดผิดปุ่ม",
        by=officer,
        now=clock(10, 35),
    )

    assert status_of(ticket) == (TicketStatus.NOT_SERVED, Status.NOT_SERVED)
    assert (ticket.reason, ticket.ended_at) == ("system", clock(10, 20))
    right, wrong = ticket.periods.order_by("-id")[:2]
    assert (wrong.state, wrong.undone, wrong.ended_at) == ("served", True, clock(10, 20))
    assert (right.officer, right.why, right.started_at) == (officer, "กดผิดปุ่ม", clock(10, 35))
    counted = ticket.periods.filter(state=TicketStatus.SERVING, undone=False)
    assert sum(period.minutes(clock(12)) for period in counted) == 20
    change = ticket.booking.changes.last()
    assert (change.by, change.reason) == (officer, "กดผิดปุ่ม")


def test_who_was_not_over_yet_is_paused_and_goes_on(offered, officer, window):
    ticket = serving(offered, officer, window)
    counter.not_served(ticket=ticket, reason=NotServedReason.SYSTEM, by=officer, now=clock(10, 20))

    counter.correct(
        ticket=ticket, target=TicketStatus.PAUSED, why="ระบบกลับมา", by=officer, now=clock(10, 25)
    )
    assert status_of(ticket) == (TicketStatus.PAUSED, Status.SERVING)
    assert (ticket.reason, ticket.ended_at) == ("", None)
    counter.resume(ticket=ticket, window=window, by=officer, now=clock(10, 30))

    assert status_of(ticket) == (TicketStatus.SERVING, Status.SERVING)


def test_who_had_not_gone_away_waits_again(offered, officer):
    ticket = arrived(offered, officer, clock(10))
    counter.no_show(ticket=ticket, by=officer, now=clock(10, 10))

    counter.correct(
        ticket=ticket, target=TicketStatus.WAITING, why="อยู่ห้องน้ำ", by=officer, now=clock(10, 20)
    )

    assert status_of(ticket) == (TicketStatus.WAITING, Status.ARRIVED)
    assert (ticket.window, ticket.arrived_at) == (None, clock(10))


def test_who_came_after_all_is_expected_again(offered, officer):
    booking = confirmed(offered, clock(10))
    counter.no_show(booking=booking, by=officer, now=clock(10, 20))

    counter.correct(booking=booking, why="มาถึงหลังกดไม่นาน", by=officer, now=clock(10, 30))

    booking.refresh_from_db()
    assert booking.status == Status.CONFIRMED
    assert booking.changes.last().reason == "มาถึงหลังกดไม่นาน"


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"now": 36}, "correct_late"),
        ({"why": "  "}, "why"),
        ({"target": TicketStatus.SERVED}, "target"),
        ({"target": TicketStatus.WAITING}, "target"),
        ({"target": None}, "target"),
        ({"target": TicketStatus.NOT_SERVED}, "target"),
        ({"by": "colleague"}, "undo_other"),
    ],
)
def test_a_correction_is_refused_with_a_sentence(offered, officer, window, changed, code):
    ticket = serving(offered, officer, window)
    counter.finish(ticket=ticket, by=officer, now=clock(10, 20))
    facts = {"target": TicketStatus.PAUSED, "why": "กดผิด", "by": officer, "now": 35, **changed}
    if facts["by"] == "colleague":
        facts["by"] = make_staff(office=offered.office)

    with pytest.raises(Refused) as refused:
        counter.correct(ticket=ticket, **{**facts, "now": clock(10, facts["now"])})

    assert refused.value.code == code
    assert status_of(ticket) == (TicketStatus.SERVED, Status.SERVED)
    assert not ticket.periods.filter(undone=True).exists()


def test_the_head_corrects_for_others_and_undo_leaves_it(offered, officer, window):
    ticket = serving(offered, officer, window)
    counter.finish(ticket=ticket, by=officer, now=clock(10, 20))
    head = make_staff("head", office=offered.office)
    facts = {"target": TicketStatus.NOT_SERVED, "reason": NotServedReason.PERSON}
    counter.correct(ticket=ticket, why="พยานไม่มา", by=head, now=clock(10, 21), **facts)

    with pytest.raises(Refused) as refused:
        counter.undo(ticket=ticket, by=head, now=clock(10, 21))

    assert refused.value.code == "undo_none"


def test_a_number_that_is_not_over_has_nothing_to_correct(offered, officer, window):
    ticket = serving(offered, officer, window)

    with pytest.raises(Refused) as refused:
        counter.correct(
            ticket=ticket, target=TicketStatus.SERVED, why="กดผิด", by=officer, now=clock(10)
        )

    assert refused.value.code == "move"


def test_a_wrong_clock_is_marked(offered, officer, window):
    ticket = serving(offered, officer, window)
    period = ticket.periods.last()
    with pytest.raises(Refused):
        counter.mark_clock_wrong(period=period, by=make_staff(office=offered.office))

    counter.mark_clock_wrong(period=period, by=officer)

    assert Period.objects.get(pk=period.pk).clock_wrong


def test_an_alarm_is_answered_once_by_the_head(offered, officer, window):
    alarm = counter.raise_alarm(office=offered.office, window=window, by=officer, now=clock(10))
    again = counter.raise_alarm(office=offered.office, window=window, by=officer, now=clock(10))
    assert again == alarm
    head = make_staff("head", office=offered.office)
    with pytest.raises(Refused) as refused:
        counter.answer_alarm(alarm=alarm, by=officer, now=clock(10))
    assert refused.value.code == "permission"

    counter.answer_alarm(alarm=alarm, by=head, now=clock(10))

    with pytest.raises(Refused) as refused:
        counter.answer_alarm(alarm=alarm, by=head, now=clock(10))
    assert refused.value.code == "answered"


def test_order_of_call(offered, officer):
    offered.minutes, offered.total_places = 15, 5
    offered.save()
    early = arrived(offered, officer, clock(10, 31), now=clock(10, 12))
    long, fits, short = (
        counter.add_walk_in(offered=offered, by=CITIZEN, now=clock(*when))
        for when in ((9, 58), (10, 9), (10, 17))
    )

    def order(now):
        return [str(ticket) for ticket in waiting_order(offered.office, now)]

    # At 10.20 a visit of 15 minutes would end after 10.31: who came early goes before.
    assert order(clock(10, 20)) == [str(t) for t in (long, early, fits, short)]
    assert order(clock(10, 16)) == [str(t) for t in (long, fits, short, early)]
    assert order(clock(10, 31))[0] == str(early)
