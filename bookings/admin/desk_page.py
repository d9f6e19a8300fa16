"""What the counter desk shows: my window, the other windows, who waits in the order
of call, who is due, who is done. The number of queries does not grow with the people."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.db.models import Count, Q, Sum
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import User
from accounts.staff import StaffRequest
from bookings import hall, wording
from bookings.admin.desk_visit import AT_DESK, OVER, Visit, names_of, visits_of
from bookings.call_order import waiting_order
from bookings.models import Alarm, Booking, Lane, NotServedReason, Period, Slot, Ticket
from bookings.services.counter.arriving import late_after
from bookings.services.counter.correcting import CORRECTIONS
from bookings.services.counter.numbers import slots_of_day
from bookings.workflow import AT_WINDOW, OCCUPYING, UNDECIDED, Status, TicketStatus
from core.admin_site import Badge
from offices.models import ChecklistItem, OfferedService, Office, Window

WORK, LEAD = "bookings.work_desk", "bookings.lead_desk"
SESSION = "desk_window"
DONE_SHOWN = 40
# How the desk calls an end that is corrected.
CORRECTED = {
    TicketStatus.SERVED: gettext_lazy("Completed"),
    TicketStatus.PAUSED: gettext_lazy("Not over yet: pause it"),
    TicketStatus.WAITING: gettext_lazy("Is here: waits again"),
}
DUE_SHOWN = 60


@dataclass(frozen=True)
class Desk:
    """Who works where: the window is chosen once a day."""

    user: User
    office: Office
    windows: list[Window]
    window: Window | None
    now: datetime

    @property
    def may_lead(self) -> bool:
        return self.user.has_office_permission(LEAD, self.office.pk)


def desk_of(request: StaffRequest, *, now: datetime) -> Desk:
    """The desk of this person: the first own office, or that of the window chosen today.
    Raises PermissionDenied for those who work no desk. One query."""
    user = request.user
    offices = [role.office for role in user.active_roles if WORK in role.permissions]
    own = [office for office in offices if office is not None]
    if not own:
        raise PermissionDenied
    rows = Window.objects.filter(office__in=own, is_open=True)
    windows = list(rows.select_related("office", "section"))
    chosen = request.session.get(SESSION) or [0, ""]
    is_today = chosen[1] == f"{timezone.localdate(now)}"
    window = next((one for one in windows if is_today and one.pk == chosen[0]), None)
    return Desk(user, window.office if window else own[0], windows, window, now)


def context(desk: Desk) -> dict[str, Any]:
    """All parts of the page. About twenty queries."""
    at_desk = visits_of(_at_desk(desk.office), desk.now)
    mine = _of_window(at_desk, desk.window)
    waiting = visits_of(waiting_order(desk.office, desk.now), desk.now)
    return {
        "desk": desk,
        "now": desk.now,
        "mine": mine,
        "paused": [one for one in at_desk if one.ticket.status == TicketStatus.PAUSED],
        "others": _others(desk, at_desk),
        "waiting": waiting,
        "next": _next(desk, waiting),
        "due": _due(desk),
        "done": _done(desk),
        "undo": _undo(desk),
        "alarms": list(_alarms(desk.office)),
        "items": _items(mine),
        "reasons": list(enumerate(NotServedReason.choices, 1)),
        "offers": _offers(desk.office),
        "form_key": uuid4(),
        "numbers": _numbers(desk),
        "rules": wording.hall_rules(hall.late_minutes(desk.office)),
    }


def badge(request: StaffRequest) -> Badge | None:
    """People in the hall who are not called yet. One query."""
    waiting = Ticket.objects.for_staff(request.user).waiting()
    number = waiting.filter(day=timezone.localdate()).count()
    return Badge(number) if number else None


def home(request: StaffRequest) -> dict[str, Any]:
    """Calls for help for the home page of a head. One query."""
    if not request.user.has_perm(LEAD):
        return {}
    rows = Alarm.objects.for_staff(request.user).filter(answered_at__isnull=True)
    return {"alarms": list(rows.select_related("window", "by")), "may_answer": True}


def _at_desk(office: Office) -> Iterable[Ticket]:
    """Called, being served, or paused; of whatever day, so that none is forgotten."""
    return (
        Ticket.objects.filter(office=office, status__in=AT_DESK)
        .select_related(
            "offered__service", "booking__slot", "booking__case", "window", "officer", "missing"
        )
        .prefetch_related("booking__parties", "periods")
    )


def _of_window(visits: list[Visit], window: Window | None) -> Visit | None:
    return next(
        (
            one
            for one in visits
            if window and one.ticket.window_id == window.pk and one.ticket.status in AT_WINDOW
        ),
        None,
    )


def _others(desk: Desk, visits: list[Visit]) -> list[dict[str, Any]]:
    windows = [
        one for one in desk.windows if one.office_id == desk.office.pk and one != desk.window
    ]
    return [{"window": one, "visit": _of_window(visits, one)} for one in windows]


def _next(desk: Desk, waiting: list[Visit]) -> Visit | None:
    """The first whom this window can serve: of its section."""
    section_id = desk.window.section_id if desk.window else None
    return next((one for one in waiting if one.ticket.offered.section_id == section_id), None)


def _due(desk: Desk) -> dict[str, Any]:
    """Who is expected today and has not come. Two queries."""
    start, end = slots_of_day(desk.now)
    rows = (
        Booking.objects.filter(
            office=desk.office,
            status=Status.CONFIRMED,
            slot__starts_at__gte=start,
            slot__starts_at__lt=end,
        )
        .select_related("slot", "service", "offered")
        .prefetch_related("parties")
        .order_by("slot__starts_at", "pk")
    )
    due = [_due_row(booking, desk.now) for booking in rows]
    return {"rows": due[:DUE_SHOWN], "number": len(due), "more": len(due) > DUE_SHOWN}


def _due_row(booking: Booking, now: datetime) -> dict[str, Any]:
    minutes = int((booking.slot.starts_at - now).total_seconds() // 60)
    return {
        "booking": booking,
        "people": names_of(booking),
        "in_hours": minutes // 60,
        "in_minutes": minutes % 60,
        "is_ahead": minutes >= 0,
        "late": -minutes,
        "is_past_grace": now > late_after(booking),
    }


def _done(desk: Desk) -> dict[str, Any]:
    """Who is done today, last first, and who did not come. Four queries."""
    of_day = Ticket.objects.of_day(desk.office, timezone.localdate(desk.now))
    over = of_day.filter(status__in=OVER).exclude(booking__status=Status.CONFIRMED)
    rows = over.select_related("offered", "booking", "missing").prefetch_related(
        "booking__parties", "periods"
    )
    start, end = slots_of_day(desk.now)
    absent = Booking.objects.filter(
        office=desk.office,
        status=Status.NO_SHOW,
        ticket__isnull=True,
        slot__starts_at__gte=start,
        slot__starts_at__lt=end,
    ).select_related("slot")
    since = desk.now - timedelta(minutes=settings.CORRECTION_MINUTES)
    shown = visits_of(rows.order_by("-ended_at")[:DONE_SHOWN], desk.now)
    visits = [(one, _corrections(desk, one.ticket, since)) for one in shown]
    return {
        "visits": visits,
        "absent": [(one, one.closed_at and one.closed_at >= since) for one in absent],
        "number": over.count() + len(absent),
        "minutes": settings.CORRECTION_MINUTES,
    }


def _corrections(desk: Desk, ticket: Ticket, since: datetime) -> list[tuple[str, str]]:
    """What its end may be corrected to by this person at this moment, as choices."""
    is_theirs = ticket.officer_id == desk.user.pk or desk.may_lead
    if not is_theirs or ticket.ended_at is None or ticket.ended_at < since:
        return []
    choices = []
    for target in CORRECTIONS[TicketStatus(ticket.status)]:
        if target == TicketStatus.NOT_SERVED:
            reasons = NotServedReason.choices
            words = _("Not completed: %(reason)s")
            choices += [(value, words % {"reason": label}) for value, label in reasons]
        else:
            choices.append((target.value, str(CORRECTED[target])))
    return choices


def _undo(desk: Desk) -> dict[str, Any] | None:
    """The last step of this person, while it can be taken back. Two queries."""
    since = desk.now - timedelta(seconds=settings.UNDO_SECONDS)
    mine = Period.objects.filter(officer=desk.user, undone=False, ticket__office=desk.office)
    last = mine.filter(started_at__gte=since).select_related("ticket").order_by("-id").first()
    gone = Booking.objects.filter(
        office=desk.office,
        status=Status.NO_SHOW,
        ticket__isnull=True,
        changes__by=desk.user,
        changes__to_status=Status.NO_SHOW,
        changes__at__gte=since,
    ).first()
    if gone is not None:
        return {"booking": gone, "number": gone.reference, "word": gone.get_status_display()}
    if last is None or last.why or _is_put_back(last):
        return None
    ticket = last.ticket
    return {"ticket": ticket, "number": str(ticket), "word": ticket.get_status_display()}


def _is_put_back(period: Period) -> bool:
    """Whether it was opened by undoing the one before: that cannot be undone once more."""
    return period.ticket.periods.filter(undone=True, started_at=period.started_at).exists()


def _alarms(office: Office) -> Iterable[Alarm]:
    rows = Alarm.objects.filter(office=office, answered_at__isnull=True)
    return rows.select_related("window", "by")


def _items(mine: Visit | None) -> list[ChecklistItem]:
    """What may be missing: the checklist of the case that is being served. One query."""
    if mine is None:
        return []
    items = ChecklistItem.objects.filter(service=mine.ticket.offered.service_id)
    case_id = mine.ticket.booking.case_id if mine.ticket.booking else None
    return list(items.filter(cases=case_id) if case_id else items)


def _offers(office: Office) -> list[OfferedService]:
    return list(
        OfferedService.objects.open().filter(office=office).select_related("service", "section")
    )


def _numbers(desk: Desk) -> dict[str, int]:
    """Visits booked of the places of today, and numbers without an appointment. Three queries."""
    start, end = slots_of_day(desk.now)
    slots = Slot.objects.filter(office=desk.office).between(start, end)
    places = slots.served().aggregate(n=Sum("capacity"))["n"] or 0
    booked = Booking.objects.filter(
        office=desk.office,
        slot__starts_at__gte=start,
        slot__starts_at__lt=end,
        status__in=OCCUPYING - UNDECIDED - {Status.HELD},
    ).count()
    of_day = Ticket.objects.of_day(desk.office, timezone.localdate(desk.now))
    walk_ins = of_day.aggregate(n=Count("pk", filter=Q(lane=Lane.WALK_IN)))["n"]
    return {"places": places, "booked": booked, "walk_ins": walk_ins}
