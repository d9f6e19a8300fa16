"""An officer enters a request for a person at the counter; another officer approves it (S0-R13)."""

import json
from datetime import date, datetime, timedelta
from typing import Any
from uuid import uuid4

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import F
from django.http import HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from accounts import personal
from accounts.staff import StaffRequest
from bookings.models import Slot
from bookings.services import Person
from core import thai_dates
from core.admin import site
from core.days import start_of
from core.errors import Refused
from core.workflow import Actor
from offices.models import OfferedService, Office
from registry_requests import rules, services
from registry_requests.admin.access import PAGE
from registry_requests.admin.panels import DAYS_AHEAD
from registry_requests.forms import EnterForm
from registry_requests.models import CopyRequest, Kind

ENTER = "registry_requests.enter_copyrequest"
TIMES_SHOWN = 12
NOT_OF_THE_BODY = frozenset({"csrfmiddlewaretoken"})


def enter(http: StaffRequest) -> HttpResponse:
    """The form and what is done with it. The record is of an own office; the copy is handed out at
    any office that has times for it."""
    own = _own_offices(http)
    if not own:
        raise PermissionDenied
    now = timezone.now()
    typed = http.POST if http.method == "POST" else http.GET
    record = next((one for one in own if one.slug == typed.get("office")), own[0])
    places = _places()
    offered = places.get(typed.get("collect", "")) or places.get(record.slug)
    day = _day(typed.get("day", ""), now)
    slots = _times(offered, day, now)
    more: dict[str, Any] = {"own": own, "record": record, "places": places, "day": day}
    if http.method != "POST":
        form = EnterForm(slots=slots, initial={"form_key": uuid4()})
        return _page(http, form, offered, slots, **more)
    form = EnterForm(http.POST, slots=slots)
    if not form.is_valid():
        return _page(http, form, offered, slots, status=422, **more)
    try:
        made = _submit(http, form.cleaned_data, record, offered, now)
    except Refused as error:
        return _page(http, form, offered, slots, status=422, refusal=error, **more)
    done = _("%(reference)s is entered. A colleague compares and approves it.")
    messages.success(http, done % {"reference": made.reference})
    return redirect(PAGE, made.pk)


def _submit(
    http: StaffRequest,
    data: dict[str, Any],
    record: Office,
    offered: OfferedService | None,
    now: datetime,
) -> CopyRequest:
    kind, form_key = Kind(data["kind"]), data["form_key"]
    is_copy = kind != Kind.ENQUIRY
    codes = {
        name: services.CardCode.of(name, data[name], form_key=form_key)
        for name in ("back_code", "photo_code")
        if is_copy and data[name]
    }
    wish = services.Wish(
        kind=kind,
        office=record,
        person=Person(data["full_name"], "TH", data["national_id"]),
        phone=data["phone"],
        email=data["email"],
        language="th",
        channel=CopyRequest.Channel.COUNTER,
        proof=CopyRequest.Proof.SEEN,
        note=data["note"],
        copies=data["copies"] if is_copy else 1,
        back_code=codes.get("back_code"),
        photo_code=codes.get("photo_code"),
        offered=offered if is_copy else None,
        slot=data["slot"] if is_copy else None,
    )
    posted = sorted((k, v) for k, v in http.POST.lists() if k not in NOT_OF_THE_BODY)
    return services.submit(
        form_key=form_key,
        wish=wish,
        body_hash=personal.blind_index("form", json.dumps(posted)),
        now=now,
        by=Actor.staff(http.user),
    )


def _own_offices(http: StaffRequest) -> list[Office]:
    roles = [role for role in http.user.active_roles if ENTER in role.permissions]
    return [role.office for role in roles if role.office is not None]


def _places() -> dict[str, OfferedService]:
    """The offices that hand copies out, by slug. One query."""
    rows = OfferedService.objects.open().filter(service__code=rules.SERVICE)
    name = "office__name_en" if get_language() == "en" else "office__name_th"
    return {one.office.slug: one for one in rows.select_related("office", "service").order_by(name)}


def _day(typed: str, now: datetime) -> date:
    """What was typed, never before today; today for what is no day."""
    today = timezone.localdate(now)
    try:
        return max(thai_dates.parse_date(typed), today)
    except ValueError:
        return today


def _times(offered: OfferedService | None, day: date, now: datetime) -> Any:
    """Coming times with a place for staff, from a day on."""
    if offered is None:
        return Slot.objects.none()
    start = max(start_of(day), now)
    rows = Slot.objects.of(offered).between(start, start + timedelta(days=DAYS_AHEAD))
    return rows.filter(closed_at=None, taken__lt=F("capacity")).order_by("starts_at")


def _page(
    http: StaffRequest,
    form: EnterForm,
    offered: OfferedService | None,
    slots: Any,
    *,
    status: int = 200,
    **more: Any,
) -> HttpResponse:
    wanted = str(form["slot"].value() or "")
    times = list(slots[:TIMES_SHOWN])
    for slot in times:
        slot.left, slot.is_chosen = slot.capacity - slot.taken, str(slot.pk) == wanted
    context = {
        **site.each_context(http),
        "title": _("Enter a request at the counter"),
        "form": form,
        "offered": offered,
        "times": times,
        "ahead": [form[name] for name in ("kind", "copies", "full_name", "national_id")],
        "codes": [form[name] for name in ("back_code", "photo_code")],
        "contact": [form[name] for name in ("phone", "email", "note")],
        "ticks": [form[name] for name in ("identity_seen", "consent")],
        **more,
    }
    template = "admin/registry_requests/copyrequest/enter.html"
    return TemplateResponse(http, template, context, status=status)
