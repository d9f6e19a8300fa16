"""Who opened what, and why: read only, and as a file without the words that people typed."""

import csv
from typing import Any

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.urls import path
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from accounts import services
from accounts.models import ViewLog
from accounts.staff import staff_of
from core import thai_dates
from core.admin import LookOnlyAdmin, site
from core.admin_site import MenuItem
from core.sheets import safe_cell

AT_MOST = 10_000
COLUMNS = (
    gettext_lazy("time"),
    gettext_lazy("person"),
    gettext_lazy("office"),
    gettext_lazy("case"),
    gettext_lazy("what was opened"),
    gettext_lazy("reason given"),
)


@admin.register(ViewLog)
class ViewLogAdmin(LookOnlyAdmin):
    """The log, by person, case and day; nobody changes it."""

    list_display = ("moment", "user", "case", "what", "reason", "office")
    list_filter = ("at", "user", "office")
    search_fields = ("case",)
    list_select_related = ("user", "office")
    ordering = ("-at", "-pk")
    change_list_template = "admin/accounts/viewlog/list.html"

    def get_urls(self) -> list[Any]:
        view = self.admin_site.admin_view(require_POST(self.export))
        return [path("export/", view, name="accounts_viewlog_export"), *super().get_urls()]

    def get_queryset(self, request: HttpRequest) -> Any:
        rows = admin.ModelAdmin.get_queryset(self, request)
        user = staff_of(request)
        return rows if user.sees_whole_city else rows.filter(office_id__in=user.office_ids)

    def history_view(self, request: HttpRequest, object_id: str, extra_context: Any = None) -> Any:
        raise PermissionDenied

    def export(self, request: HttpRequest) -> HttpResponse:
        """The filtered rows as CSV: who, when, which case, what, and whether a reason was given.
        The reasons themselves stay here, they may name people. The export is logged."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        rows = self.get_changelist_instance(request).get_queryset(request)
        rows = list(rows.select_related("user", "office")[:AT_MOST])
        for office_id in sorted({row.office_id for row in rows}):
            services.log_view(
                by=staff_of(request),
                office_id=office_id,
                case="",
                what=_("export of the access log"),
                now=timezone.now(),
            )
        return _file(rows)

    @admin.display(description=gettext_lazy("time"), ordering="at")
    def moment(self, row: ViewLog) -> str:
        return f"{thai_dates.medium_date(row.at)} {thai_dates.clock(row.at)}"


def _file(rows: list[ViewLog]) -> HttpResponse:
    response = HttpResponse(content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = 'attachment; filename="access-log.csv"'
    # Excel reads a CSV as Thai only with the mark of UTF-8.
    response.write("\ufeff")
    writer = csv.writer(response)
    writer.writerow([str(column) for column in COLUMNS])
    for row in rows:
        given = _("yes") if row.reason else _("no")
        when = timezone.localtime(row.at).isoformat(timespec="seconds")
        cells = [when, row.user.username, str(row.office), row.case, row.what, given]
        writer.writerow([safe_cell(cell) for cell in cells])
    return response


site.menu.append(
    MenuItem(
        "system",
        gettext_lazy("Access log"),
        "shield-check",
        "admin:accounts_viewlog_changelist",
        "accounts.view_viewlog",
    )
)
