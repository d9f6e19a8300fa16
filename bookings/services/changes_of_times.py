"""What a change of places would do to the times that exist already, and doing it. Nobody who is
booked is hit: a time never gets fewer places than are taken (fault F8)."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.db.models import QuerySet

from bookings.models import Slot
from core import thai_dates
from core.db import lock_rows
from offices.models import OfferedService


@dataclass(frozen=True)
class Preview:
    """`held_back` are the times at which more is booked than there would be places."""

    times: int
    days: int
    lost: int
    gained: int
    held_back: list[Slot]


def preview_places(offered: OfferedService, *, online: int, staff: int, now: datetime) -> Preview:
    """What setting the places of every time ahead would do. Two queries; nothing is written."""
    slots = list(_ahead(offered, now))
    changed = [(slot, _places(slot, online, staff)) for slot in slots]
    changed = [(slot, new) for slot, new in changed if new != (slot.capacity, slot.online_capacity)]
    differences = [new[0] - slot.capacity for slot, new in changed]
    return Preview(
        times=len(changed),
        days=len({thai_dates.local_date(slot.starts_at) for slot, _new in changed}),
        lost=-sum(n for n in differences if n < 0),
        gained=sum(n for n in differences if n > 0),
        held_back=[
            slot for slot in slots if slot.taken > online + staff or slot.taken_online > online
        ],
    )


def apply_places(
    offered: OfferedService, *, online: int, staff: int, now: datetime, minutes: int | None = None
) -> int:
    """Set the places of the service and of every time ahead, as many as are taken where that is
    more. Walk-ins keep theirs. Returns how many times changed. Locks the times in order."""
    changed = 0
    with transaction.atomic():
        for slot in lock_rows(_ahead(offered, now)):
            new = _places(slot, online, staff)
            if new != (slot.capacity, slot.online_capacity):
                slot.capacity, slot.online_capacity = new
                slot.save(update_fields=["capacity", "online_capacity"])
                changed += 1
        walk_ins = offered.total_places - offered.bookable_places
        offered.online_places, offered.staff_places = online, staff
        offered.total_places = offered.bookable_places + walk_ins
        offered.minutes = minutes or offered.minutes
        offered.save(update_fields=["online_places", "staff_places", "total_places", "minutes"])
    return changed


def booked_on(slot: Slot) -> Iterator[str]:
    """Who is booked at a time, by reference: holds are nobody yet. One query."""
    standing = slot.bookings.exclude(requested_at__isnull=True).filter(closed_at__isnull=True)
    yield from standing.order_by("pk").values_list("reference", flat=True)


def _ahead(offered: OfferedService, now: datetime) -> QuerySet[Slot]:
    return Slot.objects.of(offered).filter(starts_at__gt=now).order_by("pk")


def _places(slot: Slot, online: int, staff: int) -> tuple[int, int]:
    """All places and those online: what is wished, but not less than is taken."""
    new_online = max(online, slot.taken_online)
    return max(online + staff, slot.taken, new_online), new_online
