"""What the home page of an officer shows: what is late or waiting comes first.
The number of queries does not grow with the number of cases."""

from datetime import datetime, timedelta
from typing import Any

from django.db.models import Count, Min, Q, Sum
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.staff import StaffRequest
from bookings import cases
from bookings.admin import queue, time_left
from bookings.admin import rows as rows_of
from bookings.admin.times import with_hits
from bookings.models import Booking, Slot
from bookings.workflow import OCCUPYING, UNDECIDED, Status
from core.admin_site import Badge
from core.days import start_of
from notifications.models import Message
from notifications.wording import kind_name
from offices.models import Closure

FIRST = 5
CLOSURES = 4
DONE = [Status.SERVED, Status.NOT_SERVED]
KINDS = {
    "confirmed": _("Approved: the appointment stands"),
    "documents_needed": _("Documents are asked for"),
    "rejected": _("Not approved"),
    "moved_by_office": _("Moved by the office"),
    "kept_elsewhere": _("Kept at another place"),
    "cancelled_by_office": _("Cancelled by the office"),
}
WHY = {
    "no_channel": _("No e-mail was given"),
    "failed": _("The e-mail came back"),
    "unknown": _("It is not known whether it arrived"),
}


def context(request: StaffRequest) -> dict[str, Any]:
    """The parts of the page; nothing of cases for those who see none."""
    now = timezone.now()
    clock = {"now": now, "hour": timezone.localtime(now).hour}
    if not request.user.has_perm("bookings.view_booking"):
        return {"shows_cases": False, **clock}
    offered = queue.offered_to(request.user)
    rows = time_left.with_clock(Booking.objects.for_staff(request.user), now=now)
    first = rows_of.with_all(rows.filter(queue.TO_LOOK_AT)).order_by(*queue.TABS[0].order)
    closures = _closures(request.user)
    return {
        "shows_cases": True,
        **clock,
        "waiting": _waiting(rows, offered, now),
        "today": _today(rows, request.user, now),
        "first": rows_of.as_rows(first[:FIRST], now=now),
        "calls": _calls(request),
        "closures": closures,
        "days_to_closure": (closures[0].date - timezone.localdate(now)).days if closures else 0,
        "strip": _strip(request.user, now),
        "may_work": request.user.has_perm("bookings.change_booking"),
    }


def queue_badge(request: StaffRequest) -> Badge | None:
    """Cases to look at, amber when one is late. Two queries, once a page."""
    now = timezone.now()
    rows = time_left.with_clock(Booking.objects.for_staff(request.user), now=now)
    is_late = time_left.late(queue.offered_to(request.user), now=now)
    numbers = rows.filter(queue.TO_LOOK_AT).aggregate(
        all=Count("pk"), late=Count("pk", filter=is_late)
    )
    return Badge(numbers["all"], bool(numbers["late"])) if numbers["all"] else None


def _waiting(rows: Any, offered: list, now: datetime) -> dict[str, Any]:
    is_late = time_left.late(offered, now=now)
    return rows.filter(queue.TO_LOOK_AT).aggregate(
        all=Count("pk"),
        unowned=Count("pk", filter=Q(owner__isnull=True)),
        late=Count("pk", filter=is_late),
        oldest=Min("clock_start", filter=is_late),
    )


def _today(rows: Any, user: Any, now: datetime) -> dict[str, int]:
    start = start_of(timezone.localdate(now))
    end = start + timedelta(days=1)
    numbers = rows.filter(slot__starts_at__gte=start, slot__starts_at__lt=end).aggregate(
        visits=Count("pk", filter=queue.TODAY & ~Q(status__in=UNDECIDED)),
        done=Count("pk", filter=Q(status__in=DONE)),
        serving=Count("pk", filter=Q(status=Status.SERVING)),
        ahead=Count("pk", filter=Q(status__in=[Status.CONFIRMED, Status.ARRIVED])),
    )
    places = Slot.objects.for_staff(user).between(start, end).served()
    return {**numbers, "places": places.aggregate(n=Sum("capacity"))["n"] or 0}


def _calls(request: StaffRequest) -> dict[str, Any]:
    """People whom no channel reached; the number is opened on the case, and logged there."""
    if not request.user.has_perm("notifications.view_message"):
        return {"number": 0, "people": []}
    known = ["booking", *cases.sources()]
    lost = Message.objects.for_staff(request.user).to_call().filter(source__in=known)
    people = [
        {
            "url": _case_of(message),
            "reference": message.reference,
            "what": KINDS.get(message.kind, kind_name(message.kind)),
            "why": WHY.get(message.status, ""),
        }
        for message in lost.order_by("created_at")[:FIRST]
    ]
    return {"number": lost.count(), "people": people}


def _case_of(message: Message) -> str:
    if message.source == "booking":
        return reverse("admin:bookings_booking_change", args=[message.case_id])
    return cases.address(message.source, message.case_id)


def _closures(user: Any) -> list[Closure]:
    rows = Closure.objects.for_staff(user).filter(date__gte=timezone.localdate())
    return with_hits(rows.order_by("date")[:CLOSURES], user)


def _strip(user: Any, now: datetime) -> dict[str, Any] | None:
    """The day's times of the service that couples book, else of the first one with times today.
    Nothing for those who see more than one office."""
    if user.sees_whole_city or len(user.office_ids) > 1:
        return None
    start = start_of(timezone.localdate(now))
    slots = list(
        Slot.objects.for_staff(user)
        .between(start, start + timedelta(days=1))
        .shown()
        .select_related("service", "office")
        .annotate(
            done=Count("bookings", filter=Q(bookings__status__in=DONE)),
            serving=Count("bookings", filter=Q(bookings__status=Status.SERVING)),
            booked=Count("bookings", filter=Q(bookings__status__in=OCCUPYING)),
        )
        .order_by("service__order", "starts_at")
    )
    if not slots:
        return None
    festive = [slot for slot in slots if slot.service.is_festive]
    service = (festive or slots)[0].service
    mine = [slot for slot in slots if slot.service_id == service.pk]
    cells = [
        {"slot": slot, "no": number, "state": _state(slot, now)}
        for number, slot in enumerate(mine, 1)
    ]
    return {"service": service, "cells": cells, "date": timezone.localdate(now)}


def _state(slot: Any, now: datetime) -> str:
    if slot.closed_at:
        return "closed"
    if slot.serving:
        return "serving"
    if slot.booked and slot.done == slot.booked:
        return "done"
    if slot.booked:
        return "booked"
    return "past" if slot.starts_at < now else "free"
