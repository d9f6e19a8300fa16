"""LINE's JSON as the page of the demonstration draws it: bubbles, cards, buttons."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from core.thai_dates import BANGKOK

Json = dict[str, Any]


@dataclass(frozen=True)
class Button:
    """Leads to a page, or is pressed: then `says` or `data` is sent."""

    label: str
    url: str = ""
    says: str = ""
    data: str = ""


@dataclass(frozen=True)
class Part:
    """A line of a card: a text, or a word and its value."""

    text: str
    name: str = ""
    is_strong: bool = False
    is_quiet: bool = False
    is_large: bool = False


@dataclass(frozen=True)
class Bubble:
    """One message of the chat."""

    number: int
    at: datetime
    is_mine: bool
    text: str = ""
    message_id: str = ""
    is_unsent: bool = False
    banner: str = ""
    is_green: bool = False
    parts: list[Part] = field(default_factory=list)
    buttons: list[Button] = field(default_factory=list)


def bubbles(lines: list[Json]) -> list[Bubble]:
    return [_bubble(line) for line in lines]


def quick_replies(lines: list[Json]) -> list[Button]:
    """The buttons below the chat: those of its last message, while nobody has answered it."""
    if not lines or lines[-1]["is_mine"]:
        return []
    items = lines[-1]["message"].get("quickReply", {"items": []})["items"]
    return [_button(item["action"]) for item in items]


def _bubble(line: Json) -> Bubble:
    message = line["message"]
    common = {
        "number": line["number"],
        "at": datetime.fromtimestamp(line["at"], BANGKOK),
        "is_mine": line["is_mine"],
    }
    if message["type"] != "flex":
        return Bubble(
            **common,
            text=message.get("text", ""),
            message_id=message.get("id", ""),
            is_unsent=message["type"] == "unsent",
        )
    bubble = message["contents"]
    header = bubble.get("header", {})
    banner = header.get("contents", [{}])[0].get("text", "")
    return Bubble(
        **common,
        banner=banner,
        is_green=header.get("backgroundColor", "") == "#0a6b4f",
        parts=[_part(part) for part in bubble.get("body", {}).get("contents", [])],
        buttons=[_button(part["action"]) for part in _buttons(bubble.get("footer", {}))],
    )


def _part(part: Json) -> Part:
    if part["type"] == "box":
        name, value = part["contents"]
        is_strong = value.get("weight") == "bold"
        is_large = value.get("size") == "xl"
        return Part(value["text"], name=name["text"], is_strong=is_strong, is_large=is_large)
    return Part(
        part["text"], is_strong=part.get("weight") == "bold", is_quiet=part.get("size") == "sm"
    )


def _buttons(footer: Json) -> Iterator[Json]:
    return (part for part in footer.get("contents", []) if part["type"] == "button")


def _button(action: Json) -> Button:
    return Button(
        label=action["label"],
        url=action.get("uri", ""),
        says=action.get("text", ""),
        data=action.get("data", ""),
    )
