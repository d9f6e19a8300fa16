"""The page of the waiting list: who waits for what, in which order, and what was offered when.
Contacts stand masked; the office takes somebody out who asks for it by telephone."""

from datetime import datetime
from typing import Any

from django.contrib import admin
from django.db.models import Count, IntegerField, OuterRef, Q, Subquery
from django.db.models.functions import Coalesce
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import path
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from accounts import services as accounts
from accounts.staff import staff_of
from bookings import services, waiting
from bookings.forms import OpenForm, TakeOutForm
from bookings.models import Slot, WaitingEntry
from bookings.workflow import WaitingStatus
from core import thai_dates
from core.admin import CaseAdmin, is_list, site
from core.admin_site import MenuItem
from core.errors import Refused

UNMASK, CHANGE = "bookings.unmask_booking", "bookings.change_waitingentry"
# State → its chip; what is over looks like a cancelled case.
CHIPS = {
    WaitingStatus.WAITING: "requested",
    WaitingStatus.OFFERED: "needs_documents",
    WaitingStatus.TAKEN: "confirmed",
}


class StateFilter(admin.SimpleListFilter):
    """Those in line, unless others are asked for."""

    title = gettext_lazy("state")
    parameter_name = "state"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("over", gettext_lazy("Ended")), ("all", gettext_lazy("All"))]

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        if self.value() == "all":
            return queryset
        if self.value() == "over":
            return queryset.filter(closed_at__isnull=False)
        return queryset.open()

    def choices(self, changelist: Any) -> Any:
        first, *others = super().choices(changelist)
        return [{**first, "display": _("In line")}, *others]


class WaitingAdmin(CaseAdmin):
    """Rows are written by the people themselves; each verb has an address of its own."""

    list_display = (
        "reference",
        "service",
        "days",
        "places",
        "place_in_line",
        "state",
        "offer",
        "office",
    )
    list_filter = (StateFilter, "service", "office")
    search_fields = ("reference",)
    list_select_related = ("office", "service")
    ordering = ("office", "service", "joined_at", "pk")
    page_related = ("office", "service", "follows", "closed_by")

    def get_queryset(self, request: HttpRequest) -> Any:
        rows = super().get_queryset(request).prefetch_related("offers__slot")
        return rows.annotate(before=_before()) if is_list(request) else rows

    def get_urls(self) -> list[Any]:
        view, name, one = self.admin_site.admin_view, "bookings_waitingentry", "<int:pk>/"
        return [
            path(f"{one}contact/", view(require_POST(self.open_contact)), name=f"{name}_contact"),
            path(f"{one}take-out/", view(require_POST(self.take_out)), name=f"{name}_take_out"),
            *super().get_urls(),
        ]

    def open_contact(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Show telephone and e-mail once, on this answer only; logged before they are shown."""
        found = self.found(request, pk, UNMASK)
        form = OpenForm(request.POST)
        if not form.is_valid():
            return self.page(request, found, open_form=form, opening=True, status=422)
        accounts.log_view(
            by=staff_of(request),
            office_id=found.office_id,
            case=found.reference,
            what=_("telephone and e-mail"),
            reason=form.cleaned_data["reason"],
            now=timezone.now(),
        )
        return self.page(request, found, opened=True)

    def take_out(self, request: HttpRequest, pk: int) -> HttpResponse:
        found = self.found(request, pk, CHANGE)
        form = TakeOutForm(request.POST)
        if not form.is_valid():
            return self.page(request, found, out_form=form, status=422)
        reason = form.cleaned_data["reason"]
        try:
            services.take_out(entry=found, reason=reason, by=staff_of(request), now=timezone.now())
        except Refused as refused:
            found.refresh_from_db()
            return self.page(request, found, out_form=form, refusal=refused, status=422)
        return self.back_to(found)

    def page(
        self, request: HttpRequest, found: WaitingEntry, *, status: int = 200, **more: Any
    ) -> HttpResponse:
        user = staff_of(request)
        context = {
            "title": found.reference,
            "found": found,
            "chip": self.state(found),
            "days": self.days(found),
            "place": waiting.line_of(found).position if _is_in_line(found) else None,
            "slot": _offered(found),
            "may_open": user.has_office_permission(UNMASK, found.office_id),
            "may_take_out": user.has_office_permission(CHANGE, found.office_id)
            and (found.status == WaitingStatus.WAITING or "out_form" in more),
            "open_form": OpenForm(),
            "out_form": TakeOutForm(),
            **self.admin_site.each_context(request),
            **more,
        }
        template = "admin/bookings/waitingentry/case.html"
        return TemplateResponse(request, template, context, status=status)

    @admin.display(description=gettext_lazy("days that are waited for"), ordering="first_day")
    def days(self, entry: WaitingEntry) -> str:
        return waiting.days_of(entry)

    @admin.display(description=gettext_lazy("places"), ordering="party_size")
    def places(self, entry: WaitingEntry) -> int:
        return entry.party_size

    @admin.display(description=gettext_lazy("place in line"), ordering="joined_at")
    def place_in_line(self, entry: Any) -> str:
        return str(entry.before + 1) if _is_in_line(entry) else "–"

    @admin.display(description=gettext_lazy("state"), ordering="status")
    def state(self, entry: WaitingEntry) -> str:
        chip = CHIPS.get(WaitingStatus(entry.status), "cancelled")
        words = entry.get_ending_display() or entry.get_status_display()
        return format_html('<span class="chip chip-{}">{}</span>', chip, words)

    @admin.display(description=gettext_lazy("time offered"), ordering="offered_at")
    def offer(self, entry: WaitingEntry) -> str:
        slot = _offered(entry)
        if slot is None or entry.offered_at is None:
            return "–"
        return format_html(
            '<span class="nowrap">{}</span> <small class="nowrap">{}</small>',
            _moment(slot.starts_at),
            _("offered %(at)s") % {"at": _moment(entry.offered_at)},
        )


def _before() -> Coalesce:
    """How many in line joined the same line earlier."""
    same = WaitingEntry.objects.in_line().filter(
        office_id=OuterRef("office_id"), service_id=OuterRef("service_id")
    )
    earlier = Q(joined_at__lt=OuterRef("joined_at")) | Q(
        joined_at=OuterRef("joined_at"), pk__lt=OuterRef("pk")
    )
    counted = same.filter(earlier).order_by().values("service_id").annotate(n=Count("pk"))
    return Coalesce(Subquery(counted.values("n"), output_field=IntegerField()), 0)


def _is_in_line(entry: WaitingEntry) -> bool:
    return entry.status == WaitingStatus.WAITING and entry.follows_id is None


def _offered(entry: WaitingEntry) -> Slot | None:
    """The time it was offered; one offer each."""
    return next((hold.slot for hold in entry.offers.all()), None)


def _moment(at: datetime) -> str:
    return f"{thai_dates.medium_date(at)} {thai_dates.clock(at)}"


site.register(WaitingEntry, WaitingAdmin)
site.menu.append(
    MenuItem(
        "all",
        gettext_lazy("Waiting list"),
        "hourglass-split",
        "admin:bookings_waitingentry_changelist",
        "bookings.view_waitingentry",
        order=2,
    )
)
