"""Staff and their roles. A head manages the officers of the own office, a director all its staff:
never the own account, never a role above what the own one gives (ADR 20)."""

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.contrib.auth.admin import UserAdmin
from django.db import models
from django.http import HttpRequest
from django.urls import path
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts import dormant, second_factor, services
from accounts.models import StaffRole, User
from accounts.roles import CITY_ROLES, GIVES, RANK, Role
from accounts.staff import staff_of
from core import thai_dates
from core.admin import OfficeAdmin, OfficeInline, site
from core.admin_site import MenuItem

ALL_RANKS = 5
# Closed accounts on the home page.
SHOWN = 5


def gives_at(manager: User, office_id: int | None) -> int:
    """The highest rank that somebody may give at an office (None: of the whole city)."""
    if manager.is_superuser:
        return ALL_RANKS
    roles = [role for role in manager.active_roles if role.office_id in (office_id, None)]
    return max((GIVES.get(Role(role.role), 0) for role in roles), default=0)


class RoleFormSet(forms.BaseInlineFormSet):
    """At least one role: a person without one would be seen by nobody. None above what the
    manager gives at that very office, whatever the choices of the page offered."""

    manager: User

    def clean(self) -> None:
        super().clean()
        kept = [
            form
            for form in self.forms
            if form.has_changed() or form.instance.pk
            if not form.cleaned_data.get("DELETE")
        ]
        if not kept:
            raise forms.ValidationError(_("Give this person at least one role."))
        for form in kept:
            role, office = form.cleaned_data.get("role"), form.cleaned_data.get("office")
            gives = gives_at(self.manager, office.pk if office else None)
            if role and RANK[Role(role)] > gives:
                form.add_error("role", _("You may not give this role at this office."))


class RoleForm(forms.ModelForm):
    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        is_of_city = data.get("role") in CITY_ROLES
        if is_of_city and data.get("office"):
            self.add_error("office", _("This role is of the whole city; leave the office empty."))
        if data.get("role") and not is_of_city and not data.get("office"):
            self.add_error("office", _("Choose the office of this role."))
        return data


class StaffRoleInline(OfficeInline):
    model = StaffRole
    form = RoleForm
    formset = RoleFormSet
    fields = ("role", "office", "section", "may_decide")

    def get_formset(self, request: HttpRequest, obj: Any = None, **kwargs: Any) -> Any:
        formset: Any = super().get_formset(request, obj, **kwargs)
        formset.manager = staff_of(request)
        return formset

    def get_extra(self, request: HttpRequest, obj: Any = None, **kwargs: Any) -> int:
        return 0 if obj else 1

    def get_queryset(self, request: HttpRequest) -> Any:
        rows = super().get_queryset(request)
        user = staff_of(request)
        return rows if user.sees_whole_city else rows.filter(office_id__in=user.office_ids)

    def formfield_for_choice_field(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        if db_field.name == "role":
            user = staff_of(request)
            places = {role.office_id for role in user.active_roles} | {None}
            most = max(gives_at(user, place) for place in places)
            kwargs["choices"] = [(role.value, role.label) for role in Role if RANK[role] <= most]
        return super().formfield_for_choice_field(db_field, request, **kwargs)


@admin.register(User)
class StaffAdmin(OfficeAdmin, UserAdmin):
    list_display = ("name", "username", "roles_of", "is_active", "last_seen")
    list_filter = ("is_active",)
    search_fields = ("username", "first_name", "last_name", "email")
    ordering = ("first_name", "username")
    filter_horizontal = ()
    fixed_fields = ()
    readonly_fields = ("last_login",)
    inlines = (StaffRoleInline,)
    actions = ("reset_second_factor",)
    fieldsets = (
        (None, {"fields": ("username", "password", "is_active")}),
        (gettext_lazy("Person"), {"fields": ("first_name", "last_name", "email", "last_login")}),
    )
    add_fieldsets = (
        (
            None,
            {
                "classes": ("wide",),
                "fields": (
                    "username",
                    "first_name",
                    "last_name",
                    "email",
                    "password1",
                    "password2",
                ),
            },
        ),
    )

    def get_queryset(self, request: HttpRequest) -> Any:
        rows = admin.ModelAdmin.get_queryset(self, request).prefetch_related("roles__office")
        user = staff_of(request)
        if user.sees_whole_city:
            return rows
        mine = StaffRole.objects.filter(office_id__in=user.office_ids)
        return rows.filter(models.Exists(mine.filter(user=models.OuterRef("pk"))))

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return request.user.has_perm("accounts.change_user") and (
            obj is None or may_manage(staff_of(request), obj)
        )

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def save_model(self, request: HttpRequest, obj: User, form: Any, change: bool) -> None:
        obj.is_staff = True
        if change and obj.is_active and "is_active" in form.changed_data:
            dormant.note_reopened(obj, now=timezone.now())
        super().save_model(request, obj, form, change)

    def history_view(self, request: HttpRequest, object_id: str, extra_context: Any = None) -> Any:
        self._check_in_scope(request, object_id)
        return admin.ModelAdmin.history_view(self, request, object_id, extra_context)

    def user_change_password(self, request: HttpRequest, id: str, form_url: str = "") -> Any:
        self._check_in_scope(request, id)
        return super().user_change_password(request, id, form_url)

    @admin.action(
        description=gettext_lazy("Reset the second factor (lost phone)"), permissions=["change"]
    )
    def reset_second_factor(self, request: HttpRequest, queryset: Any) -> None:
        for person in queryset:
            if not may_manage(staff_of(request), person):
                messages.error(request, _("%(person)s: you may not.") % {"person": person})
                continue
            services.reset_second_factor(user=person, by=staff_of(request))
            messages.success(
                request,
                _("%(person)s sets up a new second factor at the next sign-in.")
                % {"person": person},
            )

    @admin.display(description=gettext_lazy("name"), ordering="first_name")
    def name(self, user: User) -> str:
        return str(user)

    @admin.display(description=gettext_lazy("roles"))
    def roles_of(self, user: User) -> str:
        return ", ".join(str(role) for role in user.roles.all())

    @admin.display(description=gettext_lazy("last sign-in"), ordering="last_login")
    def last_seen(self, user: User) -> str:
        moment = user.last_login
        return f"{thai_dates.medium_date(moment)} {thai_dates.clock(moment)}" if moment else "–"


def may_manage(manager: User, person: User) -> bool:
    """Not oneself, and nobody with a role that the manager could not give at its office."""
    if manager.is_superuser:
        return True
    if person.pk == manager.pk or person.is_superuser:
        return False
    return all(
        RANK[Role(role.role)] <= gives_at(manager, role.office_id) for role in person.active_roles
    )


def _closed_accounts(request: HttpRequest) -> dict[str, Any]:
    """For the home page of those who can open them again. One query."""
    user = staff_of(request)
    if not user.has_perm("accounts.change_user"):
        return {}
    return {"closed_accounts": list(dormant.closed_at_offices(user)[:SHOWN])}


site.pages += [
    path("second-factor/", second_factor.verify, name="second_factor"),
    path("second-factor/set-up/", second_factor.set_up, name="second_factor_set_up"),
    path("second-factor/codes/", second_factor.codes, name="second_factor_codes"),
]
site.home.append(_closed_accounts)
site.menu += [
    MenuItem(
        "system",
        gettext_lazy("Staff of the office"),
        "person-gear",
        "admin:accounts_user_changelist",
        "accounts.view_user",
    ),
]
