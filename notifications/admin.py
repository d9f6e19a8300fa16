"""The delivery page: how each channel does, what happened to each message, and the one thing that
a person can do about it."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import path
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from accounts.staff import staff_of
from core.admin import OfficeAdmin, site
from core.admin_site import Badge, MenuItem
from core.errors import Refused
from notifications import queries, services
from notifications.models import Channel, Message, MessageQuerySet, Status
from notifications.wording import Row, kind_name

PER_PAGE = 25
LIST = "admin:notifications_message_changelist"

TABS: dict[str, tuple[Any, Callable[[MessageQuerySet], MessageQuerySet]]] = {
    "act": (gettext_lazy("To act on"), lambda rows: rows.to_call()),
    "sending": (gettext_lazy("Being sent"), lambda rows: rows.filter(status=Status.QUEUED)),
    "sent": (gettext_lazy("Delivered"), lambda rows: rows.filter(status=Status.SENT)),
    "all": (gettext_lazy("All"), lambda rows: rows.all()),
}


@admin.register(Message)
class MessageAdmin(OfficeAdmin):
    """Only looks, telephones and sends again; a message is never written by hand."""

    def get_urls(self) -> list[Any]:
        view, name = self.admin_site.admin_view, "notifications_message"
        return [
            path("", view(self.changelist_view), name=f"{name}_changelist"),
            path("<uuid:pk>/call/", view(self._posted(self.call)), name=f"{name}_call"),
            path("<uuid:pk>/called/", view(self._posted(self.called)), name=f"{name}_called"),
            path("<uuid:pk>/resend/", view(self._posted(self.resend)), name=f"{name}_resend"),
        ]

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        """Seven queries, whatever the number of rows."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        now = timezone.now()
        rows = self.get_queryset(request)
        numbers = queries.tab_counts(rows)
        tab = request.GET.get("tab") or ("act" if numbers["act"] else "all")
        if tab not in TABS:
            raise Http404
        shown = TABS[tab][1](rows).select_related("office").order_by("-created_at", "pk")
        page = Paginator(shown, PER_PAGE).get_page(request.GET.get("page"))
        context = {
            "title": _("Delivery of messages"),
            "now": now,
            "channels": queries.channel_states(rows, now=now),
            "quota": queries.quota_of(Channel.LINE),
            "tab": tab,
            "tabs": [(key, label, numbers[key]) for key, (label, _rows) in TABS.items()],
            "page": page,
            "rows": [Row(message) for message in page],
            "many_offices": staff_of(request).sees_whole_city,
            "may_act": request.user.has_perm("notifications.resend_message"),
            **self.admin_site.each_context(request),
        }
        return TemplateResponse(request, "admin/notifications/message/list.html", context)

    def _posted(self, verb: Callable[[HttpRequest, Message], HttpResponse]) -> Any:
        """A view of a verb: POST acts; GET (the address of an answer, opened anew) leads to the
        list."""

        @require_http_methods(["GET", "HEAD", "POST"])
        def checked(request: HttpRequest, pk: UUID) -> HttpResponse:
            message = self._found(request, pk)
            return verb(request, message) if request.method == "POST" else redirect(LIST)

        return checked

    def call(self, request: HttpRequest, message: Message) -> HttpResponse:
        """The telephone, which is logged, and the words of the message."""
        now = timezone.now()
        try:
            phone = services.open_phone(
                message=message, by=staff_of(request), reason=_purpose(message), now=now
            )
        except Refused as refused:
            return _back(request, refused)
        context = {
            "title": _("Telephone"),
            "row": Row(message),
            "phone": phone,
            "letter": services.preview(message, now=now),
            **self.admin_site.each_context(request),
        }
        return TemplateResponse(request, "admin/notifications/message/call.html", context)

    def called(self, request: HttpRequest, message: Message) -> HttpResponse:
        done = _("Noted: %(ref)s was told.")
        return self._do(request, message, services.mark_called, done)

    def resend(self, request: HttpRequest, message: Message) -> HttpResponse:
        done = _("%(ref)s is sent again to the address on file.")
        return self._do(request, message, services.resend, done)

    def _do(
        self, request: HttpRequest, message: Message, verb: Callable[..., Any], done: str
    ) -> HttpResponse:
        by, now = staff_of(request), timezone.now()
        try:
            verb(message=message, by=by, reason=_purpose(message), now=now)
        except Refused as refused:
            return _back(request, refused)
        messages.success(request, done % {"ref": message.reference})
        return redirect(LIST)

    def _found(self, request: HttpRequest, pk: UUID) -> Message:
        if not self.has_view_permission(request):
            raise PermissionDenied
        message = get_object_or_404(self.get_queryset(request), pk=pk)
        if not request.user.has_perm("notifications.resend_message", message):
            raise PermissionDenied
        return message


def _purpose(message: Message) -> str:
    """Why the contact is used, for the log: nothing else leads to these buttons."""
    return _("to tell the person: %(what)s") % {"what": kind_name(message.kind)}


def _back(request: HttpRequest, refused: Refused) -> HttpResponse:
    messages.error(request, refused.message)
    return redirect(LIST)


def _to_call(request: HttpRequest) -> Badge | None:
    number = Message.objects.for_staff(staff_of(request)).to_call().count()
    return Badge(number, is_late=True) if number else None


site.menu.append(
    MenuItem(
        "all",
        gettext_lazy("Delivery of messages"),
        "send",
        LIST,
        permission="notifications.view_message",
        badge=_to_call,
    )
)
