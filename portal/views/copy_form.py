"""Asking for a certified copy, or asking a question (page 11)."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import uuid4

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.cache import patch_vary_headers
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from bookings.models import Slot
from core.errors import Refused
from offices.models import OfferedService
from portal import access, limits, proven
from portal.answers import private, see_other
from portal.forms import CopyForm
from portal.htmx import wants_part
from portal.presenters import copies as shown
from portal.presenters.office import in_order
from portal.presenters.visit import visit_facts
from portal.views.booking import body_hash
from registry_requests import rules, services
from registry_requests.models import Kind

REQUESTS = 30
MINUTES = 60
STATUS = {"full": 409, "closed": 409, "express": 409, "busy": 503}
# What is refused about the time stands beside the times.
OF_THE_TIME = {"full", "closed", "express", "too_soon", "too_far"}


@require_http_methods(["GET", "HEAD", "POST"])
def ask(request: HttpRequest, office: str) -> HttpResponse:
    """GET shows the form, with the times of `?collect_at=` and `?date=`, to htmx the times alone.
    POST sends it, or with `show` only shows the times of the office and the day chosen."""
    offers = _offers()
    record = offers.get(office) or _paused(office)
    if not record.is_open:
        return private(render(request, "portal/copy_paused.html", {"offered": record}))
    make = _Maker(record, offers, proven.proof_of(request))
    if request.method == "POST" and "show" not in request.POST:
        return private(_send(request, make))
    typed = request.POST if request.method == "POST" else request.GET
    form = make({name: value for name, value in typed.items() if name != "form_key"})
    response = _page(request, form, timezone.now())
    patch_vary_headers(response, ["HX-Request"])
    return private(response)


class _Maker:
    """Makes the form of one office: empty ones with words to begin with, or one that was sent."""

    def __init__(
        self, record: OfferedService, offers: dict[str, OfferedService], proof: proven.Proof | None
    ) -> None:
        self.record, self.offers, self.proof = record, offers, proof

    def __call__(self, begun: Mapping[str, Any]) -> CopyForm:
        return CopyForm(record=self.record, offers=self.offers, proof=self.proof, initial=begun)

    def sent(self, data: Mapping[str, Any]) -> CopyForm:
        return CopyForm(data, record=self.record, offers=self.offers, proof=self.proof)


def _send(request: HttpRequest, make: _Maker) -> HttpResponse:
    now = timezone.now()
    form = make.sent(request.POST)
    if proven.is_over(request):
        form.add_error(None, proven.over())
    if not form.is_valid():
        return _page(request, _with_key(request, form, make), now, status=422)
    if limits.too_many("copy-request", limits.client(request), limit=REQUESTS, minutes=MINUTES):
        form.add_error(
            None,
            _("Too many tries; wait %(n)s minutes or call %(phone)s")
            % {"n": MINUTES, "phone": settings.CALL_CENTRE},
        )
        return _page(request, form, now, status=429)
    slot = form.cleaned_data.get("slot") or None
    try:
        made = services.submit(
            form_key=form.cleaned_data["form_key"],
            wish=form.wish(),
            body_hash=body_hash(request.POST),
            now=now,
        )
    except Refused as refused:
        return _not_sent(request, form, refused, slot, now)
    response = see_other("portal:status", made.reference)
    access.grant_copy(response, made)
    if form.proof:
        proven.forget(response)
    return response


def _not_sent(
    request: HttpRequest, form: CopyForm, refused: Refused, slot: Slot | None, now: datetime
) -> HttpResponse:
    if refused.code == "other_body":
        return render(request, "portal/copy_conflict.html", {"record": form.record}, status=409)
    status = STATUS.get(refused.code, 422)
    if refused.code not in OF_THE_TIME:
        form.add_error(refused.field or None, refused.message)
        return _page(request, form, now, status=status)
    if refused.code == "full":
        sentence = _("Someone took this time a moment ago. Nothing is sent yet; choose again below")
    else:
        sentence = refused.message
    form.add_error("slot", sentence)
    return _page(request, form, now, status=status, near=slot)


def _page(
    request: HttpRequest,
    form: CopyForm,
    now: datetime,
    *,
    status: int = 200,
    near: Slot | None = None,
) -> HttpResponse:
    times = shown.times(form.collecting, form["date"].value(), now=now, near=near)
    asks_a_time = form.data.get("kind") != Kind.ENQUIRY
    if status == 422 and asks_a_time and times.is_wrong and "date" not in form.errors:
        form.add_error("date", times.sentence)
    form.fields["slot"].widget.choices = times.options
    form.fields["slot"].help_text = times.head
    context = {
        "nav": "services",
        "form": form,
        "offered": form.collecting,
        "office": form.record.office,
        "times": times,
        "kinds": [(option, shown.KIND_ICONS[option.data["value"]]) for option in form["kind"]],
        "visit": visit_facts(form.collecting),
        "offers_thaid": proven.offers_thaid(request),
    }
    if wants_part(request) and request.method != "POST":
        status = 422 if times.is_wrong else 200
        return render(request, "portal/_copy_times.html", context, status=status)
    return render(request, "portal/copy_form.html", context, status=status)


def _with_key(request: HttpRequest, form: CopyForm, make: _Maker) -> CopyForm:
    """A form whose key was spoilt gets a new one; nothing else that was typed is lost."""
    if "form_key" not in form.errors:
        return form
    again = make.sent({**request.POST.dict(), "form_key": str(uuid4())})
    if again.is_valid():
        notice = _("This form was out of date. Here is a new one; look at it and send it again")
        again.add_error(None, notice)
    return again


def _offers() -> dict[str, OfferedService]:
    """The open collection services of all offices, by slug, in the order of names. One query."""
    rows = OfferedService.objects.open().filter(service__code=rules.SERVICE)
    rows = rows.select_related("office", "service", "section", "pattern").order_by()
    offers = {offered.office.slug: offered for offered in rows}
    return {
        office.slug: offers[office.slug]
        for office in in_order([offered.office for offered in offers.values()])
    }


def _paused(office: str) -> OfferedService:
    """Of an office that takes no requests online just now; 404 when it never does."""
    rows = OfferedService.objects.select_related("office", "service", "section")
    found = rows.filter(office__slug=office, service__code=rules.SERVICE).first()
    if found is None:
        raise Http404
    return found
