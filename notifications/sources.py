"""Who renders a message. An app above registers itself here in its AppConfig.ready(), so that
the outbox can re-read a case just before sending without knowing the app."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from notifications.models import Message


@dataclass(frozen=True)
class Contact:
    """One way to reach a person: a channel word of `notifications.models.Channel`, an address."""

    channel: str
    address: str


@dataclass(frozen=True)
class Attachment:
    filename: str
    content: bytes
    mimetype: str


@dataclass(frozen=True)
class Card:
    """A message as a chat shows it: what happened, one line, rows of a word and its value, one
    button. Nothing in it names a person or a number of a document."""

    title: str
    line: str
    button: str
    url: str
    rows: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class Rendered:
    """A message ready to send, in the receiver's language. Without a `card` it cannot go by LINE,
    without `sms` (one part, with its short link) not by SMS."""

    subject: str
    text: str
    html: str = ""
    attachments: list[Attachment] = field(default_factory=list)
    card: Card | None = None
    sms: str = ""


class Source(Protocol):
    def is_wanted(self, message: Message, now: datetime) -> bool:
        """Whether the case still is what the message says; asked just before each try."""

    def render(self, message: Message, now: datetime) -> Rendered:
        """The text. Reads the case; called outside any transaction."""

    def contacts(self, message: Message) -> list[Contact]:
        """The ways on file to reach the person now, best first."""

    def phone(self, message: Message) -> str:
        """The telephone on file, for an officer who calls; empty when there is none."""


_sources: dict[str, Source] = {}


def register(name: str, source: Source) -> None:
    _sources[name] = source


def source_of(message: Message) -> Source:
    return _sources[message.source]
