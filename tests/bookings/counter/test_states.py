"""Each verb of the counter in each state of a number: what the table of moves does not have is
refused, and nothing moves then."""

import pytest

from bookings.models import Lane, NotServedReason
from bookings.services import counter
from bookings.workflow import TicketStatus
from core.errors import Refused
from core.workflow import CITIZEN
from offices.models import Window
from tests.factories import at, make_offered, make_slot, make_staff

TEN = at(2026, 11, 30, 10)
# Verb → the states in which it can be done, and where it leads.
VERBS = {
    "call": ({"waiting"}, "called"),
    "call_again": ({"called"}, "called"),
    "start": ({"called"}, "serving"),
    "pause": ({"serving"}, "paused"),
    "resume": ({"paused"}, "serving"),
    "finish": ({"serving", "paused"}, "served"),
    "not_served": ({"serving", "paused"}, "not_served"),
    "no_show": ({"waiting", "called"}, "left"),
}
# The shortest way to each state.
WAYS = {
    "waiting": [],
    "called": ["call"],
    "serving": ["call", "start"],
    "paused": ["call", "start", "pause"],
    "served": ["call", "start", "finish"],
    "not_served": ["call", "start", "not_served"],
    "left": ["no_show"],
}


@pytest.fixture
def hall(db):
    offered = make_offered(needs_officer=False)
    make_slot(offered, starts=TEN)
    return offered


@pytest.fixture
def do(hall):
    """`do("call", ticket)` at window 5."""
    officer = make_staff(office=hall.office)
    window = Window.objects.create(office=hall.office, section=hall.section, label="5")
    more = {
        "call": {"window": window},
        "resume": {"window": window},
        "not_served": {"reason": NotServedReason.SYSTEM},
    }

    def run(verb, ticket):
        facts = {"ticket": ticket, "by": officer, "now": TEN, **more.get(verb, {})}
        getattr(counter, verb)(**facts)

    return run


def test_every_state_is_reached():
    assert set(WAYS) == set(TicketStatus.values)


@pytest.mark.parametrize("status", WAYS)
@pytest.mark.parametrize("verb", VERBS)
def test_each_verb_in_each_state(verb, status, hall, do):
    ticket = counter.add_walk_in(offered=hall, by=CITIZEN, now=TEN)
    for step in WAYS[status]:
        do(step, ticket)
    ticket.refresh_from_db()
    assert (ticket.status, ticket.lane) == (status, Lane.WALK_IN)
    before = ticket.periods.count()
    allowed, target = VERBS[verb]

    if status in allowed:
        do(verb, ticket)
        ticket.refresh_from_db()
        assert ticket.status == target
    else:
        with pytest.raises(Refused) as refused:
            do(verb, ticket)
        assert refused.value.code in {"move", "called"}
        ticket.refresh_from_db()
        assert (ticket.status, ticket.periods.count()) == (status, before)
