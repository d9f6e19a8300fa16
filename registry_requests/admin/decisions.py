"""What an officer does with one copy request: each view is one verb of
`registry_requests.services`, by POST, with the version that the page was opened with."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.contrib import messages
from django.forms import Form
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from accounts.staff import StaffRequest
from bookings.admin.access import version_of
from core.errors import Refused
from core.workflow import Actor
from registry_requests import services
from registry_requests.admin import case, panels
from registry_requests.admin.access import PAGE, act
from registry_requests.forms import AnswerForm, ApproveForm, HandOutForm, PaidForm
from registry_requests.models import CopyRequest


@act("check_copyrequest")
def take(http: StaffRequest, found: CopyRequest, *, now: datetime) -> HttpResponse:
    def verb(_data: Any) -> None:
        services.take(request=found, by=http.user, now=now, version=version_of(http))

    return _do(http, found, verb, done=_("%(reference)s is yours."), now=now)


@act("check_copyrequest")
def ask(http: StaffRequest, found: CopyRequest, *, now: datetime) -> HttpResponse:
    def verb(data: dict[str, Any]) -> None:
        services.ask_for_more(
            request=found, text=data["text"], by=http.user, now=now, version=version_of(http)
        )

    done = _("%(reference)s: the person is asked, and your clock stands still.")
    form = case.form_of("ask", found, now=now, data=http.POST)
    return _do(http, found, verb, done=done, now=now, form=form, card="ask")


@act("decide_copyrequest")
def reject(http: StaffRequest, found: CopyRequest, *, now: datetime) -> HttpResponse:
    def verb(data: dict[str, Any]) -> None:
        services.reject(
            request=found, reason=data["reason"], by=http.user, now=now, version=version_of(http)
        )

    done = _("%(reference)s is not approved. The applicant is told why; the time is free again.")
    form = case.form_of("reject", found, now=now, data=http.POST)
    return _do(http, found, verb, done=done, now=now, form=form, card="reject")


@act("check_copyrequest")
def cancel(http: StaffRequest, found: CopyRequest, *, now: datetime) -> HttpResponse:
    def verb(data: dict[str, Any]) -> None:
        services.cancel(
            request=found,
            reason=data["reason"],
            by=Actor.staff(http.user),
            now=now,
            version=version_of(http),
        )

    done = _("%(reference)s is cancelled. The applicant is told why.")
    form = case.form_of("cancel", found, now=now, data=http.POST)
    return _do(http, found, verb, done=done, now=now, form=form, card="cancel")


@act("check_copyrequest")
def choose_time(http: StaffRequest, found: CopyRequest, *, now: datetime) -> HttpResponse:
    def verb(data: dict[str, Any]) -> None:
        services.choose_time(
            request=found,
            slot=data["slot"],
            reason=data["reason"],
            by=Actor.staff(http.user),
            now=now,
            version=version_of(http),
        )

    done = _("%(reference)s is collected at another time. The applicant is told.")
    form = case.form_of("time", found, now=now, data=http.POST)
    return _do(http, found, verb, done=done, now=now, form=form, card="time")


@act("decide_copyrequest")
def approve(http: StaffRequest, found: CopyRequest, *, now: datetime) -> HttpResponse:
    own = panels.chosen_slot(found)

    def verb(data: dict[str, Any]) -> None:
        is_other = own is None or data["slot"].pk != own.pk
        services.approve(
            request=found,
            fee_each=data["fee_each"],
            slot=data["slot"] if is_other else None,
            reason=data["reason"] if is_other else "",
            by=http.user,
            now=now,
            version=version_of(http),
        )

    done = _("%(reference)s is approved. The applicant is told the fee and the time.")
    form = case.time_form(ApproveForm, found, now=now, data=http.POST)
    return _do(http, found, verb, done=done, now=now, form=form, part="approve_form")


@act("decide_copyrequest")
def answer(http: StaffRequest, found: CopyRequest, *, now: datetime) -> HttpResponse:
    def verb(data: dict[str, Any]) -> None:
        services.answer(
            request=found,
            text=data["text"],
            visit_at=data["visit_at"],
            by=http.user,
            now=now,
            version=version_of(http),
        )

    done = _("%(reference)s is answered.")
    form = AnswerForm(http.POST)
    return _do(http, found, verb, done=done, now=now, form=form, part="answer_form")


@act("check_copyrequest")
def ready(http: StaffRequest, found: CopyRequest, *, now: datetime) -> HttpResponse:
    def verb(_data: Any) -> None:
        services.mark_ready(request=found, by=http.user, now=now, version=version_of(http))

    done = _("%(reference)s is ready. The applicant is told.")
    return _do(http, found, verb, done=done, now=now)


@act("check_copyrequest")
def paid(http: StaffRequest, found: CopyRequest, *, now: datetime) -> HttpResponse:
    def verb(data: dict[str, Any]) -> None:
        services.mark_paid(
            request=found,
            receipt_no=data["receipt_no"],
            by=http.user,
            now=now,
            version=version_of(http),
        )

    done = _("%(reference)s is paid.")
    form = PaidForm(http.POST)
    return _do(http, found, verb, done=done, now=now, form=form, part="paid_form")


@act("check_copyrequest")
def hand_out(http: StaffRequest, found: CopyRequest, *, now: datetime) -> HttpResponse:
    def verb(data: dict[str, Any]) -> None:
        services.hand_out(
            request=found,
            to=data["to"],
            identity_seen=data["identity_seen"],
            by=http.user,
            now=now,
            version=version_of(http),
        )

    done = _("%(reference)s is handed out.")
    form = HandOutForm(http.POST)
    return _do(http, found, verb, done=done, now=now, form=form, part="hand_out_form")


def _do(
    http: StaffRequest,
    found: CopyRequest,
    verb: Callable[[dict[str, Any]], None],
    *,
    done: str,
    now: datetime,
    form: Form | None = None,
    part: str = "form",
    card: str = "",
) -> HttpResponse:
    """Read the form, run the verb; tell what was done, or draw the page again with what is wrong
    and what was typed. `part` is the name under which the page knows the form. That somebody was
    first is said before anything about the form, which fits the request as it was."""
    parts: dict[str, Any] = {"card": card}
    if form is not None:
        parts[part] = form
    if found.version != version_of(http):
        error = services.Changed(found.changes.select_related("by").last())
        return case.refused(http, found, error, now=now, **parts)
    if form is not None and not form.is_valid():
        return case.page(http, found, now=now, status=422, **parts)
    try:
        verb(form.cleaned_data if form else {})
    except Refused as error:
        if form is not None and error.field in form.fields:
            form.add_error(error.field, error.message)
        return case.refused(http, found, error, now=now, **parts)
    messages.success(http, done % {"reference": found.reference})
    return redirect(PAGE, found.pk)
