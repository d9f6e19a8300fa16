"""What an officer does with one case. Each decision is one verb of `bookings.services`, by POST,
with the version that the page was opened with."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import User
from accounts.staff import StaffRequest
from bookings import checklist, services
from bookings.admin import case
from bookings.admin.access import View, act, version_of
from bookings.models import Booking, ItemState
from core.errors import Refused
from core.text import as_key
from core.workflow import Actor
from offices.models import ChecklistItem

WORK, DECIDE = "change_booking", "decide_booking"


@dataclass(frozen=True)
class Decision:
    """`verb` is given the case, the person, the moment and the version, and `typed`: these fields
    of the form that has the name of the decision."""

    permission: str
    verb: Callable[..., Any]
    done: Any
    typed: tuple[str, ...] = ()


def _ask(*, items: Iterable[ChecklistItem], **given: Any) -> None:
    services.ask_for_documents(items=list(items), **given)


def _cancel(*, by: User, **given: Any) -> None:
    services.cancel(by=Actor.staff(by), **given)


def _move(*, by: User, **given: Any) -> None:
    services.move_to(by=Actor.staff(by), **given)


def _take_over(*, version: int, **given: Any) -> None:
    """On whatever page it was pressed: the case stays as it is."""
    services.take_over(**given)


DECISIONS = {
    "confirm": Decision(
        DECIDE, services.confirm, gettext_lazy("%(reference)s is approved. The applicant is told.")
    ),
    "ask": Decision(
        WORK,
        _ask,
        gettext_lazy("Documents of %(reference)s are asked for. The place stays theirs."),
        ("items", "note"),
    ),
    "reject": Decision(
        DECIDE,
        services.reject,
        gettext_lazy(
            "%(reference)s is not approved. The applicant is told why; the time is free again."
        ),
        ("reason",),
    ),
    "cancel": Decision(
        WORK,
        _cancel,
        gettext_lazy("%(reference)s is cancelled. The applicant is told why."),
        ("reason",),
    ),
    "move": Decision(
        WORK,
        _move,
        gettext_lazy("%(reference)s is moved. The applicant is told the new time."),
        ("slot", "reason"),
    ),
    "take-over": Decision(WORK, _take_over, gettext_lazy("%(reference)s is yours.")),
}


def views() -> dict[str, View]:
    """A view for each decision, by the last part of its address."""
    return {
        name: act(decision.permission)(partial(_decide, name))
        for name, decision in DECISIONS.items()
    }


def _decide(name: str, request: StaffRequest, booking: Booking, *, now: datetime) -> HttpResponse:
    """Read the form, run the verb; tell what was done, or draw the page again with what is wrong
    and what was typed."""
    decision, card, form = DECISIONS[name], "", None
    if decision.typed:
        card, form = name, case.form_of(name, booking, now=now, data=request.POST)
    if form is not None and not form.is_valid():
        return case.page(request, booking, now=now, card=card, form=form, status=422)
    typed = {field: form.cleaned_data[field] for field in decision.typed} if form else {}
    version = version_of(request)
    try:
        decision.verb(booking=booking, by=request.user, now=now, version=version, **typed)
    except Refused as error:
        if form is not None and error.field in form.fields:
            form.add_error(error.field, error.message)
        return case.refused(request, booking, error, now=now, card=card, form=form)
    messages.success(request, decision.done % {"reference": booking.reference})
    return redirect(_address(booking))


@act(WORK)
def mark(request: StaffRequest, booking: Booking, *, now: datetime) -> HttpResponse:
    """Note one item of the checklist as there, missing or not applying; or (`rest`) those that
    not everybody brings as not applying."""
    if "rest" in request.POST:
        _note(request, lambda: services.leave_out_rest(booking=booking))
        return redirect(f"{_address(booking)}#checklist")
    wanted = request.POST.get("item", "")
    item = get_object_or_404(checklist.items_of(booking), pk=as_key(wanted))
    state = request.POST.get("state", "")
    if state in ItemState.values:
        found = ItemState(state)
        _note(request, lambda: services.mark_item(booking=booking, item=item, state=found))
    return redirect(f"{_address(booking)}#item-{item.pk}")


def _note(request: StaffRequest, verb: Callable[[], None]) -> None:
    try:
        verb()
    except Refused as refused:
        decided = _("This case is decided; its checklist stands as it is.")
        messages.warning(request, decided if refused.code == "stale" else refused.message)


def _address(booking: Booking) -> str:
    return reverse("admin:bookings_booking_change", args=[booking.pk])
