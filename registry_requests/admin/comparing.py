"""Comparing what the card says with what the person gave (S0-R11), and opening what is masked.
What the officer types here never comes back to a page, and is neither stored nor logged."""

from datetime import datetime

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters

from accounts import reasons
from accounts.staff import StaffRequest
from bookings.forms import OpenForm
from core.errors import Refused
from registry_requests import services
from registry_requests.admin import case
from registry_requests.admin.access import PAGE, act
from registry_requests.channels import card_check
from registry_requests.forms import CardCheckForm
from registry_requests.models import CopyRequest


@sensitive_post_parameters()
@act("check_copyrequest")
def compare(http: StaffRequest, found: CopyRequest, *, now: datetime) -> HttpResponse:
    """Answers only "equal" or "not equal", on the page that is opened anew."""
    if found.is_enquiry:
        raise Http404
    form = case.compare_form(found, http.POST)
    if not form.is_valid():
        return case.page(http, found, now=now, status=422, compare_form=form)
    try:
        services.compare(request=found, typed=form.typed, by=http.user, now=now)
    except Refused as error:
        return case.refused(http, found, error, now=now)
    return redirect(f"{reverse(PAGE, args=[found.pk])}?compared=1#compare")


@sensitive_post_parameters()
@act("check_copyrequest")
def ask_dopa(http: StaffRequest, found: CopyRequest, *, now: datetime) -> HttpResponse:
    """Ask the service of DOPA; there is no such page where the settings name none."""
    service = card_check.backend()
    if service is None or found.is_enquiry:
        raise Http404
    form = CardCheckForm(http.POST)
    if not form.is_valid():
        return case.page(http, found, now=now, status=422, card_check_form=form)
    try:
        is_valid = services.check_card(
            request=found,
            back_code=form.cleaned_data["back_code"],
            born=form.cleaned_data["born"],
            service=service,
            by=http.user,
            now=now,
        )
    except Refused as error:
        return case.refused(http, found, error, now=now)
    if is_valid:
        messages.success(http, _("DOPA: the card is in use and of this person."))
    return redirect(f"{reverse(PAGE, args=[found.pk])}?compared=1#compare")


@act("unmask_copyrequest")
def open_number(http: StaffRequest, found: CopyRequest, *, now: datetime) -> HttpResponse:
    """Show the full national ID once, on this answer only."""
    if found.anonymised_at:
        raise Http404
    return _open(http, found, "number", _("full national ID"), now)


@act("unmask_copyrequest")
def open_contact(http: StaffRequest, found: CopyRequest, *, now: datetime) -> HttpResponse:
    """Show the full telephone number and e-mail once, to call the person."""
    return _open(http, found, "contact", _("telephone and e-mail"), now)


def _open(
    http: StaffRequest, found: CopyRequest, part: str, what: str, now: datetime
) -> HttpResponse:
    form = OpenForm(http.POST)
    if not form.is_valid():
        return case.page(http, found, now=now, status=422, open_form=form, opening=part)
    reason = form.cleaned_data["reason"]
    office_id, reference = found.desk_office_id, found.reference
    reasons.log_opening(
        http, office_id=office_id, case=reference, what=what, reason=reason, now=now
    )
    shown = services.unseal_number(found) if part == "number" else True
    return case.page(http, found, now=now, opened={part: shown})
