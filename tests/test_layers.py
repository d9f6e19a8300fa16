"""Foreign keys point downwards, as imports do: import-linter cannot see the ones
that are written as strings."""

import tomllib
from pathlib import Path

import pytest
from django.apps import apps
from django.conf import settings

# core.models.StatusChange names the member of staff by settings.AUTH_USER_MODEL: the apps that
# inherit it stand above accounts.
PYPROJECT = tomllib.loads(Path(settings.BASE_DIR, "pyproject.toml").read_text(encoding="utf-8"))
(LAYERS,) = (
    contract["layers"]
    for contract in PYPROJECT["tool"]["importlinter"]["contracts"]
    if contract["name"] == "Apps import downwards only"
)
# From the bottom up; "portal | line_channel" is one storey.
STOREY = {
    name.strip(" ()"): height
    for height, layer in enumerate(reversed(LAYERS))
    for name in layer.split("|")
}
OURS = [
    model
    for app in apps.get_app_configs()
    if app.label in STOREY
    for model in app.get_models(include_auto_created=True)
]


@pytest.mark.parametrize("model", OURS, ids=lambda model: model._meta.label)
def test_foreign_keys_point_downwards(model):
    upwards = [
        f"{field.name} → {field.related_model._meta.label}"
        for field in model._meta.get_fields()
        if field.is_relation
        and field.concrete
        and STOREY.get(field.related_model._meta.app_label, -1) > STOREY[model._meta.app_label]
    ]

    assert upwards == []


def test_every_app_of_ours_has_a_storey():
    root = Path(settings.BASE_DIR)
    ours = {app.label for app in apps.get_app_configs() if Path(app.path).parent == root}

    assert ours <= STOREY.keys()


def test_the_walk_sees_the_tables():
    assert {"bookings.Booking", "notifications.Message", "offices.Office"} <= {
        model._meta.label for model in OURS
    }
