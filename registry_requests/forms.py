"""Forms of the back-office about a copy request."""

from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from bookings import forms as bookings
from bookings.forms import ReasonField
from core.cards import BackCodeField, PhotoCodeField
from core.days import moment
from core.forms import (
    BuddhistDateField,
    CleanCharField,
    CleanTextField,
    ContactEmailField,
    NameField,
    NationalIdField,
    PhoneField,
)
from registry_requests.models import Comparison, Kind
from registry_requests.models.request import MOST_COPIES

MOST_BAHT = 10_000
TAKEN = _("This time has just been taken. Choose another.")

REJECT_REASONS = {
    "identity": _("The number or the card code does not agree with the card in use"),
    "record": _("No such record is kept at this office"),
    "person": _("The record is not the applicant's own"),
    "other": _("Another reason"),
}


class CoveredInput(forms.TextInput):
    """For numbers and codes of a card: covered on the screen, never filled in by the browser, and
    never drawn again with what was typed."""

    def __init__(self) -> None:
        super().__init__({"class": "covered", "autocomplete": "off", "spellcheck": "false"})

    def format_value(self, value: Any) -> None:
        return None


class CompareForm(forms.Form):
    """What the card reader or the registry's screen says; those left empty are not compared."""

    number = NationalIdField(widget=CoveredInput, required=False)
    back_code = BackCodeField(widget=CoveredInput, required=False)
    photo_code = PhotoCodeField(widget=CoveredInput, required=False)

    def __init__(self, *args: Any, items: list[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in set(self.fields) - set(items):
            del self.fields[name]

    @property
    def typed(self) -> dict[Comparison.Item, str]:
        """The clean numbers and codes by what they are; for a valid form."""
        return {Comparison.Item(name): text for name, text in self.cleaned_data.items() if text}

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if not self.errors and not any(data.values()):
            raise forms.ValidationError(_("Type at least one number from the card first."))
        return data


class CardCheckForm(forms.Form):
    """What DOPA is asked about beside the name and number that are on file."""

    back_code = BackCodeField(label=_("12 characters on the back"), widget=CoveredInput)
    born = BuddhistDateField(label=_("Day of birth on the card"), latest=timezone.localdate)


class AskForm(forms.Form):
    text = ReasonField(
        label=_("What is missing, all at once"),
        error_messages={"required": _("Write what is missing; the applicant will read it.")},
    )


class RejectForm(bookings.RejectForm):
    reasons = REJECT_REASONS


class TimeForm(forms.Form):
    """One of the times that the page offers; a reason when it is not the person's own choice."""

    slot: forms.ModelChoiceField = forms.ModelChoiceField(
        label=_("Time of collection"),
        queryset=None,
        error_messages={"required": _("Choose a time first"), "invalid_choice": TAKEN},
    )
    reason = ReasonField(label=_("Why another time; the applicant reads it"), required=False)

    def __init__(self, *args: Any, slots: Any, chosen: int | None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.chosen = chosen
        choices: Any = self.fields["slot"]
        choices.queryset = slots

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        slot = data.get("slot")
        if slot is not None and slot.pk != self.chosen and not data.get("reason"):
            self.add_error("reason", ReasonField.default_error_messages["required"])
        return data


class ApproveForm(TimeForm):
    fee_each = forms.IntegerField(
        label=_("Fee a copy (baht)"),
        min_value=0,
        max_value=MOST_BAHT,
        error_messages={
            "required": _("Enter the fee of one copy; 0 when it is free."),
            "invalid": _("Enter the fee in whole baht."),
        },
    )


class PaidForm(forms.Form):
    receipt_no = CleanCharField(
        label=_("Receipt number"),
        max_length=40,
        widget=forms.TextInput({"autocomplete": "off"}),
        error_messages={"required": _("Enter the receipt number")},
    )


class HandOutForm(forms.Form):
    to = NameField(label=_("Handed to"), error_messages={"required": _("Enter who collects it")})
    identity_seen = forms.BooleanField(
        label=_("I have looked at the original card again, and it is this person"),
        error_messages={"required": _("Look at the original card again before handing out.")},
    )


class AnswerForm(forms.Form):
    """An answer, and where the office goes to the person, when."""

    text = CleanTextField(
        label=_("Answer that the person reads"),
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 4}),
        error_messages={"required": _("Write the answer; the person will read it.")},
    )
    visit_day = BuddhistDateField(
        label=_("Day of the visit, if there is one"), required=False, earliest=timezone.localdate
    )
    visit_time = forms.TimeField(
        label=_("Time of the visit"),
        required=False,
        widget=forms.TimeInput({"placeholder": "10.00", "inputmode": "numeric"}),
        input_formats=["%H:%M", "%H.%M"],
        error_messages={"invalid": _("Type the time as 10.00")},
    )

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        day, clock = data.get("visit_day"), data.get("visit_time")
        data["visit_at"] = None
        if day and clock:
            data["visit_at"] = moment(day, clock)
        elif day and "visit_time" not in self.errors:
            self.add_error("visit_time", _("Enter the time of the visit too."))
        elif clock and "visit_day" not in self.errors:
            self.add_error("visit_day", _("Enter the day of the visit too."))
        return data


class EnterForm(forms.Form):
    """What a person says at the counter, with the card on the table (S0-R02 to R06, R10)."""

    kind = forms.ChoiceField(label=_("Record"), choices=Kind.choices)
    copies = forms.IntegerField(
        label=_("Copies"),
        min_value=1,
        max_value=MOST_COPIES,
        initial=1,
        error_messages={"invalid": _("Choose from 1 to 10 copies.")},
    )
    full_name = NameField(label=_("Full name as on the card"))
    national_id = NationalIdField(label=_("ID number, 13 digits"))
    back_code = BackCodeField(
        label=_("Code on the back, 12 characters"), widget=CoveredInput, required=False
    )
    photo_code = PhotoCodeField(
        label=_("Number under the photo, 14 digits (may be left out)"),
        widget=CoveredInput,
        required=False,
    )
    slot: forms.ModelChoiceField = forms.ModelChoiceField(
        label=_("Time of collection"),
        queryset=None,
        required=False,
        error_messages={"invalid_choice": TAKEN},
    )
    phone = PhoneField(label=_("Telephone"), required=False)
    email = ContactEmailField(label=_("E-mail"), required=False)
    note = CleanTextField(
        label=_("Note; of an enquiry, what is asked"),
        required=False,
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    identity_seen = forms.BooleanField(
        label=_("I have the original card of this person before me"),
        error_messages={"required": _("Tick this when the original card lies before you.")},
    )
    consent = forms.BooleanField(
        label=_("The person agrees that the office keeps these data for this request"),
        error_messages={"required": _("Without the person's consent nothing is kept.")},
    )
    form_key = forms.UUIDField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, slots: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices: Any = self.fields["slot"]
        choices.queryset = slots

    def clean(self) -> dict[str, Any]:
        """A copy needs the code and a time, an enquiry its question, everybody a way to be told."""
        data = super().clean() or {}
        is_enquiry = data.get("kind") == Kind.ENQUIRY
        if is_enquiry and "note" not in self.errors and not data.get("note"):
            self.add_error("note", _("Write what the person asks."))
        if not is_enquiry:
            self._need(data, "back_code", BackCodeField.default_error_messages["required"])
            self._need(data, "slot", _("Choose a time first"))
        if not data.get("email"):
            self._need(data, "phone", _("Enter a telephone number or an e-mail address."))
        return data

    def _need(self, data: dict[str, Any], name: str, sentence: Any) -> None:
        if not data.get(name) and name not in self.errors:
            self.add_error(name, sentence)
