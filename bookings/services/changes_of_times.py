"""What a change of places would do to the times that exist already, and doing it. A time
never gets fewer places than are taken (fault F8); who is too many there is kept, or decided
about with a draft (`planned_changes`)."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from bookings.models import Booking, Slot, too_many
from bookings.models.slot import SlotQuerySet
from core import thai_dates
from core.db import lock_rows
from offices.models import OfferedService


@dataclass(frozen=True)
class Preview:
    """`held_back` are the times at which more is booked than there would be places, online ones or
    all; `too_many` the appointments above all places there, by time."""

    times: int
    days: int
    lost: int
    gained: int
    held_back: list[Slot]
    too_many: list[Booking]


def preview_places(offered: OfferedService, *, online: int, staff: int, now: datetime) -> Preview:
    """What setting the places of every time ahead would do. Two queries; nothing is written."""
    slots = list(_ahead(offered, now))
    changed = [(slot, _places(slot, online, staff)) for slot in slots]
    changed = [(slot, new) for slot, new in changed if new != (slot.capacity, slot.online_capacity)]
    above = _ahead(offered, now).overbooked(online + staff)
    hit = too_many(above, places=online + staff, now=now)
    differences = [new[0] - slot.capacity for slot, new in changed]
    return Preview(
        times=len(changed),
        days=len({thai_dates.local_date(slot.starts_at) for slot, _new in changed}),
        lost=-sum(n for n in differences if n < 0),
        gained=sum(n for n in differences if n > 0),
        held_back=[
            slot for slot in slots if slot.taken > online + staff or slot.taken_online > online
        ],
        too_many=list(hit.select_related("slot").order_by("slot__starts_at", "requested_at", "pk")),
    )


def apply_places(
    offered: OfferedService, *, online: int, staff: int, now: datetime, minutes: int | None = None
) -> int:
    """Set the places of the service and of every time ahead, as many as are taken where that is
    more. Walk-ins keep theirs. Returns how many times changed. Locks the times in order."""
    with transaction.atomic():
        changed = fit_places(lock_rows(_ahead(offered, now)), online, staff)
        walk_ins = offered.total_places - offered.bookable_places
        offered.online_places, offered.staff_places = online, staff
        offered.total_places = offered.bookable_places + walk_ins
        offered.minutes = minutes or offered.minutes
        offered.save(update_fields=["online_places", "staff_places", "total_places", "minutes"])
    return changed


def fit_places(slots: Iterable[Slot], online: int, staff: int) -> int:
    """Give locked times so many places, as many as are taken where that is more; returns how many
    times changed. One query for each of those."""
    changed = 0
    for slot in slots:
        new = _places(slot, online, staff)
        if new != (slot.capacity, slot.online_capacity):
            slot.capacity, slot.online_capacity = new
            slot.save(update_fields=["capacity", "online_capacity"])
            changed += 1
    return changed


def booked_on(slot: Slot) -> Iterator[str]:
    """Who is booked at a time, by reference: holds are nobody yet. One query."""
    standing = slot.bookings.exclude(requested_at__isnull=True).filter(closed_at__isnull=True)
    yield from standing.order_by("pk").values_list("reference", flat=True)


def _ahead(offered: OfferedService, now: datetime) -> SlotQuerySet:
    return Slot.objects.of(offered).filter(starts_at__gt=now).order_by("pk")


def _places(slot: Slot, online: int, staff: int) -> tuple[int, int]:
    """All places and those online: what is wished, but not less than is taken."""
    new_online = max(online, slot.taken_online)
    return max(online + staff, slot.taken, new_online), new_online
