"""Free times of one service at one office (page 04)."""

from contextlib import suppress
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.cache import patch_vary_headers
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from bookings import queries, rules
from bookings.elsewhere import nearest_offices
from bookings.models import Slot
from bookings.queries import Day
from bookings.rules import BookingWindow
from core import thai_dates
from core.forms import BuddhistDateField
from offices import queries as office_queries
from offices.models import OfferedService
from portal import kept
from portal.answers import see_other
from portal.htmx import wants_part
from portal.presenters import times as shown
from portal.presenters import waiting as shown_waiting
from portal.presenters.suspended import notes
from portal.presenters.visit import visit_facts
from portal.views.offices import load_offered
from portal.visitor import holder_of


@dataclass(frozen=True)
class Asked:
    """What the address asks for: a day, or the sentence why that day cannot be shown."""

    day: date | None
    sentence: str = ""


@never_cache
@require_safe
def times(request: HttpRequest, office: str, service: str) -> HttpResponse:
    """The earliest free times as a list, the days, and the times of one day. `?date=` chooses
    the day, B.E. or C.E.; `?from=` the first day of the grid; `?free=1` hides what is taken;
    `?case=` goes along to the form.

    One query where nothing has changed for a moment, else nine at most, whatever the number of
    times; one more with a case, three for other offices when nothing is free in the wished
    week."""
    html, status = kept.kept(request), 200
    if not html:
        offered = load_offered(office, service)
        if offered.service.by_request:
            return see_other("portal:copy_new", office)
        html, status = _draw(request, offered, now=timezone.now())
    response = kept.with_token(request, html, status=status)
    patch_vary_headers(response, ["HX-Request"])
    return response


def _draw(request: HttpRequest, offered: OfferedService, *, now: datetime) -> tuple[str, int]:
    """The page, with a stand-in for the token of the browser, and its status."""
    only_free = request.GET.get("free") == "1"
    case = office_queries.known_case(offered.service_id, request.GET.get("case", ""))
    hold_url = reverse("portal:hold", args=[offered.office.slug, offered.service.code])
    context: dict[str, Any] = {
        "csrf_token": kept.TOKEN,
        "offered": offered,
        "office": offered.office,
        "service": offered.service,
        "visit": visit_facts(offered),
        "now": now,
        "only_free": only_free,
        "keep_free": "&free=1" if only_free else "",
        "case": case,
        "keep_case": f"&case={case}" if case else "",
        "hold_url": f"{hold_url}?case={case}" if case else hold_url,
        "hold_minutes": settings.HOLD_MINUTES,
    }
    template = "portal/_calendar.html" if wants_part(request) else "portal/times.html"
    if not offered.is_open:
        return render_to_string(template, context, request), 200
    window = rules.booking_window(offered, now=now)
    asked = _asked_day(request.GET.get("date", ""), offered, window, now=now)
    watched = kept.watch(request, offered, first=window.first, days=shown.DAYS_OF_A_PAGE)
    context |= _calendar(request, offered, window, asked, now=now)
    context |= _instead(offered, context, now=now)
    html = render_to_string(template, context, request)
    if watched and not asked.sentence and context["last_told"] <= watched.last:
        kept.keep(request, html, watched)
    return html, 422 if asked.sentence else 200


def _instead(offered: OfferedService, context: dict[str, Any], *, now: datetime) -> dict[str, Any]:
    """The waiting list of a full day or of full months, and other offices when nothing is free in
    the week of that day. Three queries in that case, else none."""
    chosen: Day | None = context.get("chosen")
    if context["next_times"] and not (chosen and chosen.state == "full"):
        return {}
    wait_url = reverse("portal:wait", args=[offered.office.slug, offered.service.code])
    if chosen:
        wait_url += f"?date={chosen.date.isoformat()}"
    if context["next_times"] and context["is_week_free"]:
        return {"wait_url": wait_url}
    others = shown_waiting.other_offices(
        nearest_offices(offered, now=now, wished=chosen.date if chosen else None)
    )
    return {"wait_url": wait_url, "others": others}


def _calendar(
    request: HttpRequest,
    offered: OfferedService,
    window: BookingWindow,
    asked: Asked,
    *,
    now: datetime,
) -> dict[str, Any]:
    earliest = queries.next_free(offered, now=now, window=window)
    first_free = timezone.localdate(earliest[0].starts_at) if earliest else window.first
    start = _page_start(request.GET.get("from", ""), asked.day or first_free, window)
    count = min(shown.DAYS_OF_A_PAGE, (window.last - start).days + 1)
    after = start + timedelta(days=count)
    days = queries.days(offered, first=start, count=count, now=now, window=window)
    chosen = _chosen(days, asked.day)
    suspended = queries.suspended(offered, first=start, last=after - timedelta(days=1))
    by_day = {one.date: one for one in suspended}
    context = {
        "next_times": shown.next_times(earliest),
        "days": shown.day_cells(days, chosen=chosen.date if chosen else None),
        "has_popular": any(day.is_popular for day in days),
        "closed_note": shown.closed_note(days, by_day),
        "suspended": notes(suspended),
        "earlier": start - timedelta(days=shown.DAYS_OF_A_PAGE) if start > window.first else None,
        "later": after if after <= window.last else None,
        "last_day": window.last,
        "last_told": _last_told(days, earliest, window),
        "typed": request.GET.get("date", "") if asked.sentence else "",
        "sentence": asked.sentence,
        "is_week_free": chosen is not None and _is_week_free(days, chosen.date),
    }
    if chosen:
        context |= _times_of(request, offered, chosen, days, now=now)
        if chosen.state == "closed":
            context["closed_reason"] = shown.closed_reason(chosen, by_day)
    return context


def _last_told(days: list[Day], earliest: list[Slot], window: BookingWindow) -> date:
    """The last day that the page tells about: a short list of free times speaks of the whole
    window."""
    if len(earliest) < queries.NEXT_TIMES:
        return window.last
    return max(days[-1].date, timezone.localdate(earliest[-1].starts_at))


def _times_of(
    request: HttpRequest, offered: OfferedService, chosen: Day, days: list[Day], *, now: datetime
) -> dict[str, Any]:
    holder = holder_of(request)
    mine = {
        hold.slot_id: str(hold.form_key)
        for hold in (queries.holds_of(holder, now=now) if holder else ())
    }
    cells = shown.time_cells(queries.slots_of_day(offered, chosen.date), mine=mine, now=now)
    return {
        "chosen": chosen,
        "full_date": thai_dates.long_date(chosen.date),
        "parts": shown.day_parts(cells, only_free=request.GET.get("free") == "1"),
        "next_open": _next_open(offered, chosen.date) if chosen.state == "closed" else None,
        "nearest": _nearest_free(days, chosen.date) if chosen.state == "full" else None,
    }


def _asked_day(
    typed: str, offered: OfferedService, window: BookingWindow, *, now: datetime
) -> Asked:
    try:
        day = BuddhistDateField(required=False).clean(typed)
    except ValidationError as error:
        return Asked(None, error.messages[0])
    if day is None or window.first <= day <= window.last:
        return Asked(day)
    if day < timezone.localdate(now):
        return Asked(None, _("This date has passed; choose from tomorrow"))
    if day < window.first:
        return Asked(
            None,
            _("This time is too soon to be booked online. Choose a time from %(date)s.")
            % {"date": thai_dates.long_date(window.first)},
        )
    return Asked(
        None,
        _("This can be booked up to %(n)s working days ahead. Choose a day until %(date)s.")
        % {"n": offered.latest_days, "date": thai_dates.long_date(window.last)},
    )


def _page_start(typed: str, day: date, window: BookingWindow) -> date:
    """The first day of the page of the grid that holds the day in `typed`, else `day`."""
    with suppress(ValueError):
        day = thai_dates.parse_date(typed)
    day = min(max(day, window.first), window.last)
    pages = (day - window.first).days // shown.DAYS_OF_A_PAGE
    return window.first + timedelta(days=pages * shown.DAYS_OF_A_PAGE)


def _chosen(days: list[Day], asked: date | None) -> Day | None:
    """The day asked for, else the first one with a free time."""
    of_day = {day.date: day for day in days}
    if asked in of_day:
        return of_day[asked]
    return next((day for day in days if day.free), None)


def _nearest_free(days: list[Day], day: date) -> date | None:
    free = [other.date for other in days if other.free]
    return min(free, key=lambda other: abs(other - day), default=None)


def _is_week_free(days: list[Day], day: date) -> bool:
    """Whether another day of the same week, as far as the grid shows it, has a free time."""
    week = day.isocalendar()[:2]
    return any(other.free for other in days if other.date.isocalendar()[:2] == week)


def _next_open(offered: OfferedService, day: date) -> date | None:
    found = office_queries.working_days_after(
        office_id=offered.office_id, weekdays=offered.pattern.weekdays, start=day, count=1
    )
    return found[0] if found else None
