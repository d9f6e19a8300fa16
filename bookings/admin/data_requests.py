"""The page of requests about personal data: least time left first, the identity checked by one
person, answered by another (PDPA s.30 to 36)."""

from datetime import datetime
from typing import Any

from django.contrib import admin
from django.db.models import F
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import path
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_POST

from accounts import services as accounts
from accounts.staff import StaffRequest, staff_of
from bookings import pdf
from bookings.admin.case import who
from bookings.forms import AnswerForm, IdentifyForm, OpenForm, RefuseForm
from bookings.held import held_about
from bookings.models import DataRequest
from bookings.services import data_requests, holders
from bookings.sheets import HeldPaper, held_paper
from bookings.workflow import RequestStatus
from core.admin import CaseAdmin, site
from core.admin_site import Badge, MenuItem
from core.errors import Refused

LIST = "admin:bookings_datarequest_changelist"
IDENTIFY, ANSWER = "bookings.identify_datarequest", "bookings.answer_datarequest"
UNMASK = "bookings.unmask_booking"
# Amber from here on.
SOON_DAYS = 7


class DataRequestAdmin(CaseAdmin):
    """Rows are written by the people themselves; each verb has an address of its own."""

    list_display = ("reference", "kind", "person", "state", "left", "office")
    list_filter = ("status", "kind")
    search_fields = ("reference",)
    list_select_related = ("office",)
    ordering = (F("closed_at").desc(nulls_first=True), "due_at", "pk")
    page_related = ("office", "identified_by", "closed_by")

    def get_urls(self) -> list[Any]:
        view, name, one = self.admin_site.admin_view, "bookings_datarequest", "<int:pk>/"
        verbs = {"identify": self.identify, "answer": self.answer, "refuse": self.refuse}
        own = [
            path(f"{one}{verb}/", view(require_POST(page)), name=f"{name}_{verb}")
            for verb, page in verbs.items()
        ]
        held = path(f"{one}held/", view(require_POST(self.held)), name=f"{name}_held")
        return [*own, held, *super().get_urls()]

    def identify(self, request: HttpRequest, pk: int) -> HttpResponse:
        found = self.found(request, pk, IDENTIFY)
        form = IdentifyForm(request.POST)
        if not form.is_valid():
            return self.page(request, found, identify_form=form, status=422)
        return self._do(
            request,
            found,
            lambda now: data_requests.identify(request=found, by=staff_of(request), now=now),
        )

    def answer(self, request: HttpRequest, pk: int) -> HttpResponse:
        found = self.found(request, pk, ANSWER)
        form = AnswerForm(request.POST)
        if not form.is_valid():
            return self.page(request, found, answer_form=form, status=422)
        text = form.cleaned_data["text"]
        return self._do(
            request,
            found,
            lambda now: data_requests.answer(
                request=found, text=text, by=staff_of(request), now=now
            ),
            answer_form=form,
        )

    def refuse(self, request: HttpRequest, pk: int) -> HttpResponse:
        found = self.found(request, pk, ANSWER)
        form = RefuseForm(request.POST)
        if not form.is_valid():
            return self.page(request, found, refuse_form=form, status=422)
        reason = form.cleaned_data["reason"]
        return self._do(
            request,
            found,
            lambda now: data_requests.refuse(
                request=found, reason=reason, by=staff_of(request), now=now
            ),
            refuse_form=form,
        )

    def held(self, request: HttpRequest, pk: int) -> HttpResponse:
        """What is held about the person, with the full number and the contact, on this answer
        only, or as a PDF to hand over in the language of the person; logged with the reason
        before anything is shown. For a checked identity."""
        found = self.found(request, pk, UNMASK)
        form = OpenForm(request.POST)
        if not form.is_valid() or found.anonymised_at or not found.identified_at:
            status = 422
            return self.page(request, found, open_form=form, opening=True, status=status)
        now = timezone.now()
        accounts.log_view(
            by=staff_of(request),
            office_id=found.office_id,
            case=found.reference,
            what=_("all data held about the person"),
            reason=form.cleaned_data["reason"],
            now=now,
        )
        number = data_requests.unseal_number(found)
        if "pdf" in request.POST:
            return _file(found, held_paper(found, number=number, by=staff_of(request), now=now))
        context = {
            "title": _("What is held · %(ref)s") % {"ref": found.reference},
            "found": found,
            "number": number,
            "held": held_about(found),
            "held_elsewhere": holders.held_about(found),
            "now": now,
            **self.admin_site.each_context(request),
        }
        return TemplateResponse(request, "admin/bookings/datarequest/held.html", context)

    def _do(self, request: HttpRequest, found: DataRequest, verb: Any, **forms: Any) -> Any:
        try:
            verb(timezone.now())
        except Refused as refused:
            found.refresh_from_db()
            return self.page(request, found, refusal=refused.message, status=422, **forms)
        return self.back_to(found)

    def page(
        self, request: HttpRequest, found: DataRequest, *, status: int = 200, **more: Any
    ) -> HttpResponse:
        user, now = staff_of(request), timezone.now()

        def may(permission: str) -> bool:
            return user.has_office_permission(permission, found.office_id)

        context = {
            "title": found.reference,
            "found": found,
            "steps": _steps(found),
            "left": left_of(found, now),
            "may_identify": may(IDENTIFY) and found.status == RequestStatus.SUBMITTED,
            "may_answer": may(ANSWER) and found.is_open,
            "is_own": found.identified_by_id == user.pk,
            "may_open": may(UNMASK) and bool(found.identified_at),
            "identify_form": IdentifyForm(),
            "answer_form": AnswerForm(),
            "refuse_form": RefuseForm(),
            "open_form": OpenForm(),
            **self.admin_site.each_context(request),
            **more,
        }
        template = "admin/bookings/datarequest/case.html"
        return TemplateResponse(request, template, context, status=status)

    @admin.display(description=gettext_lazy("name"))
    def person(self, found: DataRequest) -> str:
        return found.name

    @admin.display(description=gettext_lazy("state"), ordering="status")
    def state(self, found: DataRequest) -> str:
        return str(found.get_status_display())

    @admin.display(description=gettext_lazy("time left"), ordering="due_at")
    def left(self, found: DataRequest) -> str:
        left = left_of(found, timezone.now())
        if not left:
            return "–"
        return format_html(
            '<span class="chip chip-left-{}">{}</span>', left["state"], left["words"]
        )


def _file(found: DataRequest, paper: HeldPaper) -> HttpResponse:
    response = HttpResponse(pdf.held(paper), content_type="application/pdf")
    response["Content-Disposition"] = f'attachment; filename="{found.reference}.pdf"'
    return response


def left_of(found: DataRequest, now: datetime) -> dict[str, str] | None:
    """Whole days until the law wants the answer, amber from a week before; nothing when closed."""
    if not found.is_open:
        return None
    days = found.days_left(now)
    if days < 0:
        words = ngettext("%(n)s day late", "%(n)s days late", -days) % {"n": -days}
    else:
        words = ngettext("%(n)s day left", "%(n)s days left", days) % {"n": days}
    return {"state": "late" if days <= SOON_DAYS else "soon", "words": words}


def _steps(found: DataRequest) -> list[dict[str, Any]]:
    return [
        {
            "title": RequestStatus(change.to_status).label,
            "by": who(change),
            "at": change.at,
            "reason": change.reason,
        }
        for change in found.changes.select_related("by").order_by("-pk")
    ]


def _badge(request: StaffRequest) -> Badge | None:
    """Open requests, amber when one has a week or less. One query."""
    now = timezone.now()
    found = DataRequest.objects.for_staff(request.user).open().only("due_at")
    days = [one.days_left(now) for one in found]
    return Badge(len(days), min(days) <= SOON_DAYS) if days else None


site.register(DataRequest, DataRequestAdmin)
site.menu.append(
    MenuItem(
        "all",
        gettext_lazy("Requests about personal data"),
        "shield-lock",
        LIST,
        "bookings.view_datarequest",
        _badge,
        order=6,
    )
)
