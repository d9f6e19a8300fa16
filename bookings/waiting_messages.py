"""What the outbox asks about messages to the waiting list, and their text."""

from datetime import datetime
from typing import Any

from django.template.loader import render_to_string
from django.utils import translation
from django.utils.translation import gettext_lazy

from bookings import links, news
from bookings.messages import draw
from bookings.models import Slot, WaitingEntry
from bookings.workflow import WaitingStatus
from core import thai_dates
from core.text import unbroken
from notifications.models import Message
from notifications.sources import Contact, Rendered

BUTTONS = {
    "waiting_joined": gettext_lazy("See my place on the list"),
    "waiting_offer": gettext_lazy("Take this time, or say no thanks"),
}


class WaitingMessages:
    """The source "waiting" of the outbox; registered in BookingsConfig.ready()."""

    def is_wanted(self, message: Message, now: datetime) -> bool:
        """An offer only while it is kept. One query."""
        entry = WaitingEntry.objects.filter(pk=message.case_id).first()
        if entry is None or message.kind != "waiting_offer":
            return entry is not None and entry.is_open
        is_kept = entry.offered_until is not None and entry.offered_until > now
        return entry.status == WaitingStatus.OFFERED and is_kept

    def render(self, message: Message, now: datetime) -> Rendered:
        """In the language of the entry. Two or three queries. Raises WaitingEntry.DoesNotExist."""
        entry = _entries().get(pk=message.case_id)
        with translation.override(message.language):
            drawn = draw(message.kind, _words(entry, message))
            html = render_to_string(
                "emails/email.html",
                {
                    "subject": drawn.subject,
                    "sections": [drawn.html],
                    "language": message.language,
                },
            )
        return Rendered(drawn.subject, drawn.text, html, card=drawn.card, sms=drawn.sms)

    def contacts(self, message: Message) -> list[Contact]:
        return news.contacts_of(WaitingEntry.objects.get(pk=message.case_id))

    def phone(self, message: Message) -> str:
        return WaitingEntry.objects.values_list("phone", flat=True).get(pk=message.case_id)


def _entries() -> Any:
    return WaitingEntry.objects.select_related("office", "service")


def _words(entry: WaitingEntry, message: Message) -> dict[str, Any]:
    url = links.waiting_link(entry)
    return {
        "language": message.language,
        "service_name": entry.service.name,
        "service": entry.service.name,
        "office": entry.office.full_name,
        "tel": unbroken(entry.office.phone),
        "ref": entry.reference,
        "again": message.context.get("again", False),
        "button": BUTTONS[message.kind],
        "button_url": url,
        "status_url": url,
        "short_url": links.short_waiting_link(entry),
        **_times(entry, message),
    }


def _times(entry: WaitingEntry, message: Message) -> dict[str, Any]:
    """The time that is kept, else the days that are waited for. `date` is the summary's line."""
    first, last = thai_dates.medium_date(entry.first_day), thai_dates.medium_date(entry.latest_day)
    days = first if first == last else f"{first} – {last}"
    slot_id = message.context.get("slot_id")
    if slot_id is None or entry.offered_until is None:
        return {"date": days}
    slot = Slot.objects.get(pk=slot_id)
    time = unbroken(thai_dates.time_range(slot.starts_at, slot.ends_at))
    day = thai_dates.long_date(slot.starts_at)
    return {
        "date": f"{day} {time}",
        "day": day,
        "time": time,
        "d": thai_dates.day_month(slot.starts_at),
        "t": thai_dates.clock(slot.starts_at),
        "until": thai_dates.clock(entry.offered_until),
        "n": entry.party_size,
    }
