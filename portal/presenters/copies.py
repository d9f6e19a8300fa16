"""What the pages of a request for a copy show: the times to choose from, the state in words, the
history, the QR for paying."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

import segno
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext

from bookings import queries as booking_queries
from bookings import rules as booking_rules
from bookings.models import BookingChange, Slot
from core import promptpay, thai_dates
from core.forms import BuddhistDateField
from core.workflow import ActorKind
from offices.models import OfferedService
from portal.presenters import my
from portal.presenters import times as shown_times
from registry_requests import queries
from registry_requests.models import CopyRequest, CopyRequestChange, CopyRules, Kind
from registry_requests.workflow import TO_COLLECT, Status

KIND_ICONS = {
    Kind.HOUSE: "house",
    Kind.MARRIAGE: "heart",
    Kind.DIVORCE: "heartbreak",
    Kind.PHOTO: "person-square",
    Kind.ENQUIRY: "chat-dots",
}
STOPPED = {
    Status.CANCELLED: "cancelled",
    Status.EXPIRED: "cancelled",
    Status.REJECTED: "rejected",
}
TITLES: dict[str, Promise] = {
    Status.SUBMITTED: gettext_lazy("Your request is sent"),
    Status.CHECKING: gettext_lazy("Your request is being checked"),
    Status.NEEDS_DOCUMENTS: gettext_lazy("More documents are needed"),
    Status.APPROVED: gettext_lazy("Your request is approved"),
    Status.READY: gettext_lazy("Your documents are ready"),
    Status.COLLECTED: gettext_lazy("Completed"),
    Status.ANSWERED: gettext_lazy("Your question is answered"),
    Status.REJECTED: gettext_lazy("Not approved"),
    Status.CANCELLED: gettext_lazy("The request is cancelled"),
    Status.EXPIRED: gettext_lazy("Expired"),
}


@dataclass(frozen=True)
class Times:
    """The times to choose from. `head` says of which day they are; `sentence` why those of the
    typed day are not here, `is_wrong` when the day itself must be mended."""

    options: list[tuple[str, str]]
    head: str
    sentence: str = ""
    is_wrong: bool = False


def times(
    offered: OfferedService, typed: object, *, now: datetime, near: Slot | None = None
) -> Times:
    """Of the day that was typed, else the next free ones, else those nearest to a time that went.
    A few queries."""
    try:
        day = BuddhistDateField(required=False).clean(typed)
    except ValidationError as error:
        return _next(offered, now=now, sentence=error.messages[0], is_wrong=True)
    if near is not None:
        nearest = booking_queries.nearest_free(offered, near, now=now)
        if nearest:
            return Times(_with_days(nearest), _("The nearest free times"))
    if day is None or near is not None:
        return _next(offered, now=now)
    free = queries.collection_times(offered, day, now=now)
    if free:
        return Times(_of_a_day(free), thai_dates.long_date(day))
    sentence, is_wrong = _why_none(offered, day, now=now)
    return _next(offered, now=now, sentence=sentence, is_wrong=is_wrong)


def _next(
    offered: OfferedService, *, now: datetime, sentence: str = "", is_wrong: bool = False
) -> Times:
    free = queries.next_collection_times(offered, now=now) if offered.is_open else []
    return Times(_with_days(free), _("The next free times"), sentence, is_wrong)


def _with_days(slots: Sequence[Slot]) -> list[tuple[str, str]]:
    words = '<span class="nowrap">{}</span> <span class="nowrap">{}</span>'
    return [
        (str(slot.pk), format_html(words, thai_dates.long_date(slot.starts_at), _range(slot)))
        for slot in slots
    ]


def _of_a_day(slots: Sequence[Slot]) -> list[tuple[str, str]]:
    return [(str(slot.pk), _range(slot)) for slot in slots]


def _range(slot: Slot) -> str:
    return thai_dates.time_range(slot.starts_at, slot.ends_at)


def _why_none(offered: OfferedService, day: date, *, now: datetime) -> tuple[str, bool]:
    """Why nothing of a day can be chosen, and whether another day must be typed. Four queries."""
    window = booking_rules.booking_window(offered, now=now)
    today = timezone.localdate(now)
    if day < today:
        return _("This date has passed; choose from tomorrow"), True
    if day < window.first:
        return _("Nothing more can be collected on this day. Choose from %(date)s.") % {
            "date": thai_dates.long_date(window.first)
        }, True
    if day > window.last:
        return _(
            "This can be booked up to %(n)s working days ahead. Choose a day until %(date)s."
        ) % {
            "n": offered.latest_days,
            "date": thai_dates.long_date(window.last),
        }, True
    [found] = booking_queries.days(offered, first=day, count=1, now=now, window=window)
    if found.state == "closed":
        suspended = booking_queries.suspended(offered, first=day, last=day)
        return _("%(day)s is closed (%(reason)s).") % {
            "day": thai_dates.long_date(day),
            "reason": shown_times.closed_reason(found, {one.date: one for one in suspended}),
        }, True
    return _("This day is full. The next free times are these:"), False


def state_of(found: CopyRequest, changes: Sequence[CopyRequestChange]) -> my.State:
    """The state as the h1 and the sentence beneath. One query for a copy that waits."""
    leads = {
        Status.SUBMITTED: _told_by(found),
        Status.CHECKING: _told_by(found),
        Status.NEEDS_DOCUMENTS: _("Answer by %(by)s. We ask only once, and the time stays yours")
        % {"by": my.day_and_clock(found.documents_due_at)},
        Status.APPROVED: _to_pay(found),
        Status.READY: _where_it_waits(found),
        Status.COLLECTED: _("Thank you for coming"),
        Status.ANSWERED: _("The answer of the office stands below"),
        **_ends(found, changes[-1]),
    }
    return my.State(str(TITLES[found.status]), leads[Status(found.status)])


def _ends(found: CopyRequest, last: CopyRequestChange) -> dict[Status, str]:
    office = last.office or found.office
    who = _("you") if last.actor == ActorKind.CITIZEN else office.full_name
    words = pgettext("copy request", "Cancelled by %(by)s on %(at)s")
    cancelled = words % {"by": who, "at": my.day_and_clock(last.at)}
    if last.reason:
        cancelled = f"{cancelled} · {last.reason}"
    return {
        Status.REJECTED: _("Because: %(reason)s. You can ask the office, or apply again")
        % {"reason": last.reason},
        Status.CANCELLED: cancelled,
        Status.EXPIRED: _("It was not finished in time, and the time is open to others again"),
    }


def _told_by(found: CopyRequest) -> str:
    return _(
        "An officer looks at it and tells you by %(by)s. There is nothing to do until then"
    ) % {"by": thai_dates.long_date(found.due_at)}


def _to_pay(found: CopyRequest) -> str:
    return _("Come at your time below, with your original ID card. %(fee)s") % {"fee": fee(found)}


def _where_it_waits(found: CopyRequest) -> str:
    until = queries.waits_until(found)
    place = found.collection.place if found.collection else ""
    return _("It waits at %(place)s until %(until)s. Bring your original ID card") % {
        "place": place,
        "until": thai_dates.long_date(until) if until else "",
    }


def fee(found: CopyRequest) -> str:
    """What there is to pay, in a sentence; empty until it is known."""
    if found.fee is None:
        return ""
    if not found.fee:
        return _("There is no fee")
    if found.paid_at:
        return _("Fee %(n)s baht, paid, receipt %(no)s") % {
            "n": found.fee,
            "no": found.receipt_no,
        }
    return _("Fee %(n)s baht, paid when you collect") % {"n": found.fee}


def payment(found: CopyRequest) -> SafeString | None:
    """The QR by which the fee is paid, where the office of the collection has an account for it.
    One query while there is something to pay."""
    if found.status not in TO_COLLECT or not found.fee or found.paid_at:
        return None
    rows = CopyRules.objects.filter(office=found.collect_at_id).exclude(biller_id="")
    biller = rows.values_list("biller_id", flat=True).first()
    if not biller:
        return None
    text = promptpay.bill_payment(biller_id=biller, reference=found.reference, baht=found.fee)
    drawing = segno.make(text, error="m").svg_inline(border=0, omitsize=True, svgclass=None)
    return mark_safe(drawing)  # noqa: S308 -- drawn by segno from words of our own


def timeline(
    found: CopyRequest,
    changes: Sequence[CopyRequestChange],
    moved: Sequence[BookingChange],
) -> list[my.Entry]:
    """The steps that the person knows, other times of collection between them, and the collection
    while it lies ahead."""
    steps = [change for change in changes if change.from_status != change.to_status]
    last = steps[-1]
    entries = [_step(change, is_last=change is last) for change in steps]
    entries += [
        my.Entry(
            "done", _("Another time of collection"), _iso(c.at), my.day_and_clock(c.at), c.reason
        )
        for c in moved
    ]
    entries.sort(key=lambda entry: entry.iso)
    booking = found.collection
    if found.is_open and booking is not None and booking.is_open:
        start, end = booking.slot.starts_at, booking.slot.ends_at
        when = _("%(date)s, %(time)s") % {
            "date": thai_dates.medium_date(start),
            "time": thai_dates.time_range(start, end),
        }
        entries.append(my.Entry("next", _("Day of collection"), _iso(start), when, ""))
    return entries


def _step(change: CopyRequestChange, *, is_last: bool) -> my.Entry:
    status = Status(change.to_status)
    title = str(status.label)
    if change.from_status == Status.NEEDS_DOCUMENTS and status == Status.CHECKING:
        title = _("Your answer was received")
    state = STOPPED.get(status, "current") if is_last else "done"
    what = change.reason.replace("\n", ", ")
    return my.Entry(state, title, _iso(change.at), my.day_and_clock(change.at), what)


def _iso(moment: datetime) -> str:
    return thai_dates.local_time(moment).isoformat()
