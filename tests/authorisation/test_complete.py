"""Nothing that can be asked for is missing from matrix.yaml, and nothing in it is gone."""

import pytest
from django.contrib import admin
from django.test import RequestFactory
from django.urls import URLPattern, get_resolver

from accounts.models import User
from bookings.admin.bulk import ACTIONS
from tests.authorisation.test_matrix import MATRIX

OF_A_TABLE = ("changelist", "add", "change", "delete", "history")
# Django's own: "/admin/x/1/" leads to its page, "/admin/x/" without its slash to the list.
LEADS_ON = {"<path:object_id>/", "(?P<url>.*)$"}
# Beside those of every table: the list of one app, and the page that changes a password.
OF_DJANGO = {"admin:app_list", "admin:auth_user_password_change"}


def test_every_address_has_a_row():
    in_matrix = {name for part in ("pages", "staff_pages", "case_pages") for name in MATRIX[part]}
    in_matrix |= {"admin:bookings_booking_decide"} | OF_DJANGO
    for label in MATRIX["tables"]:
        in_matrix |= {f"admin:{label.replace('.', '_')}_{page}" for page in OF_A_TABLE}
        in_matrix.add(f"admin:{label.replace('.', '_')}_simple_history")

    names = set(_names(get_resolver().url_patterns))

    assert names - in_matrix == set(), "no row in matrix.yaml"
    assert in_matrix - names == set(), "a row, but no such address"


def test_every_table_of_the_back_office_has_a_row():
    registered = {model._meta.label_lower for model in admin.site._registry}

    assert registered == set(MATRIX["tables"]) | {"notifications.message"}


@pytest.mark.parametrize("label", MATRIX["tables"])
def test_every_inline_and_action_is_named(label):
    page = next(p for m, p in admin.site._registry.items() if m._meta.label_lower == label)
    row = MATRIX["tables"][label]
    request = RequestFactory().get("/")
    request.user = User(is_superuser=True, is_active=True, is_staff=True)

    assert [inline.model.__name__ for inline in page.inlines] == row["inlines"]
    assert set(page.get_actions(request)) == set(row.get("actions", {}))
    assert not page.autocomplete_fields
    assert not page.list_editable
    assert not page.date_hierarchy


def test_every_action_on_ticked_cases_is_named():
    assert set(ACTIONS) == set(MATRIX["ticked"])


def _names(patterns, prefix=""):
    for pattern in patterns:
        if isinstance(pattern, URLPattern):
            if pattern.name or str(pattern.pattern) not in LEADS_ON:
                yield f"{prefix}{pattern.name}"
        else:
            space = f"{pattern.namespace}:" if pattern.namespace else ""
            yield from _names(pattern.url_patterns, prefix + space)
