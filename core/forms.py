"""Form fields that take what people really type, and say what to do when they cannot.

The sentences are those of the microcopy; none of them ever repeats what was typed.
"""

import datetime as dt
import re
import unicodedata
from collections.abc import Callable
from typing import Any

import phonenumbers
from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import EmailValidator
from django.utils.encoding import punycode
from django.utils.translation import gettext_lazy as _
from stdnum.th import pin

from core import thai_dates
from core.countries import country_choices, is_country
from core.text import BadText, ascii_digits, clean_text, is_digits

NAME_MAX_LENGTH = 150
EMAIL_MAX_LENGTH = 254


class CleanCharField(forms.CharField):
    """One line of text, as core.text.clean_text leaves it."""

    multiline = False
    default_error_messages = {
        "bad_text": _("The text has hidden characters; delete it and type it again"),
        "max_length": _("Longer than %(limit_value)d characters; shorten it"),
    }

    def to_python(self, value: Any) -> str:
        if value in self.empty_values:
            return ""
        try:
            return clean_text(str(value), multiline=self.multiline)
        except BadText:
            raise self.refused("bad_text") from None

    def refused(self, code: str, **params: object) -> ValidationError:
        return ValidationError(self.error_messages[code], code=code, params=params or None)


class CleanTextField(CleanCharField):
    """Several lines of text."""

    multiline = True
    widget = forms.Textarea


class NameField(CleanCharField):
    """A person's name in any script; one letter, one word and `-` are legal names too."""

    SIGNS = frozenset(" -‐.'’ʼ·・׳״\u200c\u200d")
    default_error_messages = {
        "required": _("Enter the full name as on the ID card"),
        "bad_text": _(
            "The name has digits or signs; use letters as on the card or passport (any script)"
        ),
        "max_length": _("Longer than %(limit_value)d characters; shorten a middle name"),
    }

    def __init__(self, *, max_length: int = NAME_MAX_LENGTH, **kwargs: Any) -> None:
        super().__init__(max_length=max_length, **kwargs)

    def to_python(self, value: Any) -> str:
        name = super().to_python(value)
        if name and name != "-" and not self._is_name(name):
            raise self.refused("bad_text")
        return name

    def _is_name(self, name: str) -> bool:
        kinds = {unicodedata.category(c)[0] for c in name if c not in self.SIGNS}
        return "L" in kinds and kinds <= {"L", "M"}


class NationalIdField(CleanCharField):
    """The 13 digits of a Thai ID card, in any grouping; gives 13 ASCII digits."""

    default_error_messages = {
        "required": _("Enter the 13 digits on the ID card"),
        "length": _("The ID number has %(n)d digits; 13 are needed"),
        "invalid": _("This ID number is not valid; two digits may be swapped. Check the card"),
        "bad_text": _("This ID number is not valid; two digits may be swapped. Check the card"),
    }

    def to_python(self, value: Any) -> str:
        number = re.sub("[ \u200c\u200d\u2010-\u2015\u2212-]", "", super().to_python(value))
        number = ascii_digits(number)
        if not number:
            return ""
        found = len(re.findall("[0-9]", number))
        if found != 13:
            raise self.refused("length", n=found)
        # The check digit alone would let 0000000000001 pass; th.pin refuses a first 0 or 9.
        if not is_digits(number, 13) or not pin.is_valid(number):
            raise self.refused("invalid")
        return number

    def widget_attrs(self, widget: forms.Widget) -> dict[str, Any]:
        return {**super().widget_attrs(widget), "inputmode": "numeric", "autocomplete": "off"}


class PassportField(CleanCharField):
    """A passport number: 6 to 12 capital Latin letters and digits."""

    default_error_messages = {
        "required": _("Latin letters and digits, 6–12, no spaces"),
        "invalid": _("Latin letters and digits, 6–12, no spaces"),
        "bad_text": _("Latin letters and digits, 6–12, no spaces"),
    }

    def to_python(self, value: Any) -> str:
        number = ascii_digits(super().to_python(value))
        if number and not re.fullmatch("[0-9A-Za-z]{6,12}", number):
            raise self.refused("invalid")
        return number.upper()


class PhoneField(CleanCharField):
    """A telephone number that a person can be called on; gives E.164, Thai unless it has a +."""

    # Contacts copied on a telephone come wrapped in these; only digits are kept anyway.
    WRAPPERS = re.compile("[\u200e\u200f\u202a-\u202e\u2066-\u2069]")
    CALLABLE = frozenset(
        {
            phonenumbers.PhoneNumberType.MOBILE,
            phonenumbers.PhoneNumberType.FIXED_LINE,
            phonenumbers.PhoneNumberType.FIXED_LINE_OR_MOBILE,
            phonenumbers.PhoneNumberType.VOIP,
            phonenumbers.PhoneNumberType.PERSONAL_NUMBER,
        }
    )
    widget = forms.TextInput(attrs={"type": "tel"})
    default_error_messages = {
        "required": _("The telephone number is incomplete; 10 digits, or start with +"),
        "invalid": _("The telephone number is incomplete; 10 digits, or start with +"),
        "bad_text": _("The telephone number is incomplete; 10 digits, or start with +"),
    }

    def to_python(self, value: Any) -> str:
        if isinstance(value, str):
            value = self.WRAPPERS.sub("", value)
        typed = ascii_digits(super().to_python(value))
        if not typed:
            return ""
        if not re.fullmatch("[+]?[0-9 ()./\u2010-\u2015-]{1,30}", typed):
            raise self.refused("invalid")
        try:
            number = phonenumbers.parse(typed, "TH")
        except phonenumbers.NumberParseException:
            raise self.refused("invalid") from None
        # A number that is not valid has no known type.
        if phonenumbers.number_type(number) not in self.CALLABLE:
            raise self.refused("invalid")
        return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


class ContactEmailField(CleanCharField):
    """One e-mail address that can be written to; the domain comes out in ASCII (punycode)."""

    widget = forms.EmailInput
    valid_address = EmailValidator(allowlist=[])
    default_error_messages = {
        "required": _("Check the e-mail, for example mali@example.com"),
        "invalid": _("Check the e-mail, for example mali@example.com"),
        "bad_text": _("Check the e-mail, for example mali@example.com"),
    }

    def to_python(self, value: Any) -> str:
        typed = super().to_python(value)
        if not typed:
            return ""
        # Stricter than the standard: no quotes, brackets or lists, and an ASCII name, because
        # mail servers still refuse the rest and a citizen would never hear from us.
        if not re.fullmatch(r"[^\s\"(),:;<>@\[\\\]]+@[^\s@\[\]]+[.][^0-9.]+[^.]*", typed):
            raise self.refused("invalid")
        name, domain = typed.split("@")
        try:
            address = f"{name}@{punycode(domain).lower()}"
            self.valid_address(address)
        except (UnicodeError, ValidationError):
            raise self.refused("invalid") from None
        if not address.isascii() or len(address) > EMAIL_MAX_LENGTH:
            raise self.refused("invalid")
        return address


class BuddhistDateField(forms.Field):
    """A day in B.E. or C.E. (core.thai_dates.parse_date), shown in B.E.; gives a date or None.

    `earliest` and `latest` are asked each time the field is cleaned: give functions.
    """

    widget = forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"})
    default_error_messages = {
        "required": _("Type day/month/year, for example 1/12/2569"),
        "invalid": _("Type day/month/year, for example 1/12/2569"),
        "year": _("Use 2569 (B.E.) or 2026 (C.E.)"),
        "too_early": _("This date has passed; choose from tomorrow"),
        "too_late": _("Choose a date up to %(date)s"),
    }

    def __init__(
        self,
        *,
        earliest: Callable[[], dt.date] | None = None,
        latest: Callable[[], dt.date] | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        self.earliest = earliest
        self.latest = latest

    def to_python(self, value: Any) -> dt.date | None:
        if value in self.empty_values:
            return None
        if isinstance(value, dt.date):
            return thai_dates.local_date(value)
        try:
            text = clean_text(str(value))
            return thai_dates.parse_date(text) if text else None
        except thai_dates.YearOutOfRange:
            code = "year"
        except ValueError:
            code = "invalid"
        raise ValidationError(self.error_messages[code], code=code)

    def validate(self, value: dt.date | None) -> None:
        super().validate(value)
        if value is None:
            return
        if self.earliest and value < self.earliest():
            raise ValidationError(self.error_messages["too_early"], code="too_early")
        if self.latest and value > (latest := self.latest()):
            params = {"date": thai_dates.medium_date(latest)}
            raise ValidationError(self.error_messages["too_late"], code="too_late", params=params)

    def prepare_value(self, value: Any) -> Any:
        return thai_dates.typed_date(value) if isinstance(value, dt.date) else value


class NationalityField(forms.ChoiceField):
    """A country as an ISO 3166-1 code of two letters."""

    default_error_messages = {
        "required": _("Choose a nationality first"),
        "invalid_choice": _("Choose a nationality first"),
    }

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(choices=country_choices, **kwargs)

    def valid_value(self, value: str) -> bool:
        return is_country(value)
