"""What is typed when a part of a day is closed, and what is decided for one appointment."""

from datetime import date, datetime, timedelta
from typing import Any

from django import forms
from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from bookings.models import CHANGES, Choice, ClosingDecision, Part, Slot
from core.forms import BuddhistDateField, CleanCharField
from offices.models import OfferedService, Office

TYPED_TIMES = ["%H:%M", "%H.%M", "%H:%M:%S"]


def _today() -> date:
    return timezone.localdate()


def _latest() -> date:
    return _today() + timedelta(days=settings.CLOSING_LATEST_DAYS)


class ClosingForm(forms.Form):
    """Step 1: what closes, and why."""

    office = forms.ModelChoiceField(Office.objects.none(), label=_("Office"), empty_label=None)
    date = BuddhistDateField(
        label=_("Day"),
        help_text=_("For example 1/12/2569"),
        error_messages={"too_early": _("This day is over. Choose today or a later day.")},
        earliest=_today,
        latest=_latest,
    )
    part = forms.ChoiceField(
        label=_("Part of the day"),
        choices=[(one.value, one.label) for one in Part if one not in CHANGES],
        initial=Part.DAY,
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose a part of the day.")},
    )
    starts = forms.TimeField(
        label=_("From (own hours only)"),
        required=False,
        input_formats=TYPED_TIMES,
        error_messages={"invalid": _("Type a time such as 13.00.")},
    )
    ends = forms.TimeField(
        label=_("Until (own hours only)"),
        required=False,
        input_formats=TYPED_TIMES,
        error_messages={"invalid": _("Type a time such as 13.00.")},
    )
    services = forms.ModelMultipleChoiceField(
        OfferedService.objects.none(),
        label=_("Services that close"),
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": _("Choose at least one service.")},
    )
    reason_th = CleanCharField(
        label=_("Reason that citizens read, in Thai"),
        max_length=120,
        error_messages={"required": _("Write the reason; citizens read it.")},
    )
    reason_en = CleanCharField(label=_("Reason in English"), max_length=120, required=False)

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        mine = [pk for pk in user.office_ids if _may_close(user, pk)]
        fields: dict[str, Any] = self.fields
        fields["office"].queryset = Office.objects.filter(pk__in=mine)
        if len(mine) == 1:
            fields["office"].initial = mine[0]
        offers = OfferedService.objects.open().filter(office__in=mine)
        fields["services"].queryset = offers.select_related("service", "office")
        if len(mine) == 1:
            fields["services"].label_from_instance = lambda offered: offered.service.name
        fields["services"].initial = [offered.pk for offered in fields["services"].queryset]
        for name in ("starts", "ends"):
            fields[name].widget.attrs |= {"inputmode": "numeric", "placeholder": "13.00"}

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        office = data.get("office")
        if office and any(one.office_id != office.pk for one in data.get("services", [])):
            self.add_error("services", _("Choose services of the same office."))
        return data


class KeepForm(forms.Form):
    """Where those who are kept are served, and who answers for it."""

    place = CleanCharField(max_length=120, required=False)
    responsible = CleanCharField(max_length=80, required=False)


class DecisionForm(KeepForm):
    """Step 2: one appointment."""

    choice = forms.ChoiceField(
        choices=Choice.choices,
        required=False,
        error_messages={"invalid_choice": _("Choose: move, cancel or keep.")},
    )
    slot = forms.ModelChoiceField(
        Slot.objects.none(),
        required=False,
        error_messages={"invalid_choice": _("This time is not available. Choose another.")},
    )

    def __init__(self, *args: Any, decision: ClosingDecision, now: datetime, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        slot: Any = self.fields["slot"]
        times = Slot.objects.of(decision.booking.offered)
        slot.queryset = times.filter(starts_at__gt=now).exclude(pk=decision.slot_id)

    def clean(self) -> dict[str, Any]:
        """Who chooses another time wants to move."""
        data = super().clean() or {}
        if not data.get("choice") and "choice" not in self.errors:
            if not data.get("slot"):
                self.add_error("choice", _("Choose: move, cancel or keep."))
            data["choice"] = Choice.MOVE
        return data


def _may_close(user: User, office_id: int) -> bool:
    return user.has_office_permission("bookings.announce_closing", office_id)
