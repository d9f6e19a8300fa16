"""Who renders a message. An app above registers itself here in its AppConfig.ready(), so that
the outbox can re-read a case just before sending without knowing the app (design §3)."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from notifications.models import Message


@dataclass(frozen=True)
class Attachment:
    filename: str
    content: bytes
    mimetype: str


@dataclass(frozen=True)
class Rendered:
    """A message ready to send, in the receiver's language."""

    subject: str
    text: str
    html: str = ""
    attachments: list[Attachment] = field(default_factory=list)


class Source(Protocol):
    def is_wanted(self, message: Message, now: datetime) -> bool:
        """Whether the case still is what the message says; asked just before each try."""

    def render(self, message: Message, now: datetime) -> Rendered:
        """The text. Reads the case; called outside any transaction."""


_sources: dict[str, Source] = {}


def register(name: str, source: Source) -> None:
    _sources[name] = source


def source_of(message: Message) -> Source:
    return _sources[message.source]
