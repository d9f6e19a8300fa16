"""The form that links a LINE account to a person, once."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import mark_safe
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.line_links import Holder
from core.forms import NameField, NationalIdField, PhoneField
from portal.forms.booking import ConsentField
from portal.proven import Proof, person_of


class LineLinkForm(forms.Form):
    """Who the holder of the LINE account is; the 13 digits never travel in the chat. Name and
    number are not read from the form where ThaID gave `proof`."""

    full_name = NameField(label=_("Full name"), help_text=_("As on the ID card, without title"))
    national_id = NationalIdField(
        label=_("Thai national ID, 13 digits"),
        help_text=_("13 digits on the front, dashes optional"),
    )
    phone = PhoneField(
        label=_("Phone"), help_text=_("The same as in your bookings, so that we tell you in LINE")
    )
    consent = ConsentField()

    def __init__(
        self, data: Mapping[str, Any] | None = None, *, proof: Proof | None = None, **kwargs: Any
    ) -> None:
        super().__init__(data, **kwargs)
        self.proof = proof
        self.fields["full_name"].widget.attrs["autocomplete"] = "name"
        self.fields["national_id"].widget.attrs["data-format"] = "thai-id"
        self.fields["phone"].widget.attrs |= {
            "autocomplete": "tel",
            "inputmode": "tel",
            "placeholder": "08 0000 0000",
        }
        opening = format_html(
            '<a class="nowrap" href="{}" target="_blank" rel="noopener">', reverse("portal:privacy")
        )
        label = gettext("I have read the {}privacy notice{}")
        self.fields["consent"].label = format_html(label, opening, mark_safe("</a>"))
        self.fields["consent"].help_text = gettext(
            "Used for your requests in LINE and to tell you about them; you can end it at any time"
        )
        if proof:
            del self.fields["full_name"], self.fields["national_id"]

    def holder(self) -> Holder:
        """The checked form as the service takes it; only of a valid form."""
        cleaned = self.cleaned_data
        who = person_of(self.proof, cleaned)
        return Holder(who.full_name, who.national_id, cleaned["phone"])
