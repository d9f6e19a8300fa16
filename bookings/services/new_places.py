"""Fewer places of a service: they count from the announcement on, so that no time takes anybody
above them any more; the times with too many stay stopped until every decision is carried out, so
that a place given up there is not taken by somebody else."""

from datetime import datetime

from django.db.models import Q

from bookings.models import Closing, Slot
from bookings.services.changes_of_times import apply_places, fit_places
from bookings.services.offers import reopen
from core.db import lock_rows


def put_in_force(closing: Closing, *, now: datetime) -> None:
    """Set the places of the service and of every time ahead, nowhere fewer than are taken. Inside
    the transaction that has locked the times and the closing."""
    apply_places(
        closing.services.get(),
        online=closing.online_places or 0,
        staff=closing.staff_places or 0,
        minutes=closing.minutes,
        now=now,
    )


def locked_times(closing: Closing) -> list[Slot]:
    """The times that `open_times` writes, locked; none of another kind of closing."""
    if not closing.changes_places:
        return []
    mine = Q(stopped_by=closing) | Q(pk__in=closing.decisions.values("slot"))
    return list(lock_rows(Slot.objects.filter(mine).order_by("pk")))


def open_times(closing: Closing, slots: list[Slot], *, now: datetime) -> None:
    """Lower locked times that had too many to the places of the service, or to who was kept, and
    open what the draft stopped, to the waiting list first."""
    if not slots:
        return
    offered = closing.services.get()
    fit_places(slots, offered.online_places, offered.staff_places)
    stopped = Slot.objects.filter(stopped_by=closing)
    reopen(stopped.openable(), now=now)
    stopped.update(stopped_by=None)
