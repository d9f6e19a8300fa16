"""The officer's pages: queue, case, times, closed days. Every change is a verb of
`bookings.services`; no page edits a status."""

from typing import Any, cast

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import path
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.staff import StaffRequest
from bookings import cases
from bookings.admin import (
    bulk,
    case,
    closing,
    data_requests,
    decisions,
    desk,
    desk_page,
    documents,
    export,
    hall,
    home,
    places,
    queue,
    search,
    sheets,
    waiting,
    week,
)
from bookings.admin.access import booking_of
from bookings.admin.patterns import OpeningPatternAdmin
from bookings.admin.times import ClosureAdmin, SlotAdmin
from bookings.models import Booking, Slot
from core.admin import OfficeAdmin, site
from core.admin_site import MenuItem
from core.text import as_key
from offices.models import Closure, OpeningPattern

__all__ = ["BookingAdmin", "data_requests", "waiting"]


class BookingAdmin(OfficeAdmin):
    """The list is the queue, the change form is the case page; both are our own."""

    def get_urls(self) -> list[Any]:
        view = self.admin_site.admin_view
        one = "<int:pk>/"
        own = [
            path("decide/", view(bulk.decide), name="bookings_booking_decide"),
            path("export/", view(export.export), name="bookings_booking_export"),
            *(
                path(f"{one}{name}/", view(page), name=f"bookings_booking_{name.replace('-', '_')}")
                for name, page in decisions.views().items()
            ),
            path(one + "check/", view(decisions.mark), name="bookings_booking_mark"),
            path(
                one + "applicant/<int:position>/",
                view(documents.open_number),
                name="bookings_booking_number",
            ),
            path(one + "contact/", view(documents.open_phone), name="bookings_booking_phone"),
            path(
                one + "document/<uuid:document>/",
                view(documents.show),
                name="bookings_booking_document",
            ),
        ]
        return own + super().get_urls()

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        self.check_may_view(request)
        if request.method == "POST":
            return redirect(search.address_of(request.POST))
        may_export = request.user.has_perm("bookings.export_booking")
        return queue.changelist(cast(StaffRequest, request), may_export=may_export)

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        """Only looks; each decision has an address of its own. A time that a case of an app above
        keeps leads there."""
        self.check_may_view(request)
        now = timezone.now()
        pk = as_key(object_id)
        booking = booking_of(cast(StaffRequest, request), pk, now=now)
        if request.method != "GET":
            return redirect("admin:bookings_booking_change", booking.pk)
        if elsewhere := cases.page_of(booking):
            return redirect(elsewhere)
        return case.page(cast(StaffRequest, request), booking, now=now)

    def history_view(
        self, request: HttpRequest, object_id: str, extra_context: Any = None
    ) -> HttpResponse:
        """The history stands on the case page."""
        self.check_may_view(request)
        self._check_in_scope(request, object_id)
        return redirect("admin:bookings_booking_change", object_id)

    def check_may_view(self, request: HttpRequest) -> None:
        if not self.has_view_permission(request):
            raise PermissionDenied


site.register(Booking, BookingAdmin)
site.register(Slot, SlotAdmin)
site.register(Closure, ClosureAdmin)
site.register(OpeningPattern, OpeningPatternAdmin)
site.home += [home.context, desk_page.home, closing.home]
site.pages += [
    *closing.pages,
    *places.pages,
    path("bookings/slot/week/", site.admin_view(week.week), name="bookings_week"),
    path("desk/", site.admin_view(desk.page), name="desk"),
    path("desk/window/", site.admin_view(desk.choose_window), name="desk_window"),
    path("desk/arrive/", site.admin_view(desk.arrive), name="desk_arrive"),
    path("desk/walk-in/", site.admin_view(desk.add_walk_in), name="desk_walk_in"),
    path("desk/help/", site.admin_view(desk.raise_alarm), name="desk_alarm"),
    path("desk/help/<int:pk>/", site.admin_view(desk.answer_alarm), name="desk_answer"),
    path("desk/booking/<int:pk>/", site.admin_view(desk.on_booking), name="desk_booking"),
    path("desk/ticket/<int:pk>/", site.admin_view(desk.on_ticket), name="desk_ticket"),
    *sheets.PAGES,
    *hall.PAGES,
]
site.menu += [
    MenuItem(
        "today",
        _("Review queue"),
        "inbox",
        "admin:bookings_booking_changelist",
        "bookings.view_booking",
        home.queue_badge,
    ),
    MenuItem("today", _("Day sheet"), "printer", "admin:sheets", "bookings.view_booking", order=7),
    MenuItem(
        "today",
        _("Counter desk"),
        "display",
        "admin:desk",
        "bookings.work_desk",
        desk_page.badge,
    ),
    MenuItem(
        "all",
        _("Appointments"),
        "calendar-check",
        "admin:bookings_booking_changelist",
        "bookings.view_booking",
        query="tab=all",
        order=1,
    ),
    MenuItem(
        "times",
        _("Times and capacity"),
        "grid-3x3-gap",
        "admin:bookings_slot_changelist",
        "bookings.view_slot",
    ),
    MenuItem(
        "times",
        _("Holidays and closures"),
        "calendar-x",
        "admin:offices_closure_changelist",
        "offices.view_closure",
    ),
    MenuItem("times", _("Places of a service"), "sort-up", "admin:places", places.SLOTS),
    MenuItem(
        "times", _("Close a part of a day"), "door-open", "admin:closings", closing.PERMISSION
    ),
    MenuItem(
        "times",
        _("Display and kiosk"),
        "megaphone",
        "admin:hall",
        "offices.change_kiosk",
        order=6,
    ),
]
