"""Messages of no particular app, and a channel that does what a test tells it."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import count

from core.thai_dates import BANGKOK
from notifications.models import Message, Status
from notifications.sources import Contact, Rendered
from offices.models import Office

NOW = datetime(2026, 11, 23, 10, 0, tzinfo=BANGKOK)
_numbers = count(1)


def office(code=1004, slug="bang-rak", prefix="BR"):
    return Office.objects.get_or_create(
        code=code,
        defaults={
            "slug": slug,
            "prefix": prefix,
            "name_th": "บางรัก",
            "name_en": "Bang Rak",
            "phone": "02 000 1004",
            "address_th": "กรุงเทพมหานคร",
            "opens_at": "08:00",
            "closes_at": "16:00",
        },
    )[0]


def letter(**changes):
    number = next(_numbers)
    facts = {
        "event": f"case:{number}:told:1",
        "kind": "told",
        "channel": "email",
        "address": f"person{number}@example.com",
        "office": office(),
        "source": "test",
        "case_id": number,
        "reference": f"BR-0000-{number:02}",
        "created_at": NOW,
        "due_at": NOW,
        "status": Status.QUEUED,
    }
    return Message.objects.create(**facts | changes)


class Source:
    """Renders the number of the case; what is not wanted or cannot be drawn is named by case."""

    def __init__(self):
        self.unwanted = set()
        self.broken = set()
        self.rendered = []

    def is_wanted(self, message, now):
        return message.case_id not in self.unwanted

    def render(self, message, now):
        self.rendered.append(message.pk)
        if message.case_id in self.broken:
            raise KeyError("no such word")
        return Rendered(f"case {message.case_id}", f"text {message.case_id}")

    def contacts(self, message):
        return [Contact("email", f"new{message.case_id}@example.com")]

    def phone(self, message):
        return "+66800000000"


@dataclass
class Ledger:
    """What the channel was asked to send, and the errors that it gives for some addresses."""

    sent: list = field(default_factory=list)
    tried: list = field(default_factory=list)
    errors: dict = field(default_factory=dict)
    closed: int = 0
    given_up_as: Status = Status.FAILED
    during: object = None

    def sender(self):
        ledger = self

        class Sender:
            give_up_after = timedelta(hours=48)
            given_up_as = ledger.given_up_as

            def send(self, message, rendered):
                ledger.tried.append(message.address)
                if ledger.during:
                    ledger.during(message)
                if error := ledger.errors.get(message.address) or ledger.errors.get("*"):
                    raise error
                ledger.sent.append(message.address)

            def close(self):
                ledger.closed += 1

        return Sender
