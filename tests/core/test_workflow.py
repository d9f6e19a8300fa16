"""The table of moves as a thing of its own."""

import pytest

from core.errors import Refused
from core.workflow import CITIZEN, SYSTEM, Actor, ActorKind, Workflow

DOOR = Workflow(
    {
        "open": {"shut": frozenset(ActorKind), "gone": frozenset({ActorKind.SYSTEM})},
        "shut": {"open": frozenset({ActorKind.STAFF})},
        "gone": {},
    }
)


@pytest.mark.parametrize(
    ("source", "target", "by", "allowed"),
    [
        ("open", "shut", CITIZEN, True),
        ("open", "gone", CITIZEN, False),
        ("open", "gone", SYSTEM, True),
        ("shut", "open", CITIZEN, False),
        ("shut", "open", Actor.staff(object()), True),
        ("shut", "gone", SYSTEM, False),
        ("open", "open", SYSTEM, False),
        ("gone", "open", SYSTEM, False),
    ],
)
def test_allows_what_the_table_says(source, target, by, allowed):
    assert DOOR.allows(source, target, by) is allowed


def test_check_of_a_move_that_is_not_in_the_table_raises():
    with pytest.raises(Refused) as refused:
        DOOR.check("gone", "open", SYSTEM)

    assert refused.value.code == "move"
    assert refused.value.message


def test_check_of_an_allowed_move_is_silent():
    assert DOOR.check("open", "shut", CITIZEN) is None


def test_ends_are_what_nothing_leaves():
    assert DOOR.ends() == {"gone"}
