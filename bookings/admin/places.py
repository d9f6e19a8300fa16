"""Places and times of a service: first what the change would do, then doing it. The
rules of a service stand on its own page, in `offices.admin`."""

from datetime import datetime
from itertools import groupby
from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import path
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.staff import StaffRequest
from bookings import services
from bookings.models import Booking, Slot
from core.admin import site
from core.errors import Refused
from core.forms import CleanCharField
from offices.models import OfferedService, OpeningPattern

PERMISSION = "offices.change_offeredservice"
SLOTS = "bookings.change_slot"
CLOSE = "bookings.announce_closing"
MOST_PLACES = 500
MOST_MINUTES = 480
SHOWN = 10


class PlacesForm(forms.Form):
    online_places = forms.IntegerField(
        label=gettext_lazy("online places a time"), min_value=0, max_value=MOST_PLACES
    )
    staff_places = forms.IntegerField(
        label=gettext_lazy("places kept for staff"), min_value=0, max_value=MOST_PLACES
    )
    minutes = forms.IntegerField(
        label=gettext_lazy("minutes a visit takes"), min_value=1, max_value=MOST_MINUTES
    )


class ReasonForm(forms.Form):
    """Why, for those who are moved or cancelled."""

    reason_th = CleanCharField(
        label=gettext_lazy("Reason that citizens read, in Thai"),
        max_length=120,
        error_messages={"required": gettext_lazy("Write the reason; citizens read it.")},
    )
    reason_en = CleanCharField(
        label=gettext_lazy("Reason in English"), max_length=120, required=False
    )


class PatternForm(ReasonForm):
    """Another pattern of the same office, and why."""

    field_order = ("pattern", "reason_th", "reason_en")
    pattern = forms.ModelChoiceField(
        OpeningPattern.objects.none(),
        label=gettext_lazy("New times"),
        empty_label=None,
        error_messages={"invalid_choice": gettext_lazy("Choose one of the same office.")},
    )

    def __init__(self, *args: Any, offered: OfferedService, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        others = OpeningPattern.objects.filter(office=offered.office_id)
        pattern: Any = self.fields["pattern"]
        pattern.queryset = others.exclude(pk=offered.pattern_id).order_by("name")


@require_GET
def index(request: StaffRequest) -> HttpResponse:
    """The services whose places this person sets."""
    _check_may(request)
    offers = OfferedService.objects.for_staff(request.user).filter(is_open=True)
    context = {
        "title": _("Places of a service"),
        "offers": offers.select_related("service", "office", "pattern"),
    }
    return _page(request, "list", context)


@require_http_methods(["GET", "POST"])
def change(request: StaffRequest, pk: int) -> HttpResponse:
    """A POST without `confirmed` shows what it would do; with it, whoever is booked is kept."""
    offered = _own(request, pk)
    form = PlacesForm(request.POST or None, initial=_present(offered))
    if "confirmed" in request.POST and form.is_valid():
        return _apply(request, offered, form.cleaned_data, timezone.now())
    reasons = ReasonForm(initial=request.POST.dict())
    return _change_page(request, offered, form, reasons=reasons)


@require_POST
def decide(request: StaffRequest, pk: int) -> HttpResponse:
    """Begin to decide for each who is too many: a draft as for a closing."""
    offered = _own(request, pk)
    form, reasons = PlacesForm(request.POST), ReasonForm(request.POST)
    if form.is_valid() and reasons.is_valid():
        data = form.cleaned_data
        try:
            closing = services.plan_places(
                offered=offered,
                online=data["online_places"],
                staff=data["staff_places"],
                minutes=data["minutes"],
                **reasons.cleaned_data,
                by=request.user,
                now=timezone.now(),
            )
        except Refused as error:
            reasons.add_error(error.field if error.field in reasons.fields else None, error.message)
        else:
            return redirect("admin:closing", closing.pk)
    return _change_page(request, offered, form, reasons=reasons)


@require_POST
def choose_pattern(request: StaffRequest, pk: int) -> HttpResponse:
    """Begin to give the service other times: a draft shows what it would do."""
    offered = _own(request, pk)
    form = PatternForm(request.POST, offered=offered)
    if form.is_valid():
        try:
            closing = services.plan_choice(
                offered=offered, **form.cleaned_data, by=request.user, now=timezone.now()
            )
        except Refused as error:
            form.add_error(error.field if error.field in form.fields else None, error.message)
        else:
            return redirect("admin:closing", closing.pk)
    return _change_page(request, offered, PlacesForm(initial=_present(offered)), patterns=form)


def _own(request: StaffRequest, pk: int) -> OfferedService:
    rows = OfferedService.objects.for_staff(request.user)
    offered = get_object_or_404(rows.select_related("service", "office", "pattern"), pk=pk)
    if not all(
        request.user.has_office_permission(one, offered.office_id) for one in (PERMISSION, SLOTS)
    ):
        raise PermissionDenied
    return offered


def _present(offered: OfferedService) -> dict[str, int]:
    return {
        "online_places": offered.online_places,
        "staff_places": offered.staff_places,
        "minutes": offered.minutes,
    }


def _change_page(
    request: StaffRequest,
    offered: OfferedService,
    form: PlacesForm,
    *,
    reasons: ReasonForm | None = None,
    patterns: PatternForm | None = None,
) -> HttpResponse:
    """The forms, or what good numbers would do."""
    patterns, reasons = patterns or PatternForm(offered=offered), reasons or ReasonForm()
    context: dict[str, Any] = {
        "title": _("Places: %(service)s") % {"service": offered.service},
        "offered": offered,
        "form": form,
        "patterns": patterns,
        "reasons": reasons,
        "preview": None,
    }
    if form.is_valid():
        context |= _what_it_would_do(offered, form.cleaned_data)
        context["may_decide"] = request.user.has_office_permission(CLOSE, offered.office_id)
    is_bad = form.errors or patterns.errors or reasons.errors
    return _page(request, "change", context, status=422 if is_bad else 200)


def _what_it_would_do(offered: OfferedService, data: dict[str, int]) -> dict[str, Any]:
    """Two queries, one more for each time that keeps more online places; SHOWN times of each."""
    online, staff = data["online_places"], data["staff_places"]
    preview = services.preview_places(offered, online=online, staff=staff, now=timezone.now())
    too_many = [(slot, list(ones)) for slot, ones in groupby(preview.too_many, _slot_of)]
    kept = [slot for slot in preview.held_back if slot.taken <= online + staff]
    return {
        "preview": preview,
        "number": len(preview.too_many),
        "times": len(too_many),
        "too_many": too_many[:SHOWN],
        "more_times": max(len(too_many) - SHOWN, 0),
        "held_back": [(slot, list(services.booked_on(slot))) for slot in kept[:SHOWN]],
    }


def _slot_of(booking: Booking) -> Slot:
    return booking.slot


def _apply(
    request: StaffRequest, offered: OfferedService, data: dict[str, int], now: datetime
) -> HttpResponse:
    changed = services.apply_places(
        offered,
        online=data["online_places"],
        staff=data["staff_places"],
        minutes=data["minutes"],
        now=now,
    )
    messages.success(request, _("The places are set; %(n)s times changed.") % {"n": changed})
    return redirect("admin:places")


def _page(
    request: StaffRequest, name: str, context: dict[str, Any], *, status: int = 200
) -> HttpResponse:
    context = {**site.each_context(request), **context}
    return TemplateResponse(request, f"admin/places/{name}.html", context, status=status)


def _check_may(request: StaffRequest) -> None:
    if not (request.user.has_perm(PERMISSION) and request.user.has_perm(SLOTS)):
        raise PermissionDenied


pages = [
    path("places/", site.admin_view(index), name="places"),
    path("places/<int:pk>/", site.admin_view(change), name="places_change"),
    path("places/<int:pk>/decide/", site.admin_view(decide), name="places_decide"),
    path("places/<int:pk>/times/", site.admin_view(choose_pattern), name="places_times"),
]
