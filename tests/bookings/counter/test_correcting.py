"""Correcting how a visit ended, with a reason."""

import pytest

from bookings.models import NotServedReason, Period
from bookings.services import counter
from bookings.workflow import Status, TicketStatus
from core.errors import Refused
from tests.bookings.counter.hall import arrived, clock, confirmed, serving, status_of
from tests.factories import make_staff


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
