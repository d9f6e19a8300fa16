"""What the pages of a closing show. The number of queries does not grow with the appointments."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.forms import Form
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from bookings import services
from bookings.models import Booking, Choice, Closing, ClosingDecision, Slot
from bookings.services.proposals import free_times, nearest
from bookings.workflow import Status
from core import thai_dates
from notifications.models import Message
from notifications.models import Status as MessageStatus
from offices.models import PopularDay

OFFERED_TIMES = 12
MONDAY = date(2026, 11, 23)
KIND_OF = {
    Choice.MOVE: "moved_by_office",
    Choice.CANCEL: "cancelled_by_office",
    Choice.KEEP: "kept_elsewhere",
}
TOLD = {
    MessageStatus.QUEUED: gettext_lazy("being sent"),
    MessageStatus.SENT: gettext_lazy("told"),
    MessageStatus.NOT_NEEDED: gettext_lazy("no longer needed"),
}
CHOICES = [
    (Choice.MOVE, "arrow-right"),
    (Choice.CANCEL, "x-lg"),
    (Choice.KEEP, "geo-alt-fill"),
]


@dataclass(frozen=True)
class Row:
    """One appointment of a draft."""

    decision: ClosingDecision
    choice: str
    times: list[Slot]
    is_popular: bool
    proposed_is_popular: bool
    place: str
    responsible: str
    error: str = ""

    @property
    def choices(self) -> list[dict[str, Any]]:
        return [
            {"value": one.value, "label": one.label, "icon": icon, "is_on": self.choice == one}
            for one, icon in CHOICES
        ]

    @property
    def phone(self) -> str:
        """080-xxx-0417 until it is opened on the case."""
        phone = self.decision.booking.phone
        local = f"0{phone[3:]}" if phone.startswith("+66") else phone
        return f"{local[:3]}-xxx-{local[-4:]}" if local else ""


@dataclass(frozen=True)
class Change:
    """What new times of a pattern do to the days ahead: times of the day that go and come, how
    many times and places that makes."""

    weekdays: str
    gone: list[str]
    new: list[str]
    times_gone: int
    places_lost: int
    times_new: int
    places_gained: int


def change_of(closing: Closing) -> Change | None:
    """Two queries; none for a closing."""
    if not closing.changes_times:
        return None
    gone, new = list(closing.slots()), list(closing.new_slots())
    return Change(
        weekdays=" ".join(
            thai_dates.weekday_short(MONDAY + timedelta(days=int(day) - 1))
            for day in closing.weekdays
        ),
        gone=_clocks(gone),
        new=_clocks(new),
        times_gone=len(gone),
        places_lost=sum(slot.capacity for slot in gone),
        times_new=len(new),
        places_gained=sum(slot.capacity for slot in new),
    )


def lowering_of(closing: Closing, *, now: datetime) -> dict[str, Any] | None:
    """What fewer places do to the days ahead. Three queries; none for the others."""
    if not closing.changes_places:
        return None
    [offered] = closing.services.all()
    online, staff = closing.online_places or 0, closing.staff_places or 0
    return {
        "now": offered,
        "preview": services.preview_places(offered, online=online, staff=staff, now=now),
        "times": closing.slots().count(),
    }


def is_told(decision: ClosingDecision) -> bool:
    """Whether announcing sends something: for whoever keeps time and place nothing changes."""
    return not (decision.choice == Choice.KEEP and decision.closing.changes_places)


def _clocks(slots: list[Slot]) -> list[str]:
    """The times of the day, each once, in order."""
    return sorted({thai_dates.time_range(slot.starts_at, slot.ends_at, "en") for slot in slots})


def draft_context(
    closing: Closing,
    *,
    now: datetime,
    refused: ClosingDecision | None = None,
    form: Form | None = None,
) -> dict[str, Any]:
    """Step 2. Eight queries, two more for a change of times, three for one of places, two for each
    service that is hit."""
    decisions = list(_decisions(closing))
    slots = [slot for one in decisions for slot in (one.slot, one.proposed) if slot]
    popular = _popular([_day(slot) for slot in slots])
    times: dict[int, list[Slot]] = {}
    rows = []
    for decision in decisions:
        offered = decision.booking.offered
        if offered.pk not in times:
            times[offered.pk] = free_times(offered, now=now, closing=closing)
        bad = form if refused and refused.pk == decision.pk else None
        rows.append(_row(decision, times[offered.pk], popular, bad))
    told = [one for one in decisions if is_told(one)]
    numbers = _totals([row.decision.choice for row in rows])
    return {
        "title": closing.subject if closing.is_change else _("Close %(when)s") % {"when": closing},
        "change": change_of(closing),
        "lowering": lowering_of(closing, now=now),
        "closing": closing,
        "step": 2,
        "rows": rows,
        "numbers": numbers,
        "services": closing.services.all(),
        "is_stopped": closing.stopped_until is not None and closing.stopped_until > now,
        "messages_to_send": sum(1 for one in told if one.booking.email),
        "calls": sum(1 for one in told if not one.booking.email),
        "can_move_all": any(
            row.decision.choice == Choice.UNDECIDED and row.decision.holds_place for row in rows
        ),
    }


def announced_context(closing: Closing) -> dict[str, Any]:
    """Step 3: who was told, who is to be called, who answered. Six queries."""
    decisions = list(_decisions(closing))
    written = Message.objects.filter(
        source="booking",
        case_id__in=[one.booking_id for one in decisions],
        kind__in=KIND_OF.values(),
        created_at__gte=closing.announced_at,
    )
    # One that was taken by somebody's channel stands for those that found no way.
    best = sorted(written.order_by("created_at"), key=lambda message: message.status in TOLD)
    told = {(message.case_id, message.kind): message for message in best}
    rows = [
        {
            "decision": one,
            "told": _told(one, told.get((one.booking_id, KIND_OF.get(Choice(one.choice), "")))),
            "answer": _answer(one),
        }
        for one in decisions
    ]
    return {
        "title": closing.subject
        if closing.is_change
        else _("Closed: %(when)s") % {"when": closing},
        "closing": closing,
        "step": 3,
        "rows": rows,
        "numbers": _totals([one.choice for one in decisions]),
        "left": sum(1 for one in decisions if one.done_at is None),
        "services": closing.services.all(),
    }


def _decisions(closing: Closing) -> Any:
    return closing.decisions.select_related(
        "slot",
        "proposed",
        "booking__slot",
        "booking__service",
        "booking__case",
        "booking__offered__pattern",
        "booking__offered__service",
    ).prefetch_related("booking__parties")


def _row(decision: ClosingDecision, free: list[Slot], popular: set, form: Any) -> Row:
    typed = form.data if form else {}
    times = [one for one in nearest(decision.slot, free) if one.pk != decision.proposed_id]
    festive = decision.booking.service.is_festive
    proposed = decision.proposed
    errors = [error for some in form.errors.values() for error in some] if form else []
    return Row(
        decision=decision,
        choice=typed.get("choice", decision.choice),
        times=times[:OFFERED_TIMES],
        is_popular=festive and _day(decision.slot) in popular,
        proposed_is_popular=festive and proposed is not None and _day(proposed) in popular,
        place=typed.get("place", decision.place),
        responsible=typed.get("responsible", decision.responsible),
        error=" ".join(errors),
    )


def _totals(choices: list[str]) -> dict[str, int]:
    counted = {choice.value: choices.count(choice.value) for choice in Choice}
    return {**counted, "hit": len(choices)}


def _told(decision: ClosingDecision, message: Message | None) -> dict[str, Any]:
    if not is_told(decision):
        return {"word": _("nothing to tell"), "must_call": False}
    if message is None:
        return {"word": _("not yet"), "must_call": False}
    if message.status in TOLD:
        return {"word": TOLD[MessageStatus(message.status)], "must_call": False}
    if message.called_at:
        return {"word": _("told by telephone"), "must_call": False}
    return {"word": _("to be called"), "must_call": True}


def _answer(decision: ClosingDecision) -> str:
    booking: Booking = decision.booking
    if decision.was_gone:
        return _("was cancelled or moved before")
    if decision.done_at is None:
        return _("waiting to be done")
    if decision.offered_until and booking.slot_id == decision.proposed_id:
        return _("took the time offered")
    if decision.holds_place:
        return _("cancelled; has not answered the offer yet")
    if decision.choice != Choice.CANCEL and booking.status == Status.CANCELLED:
        return _("cancelled since")
    if decision.choice == Choice.MOVE and booking.slot_id != decision.proposed_id:
        return _("chose another time")
    return _("done")


def _day(slot: Slot) -> Any:
    return timezone.localdate(slot.starts_at)


def _popular(days: list[Any]) -> set:
    return set(PopularDay.objects.filter(date__in=set(days)).values_list("date", flat=True))
