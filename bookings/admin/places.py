"""Places of every time of a service: first what the change would do, then doing it (ui/staff §17
"09"). The rules of a service stand on its own page, in `offices.admin`."""

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
from django.views.decorators.http import require_GET, require_http_methods

from accounts.staff import StaffRequest
from bookings import services
from core.admin import site
from offices.models import OfferedService

PERMISSION = "offices.change_offeredservice"
SLOTS = "bookings.change_slot"
MOST_PLACES = 500


class PlacesForm(forms.Form):
    online_places = forms.IntegerField(
        label=gettext_lazy("online places a time"), min_value=0, max_value=MOST_PLACES
    )
    staff_places = forms.IntegerField(
        label=gettext_lazy("places kept for staff"), min_value=0, max_value=MOST_PLACES
    )


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
    rows = OfferedService.objects.for_staff(request.user).select_related("service", "office")
    offered = get_object_or_404(rows, pk=pk)
    if not all(
        request.user.has_office_permission(one, offered.office_id) for one in (PERMISSION, SLOTS)
    ):
        raise PermissionDenied
    now = timezone.now()
    initial = {"online_places": offered.online_places, "staff_places": offered.staff_places}
    form = PlacesForm(request.POST or None, initial=initial)
    context: dict[str, Any] = {
        "title": _("Places: %(service)s") % {"service": offered.service},
        "offered": offered,
        "form": form,
    }
    if request.method == "POST" and form.is_valid():
        if "confirmed" in request.POST:
            return _apply(request, offered, form.cleaned_data, now)
        data = form.cleaned_data
        context["preview"] = services.preview_places(
            offered, online=data["online_places"], staff=data["staff_places"], now=now
        )
    return _page(request, "change", context, status=422 if form.errors else 200)


def _apply(
    request: StaffRequest, offered: OfferedService, data: dict[str, int], now: datetime
) -> HttpResponse:
    changed = services.apply_places(
        offered, online=data["online_places"], staff=data["staff_places"], now=now
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
]
