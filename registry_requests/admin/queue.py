"""The list of copy requests: what is to be checked, late ones on top."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.core.paginator import Paginator
from django.db.models import Count, Q
from django.http import HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.staff import StaffRequest
from bookings.admin import search as searching
from bookings.admin import tabs
from bookings.admin.time_left import Clock, TimeLeft
from core.admin import site
from core.admin_site import Badge
from offices.models import OfferedService
from registry_requests import rules
from registry_requests.admin import search
from registry_requests.admin.access import PAGE
from registry_requests.models import CopyRequest
from registry_requests.models.request import CopyRequestQuerySet
from registry_requests.workflow import UNDECIDED, Status

PER_PAGE = 25
FIRST = 3
LOOK = UNDECIDED - {Status.NEEDS_DOCUMENTS}
COLLECTED_FIRST = ("collection__slot__starts_at", "pk")


@dataclass(frozen=True)
class Tab(tabs.Tab):
    """One view of the list, of the requests that meet `condition`."""

    condition: Q


# The deadline first: what is late is on top by itself.
TABS = (
    Tab("look", gettext_lazy("To check"), ("due_at", "pk"), Q(status__in=LOOK)),
    Tab(
        "waiting",
        gettext_lazy("Waiting for the person"),
        ("documents_due_at", "pk"),
        Q(status=Status.NEEDS_DOCUMENTS),
    ),
    Tab("prepare", gettext_lazy("To prepare"), COLLECTED_FIRST, Q(status=Status.APPROVED)),
    Tab("ready", gettext_lazy("To hand out"), COLLECTED_FIRST, Q(status=Status.READY)),
    Tab("all", gettext_lazy("All"), ("-created_at", "-pk"), Q()),
)


@dataclass(frozen=True)
class Row:
    """One line of the list."""

    request: CopyRequest
    left: TimeLeft | None


def changelist(http: StaffRequest, *, may_enter: bool) -> HttpResponse:
    """The page. The number of queries does not grow with the rows."""
    now = timezone.now()
    rows: Any = CopyRequest.objects.for_staff(http.user)
    typed = searching.typed_in(http.GET)
    found = search.search(rows, typed, by=http.user) if typed else None
    if found:
        if found.opens:
            return redirect(PAGE, found.opens.pk)
        searching.log(found, by=http.user, now=now)
        rows = found.rows
    tab = tabs.tab_of(http, TABS, default="all" if typed else "look")
    shown = with_all(rows.filter(tab.condition)).order_by(*tab.order)
    page = Paginator(shown, PER_PAGE).get_page(http.GET.get("page"))
    context = {
        **site.each_context(http),
        "title": _("Copy requests"),
        "tabs": tabs.tab_links(http, TABS, tab, counts(rows)),
        "tab": tab,
        "page": page,
        "rows": as_rows(page.object_list, now=now),
        "typed": typed,
        "found": found,
        "may_enter": may_enter,
        "many_offices": http.user.sees_whole_city or len(http.user.office_ids) > 1,
        **tabs.page_links(http, page),
        "query": tabs.query(http),
    }
    template = "admin/registry_requests/copyrequest/change_list.html"
    return TemplateResponse(http, template, context)


def with_all(rows: CopyRequestQuerySet) -> CopyRequestQuerySet:
    """With what a line shows. No query of its own."""
    return rows.select_related("office", "collect_at", "collection__slot", "owner")


def as_rows(requests: Iterable[CopyRequest], *, now: datetime) -> list[Row]:
    """Lines of requests of `with_all`. Two queries, whatever their number."""
    requests = list(requests)
    if not requests:
        return []
    left = clock_of({one.office_id for one in requests}, now=now)
    return [Row(one, left(one)) for one in requests]


def clock_of(office_ids: Iterable[int], *, now: datetime) -> Any:
    """How long the offices still have to decide about a request: a function that gives a TimeLeft,
    or None when it is decided. Two queries; the function none."""
    rows = OfferedService.objects.filter(service__code=rules.SERVICE, office__in=set(office_ids))
    offers = list(rows.select_related("office", "pattern"))
    clock = Clock(offers, now=now)
    hours = {one.office_id: clock.times[one.pk] for one in offers}

    def left(request: CopyRequest) -> TimeLeft | None:
        if request.status not in UNDECIDED or request.office_id not in hours:
            return None
        is_asked = request.status == Status.NEEDS_DOCUMENTS
        until = request.asked_at if is_asked and request.asked_at else now
        return hours[request.office_id].left(
            request.created_at, request.due_at, now=until, paused=is_asked
        )

    return left


def badge(http: StaffRequest) -> Badge | None:
    """Requests to check, amber when one is late. One query."""
    late = Q(due_at__lt=timezone.now())
    numbers = (
        CopyRequest.objects.for_staff(http.user)
        .filter(TABS[0].condition)
        .aggregate(all=Count("pk"), late=Count("pk", filter=late))
    )
    return Badge(numbers["all"], bool(numbers["late"])) if numbers["all"] else None


def home(http: StaffRequest) -> dict[str, Any]:
    """The first requests to check and what waits at the window, for the home page. Four queries
    at most."""
    if not http.user.has_perm("registry_requests.view_copyrequest"):
        return {}
    now = timezone.now()
    rows = CopyRequest.objects.for_staff(http.user)
    first = with_all(rows.filter(TABS[0].condition)).order_by(*TABS[0].order)
    return {"copies": {"rows": as_rows(first[:FIRST], now=now), "numbers": counts(rows)}}


def counts(rows: CopyRequestQuerySet) -> dict[str, int]:
    """How many of each tab. One query."""
    return rows.aggregate(**{tab.key: Count("pk", filter=tab.condition) for tab in TABS})
