"""What LINE refuses with 400 (developers.line.biz, Messaging API reference): too many messages,
labels too long, buttons that lead nowhere."""

from collections.abc import Iterator
from typing import Any

Json = dict[str, Any]

MOST_MESSAGES = 5
MOST_QUICK_REPLIES = 13
TEXT, ALT_TEXT, POSTBACK, URI = 5_000, 400, 300, 1_000
QUICK_LABEL, FLEX_LABEL = 20, 40


def problems(messages: Any) -> list[str]:
    """What is wrong with the messages of one call; empty when LINE would take them."""
    if not isinstance(messages, list) or not 1 <= len(messages) <= MOST_MESSAGES:
        return ["1 to 5 messages"]
    return [problem for message in messages for problem in _of_message(message)]


def _of_message(message: Json) -> Iterator[str]:
    match message.get("type"):
        case "text":
            if not 1 <= len(message.get("text", "")) <= TEXT:
                yield "text of 1 to 5000 characters"
        case "flex":
            if not 1 <= len(message.get("altText", "")) <= ALT_TEXT:
                yield "altText of 1 to 400 characters"
            if message.get("contents", {}).get("type") not in ("bubble", "carousel"):
                yield "a bubble or a carousel"
            yield from _of_box(message.get("contents"))
        case kind:
            yield f"a message of type {kind}"
    items = message.get("quickReply", {"items": [None]})["items"]
    if not 1 <= len(items) <= MOST_QUICK_REPLIES:
        yield "1 to 13 quick replies"
    for item in items:
        if item is not None:
            yield from _of_action(item["action"], label=QUICK_LABEL)


def _of_box(part: Any) -> Iterator[str]:
    """Every text and button inside a Flex container."""
    if isinstance(part, list):
        for one in part:
            yield from _of_box(one)
    if not isinstance(part, dict):
        return
    if part.get("type") == "text" and not part.get("text"):
        yield "a text that is not empty"
    if "action" in part:
        yield from _of_action(part["action"], label=FLEX_LABEL)
    for name in ("contents", "header", "hero", "body", "footer"):
        yield from _of_box(part.get(name))


def _of_action(action: Json, *, label: int) -> Iterator[str]:
    if not 1 <= len(action.get("label", "")) <= label:
        yield f"a label of 1 to {label} characters"
    match action.get("type"):
        case "postback":
            if not 1 <= len(action.get("data", "")) <= POSTBACK:
                yield "data of 1 to 300 characters"
            if not 1 <= len(action.get("displayText", "-")) <= POSTBACK:
                yield "displayText of 1 to 300 characters"
        case "uri":
            uri = action.get("uri", "")
            if not uri.startswith(("https://", "http://localhost", "line://", "tel:")):
                yield "an https, line or tel address"
            if len(uri) > URI:
                yield "an address of 1000 characters at most"
        case "message":
            if not 1 <= len(action.get("text", "")) <= POSTBACK:
                yield "a text of 1 to 300 characters"
        case kind:
            yield f"an action of type {kind}"
