"""Taking places and giving them back: every path comes here, web, staff, move, waiting list. Each
is one UPDATE and locks the slot's row until the transaction ends; callers touch slots in id order,
before any booking."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection
from django.db.models import F
from django.db.models.functions import Least
from django.utils.translation import gettext as _

from bookings.models import Slot
from core.db import lock_rows, planned_cursor
from core.errors import Refused
from core.rows import Stale, after

TAKE = """
    UPDATE bookings_slot SET taken = taken + %(n)s, taken_online = taken_online + %(online)s
    WHERE id = %(id)s AND closed_at IS NULL
    AND taken + %(n)s <= capacity AND taken_online + %(online)s <= online_capacity
"""
TAKE_ONE = f"{TAKE % {'n': 1, 'online': 1, 'id': '%s'}} RETURNING id"


def take_places(*, slot_id: int, online: bool, n: int = 1) -> None:
    """Take n places of a slot, from the online share too when `online`.

    Raises Refused("full") or Refused("closed"); nothing changed then."""
    with planned_cursor() as cursor:
        cursor.execute(TAKE, {"id": slot_id, "n": n, "online": n if online else 0})
        if not cursor.rowcount:
            raise _no_place(slot_id)


@contextmanager
def place_taken(slot_id: int) -> Iterator[None]:
    """Take one online place and store what is written inside, all or nothing (`core.rows.after`):
    one statement on PostgreSQL, which locks the slot's row for as long as it runs.

    Raises Refused("full") or Refused("closed"); nothing changed then."""
    try:
        with after(TAKE_ONE, [slot_id]):
            yield
    except Stale:
        raise _no_place(slot_id) from None


def take_stopped_place(*, slot_id: int, closing_id: int) -> None:
    """Take a place, not of the online share, of a time that the draft of a change has made ready.

    Raises Refused("full"); nothing changed then."""
    ready = Slot.objects.filter(pk=slot_id, stopped_by=closing_id, out_of_pattern=True)
    if not ready.filter(taken__lt=F("capacity")).update(taken=F("taken") + 1):
        raise full()


def take_place_within(*, slot_id: int, places: int) -> None:
    """Take a place, not of the online share, of a time where fewer than `places` are taken.

    Raises Refused("full") or Refused("closed"); nothing changed then."""
    free = Slot.objects.filter(pk=slot_id, closed_at=None, taken__lt=Least(F("capacity"), places))
    if not free.update(taken=F("taken") + 1):
        raise _no_place(slot_id)


def give_back_places(*, slot_id: int, online: bool, n: int = 1) -> None:
    """Give n places of a slot back.

    Raises Refused("stale") when so many are not taken: somebody else has given them back."""
    taken = Slot.objects.filter(pk=slot_id, taken__gte=n)
    changes = {"taken": F("taken") - n}
    if online:
        taken = taken.filter(taken_online__gte=n)
        changes["taken_online"] = F("taken_online") - n
    if not taken.update(**changes):
        raise Refused(
            _("This cannot be done in the present state. The page shows the newest data."),
            code="stale",
        )


def lock_slot(slot_id: int) -> None:
    """Lock a slot before its booking, where the booking decides whether places are given back."""
    lock_rows(Slot.objects.filter(pk=slot_id)).get()


def full() -> Refused:
    """The refusal of a time without a free place."""
    return Refused(_("This time is full. Choose one of the nearest times below."), code="full")


def _no_place(slot_id: int) -> Refused:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1 FROM bookings_slot WHERE id = %s AND closed_at IS NULL", [slot_id])
        is_open = cursor.fetchone()
    if is_open:
        return full()
    return Refused(_("This time is not available. Choose another."), code="closed")
