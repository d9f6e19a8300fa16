"""A freed place becomes an offer to the first in line, in the transaction that freed it: the row
of its time is locked all the while, so nobody at a web page can snatch it (ADR 17).

Locks in order: the slot, the bookings, the line (the row of the service at the office), the
entries. Who frees a place holds the slot and the booking already."""

from datetime import datetime

from django.db import IntegrityError, transaction
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from bookings import news, rules
from bookings.models import Booking, Slot, WaitingEntry
from bookings.services.moves import locked_booking, move, record
from bookings.services.places import give_back_places, lock_slot, take_places
from bookings.workflow import IN_LINE, WAITING_WORKFLOW, Status, WaitingStatus
from core.db import lock_rows
from core.errors import Refused
from core.reference import new_reference
from core.rows import insert_one
from core.workflow import SYSTEM, Actor
from offices.models import OfferedService

REFERENCE_DRAWS = 5


def free_place(*, booking: Booking, now: datetime) -> int:
    """Give the place of a locked booking back and offer it to who waits; returns how many places
    were offered. The one way a verb gives up a place for good: `give_back_places` alone would
    leave it to the quickest at the web page. One query more when nobody waits."""
    give_back_places(slot_id=booking.slot_id, online=booking.takes_online_place)
    return offer_freed(slot_id=booking.slot_id, now=now)


def offer_freed(*, slot_id: int, now: datetime) -> int:
    """Offer the free places of a slot, whose row the caller has locked, to the first in line who
    fit; returns how many. One query when nobody waits."""
    waiting = WaitingEntry.objects.in_line()
    if not waiting.filter(office__slots=slot_id, service__slots=slot_id).exists():
        return 0
    slot = Slot.objects.get(pk=slot_id)
    offered = _offered(slot)
    until = rules.offer_ends(offered, slot, now=now) if slot.free_online else None
    if until is None:
        return 0
    lock_line(offered.pk)
    day = timezone.localdate(slot.starts_at)
    made = 0
    for entry in waiting.of(offered).wanting(day).filter(party_size__lte=slot.free_online):
        if made + entry.party_size <= slot.free_online and _may_have(entry, now):
            _offer(entry, slot, until=until, now=now)
            made += entry.party_size
    return made


def lock_line(offered_id: int) -> None:
    """Lock the waiting list of a service at an office, before any entry of it: two freed places
    are offered one after the other, each to the first who still waits."""
    lock_rows(OfferedService.objects.filter(pk=offered_id), no_key=True).get()


def locked_entry(entry_id: int) -> WaitingEntry:
    return lock_rows(WaitingEntry.objects.filter(pk=entry_id)).get()


def move_entry(
    entry: WaitingEntry,
    target: WaitingStatus,
    *,
    by: Actor,
    now: datetime,
    ending: str = "",
) -> None:
    """Move a locked entry to a status. The one place that writes it. Raises Refused("move")."""
    WAITING_WORKFLOW.check(entry.status, target, by)
    entry.status, entry.ending = target, ending
    if target not in IN_LINE:
        entry.closed_at = now
    fields = ["status", "ending", "closed_at", "offered_at", "offered_until"]
    entry.save(update_fields=[*fields, "reason", "closed_by"])


def end_holds(*, booking: Booking, by: Actor, now: datetime) -> None:
    """Give back all that is still held of the offer this hold belongs to, and offer it on at
    once: a party comes together, so its places go together. The entry is over, or left when its
    citizen said no in time. Locks the slot, the holds, the line, the entry."""
    with transaction.atomic():
        lock_slot(booking.slot_id)
        held = Booking.objects.filter(
            waiting_id=booking.waiting_id, slot_id=booking.slot_id, status=Status.HELD
        )
        for hold_id in list(held.order_by("pk").values_list("pk", flat=True)):
            locked = locked_booking(hold_id)
            if locked.status == Status.HELD:
                move(locked, Status.EXPIRED, by=by, now=now)
                give_back_places(slot_id=locked.slot_id, online=locked.takes_online_place)
        lock_line(booking.offered_id)
        _end_offer(booking.waiting_id, by=by, now=now)
        offer_freed(slot_id=booking.slot_id, now=now)


def wait_on(booking: Booking, *, now: datetime) -> None:
    """The office took back the time that this hold kept for somebody of the list, who waits on at
    the old place in line. Locks the line, then the entry."""
    if booking.waiting_id is None:
        return
    lock_line(booking.offered_id)
    entry = locked_entry(booking.waiting_id)
    if entry.status == WaitingStatus.OFFERED:
        entry.offered_at = entry.offered_until = None
        move_entry(entry, WaitingStatus.WAITING, by=SYSTEM, now=now)


def offer_taken(booking: Booking, *, by: Actor, now: datetime) -> None:
    """One of the places of an offer was booked: its entry is done. Locks the entry."""
    if booking.waiting_id is None:
        return
    entry = locked_entry(booking.waiting_id)
    if entry.status == WaitingStatus.OFFERED:
        move_entry(entry, WaitingStatus.TAKEN, by=by, now=now)


def reopen(slots: "QuerySet[Slot]", *, now: datetime) -> int:
    """Open closed times and offer their free places to who waits, in one transaction; returns how
    many were opened. Locks the slots by id, then the lines by office and service."""
    with transaction.atomic():
        ids = list(lock_rows(slots.order_by("pk")).values_list("pk", flat=True))
        opened = Slot.objects.filter(pk__in=ids).update(closed_at=None)
        for slot_id in _wanted(Slot.objects.filter(pk__in=ids)):
            offer_freed(slot_id=slot_id, now=now)
    return opened


def offer_free_places(*, now: datetime) -> int:
    """Offer what is free and wanted all the same: new times, a place freed in the very moment
    somebody joined. Returns how many places. One short transaction for each time, one query when
    nobody waits."""
    made = 0
    for slot_id in _wanted(Slot.objects.free_online().filter(starts_at__gt=now)):
        with transaction.atomic():
            lock_slot(slot_id)
            made += offer_freed(slot_id=slot_id, now=now)
    return made


def end_waiting(*, now: datetime) -> int:
    """Take those out of the line whose days are over; returns how many. One short transaction
    each."""
    over = WaitingEntry.objects.filter(latest_day__lt=timezone.localdate(now))
    return _end(over, WaitingEntry.Ending.DAYS_OVER, now)


def end_booked_waiting(*, now: datetime) -> int:
    """Take those out of the line who have booked the service since they joined, at any office;
    returns how many. One query when there are none, else one short transaction each."""
    booked = WaitingEntry.objects.filter(_has_booked())
    return _end(booked, WaitingEntry.Ending.BOOKED, now)


def _end(entries: "QuerySet[WaitingEntry]", ending: WaitingEntry.Ending, now: datetime) -> int:
    waiting = entries.filter(status=WaitingStatus.WAITING)
    ids = list(waiting.values_list("pk", flat=True))
    for entry_id in ids:
        with transaction.atomic():
            entry = locked_entry(entry_id)
            if entry.status == WaitingStatus.WAITING:
                move_entry(entry, WaitingStatus.OVER, by=SYSTEM, now=now, ending=ending)
    return len(ids)


def _has_booked() -> Exists:
    """Of an entry: whether the same contact has an open booking of the service since it joined."""
    phone = Q(phone=OuterRef("phone")) & ~Q(phone="")
    email = Q(email__iexact=OuterRef("email")) & ~Q(email="")
    booked = Booking.objects.open().filter(
        phone | email,
        service_id=OuterRef("service_id"),
        requested_at__gte=OuterRef("joined_at"),
    )
    return Exists(booked.order_by())


def _wanted(slots: "QuerySet[Slot]") -> list[int]:
    """Those with somebody in line for their office, service and day; by office and service, so
    that lines are always locked in one order. One query."""
    line = WaitingEntry.objects.in_line().filter(
        office_id=OuterRef("office_id"),
        service_id=OuterRef("service_id"),
        first_day__lte=OuterRef("starts_at__date"),
        latest_day__gte=OuterRef("starts_at__date"),
    )
    wanted = slots.filter(Exists(line.order_by()))
    return list(
        wanted.order_by("office_id", "service_id", "starts_at").values_list("pk", flat=True)
    )


def _offered(slot: Slot) -> OfferedService:
    rows = OfferedService.objects.select_related("office", "service", "pattern")
    return rows.get(office_id=slot.office_id, service_id=slot.service_id)


def _may_have(entry: WaitingEntry, now: datetime) -> bool:
    """Lock the entry; whether it still waits. Who has booked this service a moment ago does not
    wait any more, though the sweep has not ended it yet."""
    locked = locked_entry(entry.pk)
    if locked.status != WaitingStatus.WAITING:
        return False
    if WaitingEntry.objects.filter(_has_booked(), pk=entry.pk).exists():
        ending = WaitingEntry.Ending.BOOKED
        move_entry(locked, WaitingStatus.OVER, by=SYSTEM, now=now, ending=ending)
        return False
    return True


def _offer(entry: WaitingEntry, slot: Slot, *, until: datetime, now: datetime) -> None:
    """Hold the places in the name of the entry and write the message."""
    take_places(slot_id=slot.pk, online=True, n=entry.party_size)
    for number in range(1, entry.party_size + 1):
        booking = Booking(
            office_id=entry.office_id,
            service_id=entry.service_id,
            offered_id=entry.offered_id,
            slot=slot,
            waiting=entry,
            holder=entry.holder,
            hold_no=number,
            held_until=until,
            # Two hours are long enough.
            hold_extended=True,
            language=entry.language,
            created_at=now,
        )
        _store(booking, prefix=entry.reference[:2])
        record(booking, source="", by=SYSTEM, now=now)
    entry.offered_at, entry.offered_until = now, until
    move_entry(entry, WaitingStatus.OFFERED, by=SYSTEM, now=now)
    mark = f"{slot.pk}-{now:%Y%m%d%H%M%S}"
    news.tell_waiting(entry, "waiting_offer", now=now, mark=mark, slot_id=slot.pk)


def _store(booking: Booking, *, prefix: str) -> None:
    """Store a hold under a new reference, drawn again on a clash."""
    for _attempt in range(REFERENCE_DRAWS):
        booking.reference = new_reference(prefix)
        try:
            with transaction.atomic():
                insert_one(booking)
        except IntegrityError as error:
            if "reference" not in str(error):
                raise
            booking.pk = None
        else:
            return
    raise Refused(_("Very many are booking just now. Try again in a minute."), code="busy")


def _end_offer(entry_id: int | None, *, by: Actor, now: datetime) -> None:
    if entry_id is None:
        return
    entry = locked_entry(entry_id)
    if entry.status != WaitingStatus.OFFERED:
        return
    if by == SYSTEM or entry.offered_until is None or entry.offered_until <= now:
        ending = WaitingEntry.Ending.NOT_TAKEN
        move_entry(entry, WaitingStatus.OVER, by=SYSTEM, now=now, ending=ending)
    else:
        move_entry(entry, WaitingStatus.LEFT, by=by, now=now)
