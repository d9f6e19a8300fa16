"""Asking the stand-in what a telephone would show, and doing what a person does with it."""

import json
import urllib.request
from typing import Any
from urllib.error import URLError
from urllib.parse import urlsplit

from django.conf import settings

Json = dict[str, Any]
TIMEOUT = 15


class Away(Exception):
    """The stand-in does not answer."""


def is_here() -> bool:
    """Whether a stand-in on this machine plays LINE, on a demonstration."""
    return settings.DEMO and urlsplit(settings.LINE_API_BASE_URL).hostname == "127.0.0.1"


def chat(user: str) -> list[Json]:
    """The lines of a chat, oldest first. Raises Away."""
    lines: list[Json] = _ask(f"{user}/chat")["lines"]
    return lines


def say(user: str, text: str) -> None:
    """Raises Away."""
    _ask(f"{user}/say", {"type": "text", "text": text})


def do(user: str, kind: str, **parts: Any) -> None:
    """Any other event: "follow", "postback", "unsend". Raises Away."""
    _ask(f"{user}/do", {"type": kind, **parts})


def agree(link_token: str, nonce: str) -> bool:
    """Press "agree" in LINE's dialog for linking; False when its token is over. Raises Away."""
    return bool(_ask("dialog", {"linkToken": link_token, "nonce": nonce}).get("webhook"))


def _ask(path: str, call: Json | None = None) -> Json:
    body = json.dumps(call).encode() if call is not None else None
    request = urllib.request.Request(  # noqa: S310 -- our own address
        f"{settings.LINE_API_BASE_URL}/stub/{path}", body, {"Content-Type": "application/json"}
    )
    try:
        with urllib.request.urlopen(request, timeout=TIMEOUT) as answer:  # noqa: S310
            said: Json = json.loads(answer.read())
    except urllib.error.HTTPError:
        return {}
    except (URLError, OSError) as error:
        raise Away from error
    return said
