"""What the outbox asks about messages of a booking: whether one is still wanted, and its text.
Each kind has one template, drawn into the subject, the HTML and the plain text."""

import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.template.loader import render_to_string
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from accounts.links import site_in
from bookings import checklist, ics, links, news, rules
from bookings.message_kinds import AGAIN, KINDS, OFFER
from bookings.models import Booking, ItemState, Slot
from bookings.workflow import CHANGEABLE
from core import text, thai_dates
from notifications.models import Message
from notifications.sources import Attachment, Card, Contact, Rendered


class BookingMessages:
    """The source "booking" of the outbox; registered in BookingsConfig.ready()."""

    def is_wanted(self, message: Message, now: datetime) -> bool:
        """One or two queries."""
        booking = _visits().filter(pk=message.case_id).first()
        return booking is not None and KINDS[message.kind].is_wanted(booking, message, now)

    def render(self, message: Message, now: datetime) -> Rendered:
        """In the language of the message; in English below the Thai when a party is not Thai.
        About ten queries. Raises Booking.DoesNotExist."""
        booking = _visits().get(pk=message.case_id)
        kind = KINDS[message.kind]
        drawn = [_draw(language, booking, message, now) for language in languages(booking, message)]
        subject = drawn[0].subject
        with translation.override(message.language):
            html = render_to_string(
                "emails/email.html",
                {
                    "subject": subject,
                    "sections": [one.html for one in drawn],
                    "language": message.language,
                },
            )
        event = [_event(booking, now)] if kind.calendar else []
        text = "\n\n".join(one.text for one in drawn)
        return Rendered(subject, text, html, event, drawn[0].card, drawn[0].sms)

    def contacts(self, message: Message) -> list[Contact]:
        return news.all_contacts_of(Booking.objects.get(pk=message.case_id))

    def phone(self, message: Message) -> str:
        return Booking.objects.values_list("phone", flat=True).get(pk=message.case_id)


def _visits() -> Any:
    return Booking.objects.with_visit().select_related("offered__pattern", "offered__office")


def example(booking: Booking, message: Message, *, now: datetime) -> "list[Drawn]":
    """A message that was not written (yet), as its reader would get it, in each of its languages;
    its links lead to the home page only. About ten queries."""
    nowhere = {"button_url": settings.SITE_URL, "status_url": settings.SITE_URL}
    drawn = []
    for language in languages(booking, message):
        with translation.override(language):
            words = _words(booking, message, now) | {"language": language} | nowhere
            drawn.append(draw(message.kind, words))
    return drawn


def languages(booking: Booking, message: Message) -> list[str]:
    foreign = any(party.nationality != "TH" for party in booking.parties.all())
    return ["th", "en"] if message.language == "th" and foreign else [message.language]


def _event(booking: Booking, now: datetime) -> Attachment:
    return Attachment(f"{booking.reference}.ics", ics.event(booking, now=now), "text/calendar")


@dataclass(frozen=True)
class Drawn:
    """The parts of one message in one language."""

    subject: str
    html: str
    text: str
    card: Card
    sms: str


def _draw(language: str, booking: Booking, message: Message, now: datetime) -> Drawn:
    """The message in one language."""
    with translation.override(language):
        return draw(message.kind, _words(booking, message, now) | {"language": language})


def draw(kind: str, words: dict[str, Any]) -> Drawn:
    """A message in the active language: one template, a layout for each way."""

    def lay_out(layout: str) -> str:
        return render_to_string(f"emails/{kind}.txt", words | {"layout": f"emails/{layout}"})

    def one_line(layout: str) -> str:
        return " ".join(lay_out(layout).split())

    title, line = one_line("chat_title.txt"), one_line("chat.txt")
    return Drawn(
        card=Card(title, line, str(words["button"]), words["button_url"]),
        sms=one_line("sms.txt"),
        subject=one_line("subject.txt"),
        html=lay_out("section.html"),
        text=re.sub(r"\n{3,}", "\n\n", lay_out("section.txt")).strip() + "\n",
    )


def _words(booking: Booking, message: Message, now: datetime) -> dict[str, Any]:
    """Everything that a text can name, in the active language."""
    kind, slot, offered = KINDS[message.kind], booking.slot, booking.offered
    return {
        **_of_the_office(booking),
        **_of_the_moment(booking, message, now),
        "place": message.context.get("kept_place") or booking.place,
        "names": _names(booking),
        "ref": booking.reference,
        "date": thai_dates.long_date(slot.starts_at),
        "d": thai_dates.day_month(slot.starts_at),
        "short_date": thai_dates.short_date(slot.starts_at),
        "time": text.unbroken(thai_dates.time_range(slot.starts_at, slot.ends_at)),
        "t": thai_dates.clock(slot.starts_at),
        "arrive": thai_dates.clock(rules.arrive_by(offered, slot)),
        "is_today": timezone.localdate(slot.starts_at) == timezone.localdate(now),
        "changeable_until": _changeable_until(booking, now) if kind.visit_stands else "",
        "visit_stands": kind.visit_stands,
        "to_bring": _to_bring(booking) if kind.to_bring else [],
        "button": OFFER if _has_offer(message) else kind.button,
        "button_url": _button_url(booking, message),
        "status_url": _link(booking, message),
        "short_url": links.short_link(booking),
    }


def _of_the_office(booking: Booking) -> dict[str, Any]:
    offered, service = booking.offered, booking.service
    return {
        "service_name": service.name,
        # Not the kind of a sensitive case where others may read over a shoulder.
        "service": _("an appointment at the office") if service.private_room else service.name,
        "office": booking.office.full_name,
        "o": booking.office.short_name,
        "tel": text.unbroken(booking.office.phone),
        "early": offered.early_minutes,
        "late": offered.late_grace_minutes,
        "minutes": settings.FIND_LINK_MINUTES,
        "checked": offered.needs_officer,
    }


def _of_the_moment(booking: Booking, message: Message, now: datetime) -> dict[str, Any]:
    """What the event said of itself, and the deadline that belongs to it."""
    context, by = message.context, _deadline(booking, message)
    old = context.get("old_starts_at")
    old_starts_at = datetime.fromisoformat(old) if old else booking.slot.starts_at
    items = [item[translation.get_language()] for item in context.get("items", [])]
    return {
        **_of_the_offer(message),
        "reason": _reason(message),
        "note": context.get("note", ""),
        "responsible": context.get("responsible", ""),
        "items": ", ".join(items),
        "n": len(items) or booking.checks.filter(state=ItemState.MISSING).count(),
        "old_date": thai_dates.long_date(old_starts_at),
        "old_d": thai_dates.day_month(old_starts_at),
        "old_time": thai_dates.clock(old_starts_at),
        "at": _day_and_time(message.created_at),
        "by": _day_and_time(by),
        "by_day": thai_dates.day_month(by),
    }


def _reason(message: Message) -> str:
    """As it was written; in English where there is an English one for an English text."""
    in_english = message.context.get("reason_en") if translation.get_language() == "en" else ""
    return in_english or message.context.get("reason", "")


def _has_offer(message: Message) -> bool:
    return "offer_slot" in message.context


def _of_the_offer(message: Message) -> dict[str, Any]:
    """The time that is offered instead of a cancelled one, and until when. One query, none
    without."""
    if not _has_offer(message):
        return {"offer_date": ""}
    slot = Slot.objects.get(pk=message.context["offer_slot"])
    return {
        "offer_date": thai_dates.long_date(slot.starts_at),
        "offer_time": text.unbroken(thai_dates.time_range(slot.starts_at, slot.ends_at)),
        "offer_until": _day_and_time(datetime.fromisoformat(message.context["offer_until"])),
    }


def _deadline(booking: Booking, message: Message) -> datetime:
    if message.kind == "documents_needed" and booking.documents_due_at:
        return booking.documents_due_at
    if message.kind == "moved_by_office":
        return rules.change_deadline(booking.offered, booking.slot)
    return rules.review_deadline(booking.offered, booking.slot, now=message.created_at)


def _names(booking: Booking) -> str:
    """คุณมะลิ และคุณ SORA / Mali and Sora: Latin letters stand apart from Thai ones."""
    given = [text.given_name(party.full_name) for party in booking.parties.all() if party.full_name]
    apart = [f" {name}" if name.isascii() else name for name in given]
    names = [(pgettext("polite name", "%(name)s") % {"name": name}).strip() for name in apart]
    return pgettext("between names", " and ").join(names)


def _to_bring(booking: Booking) -> list[str]:
    return [item.title for item in checklist.to_bring(booking)]


def _changeable_until(booking: Booking, now: datetime) -> str:
    """Until when the person can move or cancel online; empty when not any more."""
    if booking.status not in CHANGEABLE:
        return ""
    deadline = rules.change_deadline(booking.offered, booking.slot)
    if deadline <= now:
        return ""
    if timezone.localdate(deadline) == timezone.localdate(now):
        return _("today %(time)s") % {"time": thai_dates.clock(deadline)}
    return _day_and_time(deadline)


def _button_url(booking: Booking, message: Message) -> str:
    page = KINDS[message.kind].page
    if page == AGAIN and not booking.belongs_to and not _has_offer(message):
        root = site_in(booking.language)
        return f"{root}/offices/{booking.office.slug}/{booking.service.code}/"
    return _link(booking, message, page="" if page == AGAIN else page)


def _link(booking: Booking, message: Message, page: str = "") -> str:
    until = None
    if message.kind == "find_link":
        until = message.created_at + timedelta(minutes=settings.FIND_LINK_MINUTES)
    return links.link(booking, page=page, until=until)


def _day_and_time(moment: datetime) -> str:
    return _("%(date)s, %(time)s") % {
        "date": text.unbroken(thai_dates.long_date(moment)),
        "time": text.unbroken(thai_dates.clock(moment)),
    }
