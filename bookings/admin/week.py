"""A week of one service beside its printed times: how full each time is."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any
from urllib.parse import urlencode

from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from accounts.staff import StaffRequest
from bookings.models import Slot
from core.admin import site
from core.days import start_of
from core.text import as_key
from offices import queries as office_queries
from offices.models import Closure, OfferedService

# Upper ends of the greens, in percent; what is above the last one but not full is the fourth.
SHADES = (20, 45, 70)
BREAK = timedelta(minutes=2)
# As the table of times allows.
YEARS = range(2020, 2100)


@require_safe
def week(request: StaffRequest) -> HttpResponse:
    """The page; each cell leads to the places of its time. Four queries, whatever the week."""
    if not request.user.has_perm("bookings.view_slot"):
        raise PermissionDenied
    offers = list(
        OfferedService.objects.for_staff(request.user).select_related("office", "service")
    )
    offered = _chosen(request, offers)
    monday = _monday(request.GET.get("date", ""))
    context = {
        **site.each_context(request),
        "title": _("Times and capacity"),
        "offered": offered,
        "offices": sorted({one.office for one in offers}, key=str),
        "tabs": _tabs(offers, offered, monday),
        "may_change": request.user.has_perm("bookings.change_slot"),
        "first": monday,
        "earlier": _address(offered, monday - timedelta(days=7)),
        "later": _address(offered, monday + timedelta(days=7)),
        **(_grid(offered, monday) if offered else {}),
    }
    return TemplateResponse(request, "admin/bookings/slot/week.html", context)


def _chosen(request: StaffRequest, offers: Sequence[OfferedService]) -> OfferedService | None:
    """The service of the address, of an office of this person; else the first one."""
    office, service = (as_key(request.GET.get(name, "")) for name in ("office", "service"))
    of_office = [one for one in offers if one.office_id == office] or offers
    of_service = [one for one in of_office if one.service_id == service] or of_office
    return next(iter(of_service), None)


def _monday(typed: str) -> date:
    """The Monday of the week of a day; of this week when the day cannot be read."""
    try:
        day = date.fromisoformat(typed)
    except ValueError:
        day = timezone.localdate()
    if day.year not in YEARS:
        day = timezone.localdate()
    return day - timedelta(days=day.weekday())


def _address(offered: OfferedService | None, monday: date) -> str:
    if offered is None:
        return "?"
    chosen = {"office": offered.office_id, "service": offered.service_id, "date": monday}
    return "?" + urlencode(chosen)


def _tabs(
    offers: Sequence[OfferedService], current: OfferedService | None, monday: date
) -> list[dict[str, Any]]:
    return [
        {
            "label": one.service.name,
            "url": _address(one, monday),
            "is_current": one is current,
        }
        for one in offers
        if current and one.office_id == current.office_id
    ]


def _grid(offered: OfferedService, monday: date) -> dict[str, Any]:
    """Days with their sums, and one row a time. Two queries."""
    end = monday + timedelta(days=7)
    slots = list(
        Slot.objects.of(offered)
        .between(start_of(monday), start_of(end))
        .shown()
        .order_by("starts_at")
    )
    closures = office_queries.closures_between(
        office_id=offered.office_id, first=monday, last=end - timedelta(days=1)
    )
    shown = {timezone.localdate(slot.starts_at) for slot in slots}
    days = [day for day in (monday + timedelta(days=n) for n in range(7)) if _is_shown(day, shown)]
    return {
        "days": [_day(day, slots, closures) for day in days],
        "rows": _rows(days, slots, closures),
        "last": days[-1],
    }


def _is_shown(day: date, shown: set[date]) -> bool:
    """Working days always; a Saturday or Sunday where it has times."""
    return day.weekday() < 5 or day in shown


def _day(day: date, slots: Sequence[Slot], closures: dict[date, Closure]) -> dict[str, Any]:
    mine = [slot for slot in slots if timezone.localdate(slot.starts_at) == day]
    taken, places = sum(slot.taken for slot in mine), sum(slot.capacity for slot in mine)
    percent = round(100 * taken / places) if places else 0
    closure = closures.get(day)
    return {"date": day, "taken": taken, "places": places, "percent": percent, "closure": closure}


def _rows(
    days: Sequence[date], slots: Sequence[Slot], closures: dict[date, Closure]
) -> list[dict[str, Any]]:
    """A row for each time of day, with the break where nothing is offered between two."""
    by_time: dict[Any, dict[date, Slot]] = {}
    for slot in slots:
        starts = timezone.localtime(slot.starts_at)
        by_time.setdefault(starts.time(), {})[starts.date()] = slot
    rows: list[dict[str, Any]] = []
    for clock in sorted(by_time):
        one = next(iter(by_time[clock].values()))
        if rows and _gap(rows[-1]["slot"], one) > BREAK:
            rows.append({"is_break": True, "slot": one, "from": rows[-1]["slot"].ends_at})
        cells = [_cell(by_time[clock].get(day), closures.get(day)) for day in days]
        rows.append({"slot": one, "cells": cells})
    return rows


def _gap(before: Slot, after: Slot) -> timedelta:
    first, second = (timezone.localtime(at) for at in (before.ends_at, after.starts_at))
    return datetime.combine(date.min, second.time()) - datetime.combine(date.min, first.time())


def _cell(slot: Slot | None, closure: Closure | None) -> dict[str, Any]:
    if slot is None or slot.closed_at:
        return {"slot": slot, "state": "closed" if slot or closure else "none"}
    if slot.taken >= slot.capacity:
        return {"slot": slot, "state": "full"}
    percent = 100 * slot.taken / slot.capacity
    return {"slot": slot, "state": f"shade-{sum(percent >= end for end in SHADES)}"}
