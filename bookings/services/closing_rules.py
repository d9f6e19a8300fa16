"""When a part of a day can be closed, and when a closing can be announced."""

from collections.abc import Sequence
from datetime import datetime, time, timedelta

from django.conf import settings
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from bookings.models import Closing, ClosingDecision, Part, Slot
from bookings.workflow import ClosingStatus
from core.errors import Refused
from offices.models import OfferedService


def check(closing: Closing, services: Sequence[OfferedService], now: datetime) -> None:
    if not services:
        raise Refused(_("Choose at least one service."), code="services", field="services")
    if not closing.reason_th:
        raise Refused(_("Write the reason; citizens read it."), code="reason", field="reason_th")
    if closing.ends <= closing.starts:
        raise Refused(_("The end must be after the start."), code="order", field="ends")
    check_ahead(closing, now)
    latest = timezone.localdate(now) + timedelta(days=settings.CLOSING_LATEST_DAYS)
    if closing.date > latest:
        raise Refused(
            _("Only days of the next %(n)s days can be closed.")
            % {"n": settings.CLOSING_LATEST_DAYS},
            code="far",
            field="date",
        )


def hours(starts: time | None, ends: time | None) -> tuple[time, time]:
    """Hours that were typed. Raises Refused("hours")."""
    if starts is None or ends is None:
        raise Refused(_("Enter from when and until when."), code="hours", field="starts")
    return starts, ends


def check_ahead(closing: Closing, now: datetime) -> None:
    if closing.ends_at <= now and not closing.is_change:
        raise Refused(
            _("This time is over. Choose today or a later day."), code="past", field="date"
        )


def check_alone(closing: Closing) -> None:
    """Two drafts of the same times would each keep places for the same people."""
    mine = set(closing.slots().values_list("pk", flat=True))
    of_day = Q(date=closing.date) | Q(part=Part.PLACES)
    at_work = Q(status=ClosingStatus.DRAFT) | Q(of_day, status=ClosingStatus.ANNOUNCED)
    others = Closing.objects.filter(at_work, office=closing.office_id).exclude(pk=closing.pk)
    for other in others:
        stopped = Slot.objects.filter(stopped_by=other, out_of_pattern=False)
        theirs = {
            *other.slots().values_list("pk", flat=True),
            *stopped.values_list("pk", flat=True),
        }
        if _is_same(closing, other) or mine & theirs:
            raise overlap()


def _is_same(closing: Closing, other: Closing) -> bool:
    """The same pattern twice, or places of the same service."""
    if closing.changes_places and other.changes_places:
        return closing.services.filter(pk__in=other.services.values("pk")).exists()
    return closing.pattern_id is not None and closing.pattern_id == other.pattern_id


def check_offers(decision: ClosingDecision, slot: Slot | None) -> None:
    booking = decision.booking
    if slot is None or (slot.office_id, slot.service_id) != (booking.office_id, booking.service_id):
        raise Refused(
            _("Choose a new time; none is free near this one."), code="time", field="slot"
        )


def check_stopped(closing: Closing) -> None:
    if closing.stopped_until is None:
        raise Refused(_("The half hour is over. Open the draft again first."), code="lapsed")


def check_decided(closing: Closing, now: datetime) -> None:
    decisions = closing.decisions.select_related("booking")
    undecided = [one.booking.reference for one in decisions if not one.is_decided]
    if undecided:
        raise Refused(
            _("Not decided yet: %(references)s.") % {"references": ", ".join(undecided)},
            code="undecided",
        )
    if closing.hit(now).exclude(pk__in=closing.decisions.values("booking")).exists():
        raise stale()


def check_may_close(by: User, office_id: int) -> None:
    if not by.has_office_permission("bookings.announce_closing", office_id):
        raise Refused(_("Only the head of section or the director can close."), code="permission")


def overlap() -> Refused:
    return Refused(
        _("Another closing of these times is being prepared or carried out. Open it in the list."),
        code="overlap",
        field="date",
    )


def stale() -> Refused:
    return Refused(
        _("A colleague changed this closing meanwhile. The page shows the newest data."),
        code="stale",
    )
