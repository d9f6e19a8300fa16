"""Rules of time and number for copies: when one can be collected, by when it is decided."""

from datetime import datetime, timedelta

from django.utils import timezone
from django.utils.translation import gettext as _

from bookings import rules as booking_rules
from bookings.models import Slot
from core.days import moment, start_of
from core.db import lock_rows
from core.errors import Refused
from offices import queries as office_queries
from offices.models import OfferedService, Office
from registry_requests.models import CopyRequest, CopyRules
from registry_requests.workflow import OPEN, Status

SERVICE = "collect-copies"
# To look at the request and to make the copy.
EXPRESS_NOTICE = timedelta(hours=1)


def is_same_day(slot: Slot, *, now: datetime) -> bool:
    return timezone.localdate(slot.starts_at) == timezone.localdate(now)


def check_collectable(
    offered: OfferedService, slot: Slot, *, now: datetime, moving: CopyRequest | None = None
) -> None:
    """Raises Refused("closed" | "too_soon" | "too_far" | "express") when a citizen cannot collect
    at this time; `moving` is a request that keeps another time so far. Of a time today the row of
    the office's rules is locked, so that the number of its same-day lane holds; call it inside the
    transaction that takes the place."""
    if not is_same_day(slot, now=now) or offered.earliest_days == 0:
        booking_rules.check_bookable(offered, slot, now=now)
        return
    if slot.closed_at or not offered.is_open:
        raise Refused(_("This time is not available. Choose another."), code="closed")
    lock_rows(CopyRules.objects.filter(office=offered.office)).first()
    is_near = slot.starts_at < now + EXPRESS_NOTICE
    if is_near or express_left(offered.office, now=now, but=moving) < 1:
        raise Refused(
            _("Nothing more can be collected today at this time. Choose another."), code="express"
        )


def express_left(office: Office, *, now: datetime, but: CopyRequest | None = None) -> int:
    """How many more requests the office takes for collection today; those collected already
    count, `but` not. Two queries."""
    row = CopyRules.objects.filter(office=office).first()
    if row is None or not row.express_a_day:
        return 0
    start = start_of(timezone.localdate(now))
    given = CopyRequest.objects.filter(
        status__in=OPEN | {Status.COLLECTED},
        collect_at=office,
        is_express=True,
        collection__slot__starts_at__range=(start, start + timedelta(days=1)),
    )
    others = given.exclude(pk=but.pk) if but else given
    return max(row.express_a_day - others.count(), 0)


def decision_due(offered: OfferedService, slot: Slot | None, *, now: datetime) -> datetime:
    """By when the office decides: closing time, its `review_days` working days from now, and never
    after the person came for the copy at `slot`."""
    day = office_queries.working_days_after(
        office_id=offered.office_id,
        weekdays=offered.pattern.weekdays,
        start=timezone.localdate(now),
        count=max(offered.review_days, 1),
    )[-1]
    due = moment(day, offered.office.closes_at)
    return min(due, slot.starts_at) if slot else due


def keep_days(office: Office) -> int:
    """How long a copy waits after its time of collection. One query."""
    kept = CopyRules.objects.filter(office=office).values_list("keep_days", flat=True).first()
    return kept or CopyRules._meta.get_field("keep_days").default
