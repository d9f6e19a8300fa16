"""Couples with a confirmed visit, many at once and whole: with their history and the message of the
confirmation, as if they had come by telephone, so that every invariant can be proved afterwards."""

from datetime import timedelta

from django.db.models import QuerySet
from django.utils import timezone

from bookings import services
from bookings.models import Booking, BookingChange
from bookings.workflow import Status
from core.workflow import ActorKind
from notifications.models import Message
from notifications.models import Status as MessageStatus
from tests.live import world
from tests.notifications.visits import slot_at, visits

# Messages that were there before the scenario began.
MADE = "made:"


def couples(offered, slot, how_many: int, *, ends: Status | None = None) -> list[Booking]:
    """Bookings of the slot, confirmed, and `ends` says what became of them then."""
    changes = {"status": ends, "closed_at": slot.starts_at} if ends else {}
    rows = visits(offered, slot, how_many, source=Booking.Source.STAFF, version=3, **changes)
    steps = [("", Status.HELD), (Status.HELD, Status.CONFIRMED)]
    steps += [(Status.CONFIRMED, ends)] if ends else []
    for source, target in steps:
        BookingChange.objects.bulk_create(
            BookingChange(
                booking=row,
                from_status=source,
                to_status=target,
                at=row.created_at,
                actor=ActorKind.CITIZEN,
            )
            for row in rows
        )
    kinds = ["confirmed", *(["cancelled_by_citizen"] if ends == Status.CANCELLED else [])]
    for kind in kinds:
        Message.objects.bulk_create(_sent(row, kind) for row in rows)
    return rows


def _sent(booking: Booking, kind: str) -> Message:
    return Message(
        event=f"{MADE}{booking.pk}:{kind}",
        kind=kind,
        channel="email",
        address=booking.email,
        office_id=booking.office_id,
        source="booking",
        case_id=booking.pk,
        reference=booking.reference,
        status=MessageStatus.SENT,
        attempts=1,
        created_at=booking.created_at,
        due_at=booking.created_at,
        sent_at=booking.created_at,
    )


def messages() -> QuerySet[Message]:
    """Those that were written since the scenario began."""
    return Message.objects.exclude(event__startswith=MADE)


def couples_soon(how_many: int) -> None:
    """Couples whose visit is less than two hours away: a reminder is due."""
    starts = timezone.now() + timedelta(minutes=110)
    offered = world.marriage_at_bang_rak()
    couples(offered, slot_at(offered, starts, places=how_many), how_many)


def reminders(how_many: int) -> None:
    """So many due messages, each to another couple."""
    couples_soon(how_many)
    assert services.queue_reminders(now=timezone.now()) == how_many


def left() -> int:
    return messages().filter(status=MessageStatus.QUEUED).count()
