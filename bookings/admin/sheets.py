"""The papers of a day: on the screen and as PDF. Telephones stand masked; a PDF
with full ones asks why, and each appointment on it gets a row of the view log."""

from datetime import date, datetime
from typing import Any

from django import forms
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.template.response import TemplateResponse
from django.urls import path
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from accounts import services as accounts
from accounts.models import User
from accounts.staff import StaffRequest
from bookings import pdf, sheets
from bookings.forms import FullPhonesForm
from core.admin import site
from core.forms import BuddhistDateField
from offices.models import OfferedService

DIGITS = [("thai", gettext_lazy("Thai digits")), ("arabic", gettext_lazy("Arabic digits"))]


class SheetForm(forms.Form):
    """Which paper; by GET, so that it can be kept as a bookmark."""

    service: forms.ModelChoiceField = forms.ModelChoiceField(
        label=gettext_lazy("Service"),
        queryset=None,
        empty_label=None,
        error_messages={
            "required": gettext_lazy("Choose a service of the list."),
            "invalid_choice": gettext_lazy("Choose a service of the list."),
        },
    )
    date = BuddhistDateField(label=gettext_lazy("Day"))
    digits = forms.ChoiceField(
        label=gettext_lazy("Digits"),
        choices=DIGITS,
        error_messages={"invalid_choice": gettext_lazy("Choose Thai or Arabic digits.")},
    )
    wall = forms.BooleanField(
        label=gettext_lazy("Copy for the wall: initials, no telephone"), required=False
    )

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        rows = OfferedService.objects.for_staff(user).select_related(
            "office", "service", "section", "pattern"
        )
        choices: Any = self.fields["service"]
        choices.queryset = rows.order_by("office__name_th", "service__order")
        if not user.sees_whole_city and len(user.office_ids) == 1:
            choices.label_from_instance = lambda offered: str(offered.service)

    def choice(self) -> sheets.Choice:
        """What was chosen. Needs a valid form."""
        data = self.cleaned_data
        return sheets.Choice(
            offered=data["service"],
            day=data["date"],
            thai=data["digits"] == "thai",
            wall=data["wall"],
        )


@require_safe
def page(request: StaffRequest) -> HttpResponse:
    """Both papers of a service and a day, to look at and to print."""
    return _page(request, _asked(request), now=timezone.now())


@require_http_methods(["GET", "HEAD", "POST"])
def day_pdf(request: StaffRequest) -> HttpResponse:
    """GET gives the paper with masked telephones, POST with full ones, for a reason."""
    form, now = _asked(request), timezone.now()
    if request.method != "POST":
        if not form.is_valid():
            return _page(request, form, now=now)
        paper = sheets.day_sheet(form.choice(), by=request.user, now=now)
        return _file(paper, "appointments", form.choice().day)
    if not request.user.has_perm("bookings.unmask_booking"):
        raise PermissionDenied
    full = FullPhonesForm(request.POST)
    if not form.is_valid() or not full.is_valid():
        return _page(request, form, now=now, full=full)
    return _with_full_phones(request, form.choice(), full.cleaned_data["reason"], now)


@require_safe
def time_pdf(request: StaffRequest) -> HttpResponse:
    """The minutes of serving, to be signed."""
    form, now = _asked(request), timezone.now()
    if not form.is_valid():
        return _page(request, form, now=now)
    paper = sheets.time_sheet(form.choice(), by=request.user, now=now)
    return _file(paper, "service-times", form.choice().day)


def _asked(request: StaffRequest) -> SheetForm:
    """What the address asks for; what it leaves out is the first service, and today."""
    if not request.user.has_perm("bookings.view_booking"):
        raise PermissionDenied
    form = SheetForm(user=request.user)
    rows: Any = form.fields["service"]
    first = rows.queryset.first() if "service" not in request.GET else None
    values = {
        "service": first.pk if first else "",
        "date": form.fields["date"].prepare_value(timezone.localdate()),
        "digits": "thai",
    }
    return SheetForm({**values, **request.GET.dict()}, user=request.user)


def _page(
    request: StaffRequest, form: SheetForm, *, now: datetime, full: FullPhonesForm | None = None
) -> HttpResponse:
    is_good = form.is_valid()
    context: dict[str, Any] = {
        **site.each_context(request),
        "title": _("Day sheet"),
        "form": form,
        "may_unmask": request.user.has_perm("bookings.unmask_booking"),
        "full": full or FullPhonesForm(),
        "query": request.GET.urlencode(),
    }
    if is_good:
        choice = form.choice()
        context["wall"] = choice.wall
        context["papers"] = [sheets.day_sheet(choice, by=request.user, now=now)]
        if not choice.wall:
            context["papers"].append(sheets.time_sheet(choice, by=request.user, now=now))
    status = 200 if is_good and (full is None or full.is_valid()) else 422
    return TemplateResponse(request, "admin/bookings/sheets.html", context, status=status)


def _with_full_phones(
    request: StaffRequest, choice: sheets.Choice, reason: str, now: datetime
) -> HttpResponse:
    """Who is on the paper is read first: the log is written before anything is shown."""
    office_id = choice.offered.office_id
    if not request.user.has_office_permission("bookings.unmask_booking", office_id):
        raise PermissionDenied
    paper = sheets.day_sheet(choice, by=request.user, now=now, full_phones=True)
    accounts.log_views(
        by=request.user,
        office_id=office_id,
        cases=paper.cases,
        what=_("telephone on the day sheet"),
        reason=reason,
        now=now,
    )
    return _file(paper, "appointments", choice.day)


def _file(paper: sheets.Sheet, name: str, day: date) -> HttpResponse:
    response = HttpResponse(pdf.sheet(paper), content_type="application/pdf")
    response["Content-Disposition"] = f'attachment; filename="{name}-{day:%Y-%m-%d}.pdf"'
    response["Cache-Control"] = "no-store, private"
    return response


PAGES = [
    path("sheets/", site.admin_view(page), name="sheets"),
    path("sheets/day.pdf", site.admin_view(day_pdf), name="sheets_day"),
    path("sheets/time.pdf", site.admin_view(time_pdf), name="sheets_time"),
]
