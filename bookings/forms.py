"""Forms of the back-office about one case or many."""

from collections.abc import Mapping
from typing import Any, ClassVar

from django import forms
from django.utils.translation import gettext_lazy as _

from core.forms import CleanCharField, CleanTextField
from offices.models import ChecklistItem

REASON_LENGTH = 500

REJECT_REASONS = {
    "documents": _("Documents still incomplete after they were asked for once"),
    "conditions": _("The conditions of the law are not met"),
    "elsewhere": _("Another office is responsible for this"),
    "other": _("Another reason"),
}


class ReasonField(CleanTextField):
    """A reason that the applicant will read."""

    default_error_messages = {"required": _("Write the reason; the applicant will read it.")}

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("widget", forms.Textarea(attrs={"rows": 4}))
        kwargs.setdefault("label", _("Message to the applicant"))
        super().__init__(max_length=REASON_LENGTH, **kwargs)


class AskForm(forms.Form):
    """Which items are missing, all at once: it can be asked once only."""

    items = forms.ModelMultipleChoiceField(
        label=_("Missing items"),
        queryset=ChecklistItem.objects.none(),
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": _("Choose at least one item that is missing.")},
    )
    note = CleanTextField(
        label=_("Message to the applicant"),
        max_length=REASON_LENGTH,
        required=False,
        widget=forms.Textarea(attrs={"rows": 4}),
    )

    def __init__(self, *args: Any, items: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices: Any = self.fields["items"]
        choices.queryset = items


class RejectForm(forms.Form):
    """One of the usual `reasons`, and words. "other" stands for words alone."""

    reasons: ClassVar[Mapping[str, Any]] = REJECT_REASONS
    kind = forms.ChoiceField(
        label=_("Reason"),
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose a reason.")},
    )
    reason = ReasonField(required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        kinds: Any = self.fields["kind"]
        kinds.choices = list(self.reasons.items())

    def clean(self) -> dict[str, Any]:
        """The applicant reads the kind and the words; "another reason" needs words."""
        data = super().clean() or {}
        kind, words = data.get("kind"), data.get("reason", "")
        if kind == "other" and not words:
            self.add_error("reason", ReasonField.default_error_messages["required"])
        elif kind and kind != "other":
            data["reason"] = "\n".join(part for part in (str(self.reasons[kind]), words) if part)
        return data


class CancelForm(forms.Form):
    reason = ReasonField()


class MoveForm(forms.Form):
    slot: forms.ModelChoiceField = forms.ModelChoiceField(
        label=_("New time"),
        queryset=None,
        empty_label=None,
        widget=forms.RadioSelect,
        error_messages={
            "required": _("Choose a time first"),
            "invalid_choice": _("This time has just been taken. Choose another."),
        },
    )
    reason = ReasonField()

    def __init__(self, *args: Any, slots: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices: Any = self.fields["slot"]
        choices.queryset = slots


class OpenForm(forms.Form):
    """Why a full number or telephone is opened; kept in the view log."""

    reason = CleanCharField(
        label=_("Why do you open it?"),
        max_length=200,
        error_messages={"required": _("Write why you open it; it is kept with your name.")},
    )


class ExportForm(OpenForm):
    reason = CleanCharField(
        label=_("What is the list for?"),
        max_length=200,
        error_messages={"required": _("Write what the list is for; it is kept with your name.")},
    )


class TakeOutForm(forms.Form):
    """Why somebody is taken off the waiting list."""

    reason = CleanCharField(
        label=_("Why they are taken off; they can read it"),
        max_length=200,
        error_messages={"required": _("Write why; the person can read it.")},
    )


class IdentifyForm(forms.Form):
    """The tick of the officer who has the person before them."""

    seen = forms.BooleanField(
        label=_("I have seen the original ID card or passport, and it is this person"),
        error_messages={"required": _("Tick this when the original card lies before you.")},
    )


class AnswerForm(forms.Form):
    text = CleanTextField(
        label=_("Answer that the person reads"),
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 4}),
        error_messages={"required": _("Write the answer; the person will read it.")},
    )


REFUSE_REASONS = {
    "identity": _("The identity could not be checked within the time"),
    "law": _("The law makes the office keep these records"),
    "others": _("It would harm the rights of another person"),
    "other": _("Another reason"),
}


class RefuseForm(forms.Form):
    kind = forms.ChoiceField(
        label=_("Reason"),
        choices=list(REFUSE_REASONS.items()),
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose a reason.")},
    )
    words = CleanTextField(
        label=_("In words that the person reads"),
        required=False,
        max_length=REASON_LENGTH,
        widget=forms.Textarea(attrs={"rows": 3}),
    )

    def clean(self) -> dict[str, Any]:
        """The kind and the words together as `reason`; "another reason" needs words."""
        data = super().clean() or {}
        kind, words = data.get("kind"), data.get("words", "")
        if kind == "other" and not words:
            self.add_error("words", _("Write the reason; the person will read it."))
        title = "" if kind in (None, "other") else str(REFUSE_REASONS[kind])
        data["reason"] = "\n".join(part for part in (title, words) if part)
        return data


class FullPhonesForm(OpenForm):
    """A paper with full telephones: ticked on purpose, with a reason."""

    full = forms.BooleanField(
        label=_("Print full telephones (masked on the screen; kept with your name)"),
        error_messages={"required": _("Tick it to print full telephones.")},
    )
    field_order = ["full", "reason"]
