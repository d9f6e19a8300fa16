"""The two codes of a Thai ID card: 12 characters on its back, 14 digits under the photo. Neither
has a check digit, so only the form can be checked. They are never shown or echoed."""

import re
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from core.forms import CleanCharField
from core.text import ascii_digits, clean_text

_SEPARATORS = re.compile("[ \u200c\u200d\u2010-\u2015\u2212-]")


def clean_back_code(text: str) -> str:
    """The 12 characters as `JC1123456712`; an empty string when it is none. Raises BadText."""
    code = _SEPARATORS.sub("", ascii_digits(clean_text(text))).upper()
    return code if re.fullmatch("[A-Z]{2}[0-9]{10}", code) else ""


def clean_photo_code(text: str) -> str:
    """The 14 digits; an empty string when it is none. Raises BadText."""
    code = _SEPARATORS.sub("", ascii_digits(clean_text(text)))
    return code if re.fullmatch("[0-9]{14}", code) else ""


class BackCodeField(CleanCharField):
    """The 12 characters on the back of the card, in any grouping (S0-R03)."""

    default_error_messages = {
        "required": _("Enter the 12 characters on the back of the card"),
        "invalid": _("2 letters, then 10 digits, for example JC1-1234567-12; mind 0 and O"),
        "bad_text": _("2 letters, then 10 digits, for example JC1-1234567-12; mind 0 and O"),
    }
    clean_code = staticmethod(clean_back_code)

    def to_python(self, value: Any) -> str:
        typed = super().to_python(value)
        code = self.clean_code(typed)
        if typed and not code:
            raise self.refused("invalid", n=len(re.findall("[0-9]", ascii_digits(typed))))
        return code

    def widget_attrs(self, widget: forms.Widget) -> dict[str, Any]:
        return {
            **super().widget_attrs(widget),
            "autocomplete": "off",
            "autocapitalize": "characters",
            "spellcheck": "false",
        }


class PhotoCodeField(BackCodeField):
    """The 14 digits under the photo, in any grouping (S0-R06)."""

    default_error_messages = {
        "required": _("Enter the 14 digits under the photo"),
        "invalid": _("%(n)d digits; 14 are needed, see the drawing"),
        "bad_text": _("It is 14 digits, for example 1040-02-12345678"),
    }
    clean_code = staticmethod(clean_photo_code)

    def widget_attrs(self, widget: forms.Widget) -> dict[str, Any]:
        return {**super().widget_attrs(widget), "inputmode": "numeric"}
