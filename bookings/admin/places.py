"""Places and times of a service: first what the change would do, then doing it. The
rules of a service stand on its own page, in `offices.admin`."""

from datetime import datetime
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
from bookings.models import Slot
from core.admin import site
from core.errors import Refused
from core.forms import CleanCharField
from offices.models import OfferedService, OpeningPattern

PERMISSION = "offices.change_offeredservice"
SLOTS = "bookings.change_slot"
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


class PatternForm(forms.Form):
    """Another pattern of the same office, and why."""

    pattern = forms.ModelChoiceField(
        OpeningPattern.objects.none(),
        label=gettext_lazy("New times"),
        empty_label=None,
        error_messages={"invalid_choice": gettext_lazy("Choose one of the same office.")},
    )
    reason_th = CleanCharField(
        label=gettext_lazy("Reason that citizens read, in Thai"),
        max_length=120,
        error_messages={"required": gettext_lazy("Write the reason; citizens read it.")},
    )
    reason_en = CleanCharField(
        label=gettext_lazy("Reason in English"), max_length=120, required=False
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
    """A POST without `confirmed` shows what it would do."""
    offered, now = _own(request, pk), timezone.now()
    form = PlacesForm(request.POST or None, initial=_present(offered))
    preview = None
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        if "confirmed" in request.POST:
            return _apply(request, offered, data, now)
        preview = services.preview_places(
            offered, online=data["online_places"], staff=data["staff_places"], now=now
        )
    return _change_page(request, offered, form, PatternForm(offered=offered), preview=preview)


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
    return _change_page(request, offered, PlacesForm(initial=_present(offered)), form)


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
    patterns: PatternForm,
    *,
    preview: services.Preview | None = None,
) -> HttpResponse:
    context: dict[str, Any] = {
        "title": _("Places: %(service)s") % {"service": offered.service},
        "offered": offered,
        "form": form,
        "patterns": patterns,
        "preview": preview,
        "held_back": [(slot, list(services.booked_on(slot))) for slot in _first(preview)],
    }
    is_bad = form.errors or patterns.errors
    return _page(request, "change", context, status=422 if is_bad else 200)


def _first(preview: services.Preview | None) -> list[Slot]:
    return preview.held_back[:SHOWN] if preview else []


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
    path("places/<int:pk>/times/", site.admin_view(choose_pattern), name="places_times"),
]
