"""A button of the kiosk pressed twice at the same instant gives one number."""

from uuid import uuid4

import pytest
from django.db import connection

from bookings.models import Ticket
from bookings.services import counter
from tests.factories import at, make_offered, make_slot
from tests.live.together import at_once
from tests.races.invariants import broken_invariants

pytestmark = [pytest.mark.postgres, pytest.mark.race, pytest.mark.django_db(transaction=True)]

TEN = at(2026, 11, 30, 10)
ROUNDS = 10


def press_twice():
    """Each form is sent twice at once; how many different numbers came of each."""
    offered = make_offered(needs_officer=False, total_places=1000)
    make_slot(offered, starts=TEN)
    # The row of numbers stands before the race.
    counter.take_number(offered=offered, form_key=uuid4(), now=TEN)
    return [_numbers_of(offered, uuid4()) for _round in range(ROUNDS)]


def _numbers_of(offered, form_key):
    def press():
        try:
            return counter.take_number(offered=offered, form_key=form_key, now=TEN).pk
        finally:
            connection.close()

    return len({timed.value for timed in at_once([press, press])})


def test_double_press_gives_one_number(transactional_db):
    assert press_twice() == [1] * ROUNDS
    assert Ticket.objects.count() == 1 + ROUNDS
    assert broken_invariants() == ""


def test_control_without_the_constraint_it_gives_two(without_constraints):
    with without_constraints("one number"):
        found = press_twice()
        Ticket.objects.all().delete()

    print(f"without the constraint: two numbers in {found.count(2)} of {ROUNDS} double presses")
    assert 2 in found
