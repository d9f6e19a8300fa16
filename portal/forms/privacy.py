"""The form by which a person asks about the own data (PDPA s.30 to 36)."""

from collections.abc import Mapping
from typing import Any
from uuid import uuid4

from django import forms
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import mark_safe
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _

from bookings.models import DataRequest
from bookings.services import Asked, Person
from core.countries import country_choices
from core.forms import (
    CleanTextField,
    ContactEmailField,
    NameField,
    NationalIdField,
    NationalityField,
    PassportField,
    PhoneField,
)
from offices.models import Office
from portal.forms.booking import ConsentField
from portal.presenters.office import in_order


class DataRequestForm(forms.Form):
    """Who asks for what, at which office. Of the two numbers only the one that the nationality
    names is read; nothing tells whether the office holds anything."""

    form_key = forms.UUIDField(widget=forms.HiddenInput)
    kind = forms.ChoiceField(
        label=_("What would you like"),
        choices=DataRequest.Kind.choices,
        widget=forms.RadioSelect,
        error_messages={
            "required": _("Choose what you would like"),
            "invalid_choice": _("Choose what you would like"),
        },
    )
    office = forms.ChoiceField(
        label=_("District office where you booked"),
        error_messages={
            "required": _("Choose a district office"),
            "invalid_choice": _("Choose a district office"),
        },
    )
    nationality = NationalityField(label=_("Nationality"), initial="TH")
    full_name = NameField(label=_("Full name"))
    national_id = NationalIdField(label=_("Thai national ID, 13 digits"), required=False)
    passport_no = PassportField(label=_("Passport number"), required=False)
    phone = PhoneField(label=_("Phone"), required=False)
    email = ContactEmailField(
        label=_("E-mail"), required=False, help_text=_("For the link to your request")
    )
    note = CleanTextField(
        label=_("What is wrong, or which appointment you mean"),
        required=False,
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    consent = ConsentField()

    def __init__(self, data: Mapping[str, Any] | None = None, **kwargs: Any) -> None:
        kwargs.setdefault("initial", {"form_key": uuid4()})
        super().__init__(data, **kwargs)
        self.offices = {office.slug: office for office in in_order(Office.objects.all())}
        choices = [(slug, office.name) for slug, office in self.offices.items()]
        self.fields["office"].choices = [("", _("Choose a district office")), *choices]  # type: ignore[attr-defined]
        self.fields["nationality"].choices = country_choices()  # type: ignore[attr-defined]
        for name in ("national_id", "passport_no", "phone"):
            self.fields[name].conditional = True  # type: ignore[attr-defined]
        self.fields["full_name"].widget.attrs["autocomplete"] = "name"
        self.fields["national_id"].widget.attrs["data-format"] = "thai-id"
        self.fields["phone"].widget.attrs |= {"autocomplete": "tel", "inputmode": "tel"}
        self.fields["email"].widget.attrs["autocomplete"] = "email"
        opening = format_html(
            '<a class="nowrap" href="{}" target="_blank" rel="noopener">', reverse("portal:privacy")
        )
        label = gettext("I have read the {}privacy notice{}")
        self.fields["consent"].label = format_html(label, opening, mark_safe("</a>"))
        self.fields["consent"].help_text = gettext(
            "Used only to find your data, to check who asks, and to answer you"
        )

    @property
    def number_name(self) -> str:
        thai = self.cleaned_data.get("nationality") == "TH"
        return "national_id" if thai else "passport_no"

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        asked = self.number_name if cleaned.get("nationality") else ""
        for name in ("national_id", "passport_no"):
            if name != asked:
                self.errors.pop(name, None)
            elif not cleaned.get(name) and name not in self.errors:
                self.add_error(name, self.fields[name].error_messages["required"])
        if not any(cleaned.get(name) or name in self.errors for name in ("phone", "email")):
            self.add_error("phone", gettext("Give a phone or an e-mail, so that we can reach you"))
        needs_words = cleaned.get("kind") == DataRequest.Kind.CORRECT and "note" not in self.errors
        if needs_words and not cleaned.get("note"):
            self.add_error("note", gettext("Write what is wrong and what would be right"))
        return cleaned

    def asked(self) -> Asked:
        """The checked form as the service takes it; only of a valid form."""
        cleaned = self.cleaned_data
        person = Person(cleaned["full_name"], cleaned["nationality"], cleaned[self.number_name])
        return Asked(
            office=self.offices[cleaned["office"]],
            kind=DataRequest.Kind(cleaned["kind"]),
            person=person,
            phone=cleaned["phone"],
            email=cleaned["email"],
            note=cleaned["note"],
            language=get_language() or "th",
        )
