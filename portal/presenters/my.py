"""What the page of one's own booking shows: its state in words, its history, the contact masked."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import segno
from django.conf import settings
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from bookings import rules
from bookings.models import Booking, BookingChange, NotServedReason, Ticket, WaitingEntry
from bookings.workflow import CHANGEABLE, OPEN, Status
from core import thai_dates
from core.text import unbroken
from core.workflow import ActorKind
from registry_requests.models import CopyRequest

JUST_BOOKED = timedelta(minutes=10)
STOPPED = {
    Status.CANCELLED: "cancelled",
    Status.NO_SHOW: "cancelled",
    Status.EXPIRED: "cancelled",
    Status.REJECTED: "rejected",
    Status.NOT_SERVED: "rejected",
}


@dataclass(frozen=True)
class Entry:
    """One step of the timeline."""

    state: str
    title: str
    iso: str
    when: str
    what: str


@dataclass(frozen=True)
class State:
    """The heading of the page and the sentence beneath it."""

    title: str
    lead: str


def just_booked(booking: Booking, now: datetime) -> bool:
    """Whether to show the page of relief after sending the form."""
    fresh = booking.requested_at is not None and now - booking.requested_at < JUST_BOOKED
    return fresh and booking.version <= 2 and booking.status in (Status.REQUESTED, Status.CONFIRMED)


def state_of(booking: Booking, changes: Sequence[BookingChange], *, now: datetime) -> State:
    """The state as the h1. Needs the history in order; one query for a booking that waits or
    was not served."""
    if booking.status == Status.REQUESTED:
        return State(_("This time is yours"), _waiting(booking, changes))
    if booking.status == Status.NOT_SERVED:
        return State(_("It could not be completed"), _not_served(booking))
    known = {**_ahead(booking, now), **_after(booking, changes[-1])}
    return State(*known[Status(booking.status)])


def _ahead(booking: Booking, now: datetime) -> dict[Status, tuple[str, str]]:
    place = {"place": booking.place}
    is_new = just_booked(booking, now)
    return {
        Status.NEEDS_DOCUMENTS: (
            _("More documents are needed"),
            _("Send what is on the list by %(by)s. We ask only once, and the time stays yours")
            % {"by": day_and_clock(booking.documents_due_at)},
        ),
        Status.CONFIRMED: (
            _("You are booked") if is_new else _("Your appointment is confirmed"),
            _("Come on the day, at the time below"),
        ),
        Status.ARRIVED: (
            _("You have arrived"),
            _("Wait near %(place)s; an officer will call you") % place,
        ),
        Status.SERVING: (_("You are being served"), _("At %(place)s") % place),
    }


def _after(booking: Booking, last: BookingChange) -> dict[Status, tuple[str, str]]:
    reason = {"reason": last.reason.replace("\n", ", ")}
    by = _("you") if last.actor == ActorKind.CITIZEN else booking.office.full_name
    return {
        Status.SERVED: (_("Completed"), _("Thank you for coming")),
        Status.NO_SHOW: (_("You did not come"), _("The time has passed. You can book again")),
        Status.CANCELLED: (
            _("The appointment is cancelled"),
            _("Cancelled by %(by)s on %(at)s") % {"by": by, "at": day_and_clock(last.at)},
        ),
        Status.REJECTED: (
            _("Not approved"),
            _("Because: %(reason)s. You can ask the office, or apply again") % reason,
        ),
        Status.EXPIRED: (
            _("Expired"),
            _("It was not finished in time, and the time is open to others again"),
        ),
    }


def _not_served(booking: Booking) -> str:
    """Why, as the desk noted it with the number; its own words where it chose none of the list."""
    ticket = Ticket.objects.select_related("missing").get(booking=booking)
    is_other = ticket.reason == NotServedReason.OTHER
    parts = [ticket.remark if is_other else str(ticket.get_reason_display())]
    if ticket.missing:
        parts.append(str(ticket.missing.title))
    reason = {"reason": ", ".join(parts)}
    return _("Today it could not be done because: %(reason)s. You can book again") % reason


def _waiting(booking: Booking, changes: Sequence[BookingChange]) -> str:
    since = [change.at for change in changes if change.to_status == Status.REQUESTED]
    by = rules.review_deadline(booking.offered, booking.slot, now=since[-1])
    if by == booking.slot.starts_at:
        return _(
            "An officer checks your documents and tells you before your appointment. "
            "There is nothing to do until then"
        )
    return _(
        "An officer checks your documents and tells you by %(by)s. "
        "There is nothing to do until then"
    ) % {"by": unbroken(thai_dates.long_date(by))}


def asked_items(booking: Booking, reason: str) -> list[str]:
    """What an officer asked for, in the language of the reader: the history keeps the Thai
    titles, and a note as it was written. One query."""
    titles = {item.title_th: item.title for item in booking.service.checklist.all()}
    return [titles.get(line, line) for line in reason.split("\n")]


def timeline(booking: Booking, changes: Sequence[BookingChange]) -> list[Entry]:
    """The history in words, and the visit while it lies ahead."""
    steps = [change for change in changes if change.to_status != Status.HELD]
    entries = []
    for number, change in enumerate(steps, 1):
        newest = number == len(steps)
        state = STOPPED.get(Status(change.to_status), "current") if newest else "done"
        entries.append(
            Entry(
                state=state,
                title=_title(change),
                iso=thai_dates.local_time(change.at).isoformat(),
                when=day_and_clock(change.at),
                what=_what(booking, change),
            )
        )
    if booking.status in OPEN - {Status.ARRIVED, Status.SERVING}:
        start, end = booking.slot.starts_at, booking.slot.ends_at
        when = _joined(_medium(start), thai_dates.time_range(start, end))
        iso = thai_dates.local_time(start).isoformat()
        entries.append(Entry("next", _("Day of the appointment"), iso, when, ""))
    return entries


def _title(change: BookingChange) -> str:
    if change.from_slot_id:
        return _("Moved to another time")
    if change.from_status == change.to_status:
        return _("Being checked")
    if change.from_status == Status.NEEDS_DOCUMENTS and change.to_status == Status.REQUESTED:
        return _("Documents received")
    return str(Status(change.to_status).label)


def _what(booking: Booking, change: BookingChange) -> str:
    if change.from_slot is not None:
        start, end = change.from_slot.starts_at, change.from_slot.ends_at
        before = _joined(thai_dates.medium_date(start), thai_dates.time_range(start, end))
        moved = _("Before: %(time)s") % {"time": before}
        return f"{moved} · {change.reason}" if change.reason else moved
    if change.from_status == change.to_status:
        return ""
    if change.to_status == Status.NEEDS_DOCUMENTS:
        return ", ".join(asked_items(booking, change.reason))
    return change.reason.replace("\n", ", ")


def can_change(booking: Booking, *, now: datetime) -> bool:
    """Whether it can still be moved or cancelled online. One query."""
    deadline = rules.change_deadline(booking.offered, booking.slot)
    return booking.status in CHANGEABLE and now <= deadline


def day_and_clock(moment: datetime | None) -> str:
    """`ศุกร์ 27 พ.ย. 2569 เวลา 16.00 น.`."""
    return _joined(_medium(moment), thai_dates.clock(moment)) if moment else ""


def _joined(day: str, time: str) -> str:
    return _("%(date)s, %(time)s") % {"date": unbroken(day), "time": unbroken(time)}


def _medium(moment: datetime) -> str:
    return f"{thai_dates.weekday(moment)} {thai_dates.medium_date(moment)}"


def bare_clock(moment: datetime) -> str:
    """`08.56`."""
    return f"{thai_dates.local_time(moment):%H.%M}"


def masked_contacts(booking: Booking | CopyRequest | WaitingEntry) -> list[str]:
    """`08x xxx xx00` and `m•••@example.com`: enough to know one's own."""
    shown = []
    if booking.phone:
        shown.append(mask_phone(booking.phone))
    if booking.email:
        name, _at, domain = booking.email.partition("@")
        shown.append(f"{name[:1]}•••@{domain}")
    return shown


def mask_phone(phone: str) -> str:
    """An E.164 number with its beginning and its last two digits."""
    if phone.startswith("+66"):
        digits = "0" + phone[3:]
        hidden = digits[:2] + "x" * (len(digits) - 4) + digits[-2:]
        return re.sub(r"^(...)(...)(.+)$", r"\1 \2 \3", hidden)
    return f"{phone[:3]} {'x' * (len(phone) - 5)}{phone[-2:]}"


def qr(booking: Booking) -> SafeString:
    """The address of the page as a drawing; it opens nothing without the cookie of a link."""
    url = f"{settings.SITE_URL}/my/{booking.reference}/"
    drawing = segno.make(url, error="m").svg_inline(border=0, omitsize=True, svgclass=None)
    return mark_safe(drawing)  # noqa: S308 -- drawn by segno from an address of our own
