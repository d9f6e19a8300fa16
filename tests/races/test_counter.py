"""Two windows call one number, two clerks give numbers at once, one ticket is scanned twice: one
wins or each gets its own, nobody sees an error of the database. The verbs themselves, each in a
connection of its own: the hall is open in office hours only, a race at any hour."""

import time
from datetime import timedelta

import pytest
from django.db import IntegrityError, connection

from bookings.models import Period, Ticket
from bookings.services import counter, moves
from bookings.services.counter import numbers, serving, steps
from bookings.workflow import Status, TicketStatus
from core.errors import Refused
from core.workflow import CITIZEN
from offices.models import Window
from tests.factories import at, booking_at, make_offered, make_slot, make_staff
from tests.live.together import at_once
from tests.races.invariants import broken_invariants

pytestmark = [pytest.mark.postgres, pytest.mark.race, pytest.mark.django_db(transaction=True)]

TEN = at(2026, 11, 30, 10)
ROUNDS = 10
# Long enough that the other comes between the look and the act.
MOMENT = 0.05


@pytest.fixture
def offered():
    return make_offered(needs_officer=False, total_places=1000)


@pytest.fixture
def officer(offered):
    return make_staff(office=offered.office)


@pytest.fixture
def without_locks(monkeypatch):
    """Rows that are about to change are read without a lock."""

    def unlocked(rows, **options):
        time.sleep(MOMENT)
        return rows

    for module in (steps, serving, numbers, moves):
        monkeypatch.setattr(module, "lock_rows", unlocked)


def tried(verb, **facts):
    """What came of it: "done", the code of a refusal, or "broken" by the database."""

    def action():
        try:
            verb(**facts)
        except Refused as error:
            return error.code
        except IntegrityError:
            return "broken"
        finally:
            connection.close()
        return "done"

    return action


def outcomes(*actions):
    return sorted(timed.value for timed in at_once(actions))


def call_at_two_windows(offered, officer):
    """Each number is called by two windows at the same instant; what came of each pair."""
    windows = [
        Window.objects.create(office=offered.office, section=offered.section, label=f"{number}")
        for number in range(2 * ROUNDS)
    ]
    make_slot(offered, starts=TEN)
    found = []
    for number in range(ROUNDS):
        ticket = counter.add_walk_in(offered=offered, by=CITIZEN, now=TEN)
        pair = windows[2 * number : 2 * number + 2]
        facts = {"ticket": ticket, "by": officer, "now": TEN, "version": 1}
        found.append(outcomes(*(tried(counter.call, window=one, **facts) for one in pair)))
    return found


def test_one_window_gets_the_number(offered, officer):
    assert call_at_two_windows(offered, officer) == [["called", "done"]] * ROUNDS
    assert Ticket.objects.filter(status=TicketStatus.CALLED, calls=1).count() == ROUNDS
    assert broken_invariants() == ""


def test_control_without_locks_two_windows_get_it(offered, officer, without_locks):
    found = call_at_two_windows(offered, officer)

    both = sum(pair != ["called", "done"] for pair in found)
    print(f"without locks: not exactly one window in {both} of {ROUNDS} calls")
    assert both > 0


def give_numbers(offered, number):
    make_slot(offered, starts=TEN)
    counter.add_walk_in(offered=offered, by=CITIZEN, now=TEN)
    facts = {"offered": offered, "by": CITIZEN, "now": TEN}
    return outcomes(*(tried(counter.add_walk_in, **facts) for _each in range(number)))


def test_each_walk_in_gets_a_number_of_its_own(offered):
    assert give_numbers(offered, 10) == ["done"] * 10
    assert sorted(Ticket.objects.values_list("number", flat=True)) == list(range(1, 12))
    assert broken_invariants() == ""


def test_control_without_locks_numbers_clash(offered, without_locks):
    clashes = give_numbers(offered, 10).count("broken")

    print(f"without locks: {clashes} of 10 numbers were given twice and refused by the database")
    assert clashes > 0


def test_the_share_is_not_exceeded(offered):
    offered.total_places = 4
    offered.save()

    assert give_numbers(offered, 10) == ["done"] * 2 + ["walk_ins_full"] * 8
    assert Ticket.objects.count() == 3


def arrive_twice(offered, officer):
    booking = booking_at(
        Status.CONFIRMED, offered=offered, slot=make_slot(offered, starts=TEN + timedelta(hours=1))
    )
    facts = {"booking": booking, "by": officer, "now": TEN}
    return outcomes(*(tried(counter.arrive, **facts) for _each in range(2)))


def test_a_ticket_scanned_twice_arrives_once(offered, officer):
    assert arrive_twice(offered, officer) == ["arrived", "done"]
    assert Ticket.objects.count() == Period.objects.count() == 1
    assert broken_invariants() == ""


def test_control_without_locks_it_arrives_twice(offered, officer, without_locks):
    found = arrive_twice(offered, officer)

    print(f"without locks: {found}")
    assert found != ["arrived", "done"]
