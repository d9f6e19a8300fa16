"""The directory, one office, one service of an office (pages 02 and 03)."""

from datetime import datetime, timedelta
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.cache import patch_vary_headers
from django.utils.translation import get_language
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from bookings import queries
from offices import queries as office_queries
from offices.models import OfferedService, Office, Service
from portal.htmx import wants_part
from portal.presenters import office as office_shown
from portal.presenters import service as shown
from portal.presenters.suspended import notes
from portal.presenters.times import next_times
from portal.presenters.visit import visit_facts

CLOSURES_AHEAD_DAYS = 60
CLOSED_RUNS = 3
NEXT_TIMES = 3


def load_offered(office: str, service: str) -> OfferedService:
    """The service of an office, booking paused or not; 404 when unknown. One query."""
    offers = OfferedService.objects.select_related("office", "service", "section", "pattern")
    return get_object_or_404(
        offers, office__slug=office, service__code=service, service__is_active=True
    )


@require_safe
def directory(request: HttpRequest) -> HttpResponse:
    """All offices, or those that offer `?service=`. `?office=` goes to that office (the select
    works without script). Two queries."""
    code = request.GET.get("service", "")
    service = _service_or_none(code)
    chosen = request.GET.get("office", "")
    offices = Office.objects.order_by()
    if service:
        offered = OfferedService.objects.open().filter(service=service)
        offices = offices.filter(pk__in=offered.values("office_id"))
    if chosen:
        found = get_object_or_404(offices, slug=chosen)
        if service:
            return redirect("portal:service", office=found.slug, service=service.code)
        return redirect("portal:office", office=found.slug)
    context = {"nav": "offices", "service": service, "offices": office_shown.in_order(offices)}
    return render(request, "portal/offices.html", context)


def _service_or_none(code: str) -> Service | None:
    if not code:
        return None
    found = Service.objects.filter(code=code, is_active=True).first()
    if found is None:
        raise Http404
    return found


@never_cache
@require_safe
def office(request: HttpRequest, office: str) -> HttpResponse:
    """One office: open or not, its services with their first free time, its closed days.
    At most six queries."""
    now = timezone.now()
    today = timezone.localdate(now)
    found = get_object_or_404(Office, slug=office)
    offers = list(office_queries.offered_by(found.slug).order_by("service__order"))
    weekdays = office_shown.weekdays_of(offers)
    closures = office_queries.closures_between(
        office_id=found.pk, first=today, last=today + timedelta(days=CLOSURES_AHEAD_DAYS)
    )
    rows = office_shown.service_rows(offers, queries.first_free(offers, now=now), now=now)
    context = {
        "nav": "offices",
        "office": found,
        "sections": dict.fromkeys(offered.section for offered in offers),
        "state": office_shown.open_state(found, weekdays=weekdays, closures=closures, now=now),
        "opening_days": office_shown.opening_days(weekdays),
        "hours": office_shown.hours(found),
        "map_url": office_shown.map_url(found),
        "festive": [row for row in rows if row.is_festive],
        "rows": [row for row in rows if not row.is_festive],
        "walk_in": [notice.name[get_language() or "th"] for notice in office_queries.walk_in()],
        "closed_runs": office_shown.closed_runs(closures.values(), weekdays=weekdays)[:CLOSED_RUNS],
    }
    return render(request, "portal/office.html", context)


@never_cache
@require_safe
def service(request: HttpRequest, office: str, service: str) -> HttpResponse:
    """What to bring by `?case=`, what it costs, the next free times, questions; the case goes along
    to the times. At most ten queries."""
    now = timezone.now()
    offered = load_offered(office, service)
    cases = list(offered.service.cases.all())
    asked = request.GET.get("case", "")
    case = shown.choose_case(cases, asked)
    fee = office_queries.fee_on(offered.service, timezone.localdate(now), case)
    context = {
        "nav": "services",
        "offered": offered,
        "office": offered.office,
        "service": offered.service,
        "case": case,
        "segments": shown.segments(cases, case),
        "facts": shown.facts(offered, fee),
        "checklist": shown.checklist(list(case.checklist.all()) if case else []),
        "keep_case": f"?case={case.code}" if case and case.code == asked else "",
        **_next_card(offered, now),
    }
    template = "portal/_prepare.html" if wants_part(request) else "portal/service.html"
    if wants_part(request):
        context["oob"] = True
    else:
        context |= {
            "visit": visit_facts(offered),
            "forms": offered.service.forms.all(),
            "questions": offered.service.questions.all(),
            "interpreter_note": shown.interpreter_note(offered),
        }
    response = render(request, template, context)
    patch_vary_headers(response, ["HX-Request"])
    return response


def _next_card(offered: OfferedService, now: datetime) -> dict[str, Any]:
    """The next free times, and what is closed before long. About five queries."""
    today = timezone.localdate(now)
    ahead = queries.suspended(
        offered, first=today, last=today + timedelta(days=CLOSURES_AHEAD_DAYS)
    )
    free = queries.next_free(offered, now=now, count=NEXT_TIMES) if offered.is_open else []
    return {
        "next_times": next_times(free),
        "change_note": shown.change_note(offered),
        "suspended": notes(ahead)[:CLOSED_RUNS],
    }
