"""The forms of the citizen's booking pages."""

from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.conf import settings
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from bookings.models import Booking
from bookings.services import Details, Person
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
from offices.models import ServiceCase

PARTNER = "partner_"
NOTE_MAX_LENGTH = 500


class ConsentBox(forms.CheckboxInput):
    """Gives what was sent; Django's own takes every word for a tick."""

    TICKED = frozenset({True, "on", "true", "1"})

    def __init__(self) -> None:
        super().__init__(check_test=self.TICKED.__contains__)

    def value_from_datadict(self, data: Mapping[str, Any], files: Any, name: str) -> Any:
        return data.get(name, "")


class ConsentField(forms.BooleanField):
    """A box that must be ticked: "on", "true" or "1", nothing else."""

    widget = ConsentBox
    default_error_messages = {"required": _("Please confirm the privacy notice first")}

    def to_python(self, value: Any) -> bool:
        return value in ConsentBox.TICKED


class BookingForm(forms.Form):
    """Who comes and how to reach them. Asks for one person or two, as the service
    does; of the two numbers of a person only the one that the nationality names is read."""

    phone = PhoneField(
        label=_("Phone"),
        required=False,
        help_text=_("The office calls it when something changes"),
    )
    email = ContactEmailField(
        label=_("E-mail"),
        required=False,
        help_text=_("For the ticket and the link to move or cancel"),
    )
    note = CleanTextField(
        label=_("Anything the officer should know"),
        required=False,
        max_length=NOTE_MAX_LENGTH,
        widget=forms.Textarea(
            attrs={"rows": 2, "placeholder": _("Such as a wheelchair or an interpreter")}
        ),
    )
    consent = ConsentField()

    def __init__(
        self,
        data: Mapping[str, Any] | None = None,
        *,
        booking: Booking,
        cases: Sequence[ServiceCase] | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(data, **kwargs)
        self.service = booking.service
        self.known_cases = cases
        self.prefixes = ["", PARTNER][: booking.service.parties]
        self.fields = self._all_fields()

    def _all_fields(self) -> dict[str, forms.Field]:
        people = {
            name: field
            for number, prefix in enumerate(self.prefixes, 1)
            for name, field in self._person(number, prefix).items()
        }
        fields = {**people, **self._case_choice(), **self.fields}
        if settings.SMS_GATEWAY_URL:
            told = gettext("Without an e-mail we text a reminder before the day")
            fields["phone"].help_text = told
        fields["phone"].conditional = True  # type: ignore[attr-defined]
        fields["phone"].widget.attrs |= {"autocomplete": "tel", "inputmode": "tel"}
        fields["phone"].widget.attrs["placeholder"] = "08 0000 0000"
        fields["email"].widget.attrs |= {"autocomplete": "email"}
        fields["consent"].label = self._consent_label()
        fields["consent"].help_text = self._consent_help()
        return fields

    @cached_property
    def cases(self) -> dict[str, ServiceCase]:
        cases = self.service.cases.all() if self.known_cases is None else self.known_cases
        return {case.code: case for case in cases}

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        for prefix in self.prefixes:
            self._clean_number(prefix, cleaned)
        if not any(cleaned.get(name) or name in self.errors for name in ("phone", "email")):
            self.add_error("phone", gettext("Give a phone or an e-mail, so that we can reach you"))
        self._refuse_same_number(cleaned)
        return cleaned

    def details(self) -> Details:
        """The checked form as the service takes it; only of a valid form."""
        cleaned = self.cleaned_data
        people = [
            Person(
                cleaned[f"{prefix}full_name"],
                cleaned[f"{prefix}nationality"],
                cleaned[self._number_name(prefix, cleaned)],
            )
            for prefix in self.prefixes
        ]
        return Details(
            people, cleaned["phone"], cleaned["email"], cleaned["note"], self._case(people)
        )

    def _case(self, people: list[Person]) -> ServiceCase | None:
        """Of two people the nationalities decide; one person chooses."""
        if len(people) == 1:
            only = next(iter(self.cases), "") if len(self.cases) == 1 else ""
            return self.cases.get(self.cleaned_data.get("case") or only)
        thais = sum(person.nationality == "TH" for person in people)
        return self.cases.get(("foreign-foreign", "th-foreign", "th-th")[thais])

    @staticmethod
    def _number_name(prefix: str, cleaned: Mapping[str, Any]) -> str:
        thai = cleaned[f"{prefix}nationality"] == "TH"
        return f"{prefix}national_id" if thai else f"{prefix}passport_no"

    def _clean_number(self, prefix: str, cleaned: dict[str, Any]) -> None:
        """Forget what stands in the box that the nationality does not ask for."""
        asked = self._number_name(prefix, cleaned) if cleaned.get(f"{prefix}nationality") else ""
        for name in (f"{prefix}national_id", f"{prefix}passport_no"):
            if name != asked:
                self.errors.pop(name, None)
                cleaned[name] = ""
            elif not cleaned.get(name) and name not in self.errors:
                self.add_error(name, self.fields[name].error_messages["required"])

    def _refuse_same_number(self, cleaned: dict[str, Any]) -> None:
        if len(self.prefixes) < 2 or not all(cleaned.get(f"{p}nationality") for p in self.prefixes):
            return
        first, second = (
            (cleaned[f"{prefix}nationality"], cleaned.get(self._number_name(prefix, cleaned)))
            for prefix in self.prefixes
        )
        if first == second and first[1]:
            self.add_error(
                self._number_name(PARTNER, cleaned),
                gettext("Both applicants have the same number; enter each one's own"),
            )

    def _person(self, number: int, prefix: str) -> dict[str, forms.Field]:
        fields: dict[str, forms.Field] = {
            "nationality": NationalityField(
                label=_("Nationality"), initial=self._first_nationality(prefix)
            ),
            "full_name": NameField(label=_("Full name"), help_text=_name_help(prefix)),
            "national_id": NationalIdField(
                label=_("Thai national ID, 13 digits"),
                required=False,
                help_text=_("13 digits on the front, dashes optional"),
            ),
            "passport_no": PassportField(
                label=_("Passport number"),
                required=False,
                help_text=_("Top right of the photo page"),
            ),
        }
        fields["nationality"].choices = _nationalities  # type: ignore[attr-defined]
        fields["nationality"].widget.attrs["autocomplete"] = "off"
        fields["full_name"].widget.attrs["autocomplete"] = "off" if prefix else "name"
        fields["national_id"].widget.attrs["data-format"] = "thai-id"
        fields["passport_no"].widget.attrs["autocomplete"] = "off"
        for name in ("national_id", "passport_no"):
            fields[name].conditional = True  # type: ignore[attr-defined]
        if len(self.prefixes) > 1:
            for field in fields.values():
                field.person = _("Applicant %(n)s") % {"n": number}  # type: ignore[attr-defined]
        return {f"{prefix}{name}": field for name, field in fields.items()}

    def _first_nationality(self, prefix: str) -> str:
        """What the case that was looked at says; else Thai for the first person, open for the
        second."""
        case = self.initial.get("case", "")
        if case == "foreign-foreign":
            return ""
        return "TH" if not prefix or case == "th-th" else ""

    def _case_choice(self) -> dict[str, forms.Field]:
        if self.service.parties != 1 or len(self.cases) < 2:
            return {}
        choices = [(case.code, case.name) for case in self.cases.values()]
        return {
            "case": forms.ChoiceField(
                label=_("Which case is it"),
                required=False,
                choices=choices,
                widget=forms.RadioSelect,
                error_messages={"invalid_choice": _("Choose one of the cases")},
            )
        }

    def _consent_label(self) -> SafeString:
        words = (
            gettext("We have read the {}privacy notice{}")
            if len(self.prefixes) > 1
            else gettext("I have read the {}privacy notice{}")
        )
        opening = format_html(
            '<a class="nowrap" href="{}" target="_blank" rel="noopener">', reverse("portal:privacy")
        )
        return format_html(words, opening, mark_safe("</a>"))

    def _consent_help(self) -> str:
        if self.service.is_festive:
            return gettext(
                "Used for registration under the law; images are deleted 30 days after "
                "completion. Both of you are 18 or over"
            )
        return gettext(
            "Used for this service under the law; images are deleted 30 days after completion"
        )


def _nationalities() -> list[tuple[str, str]]:
    return [("", gettext("Choose a nationality")), *country_choices()]


def _name_help(prefix: str) -> SafeString:
    """Both sentences; the script shows the one of the nationality."""
    row = '<span data-show-when="{}nationality" data-show-value="{}">{}</span>'
    return format_html(
        row + '<span class="nojs-only"> / </span>' + row,
        prefix,
        "TH",
        gettext("As on the ID card, without title"),
        prefix,
        "other",
        gettext("As in the passport, in Latin letters"),
    )
