"""The whole table of moves, and what each verb does in each state."""

import pytest

from bookings import services
from bookings.models import ItemCheck, ItemState
from bookings.workflow import (
    CHANGEABLE,
    CLOSING_WORKFLOW,
    OCCUPYING,
    OPEN,
    TICKET_WORKFLOW,
    UNDECIDED,
    WORKFLOW,
    ClosingStatus,
    Status,
    TicketStatus,
)
from core.errors import Refused
from core.workflow import CITIZEN, SYSTEM, Actor, ActorKind
from tests.factories import NOW, ItemFactory, booking_at, make_slot, mark_all

STAFF = Actor(ActorKind.STAFF)
C, S, Y = CITIZEN, STAFF, SYSTEM

ALLOWED = {
    ("held", "requested"): {C, S},
    ("held", "confirmed"): {C, S},
    ("held", "expired"): {C, Y},
    ("requested", "needs_documents"): {S},
    ("requested", "confirmed"): {S},
    ("requested", "rejected"): {S},
    ("requested", "cancelled"): {C, S},
    ("requested", "expired"): {Y},
    ("needs_documents", "requested"): {C, S},
    ("needs_documents", "confirmed"): {S},
    ("needs_documents", "rejected"): {S},
    ("needs_documents", "cancelled"): {C, S},
    ("needs_documents", "expired"): {Y},
    ("confirmed", "arrived"): {S},
    ("confirmed", "no_show"): {S, Y},
    ("confirmed", "cancelled"): {C, S},
    ("arrived", "serving"): {S},
    ("arrived", "confirmed"): {S},
    ("arrived", "no_show"): {S, Y},
    ("serving", "served"): {S},
    ("serving", "not_served"): {S},
    ("serving", "arrived"): {S},
    ("served", "serving"): {S},
    ("served", "not_served"): {S},
    ("not_served", "serving"): {S},
    ("not_served", "served"): {S},
    ("no_show", "confirmed"): {S},
    ("no_show", "arrived"): {S},
    ("cancelled", "requested"): {C},
    ("cancelled", "confirmed"): {C},
}

TICKETS_ALLOWED = {
    ("waiting", "called"): {S},
    ("waiting", "left"): {S, Y},
    ("called", "serving"): {S},
    ("called", "waiting"): {S},
    ("called", "left"): {S, Y},
    ("serving", "paused"): {S},
    ("serving", "served"): {S},
    ("serving", "not_served"): {S},
    ("serving", "called"): {S},
    ("paused", "serving"): {S},
    ("paused", "served"): {S},
    ("paused", "not_served"): {S},
    ("served", "serving"): {S},
    ("served", "paused"): {S},
    ("served", "not_served"): {S},
    ("not_served", "serving"): {S},
    ("not_served", "paused"): {S},
    ("not_served", "served"): {S},
    ("left", "waiting"): {S},
    ("left", "called"): {S},
}

CLOSINGS_ALLOWED = {
    ("draft", "announced"): {S},
    ("draft", "dropped"): {S},
    ("announced", "done"): {Y},
}

REACHABLE = [
    Status.HELD,
    Status.REQUESTED,
    Status.NEEDS_DOCUMENTS,
    Status.CONFIRMED,
    Status.CANCELLED,
    Status.REJECTED,
    Status.EXPIRED,
]

VERBS = {
    "confirm": {Status.REQUESTED, Status.NEEDS_DOCUMENTS},
    "reject": {Status.REQUESTED, Status.NEEDS_DOCUMENTS},
    "ask_for_documents": {Status.REQUESTED},
    "documents_sent": {Status.NEEDS_DOCUMENTS},
    "cancel by citizen": {Status.REQUESTED, Status.NEEDS_DOCUMENTS, Status.CONFIRMED},
    "cancel by staff": {Status.REQUESTED, Status.NEEDS_DOCUMENTS, Status.CONFIRMED},
    "move by citizen": {Status.REQUESTED, Status.NEEDS_DOCUMENTS, Status.CONFIRMED},
    "move by staff": {Status.REQUESTED, Status.NEEDS_DOCUMENTS, Status.CONFIRMED},
    "release_hold": set(),
}


@pytest.mark.parametrize(
    ("workflow", "statuses", "expected"),
    [
        (WORKFLOW, Status, ALLOWED),
        (TICKET_WORKFLOW, TicketStatus, TICKETS_ALLOWED),
        (CLOSING_WORKFLOW, ClosingStatus, CLOSINGS_ALLOWED),
    ],
    ids=["bookings", "tickets", "closings"],
)
def test_the_table_allows_these_moves_and_no_others(workflow, statuses, expected):
    allowed = {
        (source.value, target.value, by)
        for source in statuses
        for target in statuses
        for by in (CITIZEN, STAFF, SYSTEM)
        if workflow.allows(source, target, by)
    }

    assert allowed == {(*move, by) for move, actors in expected.items() for by in actors}


def test_every_status_has_its_row():
    assert set(WORKFLOW.moves) == set(Status)
    assert set(TICKET_WORKFLOW.moves) == set(TicketStatus)
    assert set(CLOSING_WORKFLOW.moves) == set(ClosingStatus)


def test_nothing_leaves_the_ends():
    assert WORKFLOW.ends() == {Status.REJECTED, Status.EXPIRED}


def test_an_open_booking_occupies_a_place():
    assert UNDECIDED < CHANGEABLE < OPEN < OCCUPYING
    assert {
        Status.HELD,
        Status.SERVED,
        Status.NOT_SERVED,
        Status.NO_SHOW,
    } == OCCUPYING - OPEN


@pytest.mark.parametrize("status", REACHABLE)
@pytest.mark.parametrize("verb", VERBS)
def test_each_verb_in_each_state(verb, status, offered, officer):
    booking = booking_at(status, offered=offered, by=officer)
    ItemCheck.objects.update(state=ItemState.PRESENT)
    item, other = ItemFactory(service=offered.service), make_slot(offered)
    if status in VERBS["confirm"]:
        mark_all(booking)
    facts = {"booking": booking, "now": NOW}
    do = {
        "confirm": lambda: services.confirm(by=officer, **facts),
        "reject": lambda: services.reject(by=officer, reason="ทดสอบ", **facts),
        "ask_for_documents": lambda: services.ask_for_documents(by=officer, items=[item], **facts),
        "documents_sent": lambda: services.documents_sent(**facts),
        "cancel by citizen": lambda: services.cancel(by=CITIZEN, **facts),
        "cancel by staff": lambda: services.cancel(
            by=Actor.staff(officer), reason="ทดสอบ", **facts
        ),
        "move by citizen": lambda: services.move_to(by=CITIZEN, slot=other, **facts),
        "move by staff": lambda: services.move_to(
            by=Actor.staff(officer), slot=other, reason="ทดสอบ", **facts
        ),
        # Asked of any state: what is no longer held stays as it is.
        "release_hold": lambda: services.release_hold(by=SYSTEM, **facts),
    }[verb]
    before = booking.changes.count()

    if status in VERBS[verb]:
        do()
        assert booking.changes.count() == before + 1
    elif verb == "release_hold":
        do()
        booking.refresh_from_db()
        assert booking.status == (Status.EXPIRED if status == Status.HELD else status)
    else:
        with pytest.raises(Refused) as refused:
            do()
        assert refused.value.code in {"stale", "move", "asked"}
        assert booking.changes.count() == before
