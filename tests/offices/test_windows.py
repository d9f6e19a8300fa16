"""Service windows: seeded for every office, of one section of the same office."""

import pytest
from django import forms

from offices.admin import WindowForm
from offices.models import Office, SectionKind, Window
from offices.seeding import seed_reference
from tests.factories import NOW, SectionFactory, make_office

pytestmark = pytest.mark.django_db


def test_every_office_gets_its_windows_once():
    made = seed_reference(today=NOW.date())["windows"]
    labels = list(Window.objects.filter(office__code=1004).values_list("label", flat=True))

    assert labels == ["4", "5", "6", "7", "8"]
    assert made == 49 * 4 + 5
    kinds = Window.objects.filter(section__kind=SectionKind.ADMINISTRATIVE)
    assert kinds.count() == Office.objects.count()
    assert seed_reference(today=NOW.date())["windows"] == 0


def test_a_window_is_of_a_section_of_its_office():
    bang_rak = make_office()
    own = SectionFactory(office=bang_rak)
    other = SectionFactory(office=make_office(code=1040, slug="bang-khae", prefix="BK"))
    window = Window.objects.create(office=bang_rak, section=own, label="5")
    fields = {"fields": ["section", "label", "is_open"]}
    form = forms.modelform_factory(Window, form=WindowForm, **fields)

    refused = form({"section": other.pk, "label": "5"}, instance=window)
    taken = form({"section": own.pk, "label": "6", "is_open": "on"}, instance=window)

    assert list(refused.errors) == ["section"]
    assert taken.is_valid()
