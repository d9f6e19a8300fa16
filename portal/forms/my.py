"""Small forms about one's own booking: finding, cancelling, sending documents."""

from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from core.forms import CleanCharField, CleanTextField, ContactEmailField, PhoneField


class FindForm(forms.Form):
    """A reference, and the telephone or the e-mail given with it."""

    reference = CleanCharField(
        label=_("Request number"),
        max_length=40,
        help_text=_("In the e-mail or on the ticket, such as BR-7K4M-29"),
        error_messages={"required": _("Enter the request number")},
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "characters"}),
    )
    phone = PhoneField(label=_("Phone given when booking"), required=False)
    email = ContactEmailField(
        label=_("Or the e-mail given when booking"),
        required=False,
        help_text=_("One of the two is enough"),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["phone"].widget.attrs |= {
            "autocomplete": "tel",
            "inputmode": "tel",
            "placeholder": "08 0000 0000",
        }
        self.fields["email"].widget.attrs |= {"autocomplete": "email"}
        for name in ("phone", "email"):
            self.fields[name].conditional = True  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        if not any(cleaned.get(name) or name in self.errors for name in ("phone", "email")):
            self.add_error("phone", gettext("Enter the phone or the e-mail given when booking"))
        return cleaned


class CancelForm(forms.Form):
    """Why somebody cancels, if they like to say. `version` is that of the page: what an officer
    decided meanwhile is seen before it is thrown away (fault F5)."""

    version = forms.IntegerField(required=False, widget=forms.HiddenInput)
    reason = forms.ChoiceField(
        label=_("Tell us why"),
        required=False,
        choices=[
            ("day", _("The day no longer suits")),
            ("documents", _("The documents are not ready")),
            ("elsewhere", _("Done somewhere else")),
            ("other", _("Another reason")),
        ],
        widget=forms.RadioSelect,
        error_messages={"invalid_choice": _("Choose one of the reasons, or none")},
    )

    def words(self) -> str:
        """The reason in words, for the history."""
        return str(dict(self.fields["reason"].choices).get(self.cleaned_data["reason"], ""))  # type: ignore[attr-defined]


class ReplyForm(forms.Form):
    """What a person answers to an officer's question about a request for a copy."""

    reply = CleanTextField(
        label=_("Your answer"),
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 4}),
        error_messages={"required": _("Write your answer first")},
    )


class ManyFiles(forms.FileInput):
    allow_multiple_selected = True


class DocumentsForm(forms.Form):
    """Shows the file box; the files themselves are read and made new by the service."""

    documents = forms.FileField(
        label=_("Photos of documents"),
        required=False,
        help_text=_("JPG PNG HEIC or PDF, up to 10 MB each"),
        widget=ManyFiles(
            attrs={"accept": "image/jpeg,image/png,image/heic,image/heif,application/pdf,.heic"}
        ),
    )
    documents.conditional = True  # type: ignore[attr-defined]
