"""Messages by LINE: one card with a button, pushed under the message's id as retry key, so that a
second try sends nothing twice (fault F23). Careful with the month's messages: courtesies go
another way while the rest of them is kept for appointments."""

import logging
from datetime import datetime, timedelta
from typing import Any, ClassVar

from django.conf import settings
from django.db.models import F
from django.utils import timezone

from core import line
from core.line import Json, LineError, polite
from notifications.channels.base import DeliveryError
from notifications.models import Channel, Message, Quota, Status
from notifications.sources import Card, Rendered

logger = logging.getLogger(__name__)

QUOTA = "quota"
NO_CARD = "no_card"
CONNECTION = "line_connection"
QUOTA_IS_READ_AGAIN = timedelta(minutes=10)
# Nobody misses an appointment for want of these.
COURTESIES = frozenset(
    {"chat", "received", "documents_received", "no_show", "survey", "copy_received"}
)
GREEN, INK = "#0a6b4f", "#14231d"


class LineSender:
    """A retry key is remembered for a day; after that nobody knows whether an earlier try
    arrived."""

    give_up_after: ClassVar[timedelta] = timedelta(hours=24)
    given_up_as: ClassVar[Status] = Status.UNKNOWN

    def send(self, message: Message, rendered: Rendered) -> None:
        """Raises DeliveryError."""
        if rendered.card is None:
            raise DeliveryError(NO_CARD, permanent=True)
        # A second try counts nothing at LINE when the first one arrived.
        if message.attempts <= 1 and not may_send(message.kind, now=timezone.now()):
            raise DeliveryError(QUOTA, permanent=True)
        try:
            line.push(to=message.address, messages=[card(rendered)], retry_key=str(message.pk))
        except LineError as error:
            raise _meaning(error) from error
        Quota.objects.filter(channel=Channel.LINE).update(used=F("used") + 1)

    def close(self) -> None:
        """The SDK keeps its own pool."""


def card(rendered: Rendered) -> Json:
    """The Flex message of a rendered card; `altText` is what a locked screen shows. The first of
    its rows, a fee, is large."""
    shown = rendered.card
    assert shown is not None  # noqa: S101 -- asked by the caller
    title = {**_text(polite(shown.title), weight="bold"), "color": "#ffffff"}
    rows = [
        _row(name, value, size="xl" if number == 0 else "sm")
        for number, (name, value) in enumerate(shown.rows)
    ]
    bubble: Json = {
        "type": "bubble",
        "header": _box(title) | {"backgroundColor": GREEN, "paddingAll": "12px"},
        "footer": _box(_button(shown)),
    }
    if body := [*_line(shown), *rows]:
        bubble["body"] = _box(*body) | {"spacing": "md"}
    return {"type": "flex", "altText": polite(shown.title)[:400], "contents": bubble}


def may_send(kind: str, *, now: datetime) -> bool:
    """Whether the month's messages allow one more of this kind."""
    quota = _quota(now)
    if quota is None or quota.most is None:
        return True
    left = quota.most - quota.used
    reserve = quota.most * settings.LINE_RESERVE_PERCENT // 100
    return left > (reserve if kind in COURTESIES else 0)


def _quota(now: datetime) -> Quota | None:
    """What is known of the month's messages, read anew every ten minutes; an alarm in the log
    each time it is low. None while LINE never said."""
    known = Quota.objects.filter(channel=Channel.LINE).first()
    if known and now - known.read_at < QUOTA_IS_READ_AGAIN:
        return known
    try:
        most, used = line.quota()
    except LineError:
        return known
    quota, _made = Quota.objects.update_or_create(
        channel=Channel.LINE, defaults={"most": most, "used": used, "read_at": now}
    )
    if quota.is_low:
        logger.warning("LINE: %s of the %s messages of this month are used", used, most)
    return quota


def _meaning(error: LineError) -> DeliveryError:
    """What an answer of LINE says about the message and about the way."""
    if error.is_quota:
        return DeliveryError(QUOTA, permanent=True)
    if error.unreachable:
        return DeliveryError(CONNECTION, channel_down=True)
    if error.status == 0 or error.status >= 500:
        return DeliveryError(str(error.status) if error.status else CONNECTION)
    # Too fast, or our token is not good: no other message would fare better now.
    if error.status in (401, 429):
        return DeliveryError(str(error.status), channel_down=True)
    return DeliveryError(str(error.status), permanent=True)


def _text(text: str, **looks: Any) -> Json:
    return {"type": "text", "text": text, "wrap": True, "color": INK, **looks}


def _line(shown: Card) -> list[Json]:
    return [_text(polite(shown.line))] if shown.line else []


def _box(*contents: Json) -> Json:
    return {"type": "box", "layout": "vertical", "contents": list(contents)}


def _row(name: str, value: str, *, size: str) -> Json:
    contents = [_text(name, flex=2, size="sm"), _text(value, flex=4, weight="bold", size=size)]
    return {"type": "box", "layout": "baseline", "spacing": "sm", "contents": contents}


def _button(shown: Card) -> Json:
    return {
        "type": "button",
        "style": "primary",
        "color": GREEN,
        "action": {"type": "uri", "label": shown.button[:40], "uri": shown.url},
    }
