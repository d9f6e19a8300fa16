"""The named tables of times. One that services use is never changed at once: saving makes a draft
which shows what it would do, and the page of the draft stores it (`bookings.admin.closing`)."""

from datetime import date, timedelta
from http import HTTPStatus
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.staff import staff_of
from bookings import services
from bookings.admin.closing_forms import TYPED_TIMES
from core import thai_dates
from core.admin import OfficeAdmin, OfficeInline
from core.errors import Refused
from core.forms import CleanCharField
from offices.models import OpeningPattern, PatternTime

# Any Monday, to name weekdays by.
MONDAY = date(2024, 1, 1)
TYPED: dict[str, Any] = {
    "input_formats": TYPED_TIMES,
    "widget": forms.TimeInput(format="%H.%M", attrs={"inputmode": "numeric", "size": 6}),
    "error_messages": {"invalid": gettext_lazy("Type a time such as 13.00.")},
}


class PatternTimeForm(forms.ModelForm):
    starts = forms.TimeField(label=gettext_lazy("starts"), **TYPED)
    ends = forms.TimeField(label=gettext_lazy("ends"), **TYPED)

    def clean(self) -> dict[str, Any]:
        """The table of the database says it too, but not in words."""
        data = super().clean() or {}
        starts, ends = data.get("starts"), data.get("ends")
        if starts and ends and ends <= starts:
            self.add_error("ends", _("The end must be after the start."))
        return data


class PatternTimes(forms.BaseInlineFormSet):
    # The sentence of the service that refused what was sent a moment ago.
    refused = ""

    def clean(self) -> None:
        super().clean()
        if self.refused:
            raise ValidationError(self.refused)
        if not any(self.errors) and self.rows():
            try:
                services.check_rows(self.rows())
            except Refused as refused:
                raise ValidationError(refused.message) from refused

    def rows(self) -> list[tuple]:
        """What would be stored, as `services.rows_of` gives what is."""
        typed = [form.cleaned_data for form in self.forms]
        kept = [data for data in typed if data and not data.get("DELETE")]
        return sorted((data["no"], data["starts"], data["ends"]) for data in kept)


class PatternTimeInline(OfficeInline):
    model = PatternTime
    form = PatternTimeForm
    formset = PatternTimes

    def get_extra(self, request: HttpRequest, obj: Any = None, **kwargs: Any) -> int:
        """A row to fill in, for who has no script to add one."""
        return 1

    def get_formset(self, request: HttpRequest, obj: Any = None, **kwargs: Any) -> Any:
        formset: Any = super().get_formset(request, obj, **kwargs)
        formset.refused = getattr(request, "refused", "")
        return formset


class OpeningPatternForm(forms.ModelForm):
    """Without a working day the service could never be booked, and no page could say when."""

    weekdays = forms.RegexField(
        r"\A[1-7]{1,7}\Z",
        label=gettext_lazy("weekdays (1 = Monday)"),
        error_messages={"invalid": gettext_lazy("Digits 1 to 7 only, for example 12345")},
    )
    reason_th = CleanCharField(
        label=gettext_lazy("Reason that citizens read, in Thai"), max_length=120, required=False
    )
    reason_en = CleanCharField(
        label=gettext_lazy("Reason in English"), max_length=120, required=False
    )


class OpeningPatternAdmin(OfficeAdmin):
    form = OpeningPatternForm
    list_display = ("name", "office", "days")
    list_select_related = ("office",)
    search_fields = ("name",)
    inlines = (PatternTimeInline,)

    @admin.display(description=gettext_lazy("weekdays"), ordering="weekdays")
    def days(self, pattern: OpeningPattern) -> str:
        """จ. อ. พ."""
        days = (MONDAY + timedelta(days=int(digit) - 1) for digit in sorted(pattern.weekdays))
        return " ".join(thai_dates.weekday_short(day) for day in days)

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        parts: list[Any] = [(None, {"fields": ("office", "name", "weekdays")})]
        if obj is not None and self.has_change_permission(request, obj) and obj.offered.exists():
            reasons = {
                "fields": ("reason_th", "reason_en"),
                "description": _(
                    "Services use these times. Saving first shows what the change would do and "
                    "whom it hits; nothing is stored before you announce it."
                ),
            }
            parts.append((_("Reason of a change"), reasons))
        return parts

    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: Any = None,
    ) -> HttpResponse:
        """Draws the page again with the sentence when the draft is refused. The draft is made
        after the transaction of the page: it locks in steps of its own."""
        response = super().changeform_view(request, object_id, form_url, extra_context)
        change = getattr(request, "change_of_times", None)
        if change is None:
            return _answer(request, response)
        by = staff_of(request)
        try:
            closing = services.plan_times(**change, by=by, now=timezone.now())
        except Refused as refused:
            request.change_of_times, request.refused = None, refused.message  # type: ignore[attr-defined]
            again = super().changeform_view(request, object_id, form_url, extra_context)
            return _answer(request, again)
        if by.sees_whole_city:
            messages.warning(
                request,
                _("Nothing is changed yet. %(office)s now has a draft to decide.")
                % {"office": closing.office.full_name},
            )
            return redirect("admin:offices_openingpattern_changelist")
        return redirect("admin:closing", closing.pk)

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        """Of a pattern in use only the name: its times may wait for a decision."""
        if change and obj.offered.exists():
            stored = OpeningPattern.objects.get(pk=obj.pk)
            if stored.name != obj.name:
                stored.name = obj.name
                stored.save()
        else:
            super().save_model(request, obj, form, change)

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        pattern = form.instance
        if not (change and pattern.offered.exists()):
            super().save_related(request, form, formsets, change)
            return
        [times] = formsets
        # What Django's own log of changes reads: nothing is stored here.
        times.new_objects, times.changed_objects, times.deleted_objects = [], [], []
        stored, rows = OpeningPattern.objects.get(pk=pattern.pk), times.rows()
        if (stored.weekdays, services.rows_of(stored)) != (pattern.weekdays, rows):
            request.change_of_times = {  # type: ignore[attr-defined]
                "pattern": stored,
                "weekdays": pattern.weekdays,
                "rows": rows,
                "reason_th": form.cleaned_data["reason_th"],
                "reason_en": form.cleaned_data["reason_en"],
            }

    def log_change(self, request: HttpRequest, obj: Any, message: Any) -> Any:
        return (
            None
            if hasattr(request, "change_of_times")
            else super().log_change(request, obj, message)
        )

    def response_change(self, request: HttpRequest, obj: Any) -> HttpResponse:
        """A draft says by itself what became of it."""
        if hasattr(request, "change_of_times"):
            return redirect("admin:offices_openingpattern_changelist")
        return super().response_change(request, obj)


def _answer(request: HttpRequest, response: HttpResponse) -> HttpResponse:
    """422 for a page that comes back with its sentences."""
    if request.method == "POST" and response.status_code == HTTPStatus.OK:
        response.status_code = HTTPStatus.UNPROCESSABLE_ENTITY
    return response
