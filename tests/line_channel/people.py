"""What a person with a telephone does, and what the chat says to it."""

import json
from datetime import timedelta
from itertools import count

import time_machine

from line_channel import services
from tests.factories import NOW

USER = "U" + "ab" * 16
_numbers = count(1)


def event(kind, user=USER, *, when=NOW, **parts):
    number = next(_numbers)
    stamp = int(when.timestamp() * 1000)
    made = {
        "type": kind,
        "mode": "active",
        "timestamp": stamp,
        "source": {"type": "user", "userId": user},
        "webhookEventId": f"01EVENT{number:019}",
        "deliveryContext": {"isRedelivery": False},
        "replyToken": f"{user}.{number}",
        **parts,
    }
    if kind == "unfollow":
        del made["replyToken"]
    return made


def text_event(text, user=USER, *, when=NOW, **parts):
    message = {"id": str(next(_numbers)), "type": "text", "text": text}
    return event("message", user, when=when, message=message, **parts)


def webhook(client, stub, events, *, signature=None, body=None):
    if body is None:
        body = json.dumps({"destination": "U0", "events": events}, ensure_ascii=False).encode()
    signature = stub.signature(body) if signature is None else signature
    return client.post(
        "/line/webhook/",
        body,
        content_type="application/json",
        headers={"X-Line-Signature": signature},
    )


def words_of(message):
    """Everything that can be read in a message, line by line."""
    if isinstance(message, list):
        return "\n".join(words_of(one) for one in message)
    if not isinstance(message, dict):
        return ""
    own = [message[name] for name in ("text", "label") if isinstance(message.get(name), str)]
    inner = [words_of(value) for name, value in message.items() if name != "quickReply"]
    return "\n".join(part for part in own + inner if part)


def buttons_of(message):
    """Every action in a message, by its label."""
    found = {}
    if isinstance(message, list):
        for one in message:
            found |= buttons_of(one)
    if isinstance(message, dict):
        if "action" in message:
            found[message["action"]["label"]] = message["action"]
        for value in message.values():
            found |= buttons_of(value)
    return found


class Person:
    """Types, presses and reads; the sweep runs after each."""

    def __init__(self, client, stub, user=USER):
        self.client, self.stub, self.user, self.now = client, stub, user, NOW
        self.read = 0

    def says(self, text):
        return self.does(text_event(text, self.user, when=self.now))

    def presses(self, label):
        """A button of the last answer."""
        action = buttons_of(self.last)[label]
        if action["type"] == "message":
            return self.says(action["text"])
        return self.does(
            event("postback", self.user, when=self.now, postback={"data": action["data"]})
        )

    def does(self, made):
        with time_machine.travel(self.now, tick=False):
            assert webhook(self.client, self.stub, [made]).status_code == 200
            services.work(now=self.now)
        self.now += timedelta(seconds=2)
        return self.hears()

    def hears(self):
        """What was said since the last time, as words."""
        lines = self.stub.lines(self.user)
        new, self.read = lines[self.read :], len(lines)
        self.last = [line.message for line in new]
        return words_of(self.last)

    def waits(self, **much):
        self.now += timedelta(**much)
