"""What an officer does with one copy request. Each decision is one verb of
`registry_requests.services`, by POST, with the version that the page was opened with."""

from datetime import datetime
from functools import partial
from typing import Any

from django.contrib import messages
from django.forms import Form
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.staff import StaffRequest
from bookings.admin.access import version_of
from bookings.admin.decisions import Decision
from bookings.models import Slot
from core.errors import Refused
from core.versions import check_version
from core.workflow import Actor
from registry_requests import services
from registry_requests.admin import case, panels
from registry_requests.admin.access import PAGE, View, act
from registry_requests.models import CopyRequest

CHECK, DECIDE = "check_copyrequest", "decide_copyrequest"


def _approve(*, request: CopyRequest, slot: Slot, reason: str, **given: Any) -> None:
    """A reason is only for another time than the person's own."""
    if slot == panels.chosen_slot(request):
        services.approve(request=request, **given)
    else:
        services.approve(request=request, slot=slot, reason=reason, **given)


def _cancel(*, by: User, **given: Any) -> None:
    services.cancel(by=Actor.staff(by), **given)


def _choose_time(*, by: User, **given: Any) -> None:
    services.choose_time(by=Actor.staff(by), **given)


DECISIONS = {
    "take": Decision(CHECK, services.take, _("%(reference)s is yours.")),
    "ask": Decision(
        CHECK,
        services.ask_for_more,
        _("%(reference)s: the person is asked, and your clock stands still."),
        ("text",),
    ),
    "reject": Decision(
        DECIDE,
        services.reject,
        _("%(reference)s is not approved. The applicant is told why; the time is free again."),
        ("reason",),
    ),
    "cancel": Decision(
        CHECK,
        _cancel,
        _("%(reference)s is cancelled. The applicant is told why."),
        ("reason",),
    ),
    "time": Decision(
        CHECK,
        _choose_time,
        _("%(reference)s is collected at another time. The applicant is told."),
        ("slot", "reason"),
    ),
    "approve": Decision(
        DECIDE,
        _approve,
        _("%(reference)s is approved. The applicant is told the fee and the time."),
        ("fee_each", "slot", "reason"),
    ),
    "answer": Decision(
        DECIDE, services.answer, _("%(reference)s is answered."), ("text", "visit_at")
    ),
    "ready": Decision(
        CHECK, services.mark_ready, _("%(reference)s is ready. The applicant is told.")
    ),
    "paid": Decision(CHECK, services.mark_paid, _("%(reference)s is paid."), ("receipt_no",)),
    "hand-out": Decision(
        CHECK, services.hand_out, _("%(reference)s is handed out."), ("to", "identity_seen")
    ),
}


def views() -> dict[str, View]:
    """A view for each decision, by the last part of its address."""
    return {
        name: act(decision.permission)(partial(_decide, name))
        for name, decision in DECISIONS.items()
    }


def _decide(name: str, http: StaffRequest, found: CopyRequest, *, now: datetime) -> HttpResponse:
    """Read the form, run the verb; tell what was done, or draw the page again with what is wrong
    and what was typed. That somebody was first is said before anything about the form, which fits
    the request as it was."""
    decision, version = DECISIONS[name], version_of(http)
    form = case.form_of(name, found, now=now, data=http.POST) if decision.typed else None
    parts = _parts(name, form)
    try:
        check_version(found, version)
        if form is not None and not form.is_valid():
            return case.page(http, found, now=now, status=422, **parts)
        typed = {field: form.cleaned_data[field] for field in decision.typed} if form else {}
        decision.verb(request=found, by=http.user, now=now, version=version, **typed)
    except Refused as error:
        if form is not None and error.field in form.fields:
            form.add_error(error.field, error.message)
        return case.refused(http, found, error, now=now, **parts)
    messages.success(http, decision.done % {"reference": found.reference})
    return redirect(PAGE, found.pk)


def _parts(name: str, form: Form | None) -> dict[str, Any]:
    """The form under the name by which the page knows it; a card is opened with it."""
    if name in case.CARDS:
        return {"card": name, "form": form}
    return {f"{name.replace('-', '_')}_form": form}
