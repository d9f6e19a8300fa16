"""What an officer does with one case: each view is one verb of `bookings.services`, by POST, with
the version that the page was opened with."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.contrib import messages
from django.forms import Form
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.staff import StaffRequest
from bookings import checklist, services
from bookings.admin import case
from bookings.admin.access import act, version_of
from bookings.models import Booking, ItemState
from core.admin import site
from core.errors import Refused
from core.text import as_key
from core.workflow import Actor


@act("decide_booking")
def confirm(request: StaffRequest, booking: Booking, *, now: datetime) -> HttpResponse:
    return _do(
        request,
        booking,
        lambda: services.confirm(
            booking=booking, by=request.user, now=now, version=version_of(request)
        ),
        done=_("%(reference)s is approved. The applicant is told."),
        now=now,
    )


@act("change_booking")
def ask(request: StaffRequest, booking: Booking, *, now: datetime) -> HttpResponse:
    form = case.form_of("ask", booking, now=now, data=request.POST)
    return _do_with(
        request,
        booking,
        "ask",
        form,
        lambda data: services.ask_for_documents(
            booking=booking,
            items=list(data["items"]),
            note=data["note"],
            by=request.user,
            now=now,
            version=version_of(request),
        ),
        done=_("Documents of %(reference)s are asked for. The place stays theirs."),
        now=now,
    )


@act("decide_booking")
def reject(request: StaffRequest, booking: Booking, *, now: datetime) -> HttpResponse:
    form = case.form_of("reject", booking, now=now, data=request.POST)
    return _do_with(
        request,
        booking,
        "reject",
        form,
        lambda data: services.reject(
            booking=booking,
            reason=data["reason"],
            by=request.user,
            now=now,
            version=version_of(request),
        ),
        done=_("%(reference)s is not approved. The applicant is told why; the time is free again."),
        now=now,
    )


@act("change_booking")
def cancel(request: StaffRequest, booking: Booking, *, now: datetime) -> HttpResponse:
    form = case.form_of("cancel", booking, now=now, data=request.POST)
    return _do_with(
        request,
        booking,
        "cancel",
        form,
        lambda data: services.cancel(
            booking=booking,
            reason=data["reason"],
            by=Actor.staff(request.user),
            now=now,
            version=version_of(request),
        ),
        done=_("%(reference)s is cancelled. The applicant is told why."),
        now=now,
    )


@act("change_booking")
def move(request: StaffRequest, booking: Booking, *, now: datetime) -> HttpResponse:
    form = case.form_of("move", booking, now=now, data=request.POST)
    return _do_with(
        request,
        booking,
        "move",
        form,
        lambda data: services.move_to(
            booking=booking,
            slot=data["slot"],
            reason=data["reason"],
            by=Actor.staff(request.user),
            now=now,
            version=version_of(request),
        ),
        done=_("%(reference)s is moved. The applicant is told the new time."),
        now=now,
    )


@act("change_booking")
def take_over(request: StaffRequest, booking: Booking, *, now: datetime) -> HttpResponse:
    return _do(
        request,
        booking,
        lambda: services.take_over(booking=booking, by=request.user, now=now),
        done=_("%(reference)s is yours."),
        now=now,
    )


@act("change_booking")
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


def _do_with(
    request: StaffRequest,
    booking: Booking,
    card: str,
    form: Form,
    verb: Callable[[dict[str, Any]], Booking],
    *,
    done: str,
    now: datetime,
) -> HttpResponse:
    """As `_do`, after the form of the card was read."""
    if not form.is_valid():
        return case.page(request, booking, site, now=now, card=card, form=form, status=422)
    return _do(
        request,
        booking,
        lambda: verb(form.cleaned_data),
        done=done,
        now=now,
        card=card,
        form=form,
    )


def _do(
    request: StaffRequest,
    booking: Booking,
    verb: Callable[[], Booking],
    *,
    done: str,
    now: datetime,
    card: str = "",
    form: Form | None = None,
) -> HttpResponse:
    """Run the verb; tell what was done, or draw the page again with why it was refused."""
    try:
        verb()
    except Refused as error:
        if form is not None and error.field in form.fields:
            form.add_error(error.field, error.message)
        return case.refused(request, booking, site, error, now=now, card=card, form=form)
    messages.success(request, done % {"reference": booking.reference})
    return redirect(_address(booking))


def _address(booking: Booking) -> str:
    return reverse("admin:bookings_booking_change", args=[booking.pk])
