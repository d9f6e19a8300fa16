"""The messages that announcing a draft would send, one example for each kind and language."""

from copy import copy
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from bookings.admin.closing_page import KIND_OF, is_told
from bookings.messages import Drawn, example, languages
from bookings.models import Booking, Choice, Closing, ClosingDecision
from bookings.services.equal_offers import offer_ends
from bookings.workflow import Status
from notifications.models import Message


@dataclass
class Example:
    """One message, and how many get one like it. `decision` is the one it was drawn for."""

    choice: Choice
    decision: ClosingDecision
    message: Message
    people: int = 0
    letters: list[Drawn] = field(default_factory=list)


def examples(closing: Closing, *, now: datetime) -> list[Example]:
    """Of those that are decided. Four queries, about ten for each example, two for each
    cancellation."""
    found: dict[Any, Example] = {}
    for decision in filter(is_told, _decided(closing)):
        message = _message(decision, closing, now)
        offers = "offer_slot" in message.context
        kind = (message.kind, offers, tuple(languages(decision.booking, message)))
        one = found.setdefault(kind, Example(Choice(decision.choice), decision, message))
        one.people += 1
    for one in found.values():
        one.letters = example(_as_after(one.decision), one.message, now=now)
    return list(found.values())


def _decided(closing: Closing) -> list[ClosingDecision]:
    rows = closing.decisions.exclude(choice=Choice.UNDECIDED).select_related(
        "slot",
        "proposed",
        "booking__slot",
        "booking__office",
        "booking__service",
        "booking__case",
        "booking__offered__pattern",
        "booking__offered__office",
        "booking__offered__section",
    )
    return list(rows.prefetch_related("booking__parties"))


def _message(decision: ClosingDecision, closing: Closing, now: datetime) -> Message:
    booking = decision.booking
    context: dict[str, Any] = {
        "reason": closing.reason_in(booking.language),
        "reason_en": closing.reason_en,
        "old_starts_at": decision.slot.starts_at.isoformat(),
    }
    if decision.choice == Choice.KEEP:
        context |= {"kept_place": decision.place, "responsible": decision.responsible}
    until = offer_ends(decision, now=now) if decision.choice == Choice.CANCEL else None
    if until:
        context |= {"offer_slot": decision.proposed_id, "offer_until": until.isoformat()}
    return Message(
        kind=KIND_OF[Choice(decision.choice)],
        language=booking.language,
        context=context,
        created_at=now,
    )


def _as_after(decision: ClosingDecision) -> Booking:
    """The booking as it would be; nothing is stored."""
    booking = copy(decision.booking)
    if decision.choice == Choice.MOVE and decision.proposed:
        booking.slot = decision.proposed
    if decision.choice == Choice.CANCEL:
        booking.status = Status.CANCELLED
    return booking
