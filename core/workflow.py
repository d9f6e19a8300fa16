"""The moves a record may make between statuses, as one table of plain data."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from django.utils.translation import gettext as _

from core.errors import Refused


class ActorKind(StrEnum):
    CITIZEN = "citizen"
    STAFF = "staff"
    SYSTEM = "system"


@dataclass(frozen=True)
class Actor:
    """Who does something: a citizen with a link or a hold, a member of staff, or the system.
    `user` is the staff account, None for the others."""

    kind: ActorKind
    user: Any = None

    @classmethod
    def staff(cls, user: Any) -> "Actor":
        return cls(ActorKind.STAFF, user)


CITIZEN = Actor(ActorKind.CITIZEN)
SYSTEM = Actor(ActorKind.SYSTEM)

Moves = Mapping[Any, Mapping[Any, frozenset[ActorKind]]]


class Workflow:
    """One table: status → the statuses it may become → the kinds of actor who may do it."""

    def __init__(self, moves: Moves) -> None:
        self.moves = moves

    def allows(self, source: str, target: str, by: Actor) -> bool:
        return by.kind in self.moves[source].get(target, frozenset())

    def check(self, source: str, target: str, by: Actor) -> None:
        """Raises Refused("move") when the table has no such move for this kind of actor."""
        if not self.allows(source, target, by):
            raise Refused(
                _("This cannot be done in the present state. The page shows the newest data."),
                code="move",
            )

    def ends(self) -> frozenset[str]:
        """The statuses that nothing leaves."""
        return frozenset(status for status, targets in self.moves.items() if not targets)
