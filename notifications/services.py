"""Writing messages into the outbox, and what an officer does about those that were lost. Sending
is `notifications.delivery`."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import CharField, Value
from django.db.models.functions import Cast, Concat
from django.utils.translation import gettext as _

from accounts import services as accounts
from accounts.models import User
from core.errors import Refused
from core.rows import insert
from notifications.channels import is_set_up
from notifications.channels.line import may_send
from notifications.models import FINAL, Channel, Message, Status
from notifications.sources import Contact, Rendered, source_of

__all__ = [
    "Contact",
    "News",
    "forget",
    "mark_called",
    "may_send",
    "open_phone",
    "preview",
    "queue",
    "queue_all",
    "resend",
    "ways_of",
]

RESENT = ":resend:"


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
    by_every_channel: bool = False


def queue(news: News, *, contacts: Sequence[Contact], now: datetime) -> None:
    """Write a message for the first contact, the others as fallbacks, in the caller's
    transaction. Without a contact the row says "no channel", for the officer's call list.
    One INSERT; a message of the same event, address and channel is left as it is."""
    insert(_message(news, contacts, now), ignore_conflicts=True)


def ways_of(*, phone: str, email: str, line: str = "") -> list[Contact]:
    """The ways to reach somebody, best first, as far as the contacts of a case say. A telephone
    is one where SMS is set up, or LINE: whose account it belongs to is asked when the message is
    sent (notifications.routing), so that nothing is read here."""
    ways = [Contact(Channel.LINE, line)] if line else []
    if email:
        ways.append(Contact(Channel.EMAIL, email))
    if phone and (is_set_up(Channel.SMS) or is_set_up(Channel.LINE)):
        ways.append(Contact(Channel.SMS, phone))
    return ways


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
        by_every_channel=news.by_every_channel,
        channel=first.channel,
        address=first.address,
        fallbacks=[[other.channel, other.address] for other in others],
        status=Status.QUEUED if first.channel else Status.NO_CHANNEL,
        created_at=now,
        due_at=now,
    )


def forget(*, source: str, case_ids: Iterable[int]) -> None:
    """Remove addresses and words from the messages of cases that are over; that each was written,
    when, and what became of it stays. The row's own number stands for the address, so that one
    message an event stays one. Two statements."""
    rows = Message.objects.filter(source=source, case_id__in=list(case_ids))
    rows.filter(status=Status.QUEUED).update(status=Status.NOT_NEEDED, lease_until=None)
    nobody = Concat(Value("removed:"), Cast("pk", CharField()), output_field=CharField())
    rows.exclude(address__startswith="removed:").update(
        address=nobody, fallbacks=[], context={}, last_error="", call_if_lost=False
    )


def preview(message: Message, *, now: datetime) -> Rendered:
    """The message as it would be sent now."""
    return source_of(message).render(message, now)


# --- what an officer can do about a message ---------------------------------------------------


def open_phone(*, message: Message, by: User, reason: str, now: datetime) -> str:
    """The telephone on file, written into the log of openings with the reason. Raises
    Refused("permission")."""
    _check_may_work(message, by)
    _log(message, "phone", by=by, reason=reason, now=now)
    return source_of(message).phone(message)


def mark_called(*, message: Message, by: User, now: datetime, reason: str = "") -> None:
    """The person was told by telephone; the row leaves the call list, and the log says who
    called. Raises Refused("permission" | "called")."""
    _check_may_work(message, by)
    with transaction.atomic():
        marked = Message.objects.to_call().filter(pk=message.pk).update(called_at=now)
        if not marked:
            raise Refused(_("Somebody has told this person already."), code="called")
        _log(message, "called", by=by, reason=reason, now=now)


def resend(*, message: Message, by: User, now: datetime, reason: str = "") -> None:
    """Write the message anew, to the contacts now on file and to nowhere else. The old row no
    longer waits for a telephone call.

    Raises Refused("permission" | "queued" | "contact"). Pressed twice it writes one."""
    _check_may_work(message, by)
    original = message.event.split(RESENT)[0]
    earlier = Message.objects.filter(
        source=message.source, case_id=message.case_id, event__startswith=f"{original}{RESENT}"
    )
    if message.status not in FINAL or earlier.filter(status=Status.QUEUED).exists():
        raise Refused(_("This message is still on its way."), code="queued")
    contacts = source_of(message).contacts(message)
    if not contacts:
        raise Refused(_("There is no address on file. Telephone instead."), code="contact")
    with transaction.atomic():
        Message.objects.filter(pk=message.pk).update(replaced=True)
        event = f"{original}{RESENT}{earlier.count() + 1}"
        queue(_again(message, event), contacts=contacts, now=now)
        _log(message, "resent", by=by, reason=reason, now=now)


def _log(message: Message, what: str, *, by: User, reason: str, now: datetime) -> None:
    accounts.log_view(
        by=by,
        office_id=message.office_id,
        case=message.reference,
        what=what,
        reason=reason,
        now=now,
    )


def _again(message: Message, event: str) -> News:
    return News(
        event=event,
        kind=message.kind,
        source=message.source,
        case_id=message.case_id,
        reference=message.reference,
        office_id=message.office_id,
        language=message.language,
        context=message.context,
        call_if_lost=message.call_if_lost,
        by_every_channel=message.by_every_channel,
    )


def _check_may_work(message: Message, by: User) -> None:
    if not by.has_office_permission("notifications.resend_message", message.office_id):
        raise Refused(_("This is for the staff of the office."), code="permission")
