"""The list of cases: what is to be looked at, least time left first."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from django.core.paginator import Paginator
from django.db.models import Count, Q, QuerySet
from django.http import HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.staff import StaffRequest
from bookings import cases
from bookings.admin import rows as lines
from bookings.admin import search, time_left
from bookings.admin.tabs import CHOSEN, Tab, page_links, query, tab_links, tab_of
from bookings.models import Booking
from bookings.workflow import OCCUPYING, Status
from core.admin import site
from core.days import start_of
from core.text import as_key
from offices.models import OfferedService, Service

PER_PAGE = 25
TO_LOOK_AT = Q(status=Status.REQUESTED, belongs_to="")
TODAY = Q(status__in=OCCUPYING - {Status.HELD})


TABS = (
    Tab("look", gettext_lazy("To look at"), ("clock_start", "slot__starts_at", "pk")),
    Tab("waiting", gettext_lazy("Waiting for the applicant"), ("documents_due_at", "pk")),
    Tab("today", gettext_lazy("Visits today"), ("slot__starts_at", "pk")),
    Tab("all", gettext_lazy("All"), ("-requested_at", "-pk")),
)
DAYS = {
    "today": (gettext_lazy("Today"), 1),
    "week": (gettext_lazy("Next 7 days"), 7),
    "month": (gettext_lazy("Next 30 days"), 30),
}


def tab_conditions(now: datetime) -> dict[str, Q]:
    start = start_of(timezone.localdate(now))
    today = Q(slot__starts_at__gte=start, slot__starts_at__lt=start + timedelta(days=1))
    return {
        "look": TO_LOOK_AT,
        "waiting": Q(status=Status.NEEDS_DOCUMENTS),
        "today": TODAY & today,
        "all": Q(),
    }


def counts(bookings: QuerySet[Booking], *, now: datetime) -> dict[str, int]:
    """How many of each tab. One query."""
    return bookings.aggregate(
        **{key: Count("pk", filter=condition) for key, condition in tab_conditions(now).items()}
    )


def offered_to(user: Any) -> list[OfferedService]:
    """The services of the offices of this person, as the clock needs them. One query."""
    return list(OfferedService.objects.for_staff(user).select_related("office", "pattern"))


def changelist(request: StaffRequest, *, may_export: bool) -> HttpResponse:
    """The page. The number of queries does not grow with the rows."""
    now = timezone.now()
    rows: QuerySet[Booking] = Booking.objects.for_staff(request.user)
    typed = search.typed_in(request.GET)
    found = search.search(rows, typed, by=request.user) if typed else None
    if found:
        if found.opens:
            return redirect("admin:bookings_booking_change", found.opens.pk)
        if elsewhere := cases.page_found(found.reference, by=request.user):
            return redirect(elsewhere)
        search.log(found, by=request.user, now=now)
        rows = found.rows
    tab = tab_of(request, TABS, default="all" if typed else "look")
    offered = offered_to(request.user)
    choices = Choices(request, offered)
    rows = choices.apply(time_left.with_clock(rows, now=now), now=now)
    shown = rows.filter(tab_conditions(now)[tab.key]).order_by(*tab.order)
    page = Paginator(lines.with_all(shown), PER_PAGE).get_page(request.GET.get("page"))
    context = {
        **site.each_context(request),
        "title": _("Review queue") if tab.key == "look" else _("Appointments"),
        "tabs": tab_links(request, TABS, tab, counts(rows, now=now)),
        "tab": tab,
        "page": page,
        "rows": lines.as_rows(page.object_list, now=now),
        "choices": choices,
        "typed": typed,
        "found": found,
        "may_work": request.user.has_perm("bookings.change_booking"),
        "may_decide": request.user.has_perm("bookings.decide_booking"),
        "may_export": may_export,
        **page_links(request, page),
        "query": query(request),
        "chosen": {as_key(pk) for pk in request.GET.getlist(CHOSEN)},
    }
    return TemplateResponse(request, "admin/bookings/booking/change_list.html", context)


class Choices:
    """The filters of the list, each a GET parameter. What is chosen comes out of the person's
    own offices, so a foreign number finds nothing."""

    def __init__(self, request: StaffRequest, offered: Sequence[OfferedService]) -> None:
        self.service = request.GET.get("service", "")
        self.owner = request.GET.get("owner", "")
        self.office = request.GET.get("office", "")
        self.day = request.GET.get("day", "")
        self.late = request.GET.get("late", "")
        self.user = request.user
        self.offered = offered
        ids = {one.service_id for one in offered}
        self.services = list(Service.objects.filter(pk__in=ids))
        self.owners = _owners(request.user)
        self.offices = sorted({one.office for one in offered}, key=str)
        self.days = [(key, label) for key, (label, _days) in DAYS.items()]

    @property
    def is_set(self) -> bool:
        return any((self.service, self.owner, self.office, self.day, self.late))

    def apply(self, rows: QuerySet[Booking], *, now: datetime) -> QuerySet[Booking]:
        if self.service:
            rows = rows.filter(service_id=as_key(self.service))
        if self.office:
            rows = rows.filter(office_id=as_key(self.office))
        if self.owner == "nobody":
            rows = rows.filter(owner__isnull=True)
        elif self.owner == "me":
            rows = rows.filter(owner=self.user)
        elif self.owner:
            rows = rows.filter(owner_id=as_key(self.owner))
        if self.day in DAYS:
            start = start_of(timezone.localdate(now))
            end = start + timedelta(days=DAYS[self.day][1])
            rows = rows.filter(slot__starts_at__gte=start, slot__starts_at__lt=end)
        if self.late:
            rows = rows.filter(time_left.late(self.offered, now=now))
        return rows


def neighbours(request: StaffRequest, booking: Booking, *, now: datetime) -> dict[str, int | None]:
    """The cases before and after this one in the queue to look at. One query."""
    rows = time_left.with_clock(Booking.objects.for_staff(request.user), now=now)
    order = list(
        rows.filter(tab_conditions(now)["look"])
        .order_by(*TABS[0].order)
        .values_list("pk", flat=True)[:500]
    )
    if booking.pk not in order:
        return {"previous": None, "next": order[0] if order else None}
    place = order.index(booking.pk)
    return {
        "previous": order[place - 1] if place else None,
        "next": order[place + 1] if place + 1 < len(order) else None,
    }


def _owners(user: Any) -> list[tuple[int, str]]:
    """Who owns open cases in these offices. One query."""
    rows = Booking.objects.for_staff(user).open().filter(owner__isnull=False)
    people = rows.order_by("owner__first_name").values_list(
        "owner_id", "owner__first_name", "owner__last_name", "owner__username"
    )
    return [
        (pk, " ".join(part for part in (first, last) if part) or username)
        for pk, first, last, username in people.distinct()
    ]
