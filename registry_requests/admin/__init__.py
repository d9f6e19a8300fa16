"""The officer's pages of certified copies. Every change is a verb of `registry_requests.services`;
no page edits a status."""

from typing import Any, cast

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import path
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.staff import StaffRequest
from bookings.admin.search import address_of
from core.admin import OfficeAdmin, site
from core.admin_site import MenuItem
from core.text import as_key
from registry_requests.admin import case, comparing, decisions, entering, queue
from registry_requests.admin.access import LIST, PAGE, request_of
from registry_requests.models import CopyRequest, CopyRules

VERBS = {
    **decisions.views(),
    "compare": comparing.compare,
    "card-check": comparing.ask_dopa,
    "number": comparing.open_number,
    "contact": comparing.open_contact,
}


class CopyRequestAdmin(OfficeAdmin):
    """List, page and counter entry are our own; each verb has an address of its own."""

    def get_urls(self) -> list[Any]:
        name = "registry_requests_copyrequest"
        own = [
            path(
                f"<int:pk>/{verb}/",
                self.admin_site.admin_view(view),
                name=f"{name}_{verb.replace('-', '_')}",
            )
            for verb, view in VERBS.items()
        ]
        return own + super().get_urls()

    def has_add_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm(entering.ENTER)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        self._check_may_view(request)
        if request.method == "POST":
            return redirect(address_of(request.POST, page=LIST))
        may_enter = self.has_add_permission(request)
        return queue.changelist(cast(StaffRequest, request), may_enter=may_enter)

    def add_view(
        self, request: HttpRequest, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        """The counter entry."""
        return entering.enter(cast(StaffRequest, request))

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        """Only looks; each decision has an address of its own."""
        self._check_may_view(request)
        http = cast(StaffRequest, request)
        found = request_of(http, as_key(object_id))
        if request.method != "GET":
            return redirect(PAGE, found.pk)
        return case.page(http, found, now=timezone.now())

    def history_view(
        self, request: HttpRequest, object_id: str, extra_context: Any = None
    ) -> HttpResponse:
        """The history stands on the page."""
        self._check_may_view(request)
        self._check_in_scope(request, object_id)
        return redirect(PAGE, object_id)

    def _check_may_view(self, request: HttpRequest) -> None:
        if not self.has_view_permission(request):
            raise PermissionDenied


class CopyRulesAdmin(OfficeAdmin):
    """One row an office: the same-day lane, how long a copy waits, the account for payments."""

    list_display = ("office", "express_a_day", "keep_days", "biller_id")
    list_select_related = ("office",)
    fields = ("office", "express_a_day", "keep_days", "biller_id")

    def get_list_display(self, request: HttpRequest) -> Any:
        """The name of the office leads to its row."""
        return self.list_display

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


site.register(CopyRequest, CopyRequestAdmin)
site.register(CopyRules, CopyRulesAdmin)
site.home.append(queue.home)
site.menu += [
    MenuItem(
        "all",
        _("Copy requests"),
        "file-earmark-text",
        LIST,
        "registry_requests.view_copyrequest",
        queue.badge,
        order=2,
    ),
    MenuItem(
        "times",
        _("Rules for copies"),
        "files",
        "admin:registry_requests_copyrules_changelist",
        "registry_requests.view_copyrules",
    ),
]
