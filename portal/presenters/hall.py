"""The hall in words."""

from datetime import datetime
from typing import Any

import segno
from django.conf import settings
from django.urls import reverse
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from bookings import hall_links, wording
from bookings.hall import Call, Hall, Waiting
from bookings.models import Ticket
from bookings.workflow import TicketStatus
from core import thai_dates
from offices.models import Office


def panel(office: Office, seen: Hall, *, now: datetime) -> dict[str, Any]:
    """All that changes on the display."""
    newest = seen.calls[0] if seen.calls else None
    return {
        "office": office,
        "date": thai_dates.long_date(now),
        "clock": thai_dates.clock(now),
        "newest": newest,
        "call_id": f"{newest.number}-{newest.window}-{newest.calls}" if newest else "",
        "say": say(newest) if newest else "",
        "earlier": [(call, thai_dates.clock(call.called_at)) for call in seen.calls[1:]],
        "waiting": [(place.number, kind(place), wait(place)) for place in seen.waiting],
        "missed": seen.missed,
        "due": [f"{thai_dates.local_time(moment):%H.%M}" for moment in seen.due],
    }


def say(call: Call) -> str:
    """What the voice says, sign by sign: "A 0 6"."""
    return _("Number %(number)s, please come to window %(window)s") % {
        "number": " ".join(call.number),
        "window": call.window,
    }


def kind(place: Waiting) -> str:
    if place.booked_at is None:
        return _("without an appointment")
    return _("appointment %(time)s") % {"time": thai_dates.clock(place.booked_at)}


def wait(place: Waiting) -> str:
    if place.minutes is None:
        return _("called when the time has come")
    return _("about %(n)s minutes to wait") % {"n": place.minutes}


def queue_address(ticket: Ticket) -> str:
    """The absolute address on the slip."""
    path = reverse("portal:queue", args=[hall_links.queue_code(ticket)])
    return f"{settings.SITE_URL}{path}"


def qr(address: str) -> SafeString:
    drawing = segno.make(address, error="m").svg_inline(border=0, omitsize=True, svgclass=None)
    return mark_safe(drawing)  # noqa: S308 -- drawn by segno from an address of our own


# The icon and the words for each state of a number that does not wait.
STATES = {
    TicketStatus.CALLED: ("megaphone-fill", gettext_lazy("It is your turn")),
    TicketStatus.SERVING: ("play-fill", gettext_lazy("You are being served")),
    TicketStatus.PAUSED: ("pause-circle", gettext_lazy("You are being served")),
    TicketStatus.SERVED: ("check2-circle", gettext_lazy("The visit is completed")),
    TicketStatus.NOT_SERVED: ("info-circle-fill", gettext_lazy("The visit has ended")),
    TicketStatus.LEFT: ("clock-history", gettext_lazy("Your number was passed over")),
}
ENDED = {TicketStatus.SERVED, TicketStatus.NOT_SERVED}


def slip(ticket: Ticket) -> dict[str, Any]:
    """What is printed on the slip."""
    given = ticket.arrived_at
    return {
        "ticket": ticket,
        "qr": qr(queue_address(ticket)),
        "given": f"{thai_dates.medium_date(given)} {thai_dates.clock(given)}",
        "how": wording.how_to_wait(),
    }


def place(ticket: Ticket, seen: Waiting | None, *, now: datetime) -> dict[str, Any]:
    """Where a number stands now; `seen` while it waits."""
    if seen is None:
        look, headline = STATES.get(TicketStatus(ticket.status), ("hourglass-split", ""))
        lines = _lines(ticket)
    else:
        look, headline = "hourglass-split", _before(seen)
        lines = [_sentence(wait(seen)), wording.how_to_wait(), _where(ticket)]
    return {
        "look": look,
        "headline": headline,
        "lines": [line for line in lines if line],
        "clock": thai_dates.clock(now),
        "polls": ticket.status not in ENDED,
    }


def _before(seen: Waiting) -> str:
    if seen.before == 0:
        return _("You are next")
    return _("%(n)s numbers are before you") % {"n": seen.before}


def _lines(ticket: Ticket) -> list[str]:
    if ticket.status in {TicketStatus.CALLED, TicketStatus.SERVING} and ticket.window:
        return [_("Please come to window %(window)s") % {"window": ticket.window.label}]
    if ticket.status == TicketStatus.LEFT:
        return [_("Tell the information desk; you need not take a new number")]
    return []


def _where(ticket: Ticket) -> str:
    return _("Wait at %(place)s") % {"place": ticket.offered.section}


def _sentence(words: str) -> str:
    return words[:1].upper() + words[1:]
