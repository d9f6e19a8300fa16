"""One copy request: compare, decide, prepare, hand out."""

from datetime import datetime
from typing import Any

from django.forms import Form
from django.http import HttpResponse
from django.template.response import TemplateResponse

from accounts import reasons
from accounts.staff import StaffRequest
from bookings.admin.case import opened_at, who
from bookings.forms import CancelForm, OpenForm
from bookings.models import Slot
from core.admin import site
from core.versions import Changed
from registry_requests import queries
from registry_requests.admin import panels
from registry_requests.admin.access import may, request_of
from registry_requests.admin.queue import clock_of
from registry_requests.channels import card_check
from registry_requests.forms import (
    AnswerForm,
    ApproveForm,
    AskForm,
    CardCheckForm,
    CompareForm,
    HandOutForm,
    PaidForm,
    RejectForm,
    TimeForm,
)
from registry_requests.models import CopyRequest

CARDS = ("ask", "reject", "cancel", "time")
FORMS: dict[str, type[Form]] = {
    "ask": AskForm,
    "reject": RejectForm,
    "cancel": CancelForm,
    "time": TimeForm,
    "approve": ApproveForm,
    "answer": AnswerForm,
    "paid": PaidForm,
    "hand-out": HandOutForm,
}
RIGHTS = {
    "may_work": "check_copyrequest",
    "may_decide": "decide_copyrequest",
    "may_open": "unmask_copyrequest",
}


def page(
    http: StaffRequest,
    found: CopyRequest,
    *,
    now: datetime,
    status: int = 200,
    card: str = "",
    **more: Any,
) -> HttpResponse:
    """The page of a request. `card` is the one that stands open; `more` may hold bound forms by
    the name of their part, the conflict, the refusal, or the numbers just opened."""
    identified = queries.is_identified(found)
    rights = {name: may(http, permission, found) for name, permission in RIGHTS.items()}
    context = {
        **site.each_context(http),
        "title": found.reference,
        "found": found,
        "status_word": panels.status_word(found.status),
        "left": clock_of([found.office_id], now=now)(found),
        "steps": panels.steps_of(found, identified=identified),
        "identified": identified,
        "is_to_check": panels.is_to_check(found),
        "is_undecided": panels.is_undecided(found),
        "is_to_collect": panels.is_to_collect(found),
        "is_own_entry": found.entered_by_id == http.user.pk,
        "can_ask": panels.may_ask(found),
        "timeline": panels.timeline(found),
        "messages_sent": panels.messages_of(found),
        "now": now,
        "open_form": OpenForm(),
        "last_reason": reasons.reason_for(http.session, case=found.reference, now=now),
        **rights,
        **more,
    }
    context |= _compare_part(found, context)
    context |= _fee_part(found, context, now)
    context |= _hand_out_part(found, context)
    context |= _card(found, card or http.GET.get("card", ""), context, now)
    template = "admin/registry_requests/copyrequest/case.html"
    return TemplateResponse(http, template, context, status=status)


def refused(
    http: StaffRequest, found: CopyRequest, error: Exception, *, now: datetime, **parts: Any
) -> HttpResponse:
    """The same page with the sentence of the refusal, and what was typed. A change by somebody
    else is told with who, when and what; nothing was saved then."""
    fresh = request_of(http, found.pk)
    if isinstance(error, Changed):
        conflict = _conflict(fresh, error, opened_at(http))
        return page(http, fresh, now=now, status=409, conflict=conflict, **parts)
    return page(http, fresh, now=now, status=422, refusal=error, **parts)


def compare_form(found: CopyRequest, data: Any = None) -> CompareForm:
    return CompareForm(data, items=panels.open_items(found))


def time_form(kind: type[TimeForm], found: CopyRequest, *, now: datetime, **given: Any) -> TimeForm:
    """The form of step 3, or of another time later on."""
    own = panels.chosen_slot(found)
    slots = panels.times_of(found, now=now)
    if own is not None and panels.may_stand(own, now=now):
        slots |= Slot.objects.filter(pk=own.pk)
    return kind(slots=slots, chosen=own.pk if own else None, **given)


def _compare_part(found: CopyRequest, context: dict[str, Any]) -> dict[str, Any]:
    if found.is_enquiry:
        return {}
    left = panels.tries_left(found)
    may_try = left > 0 or context["may_decide"]
    can = context["is_to_check"] and context["may_work"] and may_try and not found.codes_removed_at
    form = context.get("compare_form") or (compare_form(found) if can else None)
    lines = panels.lines_of(found, form if can else None)
    service = card_check.backend() if can else None
    return {
        "compare_form": form,
        "lines": lines,
        "can_compare": can and any(line.field for line in lines),
        "tries_left": left,
        "unequal": any(line.result and not line.result.matched for line in lines),
        "card_check_form": context.get("card_check_form") or (CardCheckForm() if service else None),
    }


def _fee_part(found: CopyRequest, context: dict[str, Any], now: datetime) -> dict[str, Any]:
    """Fee and time of collection, while they are to be approved."""
    if found.is_enquiry or not context["is_undecided"]:
        return {}
    fee = queries.fee_of(found, now=now)
    initial = {"fee_each": fee.amount if fee else None}
    form = context.get("approve_form") or time_form(ApproveForm, found, now=now, initial=initial)
    return {
        "fee": fee,
        "fee_total": fee.amount * found.copies if fee else None,
        "approve_form": form,
        "times": panels.times_to_offer(found, now=now, wanted=str(form["slot"].value() or "")),
        "can_approve": context["is_to_check"] and context["may_decide"] and context["identified"],
    }


def _hand_out_part(found: CopyRequest, context: dict[str, Any]) -> dict[str, Any]:
    if found.is_enquiry:
        return {"answer_form": context.get("answer_form") or AnswerForm()}
    return {
        "waits_until": queries.waits_until(found) if context["is_to_collect"] else None,
        "paid_form": context.get("paid_form") or PaidForm(),
        "hand_out_form": context.get("hand_out_form")
        or HandOutForm(initial={"to": found.full_name}),
    }


def form_of(name: str, found: CopyRequest, *, now: datetime, data: Any = None) -> Form:
    """The form of a card or another decision, bound when data is given."""
    kind = FORMS[name]
    if issubclass(kind, TimeForm):
        return time_form(kind, found, now=now, data=data)
    return kind(data)


def _card(found: CopyRequest, card: str, context: dict[str, Any], now: datetime) -> dict[str, Any]:
    """The open card with its form, when this person may use it in this state."""
    works = context["may_work"] and found.is_open
    allowed = {
        "ask": works and context["can_ask"],
        "reject": context["may_decide"] and context["is_undecided"],
        "cancel": works,
        "time": works and context["is_to_collect"],
    }
    if card not in CARDS or not (allowed[card] or "conflict" in context):
        return {"card": ""}
    form = context.get("form") or form_of(card, found, now=now)
    more = {}
    if card == "time":
        wanted = str(form["slot"].value() or "")
        more = {"times": panels.times_to_offer(found, now=now, wanted=wanted)}
    return {"card": card, "form": form, **more}


def _conflict(found: CopyRequest, error: Changed, opened: datetime | None) -> dict[str, Any]:
    """Who changed the request since the page was opened, and what it was and is. One query."""
    newer = found.changes.filter(at__gt=opened) if opened else found.changes.none()
    changes: list[Any] = list(newer.select_related("by").order_by("pk"))
    changes = changes or ([error.change] if error.change else [])
    rows = [
        {
            "from_status": change.from_status,
            "to_status": change.to_status,
            "from_word": panels.status_word(change.from_status),
            "to_word": panels.status_word(change.to_status),
            "by": who(change),
            "at": change.at,
            "reason": change.reason,
        }
        for change in changes
    ]
    return {"sentence": error.message, "rows": rows, "opened": opened}
