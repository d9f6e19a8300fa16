"""From the call to the end of a visit, and what becomes of the booking beside."""

import pytest

from bookings.models import NotServedReason, Party, Ticket
from bookings.services import counter
from bookings.workflow import Status, TicketStatus
from core.errors import Refused
from notifications.models import Message
from offices.models import Window
from tests.bookings.counter.hall import arrived, clock, confirmed, make_window, serving, status_of
from tests.factories import SectionFactory, make_office


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
