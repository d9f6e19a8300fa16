"""Rules of time: when a slot can be booked, moved or cancelled. They stand here, so that no view
can forget them."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext as _

from bookings.models import Slot
from core import thai_dates
from core.days import moment
from core.errors import Refused
from offices import queries as office_queries
from offices.models import OfferedService


@dataclass(frozen=True)
class BookingWindow:
    """The first and the last day that can be booked online today."""

    first: date
    last: date


def booking_window(offered: OfferedService, *, now: datetime) -> BookingWindow:
    """Working days counted from today (today itself is day 0). One query."""
    today = timezone.localdate(now)
    days = office_queries.working_days_after(
        office_id=offered.office_id,
        weekdays=offered.pattern.weekdays,
        start=today,
        count=offered.latest_days,
    )
    first = today if offered.earliest_days == 0 else days[offered.earliest_days - 1]
    return BookingWindow(first, days[-1] if days else today)


def check_bookable(offered: OfferedService, slot: Slot, *, now: datetime) -> None:
    """Raises Refused("closed" | "too_soon" | "too_far") when the slot cannot be booked online."""
    if not offered.is_open or not offered.service.is_active or slot.closed_at:
        raise Refused(_("This time is not available. Choose another."), code="closed")
    window = booking_window(offered, now=now)
    day = timezone.localdate(slot.starts_at)
    if day < window.first or slot.starts_at <= now:
        raise Refused(
            _("This time is too soon to be booked online. Choose a time from %(date)s.")
            % {"date": thai_dates.long_date(window.first)},
            code="too_soon",
        )
    if day > window.last:
        raise Refused(
            _("This can be booked up to %(n)s working days ahead. Choose a day until %(date)s.")
            % {"n": offered.latest_days, "date": thai_dates.long_date(window.last)},
            code="too_far",
        )


def change_deadline(offered: OfferedService, slot: Slot) -> datetime:
    """Until when a citizen can move or cancel online: closing time of the office, the set number
    of working days before the visit; with 0 days, the visit itself. One query."""
    if offered.cutoff_days == 0:
        return slot.starts_at
    day = office_queries.working_days_before(
        office_id=offered.office_id,
        weekdays=offered.pattern.weekdays,
        end=timezone.localdate(slot.starts_at),
        count=offered.cutoff_days,
    )[-1]
    return moment(day, offered.office.closes_at)


def check_changeable(offered: OfferedService, slot: Slot, *, now: datetime) -> None:
    """Raises Refused("cutoff") after the deadline, with the office's telephone."""
    deadline = change_deadline(offered, slot)
    if now > deadline:
        raise Refused(
            _(
                "It could be moved or cancelled online until %(deadline)s. "
                "Now call %(phone)s; staff will help."
            )
            % {
                "deadline": f"{thai_dates.long_date(deadline)} {thai_dates.clock(deadline)}",
                "phone": offered.office.phone,
            },
            code="cutoff",
        )


def offer_ends(offered: OfferedService, slot: Slot, *, now: datetime) -> datetime | None:
    """Until when a time could be kept for somebody on the waiting list: WAITING_OFFER_HOURS, but
    not past the deadline for changes, after which nobody could give it back online. None when it
    cannot be booked online, when the visit is nearer than an offer lasts, or when too little is
    left to be of use. Three queries."""
    hours = timedelta(hours=settings.WAITING_OFFER_HOURS)
    try:
        check_bookable(offered, slot, now=now)
    except Refused:
        return None
    until = min(now + hours, change_deadline(offered, slot))
    least = timedelta(minutes=settings.WAITING_OFFER_LEAST_MINUTES)
    if slot.starts_at - now < hours or until - now < least:
        return None
    return until


def review_deadline(offered: OfferedService, slot: Slot, *, now: datetime) -> datetime:
    """By when the applicant hears from the officer: closing time, working days from now, but not
    after the visit has begun. One query."""
    day = office_queries.working_days_after(
        office_id=offered.office_id,
        weekdays=offered.pattern.weekdays,
        start=timezone.localdate(now),
        count=max(offered.review_days, 1),
    )[-1]
    return min(moment(day, offered.office.closes_at), slot.starts_at)


def documents_deadline(offered: OfferedService, slot: Slot, *, now: datetime) -> datetime:
    """By when asked documents are to be sent: a day after the officer's own deadline, in time to
    be looked at before the visit; when that moment has passed already, until the visit."""
    latest = change_deadline(offered, slot)
    if latest <= now:
        latest = slot.starts_at
    return max(min(review_deadline(offered, slot, now=now) + timedelta(days=1), latest), now)


def arrive_by(offered: OfferedService, slot: Slot) -> datetime:
    """The time to be there: some minutes before the appointment (S2-R06: five)."""
    return slot.starts_at - timedelta(minutes=offered.early_minutes)
