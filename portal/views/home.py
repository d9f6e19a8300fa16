"""Home, all services and their search, closed days, the pages of text (page 01)."""

from datetime import date, timedelta
from itertools import groupby
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from offices import queries
from offices.models import Closure, Office
from portal.presenters import office as office_shown
from portal.presenters import search

COMMON_SERVICES = 6
NOTICE_DAYS = 30


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """Search, the common services, the way to one's office. Three queries."""
    context = {
        "cards": search.cards(queries.bookable_services()[:COMMON_SERVICES]),
        "offices": office_shown.in_order(Office.objects.only("slug", "name_th", "name_en")),
        "closed": _next_closed(timezone.localdate()),
    }
    return render(request, "portal/home.html", context)


def _next_closed(today: date) -> dict[str, Any] | None:
    """The next closed days of the whole city, when they are near."""
    closures = Closure.objects.filter(
        office=None, date__range=(today, today + timedelta(days=NOTICE_DAYS))
    ).order_by("date")
    runs = office_shown.closed_runs(closures, weekdays=office_shown.WEEK)
    if not runs:
        return None
    opens = office_shown.next_open_day(runs[0], weekdays=office_shown.WEEK)
    return {"run": runs[0], "opens": opens}


@require_safe
def services(request: HttpRequest) -> HttpResponse:
    """All services, or those that fit `?q=`. One query."""
    typed = request.GET.get("q", "").strip()[: search.LONGEST_QUERY]
    bookable = list(queries.bookable_services())
    found = search.Found(search.cards(bookable), search.walk_in_cards(queries.walk_in()))
    if typed:
        found = search.find(
            typed, services=bookable, walk_in=queries.walk_in(), elsewhere=queries.elsewhere()
        )
    context = {"nav": "services", "q": typed, "found": found}
    return render(request, "portal/services.html", context)


@require_safe
def holidays(request: HttpRequest) -> HttpResponse:
    """Closed days of all offices, from today on. One query."""
    today = timezone.localdate()
    closures = Closure.objects.filter(office=None, date__gte=today).order_by("date")
    years = [
        {"name": office_shown.year_name(year), "closures": list(of_year)}
        for year, of_year in groupby(closures, key=lambda closure: closure.date.year)
    ]
    return render(request, "portal/holidays.html", {"years": years})


@require_safe
def help_page(request: HttpRequest) -> HttpResponse:
    return _text(request, "help", _("Questions and answers"))


@require_safe
def privacy(request: HttpRequest) -> HttpResponse:
    return _text(request, "privacy", _("Privacy notice"))


@require_safe
def accessibility(request: HttpRequest) -> HttpResponse:
    return _text(request, "accessibility", _("Accessibility"))


def _text(request: HttpRequest, name: str, title: str) -> HttpResponse:
    body = f"portal/content/{name}_{get_language() or 'th'}.html"
    return render(request, "portal/page.html", {"title": title, "body": body})
