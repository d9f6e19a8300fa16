"""The order in which people are called."""

from bookings.call_order import waiting_order
from bookings.services import counter
from core.workflow import CITIZEN
from tests.bookings.counter.hall import arrived, clock


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
