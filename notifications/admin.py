"""The delivery page: how each channel does, what happened to each message, and the one thing that
a person can do about it (ui/staff §17 "14")."""

from collections.abc import Callable
from dataclasses import dataclass
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
from core import thai_dates
from core.admin import OfficeAdmin, site
from core.admin_site import Badge, MenuItem
from core.errors import Refused
from notifications import queries, services
from notifications.delivery import GAVE_UP, TECHNICAL
from notifications.models import Channel, Message, MessageQuerySet, Status

PER_PAGE = 25
LIST = "admin:notifications_message_changelist"

KINDS = {
    "received": gettext_lazy("Request received"),
    "confirmed": gettext_lazy("Appointment confirmed"),
    "documents_needed": gettext_lazy("More documents needed"),
    "documents_received": gettext_lazy("Documents received"),
    "rejected": gettext_lazy("Not approved"),
    "moved_by_citizen": gettext_lazy("Moved by the applicant"),
    "moved_by_office": gettext_lazy("Moved by the office"),
    "kept_elsewhere": gettext_lazy("Kept at another place"),
    "cancelled_by_citizen": gettext_lazy("Cancelled by the applicant"),
    "cancelled_by_office": gettext_lazy("Cancelled by the office"),
    "no_show": gettext_lazy("Did not come"),
    "reminder_1d": gettext_lazy("Reminder, day before"),
    "reminder_2h": gettext_lazy("Reminder, 2 hours"),
    "already_booked": gettext_lazy("Already has an appointment"),
    "find_link": gettext_lazy("Link asked for"),
    "data_received": gettext_lazy("Request about personal data received"),
    "data_answered": gettext_lazy("Request about personal data answered"),
    "data_refused": gettext_lazy("Request about personal data refused"),
    "waiting_joined": gettext_lazy("On the waiting list"),
    "waiting_offer": gettext_lazy("A time from the waiting list"),
    "copy_received": gettext_lazy("Request for a copy received"),
    "copy_needs_documents": gettext_lazy("Copy: more is needed"),
    "copy_reply_received": gettext_lazy("Copy: the answer arrived"),
    "copy_approved": gettext_lazy("Copy: approved, with the fee"),
    "copy_ready": gettext_lazy("Copy: ready to collect"),
    "copy_collection_changed": gettext_lazy("Copy: another time to collect"),
    "copy_late": gettext_lazy("Copy: the answer is late"),
    "copy_answered": gettext_lazy("Enquiry answered"),
    "copy_rejected": gettext_lazy("Copy: not approved"),
    "copy_cancelled_by_citizen": gettext_lazy("Copy: cancelled by the applicant"),
    "copy_cancelled_by_office": gettext_lazy("Copy: cancelled by the office"),
    "copy_expired": gettext_lazy("Copy: expired"),
    "copy_link": gettext_lazy("Link to the copy request"),
}
REASONS = {
    "connection": gettext_lazy("the mail server could not be reached"),
    "line_connection": gettext_lazy("LINE could not be reached"),
    "sms_connection": gettext_lazy("the SMS gateway could not be reached"),
    "quota": gettext_lazy("the month's LINE messages are kept for appointments, or used up"),
    "no_card": gettext_lazy("this message does not go by LINE"),
    "no_text": gettext_lazy("this message does not go by SMS"),
    "bad_address": gettext_lazy("the address is not one"),
    "no_channel": gettext_lazy("this channel is not set up"),
    GAVE_UP: gettext_lazy("tried for as long as it makes sense"),
    TECHNICAL: gettext_lazy("the text could not be made; tell the central office"),
}
TABS: dict[str, tuple[Any, Callable[[MessageQuerySet], MessageQuerySet]]] = {
    "act": (gettext_lazy("To act on"), lambda rows: rows.to_call()),
    "sending": (gettext_lazy("Being sent"), lambda rows: rows.filter(status=Status.QUEUED)),
    "sent": (gettext_lazy("Delivered"), lambda rows: rows.filter(status=Status.SENT)),
    "all": (gettext_lazy("All"), lambda rows: rows.all()),
}


@dataclass(frozen=True)
class Result:
    """The outcome as a chip: a word, its colour class and icon."""

    word: Any
    look: str
    icon: str


CALL = Result(gettext_lazy("To be telephoned"), "rejected", "telephone")
CALLED = Result(gettext_lazy("Telephoned"), "confirmed", "telephone")
REPLACED = Result(gettext_lazy("Sent another way"), "held", "arrow-repeat")
RESULTS = {
    Status.QUEUED: Result(gettext_lazy("Being sent"), "requested", "arrow-repeat"),
    Status.SENT: Result(gettext_lazy("Delivered"), "confirmed", "check2-all"),
    Status.FAILED: Result(gettext_lazy("Not delivered"), "held", "x-octagon"),
    Status.UNKNOWN: Result(gettext_lazy("Result unknown"), "needs_documents", "question-circle"),
    Status.NO_CHANNEL: Result(gettext_lazy("No address"), "held", "x-octagon"),
    Status.NOT_NEEDED: Result(gettext_lazy("No longer needed"), "held", "slash-circle"),
}


@dataclass(frozen=True)
class Row:
    """One line of the list."""

    message: Message

    @property
    def kind(self) -> Any:
        return KINDS.get(self.message.kind, self.message.kind)

    @property
    def needs_call(self) -> bool:
        message = self.message
        lost = message.status in (Status.FAILED, Status.UNKNOWN, Status.NO_CHANNEL)
        return lost and message.call_if_lost and not message.called_at and not message.replaced

    @property
    def may_resend(self) -> bool:
        return self.message.status not in (Status.QUEUED, Status.NOT_NEEDED)

    @property
    def result(self) -> Result:
        if self.needs_call:
            return CALL
        if self.message.called_at:
            return CALLED
        if self.message.replaced:
            return REPLACED
        return RESULTS[Status(self.message.status)]

    @property
    def happened(self) -> str:
        message = self.message
        if not message.channel:
            return _("There is no e-mail address on file")
        if message.status == Status.NOT_NEEDED:
            return _("The case changed before it was sent")
        if message.status == Status.QUEUED and not message.attempts:
            return _("Waits for its turn")
        if message.status == Status.SENT and message.sent_at:
            return _("%(channel)s taken at %(time)s, try %(n)s") % {
                "channel": message.get_channel_display(),
                "time": thai_dates.clock(message.sent_at),
                "n": message.attempts,
            }
        told = f"{message.get_channel_display()}: {_reason(message.last_error)}"
        if message.status == Status.QUEUED:
            next_try = _("next try %(time)s") % {"time": thai_dates.clock(message.due_at)}
            return f"{told}, {next_try}"
        return told


def _reason(code: str) -> str:
    if code in REASONS:
        return str(REASONS[code])
    return _("the server answered %(code)s") % {"code": code} if code else "–"


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
        try:
            services.mark_called(
                message=message,
                by=staff_of(request),
                reason=_purpose(message),
                now=timezone.now(),
            )
        except Refused as refused:
            return _back(request, refused)
        messages.success(request, _("Noted: %(ref)s was told.") % {"ref": message.reference})
        return redirect(LIST)

    def resend(self, request: HttpRequest, message: Message) -> HttpResponse:
        try:
            services.resend(
                message=message,
                by=staff_of(request),
                reason=_purpose(message),
                now=timezone.now(),
            )
        except Refused as refused:
            return _back(request, refused)
        messages.success(
            request, _("%(ref)s is sent again to the address on file.") % {"ref": message.reference}
        )
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
    return _("to tell the person: %(what)s") % {"what": KINDS.get(message.kind, message.kind)}


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
