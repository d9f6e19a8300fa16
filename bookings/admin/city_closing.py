"""The central office closes a day for some offices or all: first which are hit and how much, then
saving it. What becomes of each appointment is decided by its own office."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.staff import StaffRequest
from bookings import services
from core.admin import site
from core.errors import Refused
from core.forms import BuddhistDateField, CleanCharField
from offices.models import Office


class CityClosingForm(forms.Form):
    date = BuddhistDateField(
        label=gettext_lazy("Day"),
        help_text=gettext_lazy("For example 1/12/2569"),
        error_messages={
            "too_early": gettext_lazy("This day is over. Choose today or a later day."),
        },
        earliest=timezone.localdate,
    )
    reason_th = CleanCharField(
        label=gettext_lazy("Reason that citizens read, in Thai"),
        max_length=120,
        error_messages={"required": gettext_lazy("Write the reason; citizens read it.")},
    )
    reason_en = CleanCharField(
        label=gettext_lazy("Reason in English"), max_length=120, required=False
    )
    offices = forms.ModelMultipleChoiceField(
        Office.objects.order_by("name_th"),
        label=gettext_lazy("Only these offices (none chosen: all)"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )


def close(request: StaffRequest) -> HttpResponse:
    """A POST without `confirmed` shows what it would hit. The caller has asked for the right."""
    form, now = CityClosingForm(request.POST or None), timezone.now()
    context: dict[str, Any] = {"title": _("Close a day of the city"), "form": form}
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        offices, day = list(data["offices"]), data["date"]
        try:
            if "confirmed" in request.POST:
                return _close(request, offices, data)
            hits = services.preview_city(offices=offices, day=day, now=now)
            context |= {
                "hits": [hit for hit in hits if hit.appointments],
                "day": day,
                "offices": offices,
                "number": len(hits),
                "appointments": sum(hit.appointments for hit in hits),
                "places": sum(hit.places for hit in hits),
            }
        except Refused as error:
            form.add_error(error.field or None, error.message)
    status = 422 if form.errors else 200
    context = {**site.each_context(request), **context}
    return TemplateResponse(request, "admin/closing/city.html", context, status=status)


def _close(request: StaffRequest, offices: list[Office], data: dict[str, Any]) -> HttpResponse:
    drafts = services.close_city(
        offices=offices,
        day=data["date"],
        reason_th=data["reason_th"],
        reason_en=data["reason_en"],
        by=request.user,
        now=timezone.now(),
    )
    messages.success(request, _("The day is closed; nothing can be booked on it."))
    if drafts:
        names = ", ".join(draft.office.name for draft in drafts)
        messages.warning(
            request,
            _("Nobody booked is told yet. These offices now have a draft to decide: %(names)s")
            % {"names": names},
        )
    return redirect("admin:offices_closure_changelist")
