"""Decisions about many cases at once. Each case is decided with the version that the officer saw
in the list; one that changed meanwhile is refused by name, the others are done."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.forms import Form
from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from accounts.staff import StaffRequest
from bookings import checklist, services
from bookings.admin import time_left
from bookings.admin.tabs import CHOSEN
from bookings.forms import AskForm, RejectForm
from bookings.models import Booking
from core.admin import site
from core.errors import Refused
from core.text import as_key
from offices.models import ChecklistItem

AT_MOST = 200


@dataclass(frozen=True)
class Chosen:
    """The ticked cases, with the version that the list showed of each."""

    bookings: list[Booking]
    versions: Mapping[int, int]


Verb = Callable[[Booking, int, dict[str, Any], StaffRequest, datetime], object]


@dataclass(frozen=True)
class Action:
    """A verb for many: the right it needs, what is said when done, a form it asks for first."""

    permission: str
    title: Any
    button: Any
    done: Any
    verb: Verb
    form: Callable[[Any, Chosen], Form] | None = None


def _confirm(
    booking: Booking, version: int, data: dict, request: StaffRequest, now: datetime
) -> None:
    services.confirm(booking=booking, by=request.user, now=now, version=version)


def _ask(booking: Booking, version: int, data: dict, request: StaffRequest, now: datetime) -> None:
    own = set(checklist.items_of(booking))
    items = [item for item in data["items"] if item in own]
    services.ask_for_documents(
        booking=booking,
        items=items,
        note=data["note"],
        by=request.user,
        now=now,
        version=version,
    )


def _reject(
    booking: Booking, version: int, data: dict, request: StaffRequest, now: datetime
) -> None:
    services.reject(
        booking=booking, reason=data["reason"], by=request.user, now=now, version=version
    )


def _take(booking: Booking, version: int, data: dict, request: StaffRequest, now: datetime) -> None:
    services.take_over(booking=booking, by=request.user, now=now)


def _ask_form(data: Any, chosen: Chosen) -> AskForm:
    """What the chosen cases ask for, each once. One query for each kind of case."""
    kinds = {(booking.service_id, booking.case_id): booking for booking in chosen.bookings}
    asked = {item.pk for one in kinds.values() for item in checklist.items_of(one)}
    return AskForm(data, items=ChecklistItem.objects.filter(pk__in=asked))


ACTIONS = {
    "take": Action(
        permission="change_booking",
        title=gettext_lazy("Take these cases"),
        button=gettext_lazy("Take"),
        done=gettext_lazy("Yours now: %(references)s"),
        verb=_take,
    ),
    "ask": Action(
        permission="change_booking",
        title=gettext_lazy("Ask once for documents"),
        button=gettext_lazy("Ask for these documents"),
        done=gettext_lazy("Documents asked for: %(references)s"),
        verb=_ask,
        form=_ask_form,
    ),
    "confirm": Action(
        permission="decide_booking",
        title=gettext_lazy("Approve"),
        button=gettext_lazy("Approve"),
        done=gettext_lazy("Approved: %(references)s"),
        verb=_confirm,
    ),
    "reject": Action(
        permission="decide_booking",
        title=gettext_lazy("Not approve, with a reason"),
        button=gettext_lazy("Not approve, and tell the applicants"),
        done=gettext_lazy("Not approved: %(references)s"),
        verb=_reject,
        form=lambda data, chosen: RejectForm(data),
    ),
}


@require_http_methods(["GET", "HEAD", "POST"])
def decide(request: StaffRequest) -> HttpResponse:
    """Do the pressed action for the ticked cases; some ask for more on a page between, whose
    address leads back to the list when it is opened anew."""
    if request.method != "POST":
        return redirect("admin:bookings_booking_changelist")
    action = ACTIONS.get(request.POST.get("action", ""))
    if action is None or not request.user.has_perm(f"bookings.{action.permission}"):
        raise PermissionDenied
    now = timezone.now()
    chosen = _chosen(request, now=now)
    if not chosen.bookings:
        messages.warning(request, _("Tick at least one case first."))
        return redirect(_back(request))
    data: dict[str, Any] = {}
    if action.form:
        asked = "asked" in request.POST
        form = action.form(request.POST if asked else None, chosen)
        if not form.is_valid():
            return _ask_first(request, action, chosen, form, status=422 if asked else 200)
        data = form.cleaned_data
    refused = run(action, chosen, request, data, now=now)
    return redirect(_back(request, ticked=refused))


def run(
    action: Action, chosen: Chosen, request: StaffRequest, data: dict[str, Any], *, now: datetime
) -> list[int]:
    """Do it for each, and tell what was done and what was refused, by reference. Returns what
    may be tried again: a case that somebody else changed is to be looked at first."""
    done: list[str] = []
    again: list[int] = []
    for booking in chosen.bookings:
        try:
            if not request.user.has_office_permission(
                f"bookings.{action.permission}", booking.office_id
            ):
                raise Refused(_("You may not do this at this office."), code="permission")
            action.verb(booking, chosen.versions[booking.pk], data, request, now)
        except Refused as refusal:
            messages.error(request, f"{booking.reference}: {refusal.message}")
            if refusal.code != "stale":
                again.append(booking.pk)
        else:
            done.append(booking.reference)
    if done:
        messages.success(request, action.done % {"references": ", ".join(done)})
    return again


def _chosen(request: StaffRequest, *, now: datetime) -> Chosen:
    """Ticked as "<id>:<version>"; what is not of this person's office is not there."""
    versions: dict[int, int] = {}
    for value in request.POST.getlist("chosen")[:AT_MOST]:
        pk, _colon, version = value.partition(":")
        if as_key(pk) and as_key(version):
            versions[as_key(pk)] = as_key(version)
    rows = time_left.with_clock(Booking.objects.for_staff(request.user), now=now)
    found = rows.filter(pk__in=versions).select_related(
        "office", "service", "slot", "case", "offered__office", "offered__pattern"
    )
    order = found.prefetch_related("parties", "documents", "checks").order_by("clock_start", "pk")
    return Chosen(list(order), versions)


def _ask_first(
    request: StaffRequest, action: Action, chosen: Chosen, form: Form, *, status: int
) -> HttpResponse:
    context = {
        **site.each_context(request),
        "title": action.title,
        "action": request.POST["action"],
        "button": action.button,
        "form": form,
        "chosen": [(one, chosen.versions[one.pk]) for one in chosen.bookings],
        "back": _back(request, ticked=chosen.versions),
        "query": request.POST.get("query", ""),
    }
    template = "admin/bookings/booking/decide_many.html"
    return TemplateResponse(request, template, context, status=status)


def _back(request: StaffRequest, *, ticked: Iterable[int] = ()) -> str:
    """The list as it was filtered, with some cases still ticked."""
    query = QueryDict(request.POST.get("query", ""), mutable=True)
    query.setlist(CHOSEN, [str(pk) for pk in ticked])
    address = reverse("admin:bookings_booking_changelist")
    return f"{address}?{query.urlencode()}" if query.urlencode() else address
