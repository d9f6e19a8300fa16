"""One case: what was sent, what the officer found, what is decided."""

from datetime import datetime, timedelta
from typing import Any

from django.db.models import F, QuerySet
from django.forms import Form
from django.http import HttpResponse
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _

from accounts import reasons
from accounts.staff import StaffRequest
from bookings import checklist, rules
from bookings.admin import queue, rows
from bookings.admin.access import booking_of
from bookings.forms import AskForm, CancelForm, MoveForm, OpenForm, RejectForm
from bookings.models import Booking, BookingChange, ItemState, Slot
from bookings.workflow import CHANGEABLE, UNDECIDED, Status
from core import thai_dates
from core.admin import site
from core.days import start_of
from core.models import StatusChange
from core.versions import Changed

# Days ahead, the last one whole.
TIMES_TO_MOVE = 60
CARDS = ("ask", "reject", "cancel", "move")


def page(
    request: StaffRequest,
    booking: Booking,
    *,
    now: datetime,
    card: str = "",
    status: int = 200,
    **more: Any,
) -> HttpResponse:
    """The page of a case. `card` is the one that stands open; `more` may hold its bound form, the
    conflict, or the numbers just opened."""
    card = card or request.GET.get("card", "")
    rights = _rights(request.user, booking)
    context = {
        **site.each_context(request),
        "title": booking.reference,
        "booking": booking,
        "row": rows.as_rows([booking], now=now)[0],
        **_documents(request, booking, may_see=rights["may_see_documents"]),
        **_checklist(booking),
        "timeline": timeline(booking),
        "now": now,
        "around": queue.neighbours(request, booking, now=now),
        **rights,
        **_decisions(booking),
        "open_form": OpenForm(),
        "reason": reason_to_look(request, booking, now=now),
        "last_reason": reasons.reason_for(request.session, case=booking.reference, now=now),
        **more,
    }
    context |= _card(booking, card, context, now)
    template = "admin/bookings/booking/case.html"
    return TemplateResponse(request, template, context, status=status)


def _documents(request: StaffRequest, booking: Booking, *, may_see: bool) -> dict[str, Any]:
    documents = list(booking.documents.all()) if may_see else []
    chosen = _chosen(documents, request.GET.get("document", ""))
    return {"documents": documents, "document": chosen}


def _checklist(booking: Booking) -> dict[str, Any]:
    items = marked_items(booking)
    return {
        "items": items,
        "checked": sum(1 for item in items if item.found),
        "missing": sum(1 for item in items if item.found == ItemState.MISSING),
        "some_may_not_apply": any(item.is_conditional and not item.found for item in items),
    }


def _decisions(booking: Booking) -> dict[str, bool]:
    """What its state allows; asking for documents, once only."""
    asked = booking.asked_at is not None
    return {
        "is_undecided": booking.status in UNDECIDED,
        "is_changeable": booking.status in CHANGEABLE,
        "can_ask": booking.status == Status.REQUESTED and not asked,
        "asked_before": asked,
    }


def _rights(user: Any, booking: Booking) -> dict[str, bool]:
    """What the person may do with this case; of a time that another case keeps, only look."""
    if booking.belongs_to:
        return dict.fromkeys(("may_work", "may_decide", "may_open", "may_see_documents"), False)
    return {
        "may_work": _may(user, "change_booking", booking.office_id),
        "may_decide": _may(user, "decide_booking", booking.office_id),
        "may_open": _may(user, "unmask_booking", booking.office_id),
        "may_see_documents": _may(user, "view_document", booking.office_id),
    }


def reason_to_look(request: StaffRequest, booking: Booking, *, now: datetime) -> str:
    """Why this person may look at the pictures: what was said today, or that the case is theirs."""
    said = reasons.reason_for(request.session, case=booking.reference, now=now)
    return said or (_("owner of the case") if booking.owner_id == request.user.pk else "")


def refused(
    request: StaffRequest,
    booking: Booking,
    error: Exception,
    *,
    now: datetime,
    card: str = "",
    form: Form | None = None,
) -> HttpResponse:
    """The same page with the sentence of the refusal, and what was typed. A change by somebody
    else is told with who, when and what; nothing was saved then."""
    booking = booking_of(request, booking.pk, now=now)
    more: dict[str, Any] = {"form": form} if form else {}
    if isinstance(error, Changed):
        more["conflict"] = conflict(booking, error, opened_at(request))
        return page(request, booking, now=now, card=card, status=409, **more)
    return page(request, booking, now=now, card=card, status=422, refusal=error, **more)


def opened_at(request: StaffRequest) -> datetime | None:
    """When the officer's page was drawn, as its form says."""
    try:
        moment = parse_datetime(request.POST.get("opened_at", ""))
    except ValueError:
        return None
    return moment if moment and timezone.is_aware(moment) else None


def conflict(booking: Booking, error: Changed, opened: datetime | None) -> dict[str, Any]:
    """Who changed the case since the page was opened, and what it was and is."""
    newer = booking.changes.filter(at__gt=opened) if opened else booking.changes.none()
    changes: list[Any] = list(newer.select_related("by", "from_slot").order_by("pk"))
    changes = changes or ([error.change] if error.change else [])
    changed = [_changed_row(change, booking) for change in changes]
    return {"sentence": error.message, "rows": changed, "opened": opened, "last": error.change}


def _changed_row(change: BookingChange, booking: Booking) -> dict[str, Any]:
    moved = change.from_slot is not None
    return {
        "what": _("Time") if moved else _("State"),
        "from_slot": change.from_slot,
        "to_slot": booking.slot if moved else None,
        "from_status": change.from_status,
        "to_status": change.to_status,
        "from_word": status_word(change.from_status),
        "to_word": status_word(change.to_status),
        "by": who(change),
        "at": change.at,
        "reason": change.reason,
    }


def marked_items(booking: Booking) -> list[Any]:
    """What this case asks for, each with `found`: what the officer noted, or "". Two queries."""
    found = {check.item_id: check.state for check in booking.checks.all()}
    items: list[Any] = list(checklist.items_of(booking))
    for item in items:
        item.found = found.get(item.pk, "")
    return items


def timeline(booking: Booking) -> list[dict[str, Any]]:
    """Steps of the case, newest first. One query."""
    changes = booking.changes.select_related("by", "from_slot").order_by("-pk")
    return [
        {
            "title": _step(change),
            "code": change.to_status,
            "by": who(change),
            "at": change.at,
            "reason": change.reason,
            "from_slot": change.from_slot,
        }
        for change in changes
    ]


def _step(change: BookingChange) -> str:
    if change.from_slot:
        return _("Moved to another time")
    if change.from_status == change.to_status:
        return _("Note")
    return status_word(change.to_status)


def status_word(code: str) -> str:
    """The word of a state; officers "look at" what citizens "submitted"."""
    if code == Status.REQUESTED:
        return _("Waiting for checking")
    return str(Status(code).label) if code in Status.values else ""


def who(change: StatusChange) -> str:
    """Who did a step of a history."""
    if change.by:
        return str(change.by)
    return _("the applicant") if change.actor == "citizen" else _("the system")


def times_to_move(booking: Booking, *, now: datetime) -> QuerySet[Slot]:
    """Free times of the same service from now on, those kept for staff included."""
    last = timezone.localdate(now) + timedelta(days=TIMES_TO_MOVE)
    return (
        Slot.objects.of(booking.offered)
        .filter(
            closed_at__isnull=True,
            taken__lt=F("capacity"),
            starts_at__gt=now,
            starts_at__lt=start_of(last + timedelta(days=1)),
        )
        .exclude(pk=booking.slot_id)
        .order_by("starts_at")
    )


def form_of(
    card: str, booking: Booking, *, now: datetime, data: Any = None, initial: Any = None
) -> Form:
    """The form of a card, bound when data is given."""
    if card == "ask":
        return AskForm(data, items=checklist.items_of(booking), initial=initial)
    if card == "reject":
        return RejectForm(data, initial=initial)
    if card == "move":
        return MoveForm(data, slots=times_to_move(booking, now=now), initial=initial)
    return CancelForm(data, initial=initial)


def _card(booking: Booking, card: str, context: dict, now: datetime) -> dict[str, Any]:
    """The open card with its form, when this person may use it in this state."""
    allowed = {
        "ask": context["may_work"] and context["can_ask"],
        "reject": context["may_decide"] and context["is_undecided"],
        "cancel": context["may_work"] and context["is_changeable"],
        "move": context["may_work"] and context["is_changeable"],
    }
    if card not in CARDS or not (allowed[card] or "conflict" in context):
        return {"card": ""}
    form = context.get("form") or form_of(
        card, booking, now=now, initial=_initial(card, booking, context["items"], now)
    )
    extra = {"days": _by_day(form)} if card == "move" else {}
    return {"card": card, "form": form, **extra}


def _initial(card: str, booking: Booking, items: list[Any], now: datetime) -> dict[str, Any]:
    if card != "ask":
        return {}
    due = rules.documents_deadline(booking.offered, booking.slot, now=now)
    note = _("Please send what is missing by %(date)s. We can ask for it only once.") % {
        "date": f"{thai_dates.long_date(due)} {thai_dates.clock(due)}"
    }
    return {"items": [item.pk for item in items if item.found == ItemState.MISSING], "note": note}


def _by_day(form: Form) -> list[dict[str, Any]]:
    """The free times under their days, for the radio buttons of the move card. One query."""
    chosen = str(form["slot"].value() or "")
    days: dict[Any, list[Any]] = {}
    field: Any = form.fields["slot"]
    for slot in field.queryset:
        slot.is_chosen = str(slot.pk) == chosen
        days.setdefault(timezone.localdate(slot.starts_at), []).append(slot)
    return [{"date": day, "slots": slots} for day, slots in days.items()]


def _chosen(documents: list[Any], wanted: str) -> Any:
    return next((one for one in documents if str(one.pk) == wanted), next(iter(documents), None))


def _may(user: Any, permission: str, office_id: int) -> bool:
    return user.has_office_permission(f"bookings.{permission}", office_id)
