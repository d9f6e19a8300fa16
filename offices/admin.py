"""Reference data: the offices and what each offers (own office), and the catalogue of the city
(central office). Every page has its history. Closed days and patterns are in `bookings.admin`."""

from typing import Any

from django import forms
from django.contrib import admin
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core.admin import CatalogueAdmin, OfficeAdmin, OfficeInline, site
from core.admin_site import MenuItem
from core.forms import BuddhistDateField
from offices.models import (
    ChecklistItem,
    Fee,
    OfferedService,
    Office,
    PopularDay,
    Question,
    Section,
    Service,
    ServiceCase,
    ServiceForm,
    Window,
)


@admin.register(Office)
class OfficeOfTheCityAdmin(OfficeAdmin):
    list_display = ("name", "code", "phone", "hours", "confirmed")
    list_filter = ("confirmed",)
    search_fields = ("name_th", "name_en", "slug")
    readonly_fields = ("code", "slug", "prefix")

    @admin.display(description=gettext_lazy("open"), ordering="opens_at")
    def hours(self, office: Office) -> str:
        return f"{office.opens_at:%H.%M}–{office.closes_at:%H.%M}"

    @admin.display(description=gettext_lazy("office"), ordering="name_th")
    def name(self, office: Office) -> str:
        return office.full_name


@admin.register(Section)
class SectionAdmin(OfficeAdmin):
    list_display = ("__str__", "office", "phone")
    list_filter = ("kind",)
    list_select_related = ("office",)
    fixed_fields = ("office", "kind")


class WindowForm(forms.ModelForm):
    def clean(self) -> dict[str, Any]:
        """The section must be of the same office as the window."""
        data = super().clean() or {}
        office_id = self.instance.office_id or getattr(data.get("office"), "pk", None)
        section = data.get("section")
        if section is not None and section.office_id != office_id:
            self.add_error("section", _("Choose one of the same office."))
        return data


@admin.register(Window)
class WindowAdmin(OfficeAdmin):
    """A window that served people is closed, never deleted."""

    form = WindowForm
    list_display = ("__str__", "office", "section", "is_open")
    list_filter = ("office", "is_open")
    list_select_related = ("office", "section")
    fields = ("office", "section", "label", "is_open")

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


# What changes times that exist already: with a look before the act, on the page of the places.
OF_TIMES = ("pattern", "minutes", "online_places", "staff_places")


class OfferedServiceForm(forms.ModelForm):
    def clean(self) -> dict[str, Any]:
        """Section and times must be of the same office as the service."""
        data = super().clean() or {}
        office_id = self.instance.office_id or getattr(data.get("office"), "pk", None)
        for name in ("section", "pattern"):
            chosen = data.get(name)
            if chosen is not None and chosen.office_id != office_id:
                self.add_error(name, _("Choose one of the same office."))
        if self.instance.pk:
            data = {**_fixed(self.instance), **data}
        if is_less(data, "total_places", "online_places", "staff_places"):
            self.add_error("total_places", _("Not less than the online and staff places together."))
        if is_less(data, "latest_days", "earliest_days"):
            self.add_error("latest_days", _("Not before the first bookable day."))
        return data


def _fixed(offered: OfferedService) -> dict[str, Any]:
    return {name: getattr(offered, name) for name in OF_TIMES}


def is_less(data: dict[str, Any], name: str, *parts: str) -> bool:
    """Whether one number is below the sum of others; not when one of them is missing."""
    numbers = [data.get(part) for part in parts]
    whole = data.get(name)
    known = [number for number in numbers if number is not None]
    return whole is not None and len(known) == len(parts) and whole < sum(known)


@admin.register(OfferedService)
class OfferedServiceAdmin(OfficeAdmin):
    form = OfferedServiceForm
    list_display = ("service", "office", "pattern", "online_places", "staff_places", "is_open")
    list_filter = ("service", "office", "is_open")
    list_select_related = ("service", "office", "pattern")
    fixed_fields = ("office", "service")
    fieldsets = (
        (None, {"fields": ("office", "service", "section", "is_open")}),
        (
            gettext_lazy("Times and places"),
            {"fields": (*OF_TIMES, "change_of_times", "total_places")},
        ),
        (
            gettext_lazy("Rules"),
            {
                "fields": (
                    "earliest_days",
                    "latest_days",
                    "cutoff_days",
                    "max_moves",
                    "return_delay_minutes",
                    "early_minutes",
                    "late_grace_minutes",
                    "needs_officer",
                    "review_days",
                )
            },
        ),
        (gettext_lazy("Where"), {"fields": ("window_th", "window_en")}),
    )

    readonly_fields = ("change_of_times",)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("offices.add_offeredservice")

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return [*super().get_readonly_fields(request, obj), *(OF_TIMES if obj else [])]

    @admin.display(description=gettext_lazy("change these"))
    def change_of_times(self, offered: OfferedService) -> str:
        if not offered.pk:
            return "–"
        return format_html(
            '<a href="{}">{}</a>',
            reverse("admin:places_change", args=[offered.pk]),
            _("Show first what a change would do"),
        )


class ServiceCaseInline(OfficeInline):
    model = ServiceCase


class FeeForm(forms.ModelForm):
    valid_from = BuddhistDateField(
        label=gettext_lazy("In force from"), help_text=gettext_lazy("For example 1/12/2569")
    )


class FeeInline(OfficeInline):
    model = Fee
    form = FeeForm


class ServiceFormInline(OfficeInline):
    model = ServiceForm


class QuestionInline(admin.StackedInline):
    model = Question
    extra = 0


@admin.register(Service)
class ServiceAdmin(CatalogueAdmin):
    list_display = ("name", "section", "parties", "private_room", "is_active")
    list_filter = ("section", "is_active")
    search_fields = ("name_th", "name_en", "code")
    inlines = (ServiceCaseInline, FeeInline, ServiceFormInline, QuestionInline)

    @admin.display(description=gettext_lazy("service"), ordering="name_th")
    def name(self, service: Service) -> str:
        return service.name

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return [*super().get_readonly_fields(request, obj), *(["code"] if obj else [])]


@admin.register(ChecklistItem)
class ChecklistItemAdmin(CatalogueAdmin):
    list_display = ("title", "service", "is_conditional", "can_upload", "confirmed")
    list_filter = ("service", "confirmed")
    list_select_related = ("service",)
    search_fields = ("title_th", "title_en")
    filter_horizontal = ("cases",)

    @admin.display(description=gettext_lazy("item"), ordering="title_th")
    def title(self, item: ChecklistItem) -> str:
        return item.title


class PopularDayForm(forms.ModelForm):
    date = BuddhistDateField(
        label=gettext_lazy("Day"), help_text=gettext_lazy("For example 1/12/2569")
    )


@admin.register(PopularDay)
class PopularDayAdmin(CatalogueAdmin):
    form = PopularDayForm
    list_display = ("__str__", "date")
    ordering = ("date",)

    # No history is kept of this table.
    def history_view(self, request: HttpRequest, object_id: str, extra_context: Any = None) -> Any:
        return admin.ModelAdmin.history_view(self, request, object_id, extra_context)


site.menu += [
    MenuItem(
        "times",
        gettext_lazy("Time patterns"),
        "clock",
        "admin:offices_openingpattern_changelist",
        "offices.view_openingpattern",
    ),
    MenuItem(
        "services",
        gettext_lazy("Service windows"),
        "signpost-split",
        "admin:offices_window_changelist",
        "offices.view_window",
    ),
    MenuItem(
        "services",
        gettext_lazy("Services of the office"),
        "list-check",
        "admin:offices_offeredservice_changelist",
        "offices.view_offeredservice",
    ),
    MenuItem(
        "services",
        gettext_lazy("Service catalogue and fees"),
        "journal-text",
        "admin:offices_service_changelist",
        "offices.view_service",
    ),
    MenuItem(
        "services",
        gettext_lazy("Checklists"),
        "card-list",
        "admin:offices_checklistitem_changelist",
        "offices.view_checklistitem",
    ),
    MenuItem(
        "services",
        gettext_lazy("Offices"),
        "building",
        "admin:offices_office_changelist",
        "offices.view_office",
    ),
    MenuItem(
        "times",
        gettext_lazy("Popular wedding days"),
        "heart-fill",
        "admin:offices_popularday_changelist",
        "offices.change_popularday",
    ),
]
