"""The form by which a person asks for a certified copy, or asks a question (S0-R03 to R06)."""

from collections.abc import Mapping
from typing import Any
from uuid import uuid4

from django import forms
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _

from bookings import queries as booking_queries
from bookings.services import Person
from core import thai_dates
from core.cards import BackCodeField, PhotoCodeField
from core.forms import (
    BuddhistDateField,
    CleanCharField,
    CleanTextField,
    ContactEmailField,
    NameField,
    NationalIdField,
    PhoneField,
)
from core.text import as_key, ascii_digits
from offices.models import OfferedService
from portal.forms.booking import NOTE_MAX_LENGTH, ConsentField
from portal.proven import Proof, person_of
from registry_requests import services
from registry_requests.models import CopyRequest, Kind
from registry_requests.models.request import MOST_COPIES

CODES = ("back_code", "photo_code")
# What an enquiry is not asked; what stands there is not read.
OF_COPIES = ("copies", "collect_at", "date", "slot", *CODES)


class NeverShown(forms.TextInput):
    """A box whose content is never sent back to the browser (S0-R03)."""

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        return super().get_context(name, None, attrs)


class CopiesField(forms.TypedChoiceField):
    """1 to 10, in Thai digits too."""

    def __init__(self, **kwargs: Any) -> None:
        choices = [(n, n) for n in range(1, MOST_COPIES + 1)]
        super().__init__(choices=choices, coerce=int, **kwargs)

    def to_python(self, value: Any) -> str:
        return ascii_digits(super().to_python(value)).strip()


class CopyForm(forms.Form):
    """What is wished, when and where it is collected, who asks. `record` is the collection service
    of the office that keeps the record; `offers` those of all offices, by slug. Who asks is not
    read from the form where ThaID gave `proof`."""

    form_key = forms.UUIDField(widget=forms.HiddenInput)
    kind = forms.ChoiceField(
        label=_("Which record do you need"),
        choices=Kind.choices,
        widget=forms.RadioSelect,
        error_messages={
            "required": _("Choose what you need"),
            "invalid_choice": _("Choose what you need"),
        },
    )
    copies = CopiesField(
        label=_("Copies"),
        required=False,
        initial=1,
        empty_value=None,
        help_text=_("The fee is the one set by law; an officer tells you the sum before you come"),
        error_messages={"invalid_choice": _("1–10 copies at a time")},
    )
    collect_at = forms.ChoiceField(
        label=_("Office where you collect"),
        required=False,
        help_text=_("Any of the offices; the copy is handed over to it"),
        error_messages={"invalid_choice": _("Choose a district office")},
    )
    date = BuddhistDateField(
        label=_("Day of collection"),
        required=False,
        help_text=_("B.E. or C.E., day first, for example 1/12/2569"),
    )
    slot = CleanCharField(
        label=_("Time of collection"),
        required=False,
        widget=forms.RadioSelect,
        error_messages={"bad_text": _("Choose a time of collection")},
    )
    full_name = NameField(label=_("Full name"), help_text=_("As on the ID card, without title"))
    national_id = NationalIdField(
        label=_("Thai national ID, 13 digits"),
        help_text=_("13 digits on the front, dashes optional"),
    )
    back_code = BackCodeField(
        label=_("Code on the back, 12 characters"),
        required=False,
        help_text=_("With or without dashes, any case"),
        widget=NeverShown(attrs={"placeholder": "JC1-1234567-12"}),
    )
    photo_code = PhotoCodeField(
        label=_("Number under the photo, 14 digits"),
        required=False,
        widget=NeverShown(attrs={"placeholder": "0000-00-00000000"}),
    )
    phone = PhoneField(
        label=_("Phone"),
        required=False,
        help_text=_("The office calls it when something changes"),
    )
    email = ContactEmailField(
        label=_("E-mail"),
        required=False,
        help_text=_("We send the result, the fee and the link to your request"),
    )
    note = CleanTextField(
        label=_("Anything the officer should know"),
        required=False,
        max_length=NOTE_MAX_LENGTH,
        help_text=_("For an enquiry or a visit: what you need, and where"),
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    consent = ConsentField()

    def __init__(
        self,
        data: Mapping[str, Any] | None = None,
        *,
        record: OfferedService,
        offers: Mapping[str, OfferedService],
        proof: Proof | None = None,
        initial: Mapping[str, Any] | None = None,
        **kwargs: Any,
    ) -> None:
        begun = {"form_key": uuid4(), "collect_at": record.office.slug, **(initial or {})}
        super().__init__(data, initial=begun, **kwargs)
        self.record, self.offers, self.proof = record, offers, proof
        names = [(slug, offered.office.name) for slug, offered in offers.items()]
        self.fields["collect_at"].choices = names  # type: ignore[attr-defined]
        for name in (*OF_COPIES, "phone"):
            self.fields[name].conditional = True  # type: ignore[attr-defined]
        self.fields["full_name"].widget.attrs["autocomplete"] = "name"
        self.fields["national_id"].widget.attrs["data-format"] = "thai-id"
        self.fields["phone"].widget.attrs |= {
            "autocomplete": "tel",
            "inputmode": "tel",
            "placeholder": "08 0000 0000",
        }
        self.fields["email"].widget.attrs["autocomplete"] = "email"
        self.fields["consent"].label = _consent_label()
        self.fields["consent"].help_text = gettext(
            "Used for this request under the law; what is kept of the card codes is deleted "
            "90 days after it is closed"
        )
        self._ask_for_the_codes_again(data if data is not None else begun)
        if proof:
            del self.fields["full_name"], self.fields["national_id"]

    def _ask_for_the_codes_again(self, typed: Mapping[str, Any]) -> None:
        for name in CODES:
            if typed.get(name):
                self.fields[name].help_text = gettext(
                    "Type it again: for your safety a code of the card is never shown back"
                )

    @cached_property
    def collecting(self) -> OfferedService:
        """Where it is collected, as far as it was chosen: else at the office of the record."""
        chosen = self["collect_at"].value()
        return self.offers.get(str(chosen), self.record)

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        if cleaned.get("kind") == Kind.ENQUIRY:
            self._clean_enquiry(cleaned)
        else:
            self._clean_copies(cleaned)
        if not any(cleaned.get(name) or name in self.errors for name in ("phone", "email")):
            self.add_error("phone", gettext("Give a phone or an e-mail, so that we can reach you"))
        return cleaned

    def _clean_enquiry(self, cleaned: dict[str, Any]) -> None:
        for name in OF_COPIES:
            self.errors.pop(name, None)
        if not cleaned.get("note") and "note" not in self.errors:
            self.add_error("note", gettext("Write what you would like to know, or what you need"))

    def _clean_copies(self, cleaned: dict[str, Any]) -> None:
        for name in (*CODES, "copies"):
            if not cleaned.get(name) and name not in self.errors:
                sentence = self.fields[name].error_messages.get("invalid_choice")
                required = self.fields[name].error_messages["required"]
                self.add_error(name, sentence or required)
        if "collect_at" not in self.errors and "slot" not in self.errors:
            self._clean_slot(cleaned)

    def _clean_slot(self, cleaned: dict[str, Any]) -> None:
        """A time of this office, on the day that was typed, if one was."""
        typed = cleaned["slot"]
        if not typed:
            self.add_error("slot", gettext("Choose a time of collection"))
            return
        slot = booking_queries.slot_of(self.collecting, as_key(typed))
        if slot is None:
            self.add_error("slot", gettext("This time is not available. Choose another."))
        elif cleaned.get("date") and cleaned["date"] != timezone.localdate(slot.starts_at):
            sentence = gettext(
                "This time is on %(date)s, not on the day you typed. Choose again below."
            )
            day = thai_dates.long_date(slot.starts_at)
            self.add_error("slot", sentence % {"date": day})
        else:
            cleaned["slot"] = slot

    def wish(self) -> services.Wish:
        """The checked form as the service takes it; only of a valid form."""
        cleaned = self.cleaned_data
        who = person_of(self.proof, cleaned)
        return services.Wish(
            kind=Kind(cleaned["kind"]),
            office=self.record.office,
            person=Person(who.full_name, "TH", who.national_id),
            phone=cleaned["phone"],
            email=cleaned["email"],
            language=get_language() or "th",
            channel=CopyRequest.Channel.WEB,
            proof=CopyRequest.Proof.THAID if self.proof else CopyRequest.Proof.TYPED,
            note=cleaned["note"],
            **self._of_copies(cleaned),
        )

    def _of_copies(self, cleaned: Mapping[str, Any]) -> dict[str, Any]:
        if cleaned["kind"] == Kind.ENQUIRY:
            return {}
        codes = {
            name: services.CardCode.of(name, cleaned[name], form_key=cleaned["form_key"])
            for name in CODES
        }
        return {
            "copies": cleaned["copies"],
            "offered": self.collecting,
            "slot": cleaned["slot"],
            **codes,
        }


def _consent_label() -> SafeString:
    words = gettext("I ask for a record of my own, and I have read the {}privacy notice{}")
    opening = format_html(
        '<a class="nowrap" href="{}" target="_blank" rel="noopener">', reverse("portal:privacy")
    )
    return format_html(words, opening, mark_safe("</a>"))
