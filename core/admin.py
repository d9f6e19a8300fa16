"""The one base of every admin page about rows of an office: lists, choices, filters, autocomplete
and history show only what `for_staff` gives."""

from typing import Any, cast

from django.contrib import admin
from django.contrib.admin.utils import unquote
from django.contrib.admin.widgets import RelatedFieldWidgetWrapper
from django.core.exceptions import PermissionDenied
from django.db import models
from django.forms import ModelChoiceField, ModelMultipleChoiceField
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.text import capfirst
from simple_history.admin import SimpleHistoryAdmin

from core.admin_site import NadkhetAdminSite
from core.text import as_key

# The one site, known by its own type.
site = cast(NadkhetAdminSite, admin.site)


def rows_for(request: HttpRequest, model: type[models.Model], site: admin.AdminSite) -> Any:
    """The rows of a model that this person may choose from: what the model's own page lists, else
    what its `for_staff` gives, else all (the catalogue of the whole city)."""
    page = site._registry.get(model)
    if page is not None:
        return page.get_queryset(request)
    rows = model._default_manager.all()
    return rows.for_staff(request.user) if hasattr(rows, "for_staff") else rows


def is_list(request: HttpRequest) -> bool:
    """Whether the page is a list, which leaves out what is over; single rows stay reachable."""
    match = request.resolver_match
    return bool(match and (match.url_name or "").endswith("_changelist"))


class ScopedRelatedFilter(admin.RelatedFieldListFilter):
    """Django's own offers every row of the table, by name."""

    def field_choices(self, field: Any, request: HttpRequest, model_admin: admin.ModelAdmin) -> Any:
        rows = rows_for(request, field.remote_field.model, model_admin.admin_site)
        return [(row.pk, str(row)) for row in rows]


class ScopedChoices(admin.options.BaseModelAdmin):
    """Choices of foreign keys, on pages and on their inlines."""

    def formfield_for_foreignkey(
        self, db_field: Any, request: HttpRequest, **kwargs: Any
    ) -> ModelChoiceField | None:
        rows = rows_for(request, db_field.remote_field.model, self.admin_site)
        kwargs["queryset"] = rows
        user: Any = request.user
        if db_field.name == "office" and not user.sees_whole_city:
            offices = self._offices_to_write(request)
            kwargs |= {"queryset": rows.filter(pk__in=offices), "required": True}
            if len(offices) == 1:
                kwargs |= {"initial": offices[0], "empty_label": None}
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    def formfield_for_dbfield(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        """Without the small buttons that open another row in a window of its own."""
        field = super().formfield_for_dbfield(db_field, request, **kwargs)
        return _unwrapped(field)

    def formfield_for_manytomany(
        self, db_field: Any, request: HttpRequest, **kwargs: Any
    ) -> ModelMultipleChoiceField | None:
        kwargs["queryset"] = rows_for(request, db_field.remote_field.model, self.admin_site)
        return super().formfield_for_manytomany(db_field, request, **kwargs)

    def _offices_to_write(self, request: HttpRequest) -> list[int]:
        user: Any = request.user
        permission = f"{self.opts.app_label}.add_{self.opts.model_name}"
        return [
            office_id
            for office_id in user.office_ids
            if user.has_office_permission(permission, office_id)
        ]


def _unwrapped(field: Any) -> Any:
    if field is not None and isinstance(field.widget, RelatedFieldWidgetWrapper):
        field.widget = field.widget.widget
    return field


class OfficeInline(ScopedChoices, admin.TabularInline):
    """Rows below a row of an office. They follow the rights of the page that they stand on."""

    extra = 0

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return request.user.has_perm(f"{self.opts.app_label}.view_{self.opts.model_name}")


class OfficeAdmin(ScopedChoices, SimpleHistoryAdmin):
    """A page about rows that have a `for_staff`. Out of scope is not found, like what never was."""

    list_per_page = 25
    show_full_result_count = False
    show_facets = admin.ShowFacets.NEVER
    save_on_top = False
    # The office of a row is chosen once.
    fixed_fields: tuple[str, ...] = ("office",)

    def get_queryset(self, request: HttpRequest) -> Any:
        rows: Any = super().get_queryset(request)
        return rows.for_staff(request.user)

    def get_list_display(self, request: HttpRequest) -> Any:
        """Who works at one office reads its name in the header already."""
        columns = super().get_list_display(request)
        user: Any = request.user
        if user.sees_whole_city or len(user.office_ids) > 1:
            return columns
        return [column for column in columns if column != "office"]

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        title = capfirst(self.opts.verbose_name_plural)
        return super().changelist_view(request, {"title": title, **(extra_context or {})})

    def get_list_filter(self, request: HttpRequest) -> Any:
        return [self._scoped_filter(item) for item in super().get_list_filter(request)]

    def _scoped_filter(self, item: Any) -> Any:
        if isinstance(item, str) and self.opts.get_field(item).is_relation:
            return (item, ScopedRelatedFilter)
        return item

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        names = {field.name for field in self.opts.get_fields()}
        fixed = [name for name in self.fixed_fields if obj is not None and name in names]
        return [*super().get_readonly_fields(request, obj), *fixed]

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self._may(request, "view", obj) or self._may(request, "change", obj)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self._may(request, "change", obj)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self._may(request, "delete", obj)

    def _may(self, request: HttpRequest, verb: str, obj: Any) -> bool:
        """Whether the right is held, and held at the office of the row. A row of the whole city
        is written by a city role only."""
        user: Any = request.user
        permission = f"{self.opts.app_label}.{verb}_{self.opts.model_name}"
        if verb != "view" and obj is not None and getattr(obj, "office_id", 0) is None:
            return user.sees_whole_city and user.has_perm(permission)
        return user.has_perm(permission, obj)

    def get_actions(self, request: HttpRequest) -> Any:
        actions = super().get_actions(request)
        # It deletes whatever was ticked, in one step, across rows of different rights.
        actions.pop("delete_selected", None)
        return actions

    def _get_obj_does_not_exist_redirect(
        self, request: HttpRequest, opts: Any, object_id: str
    ) -> HttpResponse:
        raise Http404

    def history_view(
        self, request: HttpRequest, object_id: str, extra_context: Any = None
    ) -> HttpResponse:
        self._check_in_scope(request, object_id)
        return super().history_view(request, object_id, extra_context)

    def history_form_view(
        self, request: HttpRequest, object_id: str, version_id: str, extra_context: Any = None
    ) -> HttpResponse:
        self._check_in_scope(request, object_id)
        return super().history_form_view(request, object_id, version_id, extra_context)

    def _check_in_scope(self, request: HttpRequest, object_id: str) -> None:
        """simple_history would show the old rows of what it cannot find."""
        if self.get_object(request, unquote(object_id)) is None:
            raise Http404


class CatalogueAdmin(OfficeAdmin):
    """A page about rows of the whole city: seen by all staff, written by the central office."""

    def get_queryset(self, request: HttpRequest) -> Any:
        return super(OfficeAdmin, self).get_queryset(request)


class LookOnlyAdmin(OfficeAdmin):
    """Rows that no form of the admin writes; what is done to them has addresses of its own."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


class CaseAdmin(LookOnlyAdmin):
    """Each row has a page of its own, where what is done to it leads back to."""

    # What the page shows of other tables.
    page_related: tuple[str, ...] = ()

    def page(self, request: HttpRequest, found: Any, *, status: int = 200, **more: Any) -> Any:
        raise NotImplementedError

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        """Only looks, with numbers and contacts masked."""
        found = self.found(request, as_key(object_id))
        return self.page(request, found) if request.method == "GET" else self.back_to(found)

    def history_view(
        self, request: HttpRequest, object_id: str, extra_context: Any = None
    ) -> HttpResponse:
        """The history stands on the page."""
        return self.back_to(self.found(request, as_key(object_id)))

    def back_to(self, found: Any) -> HttpResponse:
        return redirect(f"admin:{self.opts.app_label}_{self.opts.model_name}_change", found.pk)

    def found(self, request: HttpRequest, pk: int, permission: str = "") -> Any:
        """The row, for who may see it and has the permission at its office. Raises Http404 and
        PermissionDenied, also where the right is held at another office only. One query."""
        user: Any = request.user
        if not self.has_view_permission(request):
            raise PermissionDenied
        if permission and not user.has_perm(permission):
            raise PermissionDenied
        rows = self.get_queryset(request).select_related(*self.page_related)
        found = get_object_or_404(rows, pk=pk)
        if permission and not user.has_office_permission(permission, found.office_id):
            raise PermissionDenied
        return found
