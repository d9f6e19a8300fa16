"""Times with their places, and closed days: what a head of section sets."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import date, timedelta
from typing import Any, cast

from django import forms
from django.contrib import admin
from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import Count
from django.db.models.functions import TruncDate
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from accounts.staff import StaffRequest, staff_of
from bookings import services
from bookings.admin import city_closing
from bookings.models import Booking, Slot
from core import thai_dates
from core.admin import OfficeAdmin, ScopedRelatedFilter, is_list
from core.days import start_of
from core.db import lock_rows
from core.forms import BuddhistDateField
from offices.models import Closure


class SlotForm(forms.ModelForm):
    """Places of one time. The table itself refuses less than is taken."""

    is_closed = forms.BooleanField(
        label=gettext_lazy("Closed: takes no new bookings"), required=False
    )

    class Meta:
        model = Slot
        fields = ("capacity", "online_capacity")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        closed = self.fields["is_closed"]
        closed.initial = self.instance.closed_at is not None
        if self.instance.stopped_by_id:
            closed.disabled = True
            closed.help_text = _("A closing that is being prepared stops this time.")

    def clean_capacity(self) -> int:
        return self._not_below("capacity", self._fresh().taken)

    def clean_online_capacity(self) -> int:
        return self._not_below("online_capacity", self._fresh().taken_online)

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("online_capacity", 0) > data.get("capacity", 0):
            self.add_error("online_capacity", _("Not more than all places of this time; lower it."))
        return data

    def _fresh(self) -> Slot:
        """The row as it is now, locked until it is saved: a citizen may be taking a place."""
        return lock_rows(Slot.objects.filter(pk=self.instance.pk)).get()

    def _not_below(self, name: str, taken: int) -> int:
        places: int = self.cleaned_data[name]
        if places < taken:
            raise ValidationError(
                _(
                    "It cannot be lowered to %(places)s: %(taken)s are booked (%(references)s). "
                    "Enter %(taken)s or more, or move %(over)s of them first."
                )
                % {
                    "places": places,
                    "taken": taken,
                    "over": taken - places,
                    "references": ", ".join(services.booked_on(self.instance)) or "–",
                }
            )
        return places


class SlotAdmin(OfficeAdmin):
    form = SlotForm
    list_display = ("day", "time", "service", "office", "taken_of", "online_of", "is_open")
    list_filter = ("service", "office")
    ordering = ("starts_at",)
    fields = ("office", "service", "day", "time", "capacity", "online_capacity", "is_closed")
    readonly_fields = ("office", "service", "day", "time")
    list_select_related = ("office", "service")
    date_hierarchy = None

    def get_queryset(self, request: HttpRequest) -> Any:
        rows = super().get_queryset(request)
        if is_list(request):
            rows = rows.filter(starts_at__gte=timezone.now()).shown()
        return rows

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def save_model(self, request: HttpRequest, obj: Slot, form: SlotForm, change: bool) -> None:
        # Never the whole row: a citizen takes a place while the head looks at it.
        obj.save(update_fields=["capacity", "online_capacity"])
        if not form.fields["is_closed"].disabled:
            _close_by_hand(obj, form.cleaned_data["is_closed"])
        services.offer_freed(slot_id=obj.pk, now=timezone.now())

    def history_view(self, request: HttpRequest, object_id: str, extra_context: Any = None) -> Any:
        self._check_in_scope(request, object_id)
        return admin.ModelAdmin.history_view(self, request, object_id, extra_context)

    @admin.display(description=gettext_lazy("day"), ordering="starts_at")
    def day(self, slot: Slot) -> str:
        return (
            f"{thai_dates.weekday_short(slot.starts_at)} {thai_dates.medium_date(slot.starts_at)}"
        )

    @admin.display(description=gettext_lazy("time"))
    def time(self, slot: Slot) -> str:
        times = thai_dates.time_range(slot.starts_at, slot.ends_at)
        return format_html('<span class="nowrap">{}</span>', times)

    @admin.display(description=gettext_lazy("taken of all places"))
    def taken_of(self, slot: Slot) -> str:
        return f"{slot.taken}/{slot.capacity}"

    @admin.display(description=gettext_lazy("taken online"))
    def online_of(self, slot: Slot) -> str:
        return f"{slot.taken_online}/{slot.online_capacity}"

    @admin.display(description=pgettext_lazy("time", "open"), boolean=True)
    def is_open(self, slot: Slot) -> bool:
        return slot.closed_at is None


def _close_by_hand(slot: Slot, closed: bool) -> None:
    slot.closed_by_hand = closed
    slot.closed_at = (slot.closed_at or timezone.now()) if closed else None
    slot.save(update_fields=["closed_at", "closed_by_hand"])


def _today() -> date:
    return timezone.localdate()


class ClosureForm(forms.ModelForm):
    date = BuddhistDateField(
        label=gettext_lazy("Day"),
        help_text=gettext_lazy("For example 1/12/2569"),
        error_messages={
            "too_early": gettext_lazy("This day is over. Choose today or a later day."),
        },
        earliest=_today,
    )

    class Meta:
        model = Closure
        fields = ("office", "date", "reason_th", "reason_en")

    def clean(self) -> dict[str, Any]:
        """Two rows of one day need a sentence here: the office is not always a field."""
        data = super().clean() or {}
        office = data.get("office", self.instance.office if self.instance.pk else None)
        day = data.get("date")
        same = Closure.objects.filter(office=office).exclude(pk=self.instance.pk)
        if day and same.filter(date=day).exists():
            self.add_error("date", _("This day is closed already."))
        return data


class ClosureAdmin(OfficeAdmin):
    """Deleting opens the times of that day in the same request; only the reason can be changed."""

    form = ClosureForm
    list_display = ("day", "reason", "place", "hit")
    list_filter = (("office", ScopedRelatedFilter),)
    ordering = ("date",)
    search_fields = ("reason_th", "reason_en")
    list_select_related = ("office",)
    # Another day is another closing, with other people to tell.
    fixed_fields = ("office", "date")

    def get_queryset(self, request: HttpRequest) -> Any:
        rows = super().get_queryset(request)
        if is_list(request):
            rows = rows.filter(date__gte=timezone.localdate())
        return rows

    def get_changelist_instance(self, request: HttpRequest) -> Any:
        page = super().get_changelist_instance(request)
        page.result_list = with_hits(page.result_list, request.user)
        return page

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self._is_ahead(obj) and super().has_change_permission(request, obj)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self._is_ahead(obj) and super().has_delete_permission(request, obj)

    def add_view(
        self, request: HttpRequest, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        """At an office a day closes with a decision for each appointment hit; the central office
        sees which offices are hit before a day of them closes."""
        if not self.has_add_permission(request):
            raise PermissionDenied
        if not staff_of(request).sees_whole_city:
            return redirect("admin:closing_new")
        return city_closing.close(cast(StaffRequest, request))

    def save_model(self, request: HttpRequest, obj: Closure, form: Any, change: bool) -> None:
        super().save_model(request, obj, form, change)
        services.apply_closures(now=timezone.now(), day=obj.date)

    def delete_model(self, request: HttpRequest, obj: Closure) -> None:
        super().delete_model(request, obj)
        services.apply_closures(now=timezone.now(), day=obj.date)

    @staticmethod
    def _is_ahead(obj: Closure | None) -> bool:
        return obj is None or obj.date >= timezone.localdate()

    @admin.display(description=gettext_lazy("day"), ordering="date")
    def day(self, closure: Closure) -> str:
        return thai_dates.long_date(closure.date)

    @admin.display(description=gettext_lazy("Reason"))
    def reason(self, closure: Closure) -> str:
        return str(closure.reason)

    @admin.display(description=gettext_lazy("office"))
    def place(self, closure: Closure) -> str:
        return str(closure.office) if closure.office else _("All offices")

    @admin.display(description=gettext_lazy("appointments hit"))
    def hit(self, closure: Any) -> str:
        return _("%(n)s appointments hit") % {"n": closure.hits} if closure.hits else _("none")


def with_hits(closures: Iterable[Closure], user: Any) -> list[Any]:
    """Closed days, each with `hits`: how many appointments of this person's offices still stand on
    it. One query; it reads only what is not over, few rows beside all bookings."""
    days: list[Any] = list(closures)
    standing = _standing(days, user) if days else {}
    for closure in days:
        offices = standing.get(closure.date, {})
        closure.hits = (
            offices.get(closure.office_id, 0) if closure.office_id else sum(offices.values())
        )
    return days


def _standing(days: list[Closure], user: Any) -> dict[date, dict[int, int]]:
    """Open appointments of each office on each day, between the first and the last of `days`."""
    dates = [closure.date for closure in days]
    rows = (
        Booking.objects.for_staff(user)
        .open()
        .filter(
            slot__starts_at__gte=start_of(min(dates)),
            slot__starts_at__lt=start_of(max(dates) + timedelta(days=1)),
        )
        .order_by()
        .values_list(TruncDate("slot__starts_at"), "office_id")
        .annotate(number=Count("pk"))
    )
    standing: dict[date, dict[int, int]] = defaultdict(dict)
    for day, office_id, number in rows:
        standing[day][office_id] = number
    return standing
