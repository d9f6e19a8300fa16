"""The one place that writes a booking's status."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from bookings.models import Booking, BookingChange, Party, Slot
from bookings.workflow import OPEN, WORKFLOW, Status
from core.db import lock_rows
from core.errors import Refused
from core.rows import insert, update
from core.versions import check_version
from core.workflow import Actor


def locked_booking(booking_id: int, *, version: int | None = None) -> Booking:
    """The booking, locked until the transaction ends. Lock its slot before, never after.

    Raises Changed when `version` is given and no longer the present one."""
    booking = lock_rows(Booking.objects.filter(pk=booking_id)).get()
    check_version(booking, version)
    return booking


def move(
    booking: Booking,
    target: Status,
    *,
    by: Actor,
    now: datetime,
    reason: str = "",
    changed: Sequence[str] = (),
    from_slot: Slot | None = None,
) -> None:
    """Move a locked booking to a status: checks the table, saves it with the fields named in
    `changed`, writes the history (with the time it left, where that changes too). Only verbs of
    this package call it.

    Raises Refused("move"), and Refused("booked_anew") when it would be open again and somebody on
    it has another open booking by now. Two statements, three when the booking leaves the open
    ones or comes back to them."""
    WORKFLOW.check(booking.status, target, by)
    source, booking.status = booking.status, target
    booking.version += 1
    fields = ["status", "version", *changed]
    if source in OPEN and target not in OPEN:
        booking.closed_at = now
        fields.append("closed_at")
        Party.objects.filter(booking=booking).update(is_open=False)
    elif target in OPEN and booking.closed_at is not None:
        booking.closed_at = None
        fields.append("closed_at")
        _open_again(booking, now)
    update(booking, fields)
    facts = {"from_slot": from_slot} if from_slot else {}
    record(booking, source=source, by=by, now=now, reason=reason, **facts)


def _open_again(booking: Booking, now: datetime) -> None:
    """The people count as booked again, until the visit is over."""
    if booking.slot.ends_at < now or booking.belongs_to:
        return
    try:
        with transaction.atomic():
            Party.objects.filter(booking=booking).update(is_open=True)
    except IntegrityError as error:
        raise Refused(
            _("They have booked this service anew by now, so this cannot be undone."),
            code="booked_anew",
        ) from error


def record(booking: Booking, *, source: str, by: Actor, now: datetime, **facts: Any) -> None:
    """Append a step to the history. One INSERT."""
    change = BookingChange(
        booking=booking, from_status=source, to_status=booking.status, at=now, **facts
    )
    change.set_actor(by)
    insert(change)
