"""The form for joining the waiting list of full days."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.conf import settings
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from bookings.rules import BookingWindow
from bookings.services import Wish
from core import thai_dates
from core.forms import BuddhistDateField, ContactEmailField, PhoneField
from portal.forms.booking import ConsentField


class WaitingForm(forms.Form):
    """How many places, on which days, and how to reach the person."""

    form_key = forms.UUIDField(widget=forms.HiddenInput)
    party_size = forms.ChoiceField(
        label=_("How many places at the same time"),
        help_text=_("One place is one visit; a couple that marries needs one"),
        choices=[(n, n) for n in range(1, settings.HOLDS_PER_VISITOR + 1)],
        initial=1,
        error_messages={
            "required": _("Choose 1 to 3 places"),
            "invalid_choice": _("Choose 1 to 3 places"),
        },
    )
    first_day = BuddhistDateField(
        label=_("From this day"), help_text=_("B.E. or C.E., day first, for example 1/12/2569")
    )
    latest_day = BuddhistDateField(
        label=_("Up to this day"), help_text=_("The latest day that would still suit you")
    )
    phone = PhoneField(
        label=_("Phone"), required=False, help_text=_("The office calls it when a time is free")
    )
    email = ContactEmailField(
        label=_("E-mail"), required=False, help_text=_("The quickest way to hear of a free time")
    )
    consent = ConsentField()

    def __init__(
        self,
        data: Mapping[str, Any] | None = None,
        *,
        window: BookingWindow,
        days_ahead: int,
        **kwargs: Any,
    ) -> None:
        super().__init__(data, **kwargs)
        self.window, self.days_ahead = window, days_ahead
        for name in ("phone", "email"):
            self.fields[name].conditional = True  # type: ignore[attr-defined]
        if settings.SMS_GATEWAY_URL:
            self.fields["phone"].help_text = gettext("We text you when a time is free")
        self.fields["phone"].widget.attrs |= {
            "autocomplete": "tel",
            "inputmode": "tel",
            "placeholder": "08 0000 0000",
        }
        self.fields["email"].widget.attrs |= {"autocomplete": "email"}
        self.fields["consent"].label = _consent_label()
        self.fields["consent"].help_text = gettext(
            "Used only to tell you of a free time; deleted %(n)s days after the waiting is over"
        ) % {"n": settings.WAITING_DAYS}

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        if not any(cleaned.get(name) or name in self.errors for name in ("phone", "email")):
            self.add_error("phone", gettext("Give a phone or an e-mail, so that we can reach you"))
        for name in ("first_day", "latest_day"):
            if cleaned.get(name):
                self._check_in_window(name, cleaned[name])
        first, latest = self.cleaned_data.get("first_day"), self.cleaned_data.get("latest_day")
        if first and latest and latest < first:
            self.add_error(
                "latest_day", gettext("This is before the first day; choose a later one")
            )
        return cleaned

    def wish(self) -> Wish:
        """The checked form as the service takes it; only of a valid form."""
        cleaned = self.cleaned_data
        return Wish(
            party_size=int(cleaned["party_size"]),
            first_day=cleaned["first_day"],
            latest_day=cleaned["latest_day"],
            phone=cleaned["phone"],
            # One mailbox, however it is written: it waits once.
            email=cleaned["email"].lower(),
        )

    def _check_in_window(self, name: str, day: Any) -> None:
        if day < self.window.first:
            sentence = gettext(
                "This day has passed or is too near for the waiting list. Choose from %(date)s."
            )
            self.add_error(name, sentence % {"date": thai_dates.long_date(self.window.first)})
        elif day > self.window.last:
            sentence = gettext(
                "This can be booked up to %(n)s working days ahead. Choose a day until %(date)s."
            )
            values = {"n": self.days_ahead, "date": thai_dates.long_date(self.window.last)}
            self.add_error(name, sentence % values)


def _consent_label() -> SafeString:
    opening = format_html(
        '<a class="nowrap" href="{}" target="_blank" rel="noopener">', reverse("portal:privacy")
    )
    words = gettext("I have read the {}privacy notice{}")
    return format_html(words, opening, mark_safe("</a>"))
