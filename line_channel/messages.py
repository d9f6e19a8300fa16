"""LINE's own JSON for what the chat says (Messaging API): texts, buttons below them, cards."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from core.line import polite

Json = dict[str, Any]

MOST_QUICK_REPLIES = 13
MOST_MESSAGES = 5
LABEL_LENGTH = 20
GREEN, INK, QUIET, AMBER, AMBER_INK = "#0a6b4f", "#14231d", "#44544d", "#ffe9c7", "#5c3d00"
# Stands for the address of our linking page, which needs a token that is asked for on sending.
LINK_ADDRESS = "https://link.invalid/"


@dataclass(frozen=True)
class Press:
    """A button: a postback (`data`), a text said in the user's name (`says`) or a page (`url`)."""

    label: str
    data: str = ""
    says: str = ""
    url: str = ""

    def action(self, length: int) -> Json:
        label = self.label if len(self.label) <= length else f"{self.label[: length - 1]}…"
        if self.url:
            return {"type": "uri", "label": label, "uri": self.url}
        if self.data:
            return {
                "type": "postback",
                "label": label,
                "data": self.data,
                "displayText": self.label,
            }
        return {"type": "message", "label": label, "text": self.says or self.label}


@dataclass(frozen=True)
class Banner:
    """The coloured strip above a card."""

    text: str
    ground: str = AMBER
    ink: str = AMBER_INK


def text(words: str, *, quick: Sequence[Press] = ()) -> Json:
    message: Json = {"type": "text", "text": polite(words)}
    return with_quick(message, quick) if quick else message


def with_quick(message: Json, quick: Sequence[Press]) -> Json:
    """The same message with buttons below the chat."""
    items = [
        {"type": "action", "action": press.action(LABEL_LENGTH)}
        for press in quick[:MOST_QUICK_REPLIES]
    ]
    return {**message, "quickReply": {"items": items}}


def card(
    title: str,
    *,
    banner: Banner | None = None,
    lead: str = "",
    rows: Sequence[tuple[str, str]] = (),
    notes: Sequence[str] = (),
    buttons: Sequence[Press] = (),
) -> Json:
    """A Flex message: a title, a sentence, rows of a word and its value, notes, buttons; the first
    one is green."""
    title = polite(title)
    body: list[Json] = [_words(title, size="xl", weight="bold")]
    if lead:
        body.append(_words(polite(lead), color=QUIET, size="sm"))
    body += [_row(name, value) for name, value in rows]
    body += [_words(polite(note), size="sm") for note in notes]
    bubble: Json = {
        "type": "bubble",
        "body": {"type": "box", "layout": "vertical", "spacing": "md", "contents": body},
    }
    if banner:
        bubble["header"] = _banner(banner)
    if buttons:
        shown = [_button(press, is_first=number == 0) for number, press in enumerate(buttons)]
        bubble["footer"] = {
            "type": "box",
            "layout": "vertical",
            "spacing": "sm",
            "contents": shown,
        }
    return {"type": "flex", "altText": title[:400], "contents": bubble}


def _words(words: str, **looks: Any) -> Json:
    return {"type": "text", "text": words, "wrap": True, "color": INK, **looks}


def _row(name: str, value: str) -> Json:
    return {
        "type": "box",
        "layout": "baseline",
        "spacing": "sm",
        "contents": [
            _words(name, color=QUIET, size="sm", flex=2),
            _words(value, size="sm", flex=4),
        ],
    }


def _banner(banner: Banner) -> Json:
    return {
        "type": "box",
        "layout": "vertical",
        "backgroundColor": banner.ground,
        "paddingAll": "12px",
        "contents": [_words(banner.text, color=banner.ink, weight="bold", size="sm")],
    }


def _button(press: Press, *, is_first: bool) -> Json:
    button: Json = {"type": "button", "height": "sm", "action": press.action(40)}
    return button | ({"style": "primary", "color": GREEN} if is_first else {"style": "link"})
