"""Webhook events into rows: each once, and without the codes that people type. A text is read
here, the moment it comes in, and only its reading is stored (S0 "Chat grammar", security)."""

import json
import re
from collections.abc import Iterable
from dataclasses import asdict
from datetime import UTC, date, datetime, time
from typing import Any
from uuid import UUID

from line_channel import copies, grammar
from line_channel.grammar import CardCode, PhotoCode, Reading, Text
from line_channel.models import Chat, Event
from line_channel.states import EventState

Json = dict[str, Any]

MOST_EVENTS = 1_000
WORKED = frozenset({"message", "postback", "follow", "unfollow", "accountLink", "unsend"})
_WORD = re.compile(r"[A-Za-z0-9_.-]{1,64}")
_USER = re.compile(r"[A-Za-z0-9_-]{1,40}")
# What our own buttons say: words, numbers and marks, joined by colons.
_BUTTON = re.compile(r"[a-z_]+(?::[A-Za-z0-9_-]+){0,4}")
_NONCE = re.compile(r"[A-Za-z0-9_=+/-]{10,255}")


def receive(body: bytes, *, now: datetime) -> int:
    """Store the events of a genuine webhook; returns how many were new. What is not understood is
    left out, what came before is left as it is. One query for the codes' keys, one INSERT."""
    events = [event for event in _events(body) if _is_ours(event)]
    keys = _form_keys({_user(event) for event in events if _has_code(event)})
    rows = [row for event in events if (row := _row(event, keys, now))]
    before = Event.objects.filter(webhook_id__in=[row.webhook_id for row in rows])
    known = set(before.values_list("webhook_id", flat=True))
    Event.objects.bulk_create(rows, ignore_conflicts=True, batch_size=200)
    return len({row.webhook_id for row in rows} - known)


def _events(body: bytes) -> list[Json]:
    try:
        events = json.loads(body)["events"]
    except (ValueError, TypeError, KeyError, RecursionError):
        return []
    if not isinstance(events, list):
        return []
    return [event for event in events[:MOST_EVENTS] if isinstance(event, dict)]


def _is_ours(event: Json) -> bool:
    """One with an id, of a person alone with the account, at a time that a clock could show."""
    source = event.get("source")
    return (
        isinstance(event.get("webhookEventId"), str)
        and _WORD.fullmatch(event["webhookEventId"]) is not None
        and isinstance(source, dict)
        and source.get("type", "user") == "user"
        and isinstance(source.get("userId"), str)
        and _USER.fullmatch(source["userId"]) is not None
        and _moment(event) is not None
    )


def _user(event: Json) -> str:
    return str(event["source"]["userId"])


def _moment(event: Json) -> datetime | None:
    stamp = event.get("timestamp")
    if not isinstance(stamp, int) or isinstance(stamp, bool):
        return None
    try:
        moment = datetime.fromtimestamp(stamp / 1000, UTC)
    except (OverflowError, OSError, ValueError):
        return None
    return moment if 2000 <= moment.year < 2100 else None


def _row(event: Json, keys: dict[str, UUID], now: datetime) -> Event | None:
    kind, moment = event.get("type"), _moment(event)
    if not isinstance(kind, str) or not _WORD.fullmatch(kind[:30]) or moment is None:
        return None
    is_worked = kind in WORKED and event.get("mode", "active") == "active"
    token = event.get("replyToken")
    return Event(
        webhook_id=event["webhookEventId"],
        user_id=_user(event),
        kind=kind[:30],
        fact=_fact(kind, event, keys) if is_worked else {},
        # A clock of the future would keep the words of now from being heard.
        happened_at=min(moment, now),
        received_at=now,
        reply_token=token if isinstance(token, str) and _WORD.fullmatch(token) else "",
        state=EventState.PENDING if is_worked else EventState.IGNORED,
    )


def _fact(kind: str, event: Json, keys: dict[str, UUID]) -> Json:
    match kind:
        case "message":
            return _message(_part(event, "message"), keys.get(_user(event)))
        case "postback":
            return {"button": _matching(_BUTTON, _part(event, "postback").get("data"))}
        case "accountLink":
            link = _part(event, "link")
            nonce = _matching(_NONCE, link.get("nonce"))
            return {"ok": link.get("result") == "ok", "nonce": nonce}
        case "unsend":
            return {"message": _matching(_WORD, _part(event, "unsend").get("messageId"))}
    return {}


def _message(message: Json, form_key: UUID | None) -> Json:
    fact: Json = {"message": _matching(_WORD, message.get("id"))}
    text = message.get("text")
    if message.get("type") != "text" or not isinstance(text, str):
        return fact | {"media": _matching(_WORD, message.get("type"))}
    reading = grammar.read(text)
    if isinstance(reading, Text):
        fact["words"] = grammar.redacted(text)
    return fact | {"reads": type(reading).__name__, "as": _stored(reading, form_key)}


def _stored(reading: Reading, form_key: UUID | None) -> Json:
    """The reading as JSON; of a code only what `copies.hashed` keeps."""
    facts = asdict(reading)
    if isinstance(reading, CardCode | PhotoCode) and form_key:
        facts["code"] = copies.hashed(reading, form_key=form_key)
    return {
        name: value.isoformat() if isinstance(value, date | time) else value
        for name, value in facts.items()
    }


def _has_code(event: Json) -> bool:
    text = _part(event, "message").get("text")
    return isinstance(text, str) and isinstance(grammar.read(text), CardCode | PhotoCode)


def _form_keys(users: Iterable[str]) -> dict[str, UUID]:
    """The key of the request that each user is making; a new user gets a row."""
    users = list(users)
    if not users:
        return {}
    Chat.objects.bulk_create([Chat(user_id=user) for user in users], ignore_conflicts=True)
    return dict(Chat.objects.filter(user_id__in=users).values_list("user_id", "form_key"))


def _part(event: Json, name: str) -> Json:
    part = event.get(name)
    return part if isinstance(part, dict) else {}


def _matching(pattern: re.Pattern[str], value: Any) -> str:
    return value if isinstance(value, str) and pattern.fullmatch(value) else ""
