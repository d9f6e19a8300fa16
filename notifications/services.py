"""Writing messages into the outbox. Sending is `notifications.delivery`."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from notifications.models import Message, Status


@dataclass(frozen=True)
class Contact:
    """One way to reach a person: a channel word of `notifications.models.Channel`, an address."""

    channel: str
    address: str


@dataclass(frozen=True)
class News:
    """What happened, for one case. `event` is unique for the happening ("booking:17:confirmed:3"):
    writing it twice keeps one message. `context` holds JSON facts of the moment."""

    event: str
    kind: str
    source: str
    case_id: int
    reference: str
    office_id: int
    language: str
    context: dict[str, Any] = field(default_factory=dict)
    call_if_lost: bool = False


def queue(news: News, *, contacts: Sequence[Contact], now: datetime) -> None:
    """Write a message for the first contact, the others as fallbacks, in the caller's
    transaction. Without a contact the row says "no channel", for the officer's call list.
    One INSERT; a message of the same event, address and channel is left as it is."""
    queue_all([(news, contacts)], now=now)


def queue_all(items: Iterable[tuple[News, Sequence[Contact]]], *, now: datetime) -> int:
    """Write many messages with one INSERT each 500; returns how many were asked for."""
    rows = [_message(news, contacts, now) for news, contacts in items]
    Message.objects.bulk_create(rows, batch_size=500, ignore_conflicts=True)
    return len(rows)


def _message(news: News, contacts: Sequence[Contact], now: datetime) -> Message:
    first, *others = contacts or [Contact("", "")]
    return Message(
        event=news.event,
        kind=news.kind,
        source=news.source,
        case_id=news.case_id,
        reference=news.reference,
        office_id=news.office_id,
        language=news.language,
        context=news.context,
        call_if_lost=news.call_if_lost,
        channel=first.channel,
        address=first.address,
        fallbacks=[[other.channel, other.address] for other in others],
        status=Status.QUEUED if first.channel else Status.NO_CHANNEL,
        created_at=now,
        due_at=now,
    )
