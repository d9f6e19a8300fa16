"""By which way a message goes, asked when it is sent for the first time: a LINE account that was
linked since then is used, one that was taken back is not (ADR 22)."""

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction

from notifications.channels import is_set_up
from notifications.models import Channel, Message, Status
from notifications.sources import Contact, source_of


def route(message: Message, *, now: datetime) -> bool:
    """Give a claimed message the best way on file that its event has not tried, the others as
    fallbacks; an event for every channel gets a row for each of them. False when another sweep
    has the message meanwhile. Nothing to do, and no query, for most where LINE is not set up."""
    if not is_set_up(Channel.LINE) and not message.by_every_channel:
        return True
    rows = Message.objects.filter(event=message.event).exclude(pk=message.pk)
    tried = {Contact(*way) for way in rows.values_list("channel", "address")}
    ways = [way for way in source_of(message).contacts(message) if way not in tried]
    if not ways:
        return True
    first, *others = ways
    message.channel, message.address = first.channel, first.address
    later = [] if message.by_every_channel else others
    message.fallbacks = [[other.channel, other.address] for other in later]
    with transaction.atomic():
        mine = Message.objects.filter(
            pk=message.pk, attempts=message.attempts, status=Status.QUEUED
        ).update(channel=message.channel, address=message.address, fallbacks=message.fallbacks)
        for other in others if mine and message.by_every_channel else []:
            add(message, other, others=(), now=now)
    return bool(mine)


def goes_elsewhere(message: Message) -> bool:
    """Whether the same event was or is being told by another way."""
    rows = Message.objects.filter(event=message.event).exclude(pk=message.pk)
    return rows.filter(status__in=[Status.QUEUED, Status.SENT]).exists()


def add(message: Message, way: Contact, *, others: Sequence[Contact], now: datetime) -> None:
    """Write the same message for another way; one that is there already is left as it is."""
    row = Message(
        event=message.event,
        kind=message.kind,
        channel=way.channel,
        address=way.address,
        fallbacks=[[other.channel, other.address] for other in others],
        language=message.language,
        office_id=message.office_id,
        source=message.source,
        case_id=message.case_id,
        reference=message.reference,
        context=message.context,
        call_if_lost=message.call_if_lost,
        by_every_channel=message.by_every_channel,
        created_at=now,
        due_at=now,
    )
    Message.objects.bulk_create([row], ignore_conflicts=True)
