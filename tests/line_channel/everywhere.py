"""All the places where a word of a person could stay behind: the answers of the site, the log, the
database, the cache, the messages, LINE's own memory."""

import re
from dataclasses import dataclass

from django.contrib.sessions.models import Session
from django.core import mail
from django.core.cache import caches
from django.test import Client
from django.utils import timezone
from pypdfium2 import PdfDocument

from notifications import services as notifications
from notifications.channels import line
from notifications.models import Message
from tests.portal.stored import stored

ADDRESS = re.compile(r'(?:href|src|action|hx-[a-z]+|content)="([^"]*)"')


@dataclass(frozen=True)
class Answer:
    """What one request was answered with, and its own address, as a proxy would log it."""

    asked: str
    status: int
    headers: str
    body: str

    @property
    def addresses(self) -> list[str]:
        """Every address in it, and what a browser keeps: the cookies."""
        return [self.asked, self.headers, *ADDRESS.findall(self.body)]


class Recorder(Client):
    """A browser whose answers are all kept in `seen`."""

    def __init__(self, seen: list[Answer]) -> None:
        super().__init__()
        self.seen = seen

    def request(self, **request):
        response = super().request(**request)
        if response.streaming:
            response.streaming_content = [b"".join(response.streaming_content)]
            body = b"".join(response.streaming_content)
            response.streaming_content = [body]
        else:
            body = response.content
        headers = f"{dict(response.headers)} {response.cookies}"
        asked = f"{request['PATH_INFO']}?{request.get('QUERY_STRING', '')}"
        is_pdf = body.startswith(b"%PDF")
        text = _words(body) if is_pdf else body.decode("utf-8", "surrogateescape")
        self.seen.append(Answer(asked, response.status_code, headers, text))
        return response


def _words(pdf: bytes) -> str:
    """What can be read on its pages."""
    return "".join(page.get_textpage().get_text_bounded() for page in PdfDocument(pdf))


def database() -> list[object]:
    """Every column of every row, and what the sessions hold, unpacked."""
    return [*stored().items(), *(session.get_decoded() for session in Session.objects.all())]


def cached() -> dict[str, bytes]:
    """Every key of the caches of this test and what is kept under it."""
    found = {}
    for cache in caches.all(initialized_only=True):
        if hasattr(cache._cache, "get_client"):
            client = cache._cache.get_client(write=True)
            keys = client.scan_iter(match=f"{cache.key_prefix}:*")
            found |= {key.decode(): client.get(key) for key in keys}
        else:
            own = f"{cache.key_prefix}:"
            found |= {key: kept for key, kept in cache._cache.items() if key.startswith(own)}
    return found


def messages() -> list[object]:
    """What the outbox holds as every way would show it, and what was sent by e-mail."""
    drawn = []
    for message in Message.objects.all():
        rendered = notifications.preview(message, now=timezone.now())
        drawn += [rendered.subject, rendered.text, rendered.html, rendered.sms, rendered.card]
        drawn += [(file.filename, file.content) for file in rendered.attachments]
        drawn += [line.card(rendered)] if rendered.card else []
    return [*drawn, *(letter.message().as_string() for letter in mail.outbox)]
