"""The back-office: its frame, its menu, its answers to what is not there or not allowed."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import update_wrapper
from typing import Any
from urllib.parse import urlsplit

from django.apps import apps
from django.contrib.admin import AdminSite, site
from django.contrib.admin.apps import AdminConfig
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe
from django.views.i18n import set_language

# Tables of packages. No role has a right to them, and some hold secrets; what staff need of them
# has a verb and a page of its own.
NOT_SHOWN = (
    "auth.group",
    "account.emailaddress",
    "mfa.authenticator",
    "axes.accessattempt",
    "axes.accesslog",
    "axes.accessfailurelog",
)


class NadkhetAdminConfig(AdminConfig):
    default_site = "core.admin_site.NadkhetAdminSite"

    def ready(self) -> None:
        super().ready()
        site.unregister([apps.get_model(label) for label in NOT_SHOWN])


@dataclass(frozen=True)
class Badge:
    """A number beside a menu item, amber when something is late."""

    number: int
    is_late: bool = False


GROUPS = {
    "today": _("Work today"),
    "all": _("All work"),
    "times": _("Opening times"),
    "services": _("Services and offices"),
    "system": _("System"),
}


@dataclass(frozen=True)
class MenuItem:
    """One line of the side navigation, drawn only for those who hold `permission`."""

    group: str
    label: Any
    icon: str
    url_name: str
    permission: str = ""
    badge: Callable[[Any], Badge | None] | None = None
    query: str = ""
    order: int = 5
    url: str = ""
    is_current: bool = False
    shown: Badge | None = None


class NadkhetAdminSite(AdminSite):
    """The apps put their menu items, what the home page shows, and pages of their own here."""

    site_title = _("Nadkhet back-office")
    site_header = _("Nadkhet")
    index_title = _("Home")
    empty_value_display = "–"
    enable_nav_sidebar = False

    def __init__(self, name: str = "admin") -> None:
        super().__init__(name)
        self.menu: list[MenuItem] = [MenuItem("today", _("Home"), "house", "admin:index")]
        self.home: list[Callable[[Any], dict[str, Any]]] = []
        self.pages: list[URLPattern] = []

    def get_urls(self) -> list[Any]:
        # view_on_site tells which rows exist, whoever owns them.
        own = [url for url in super().get_urls() if getattr(url, "name", "") != "view_on_site"]
        frame = [
            path("language/", set_language, name="set_language"),
            path("menu/", self.admin_view(require_safe(self.menu_part)), name="menu"),
        ]
        return [*frame, *self.pages, *own]

    def each_context(self, request: HttpRequest) -> dict[str, Any]:
        context = super().each_context(request)
        if context["has_permission"]:
            context["menu"] = self._menu_of(request, request.path, request.META["QUERY_STRING"])
            user: Any = request.user
            context["roles"] = user.active_roles
        return context

    def index(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> TemplateResponse:
        context = dict(extra_context or {})
        for part in self.home:
            context |= part(request)
        return super().index(request, context)

    def menu_part(self, request: HttpRequest) -> HttpResponse:
        """The side navigation alone, for the page that asks for its numbers anew."""
        shown = urlsplit(request.headers.get("HX-Current-URL", ""))
        context = {"menu": self._menu_of(request, shown.path, shown.query)}
        return render(request, "admin/parts/menu_items.html", context)

    def admin_view(self, view: Any, cacheable: bool = False) -> Any:
        """As Django's, and what is not there looks the same whether it never was or belongs to
        another office; what is not allowed says so."""

        def answered(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            try:
                return view(request, *args, **kwargs)
            except Http404:
                return render(request, "admin/404.html", status=404)
            except PermissionDenied:
                return render(request, "admin/403.html", status=403)

        return super().admin_view(update_wrapper(answered, view), cacheable)

    def _menu_of(self, request: HttpRequest, shown: str, query: str) -> list[dict[str, Any]]:
        """What this person may open; `shown` and `query` are the address of the page."""
        groups: dict[str, list[MenuItem]] = {key: [] for key in GROUPS}
        for item in self.menu:
            if not item.permission or request.user.has_perm(item.permission):
                url = reverse(item.url_name) + (f"?{item.query}" if item.query else "")
                badge = item.badge(request) if item.badge else None
                groups[item.group].append(replace(item, url=url, shown=badge))
        best = max(
            (item.url for items in groups.values() for item in items if _leads(item, shown, query)),
            key=len,
            default="",
        )
        return [
            {
                "title": GROUPS[key],
                "items": [
                    replace(item, is_current=item.url == best)
                    for item in sorted(items, key=lambda item: item.order)
                ],
            }
            for key, items in groups.items()
            if items
        ]


def _leads(item: MenuItem, shown: str, query: str) -> bool:
    address, _mark, wanted = item.url.partition("?")
    if address == reverse("admin:index"):
        return shown == address
    return shown.startswith(address) and wanted in query
