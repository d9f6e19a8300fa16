"""What LINE's servers remember: who wrote what to whom, tokens, keys, the month's messages. All in
memory."""

import base64
import hashlib
import hmac
import secrets
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any

from line_channel.stub import limits

Json = dict[str, Any]

# How the way to a user can be broken. "accepted": LINE has the message all the same.
OK, TOO_MANY, ERROR, ERROR_ACCEPTED = "ok", "429", "500", "500_accepted"
TIMEOUT_ACCEPTED, BLOCKED = "timeout_accepted", "403"
MODES = (OK, TOO_MANY, ERROR, ERROR_ACCEPTED, TIMEOUT_ACCEPTED, BLOCKED)


@dataclass(frozen=True)
class Line:
    """One line of a chat: by the user (`is_mine`) or by the account, in the order it arrived."""

    number: int
    at: float
    is_mine: bool
    message: Json


@dataclass(frozen=True)
class Sent:
    """One accepted call: to whom, how ("reply", "push", "multicast"), under which key."""

    to: str
    how: str
    key: str
    messages: list[Json]


@dataclass(frozen=True)
class Outcome:
    """What a call is answered with; `pause` seconds before it."""

    status: int
    body: Json = field(default_factory=dict)
    pause: float = 0.0


class State:
    """`mode_of` says for each call (path, user) how the way is; by default it is well."""

    def __init__(self, *, secret: str, quota: int | None = None, silence: float = 30.0) -> None:
        self.secret, self.quota, self.silence = secret, quota, silence
        self.mode_of: Callable[[str, str], str] = lambda path, user: OK
        self.lock = threading.RLock()
        self.sent: list[Sent] = []
        self.chats: dict[str, list[Line]] = {}
        self.keys: set[str] = set()
        self.used_tokens: set[str] = set()
        self.link_tokens: dict[str, str] = {}
        self.used = 0
        self.menus: dict[str, Json] = {}
        self.default_menu = ""
        self.calls = 0

    # --- what the account asks ------------------------------------------------------------

    def deliver(self, how: str, call: Json, key: str) -> Outcome:
        """A reply, push or multicast."""
        self.calls += 1
        token, users = call.get("replyToken", ""), call.get("to", "")
        receivers = users if isinstance(users, list) else [users]
        if wrong := limits.problems(call.get("messages")):
            return Outcome(400, {"message": "; ".join(wrong)})
        mode = self.mode_of(how, token or receivers[0])
        if mode == TOO_MANY:
            return Outcome(429, {"message": "The API rate limit has been exceeded."})
        if mode == ERROR:
            return Outcome(500, {"message": "Internal server error"})
        if mode == BLOCKED:
            return Outcome(403, {"message": "Forbidden"})
        with self.lock:
            taken = self._reply(call) if how == "reply" else self._push(how, receivers, call, key)
        if taken.status != 200 or mode == OK:
            return taken
        if mode == ERROR_ACCEPTED:
            return Outcome(500, {"message": "Internal server error"})
        return Outcome(200, taken.body, pause=self.silence)

    def _reply(self, call: Json) -> Outcome:
        token = str(call.get("replyToken", ""))
        if not token or token in self.used_tokens:
            return Outcome(400, {"message": "Invalid reply token"})
        self.used_tokens.add(token)
        # Tokens of our own chats name their user; others are of events that a test made up.
        self._take(token.partition(".")[0], "reply", token, call["messages"])
        return Outcome(200, _taken(call))

    def _push(self, how: str, receivers: list[str], call: Json, key: str) -> Outcome:
        if key and key in self.keys:
            return Outcome(409, {"message": "The retry key is already accepted"})
        if self.quota is not None and self.used + len(receivers) > self.quota:
            return Outcome(429, {"message": "You have reached your monthly limit."})
        if key:
            self.keys.add(key)
        self.used += len(receivers)
        for user in receivers:
            self._take(user, how, key, call["messages"])
        return Outcome(200, _taken(call))

    def _take(self, user: str, how: str, key: str, messages: list[Json]) -> None:
        self.sent.append(Sent(user, how, key, messages))
        for message in messages:
            self._write(user, message, is_mine=False)

    def new_link_token(self, user: str) -> str:
        with self.lock:
            token = secrets.token_urlsafe(24)
            self.link_tokens[token] = user
            return token

    # --- what a user does -----------------------------------------------------------------

    def say(self, user: str, message: Json) -> Json:
        """The event of a message that the user sends, which stands in the chat at once."""
        message = {"id": str(secrets.randbelow(10**15)), **message}
        with self.lock:
            self._write(user, message, is_mine=True)
        return self.event("message", user, message=message)

    def event(self, kind: str, user: str, **parts: Any) -> Json:
        event: Json = {
            "type": kind,
            "mode": "active",
            "timestamp": int(time.time() * 1000),
            "source": {"type": "user", "userId": user},
            "webhookEventId": secrets.token_hex(13).upper(),
            "deliveryContext": {"isRedelivery": False},
            **parts,
        }
        if kind not in ("unfollow", "unsend"):
            event["replyToken"] = f"{user}.{secrets.token_hex(12)}"
        return event

    def unsend(self, user: str, message_id: str) -> Json:
        """The user takes a message back: it is gone from the chat, and we are told."""
        with self.lock:
            self.chats[user] = [
                replace(line, message={"type": "unsent"})
                if line.is_mine and line.message.get("id") == message_id
                else line
                for line in self.chats.get(user, [])
            ]
        return self.event("unsend", user, unsend={"messageId": message_id})

    def linked(self, link_token: str, nonce: str) -> Json | None:
        """The event after LINE's own dialog; None for a token that was used or never given."""
        with self.lock:
            user = self.link_tokens.pop(link_token, "")
        if not user:
            return None
        return self.event("accountLink", user, link={"result": "ok", "nonce": nonce})

    def lines(self, user: str) -> list[Line]:
        with self.lock:
            return list(self.chats.get(user, []))

    def _write(self, user: str, message: Json, *, is_mine: bool) -> None:
        lines = self.chats.setdefault(user, [])
        lines.append(Line(len(lines) + 1, time.time(), is_mine, message))

    def signature(self, body: bytes) -> str:
        digest = hmac.digest(self.secret.encode(), body, hashlib.sha256)
        return base64.b64encode(digest).decode()


def _taken(call: Json) -> Json:
    return {"sentMessages": [{"id": secrets.token_hex(9)} for _message in call["messages"]]}
