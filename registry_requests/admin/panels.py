"""The parts of the page of a request: its steps, what is compared, fee and times, what happened."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import F, QuerySet
from django.forms import BoundField, Form
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from bookings.admin.case import who
from bookings.models import Slot
from notifications.models import Message
from notifications.wording import kind_name
from registry_requests import queries
from registry_requests.admin.queue import LOOK
from registry_requests.models import Comparison, CopyRequest
from registry_requests.news import SOURCE
from registry_requests.services import TRIES
from registry_requests.workflow import TO_COLLECT, UNDECIDED, Status

Item = Comparison.Item
ITEMS = {
    Item.NUMBER: gettext_lazy("ID number, 13 digits"),
    Item.BACK_CODE: gettext_lazy("Code on the back, 12 characters"),
    Item.PHOTO_CODE: gettext_lazy("Number under the photo, 14 digits"),
}
DAYS_AHEAD = 60
# Times that the page offers beside the person's own.
OTHERS = 4
STEPS = (
    pgettext_lazy("step", "Request received"),
    pgettext_lazy("step", "Identity compared"),
    pgettext_lazy("step", "Fee and time"),
    pgettext_lazy("step", "Prepared, ready"),
    pgettext_lazy("step", "Collected"),
)
STEPS_OF_ENQUIRY = (
    pgettext_lazy("step", "Enquiry received"),
    pgettext_lazy("step", "Looked at"),
    pgettext_lazy("step", "Answered"),
)


@dataclass(frozen=True)
class Step:
    """One field of the bar; `state` is done, now or next."""

    no: int
    title: Any
    state: str
    small: str = ""


def steps_of(found: CopyRequest, *, identified: bool) -> list[Step]:
    """The bar of steps; the one that is worked on is "now". A request that ended otherwise stands
    where it stopped. No query."""
    titles = STEPS_OF_ENQUIRY if found.is_enquiry else STEPS
    done = _done(found, identified=identified)
    states = ["done" if no <= done else "next" for no in range(1, len(titles) + 1)]
    if found.is_open:
        states[done] = "now"
    return [
        Step(no, title, state, _small(no, state, found))
        for no, (title, state) in enumerate(zip(titles, states, strict=True), 1)
    ]


def _done(found: CopyRequest, *, identified: bool) -> int:
    """How many steps are behind."""
    if found.is_enquiry:
        return {Status.ANSWERED: 3}.get(Status(found.status), 1)
    reached = {Status.APPROVED: 3, Status.READY: 4, Status.COLLECTED: 5}
    if found.status in reached:
        return reached[Status(found.status)]
    # Expired or cancelled after it was approved.
    return 3 if found.fee is not None else 2 if identified else 1


def _small(no: int, state: str, found: CopyRequest) -> str:
    if no == 1:
        return _("by %(channel)s") % {"channel": found.get_channel_display()}
    if state == "now":
        return _("being done")
    return _("identity is checked again") if no == len(STEPS) and state == "next" else ""


@dataclass(frozen=True)
class Line:
    """One thing to compare: what the person gave, masked; the field, unless it is equal already;
    the newest result."""

    title: Any
    given: str
    field: BoundField | None
    result: Comparison | None
    is_needed: bool


def open_items(found: CopyRequest) -> list[str]:
    """What the person gave and is not equal yet. One query."""
    newest = queries.compared(found)
    given = [Item.NUMBER, Item.BACK_CODE, *([Item.PHOTO_CODE] if found.photo_code_tail else [])]
    return [item for item in given if item not in newest or not newest[item].matched]


def lines_of(found: CopyRequest, form: Form | None) -> list[Line]:
    """What is compared, in order. One query."""
    newest = queries.compared(found)
    given = {
        Item.NUMBER: found.masked_number,
        Item.BACK_CODE: _kept(found.back_code_tail),
        Item.PHOTO_CODE: _kept(found.photo_code_tail),
    }
    return [
        Line(
            title=title,
            given=given[item],
            field=form[item] if form and item in form.fields else None,
            result=newest.get(item),
            is_needed=item != Item.PHOTO_CODE,
        )
        for item, title in ITEMS.items()
        if item != Item.PHOTO_CODE or item in newest or (form and item in form.fields)
    ]


def _kept(tail: str) -> str:
    return _("only the last 2 are kept: ••%(tail)s") % {"tail": tail} if tail else "–"


def tries_left(found: CopyRequest) -> int:
    """How often it may still be unequal. One query."""
    return max(TRIES - queries.failed_tries(found), 0)


def chosen_slot(found: CopyRequest) -> Slot | None:
    """The time that the request keeps now."""
    booking = found.collection
    return booking.slot if booking is not None and booking.is_open else None


def may_stand(slot: Slot, *, now: datetime) -> bool:
    """Whether the person's own time can be kept: neither closed nor over."""
    return slot.is_served and slot.starts_at > now


def times_of(found: CopyRequest, *, now: datetime) -> QuerySet[Slot]:
    """Every coming time of the collecting office, full ones too, in order."""
    if found.collect_at is None:
        return Slot.objects.none()
    offered = queries.collection_service(found.collect_at)
    return (
        Slot.objects.of(offered)
        .between(now, now + timedelta(days=DAYS_AHEAD))
        .filter(closed_at__isnull=True)
        .order_by("starts_at")
    )


def times_to_offer(found: CopyRequest, *, now: datetime, wanted: str = "") -> list[Any]:
    """The person's own time, then four others around it: the first free ones, and one that is full
    where the person may ask for it. Each has `left` (places), `is_own`, `may_be_chosen` and
    `is_chosen`; `wanted` is the key that the form holds, else the own time, or the next free one
    where that is closed or over. Four queries."""
    own = chosen_slot(found)
    others = times_of(found, now=now)
    if own is not None:
        around = max(own.starts_at - timedelta(days=1), now)
        others = others.filter(starts_at__gte=around).exclude(pk=own.pk)
    free: list[Any] = list(others.filter(taken__lt=F("capacity"))[:OTHERS])
    full: list[Any] = []
    if free:
        until = free[-1].starts_at
        full = list(others.filter(taken__gte=F("capacity"), starts_at__lt=until)[:1])
    shown = sorted([*free[: OTHERS - len(full)], *full], key=lambda slot: slot.starts_at)
    stands = [own] if own and may_stand(own, now=now) else []
    wanted = wanted or next((str(slot.pk) for slot in [*stands, *free]), "")
    for slot in (times := [*([own] if own else []), *shown]):
        slot.left = max(slot.capacity - slot.taken, 0)
        slot.is_own, slot.is_past = slot is own, slot.starts_at <= now
        slot.may_be_chosen = slot in stands if slot.is_own else slot.left > 0
        slot.is_chosen = str(slot.pk) == wanted
    return times


def timeline(found: CopyRequest) -> list[dict[str, Any]]:
    """Steps of the request, newest first, with the office of the officer. One query."""
    changes = found.changes.select_related("by", "office").order_by("-pk")
    return [
        {
            "title": status_word(change.to_status)
            if change.from_status != change.to_status
            else _("Note"),
            "by": who(change),
            "office": change.office,
            "at": change.at,
            "reason": change.reason,
        }
        for change in changes
    ]


def status_word(code: str) -> str:
    """The word of a state; officers "look at" what citizens "submitted"."""
    if code == Status.SUBMITTED:
        return _("Waiting for checking")
    return str(Status(code).label) if code in Status.values else ""


def messages_of(found: CopyRequest) -> list[dict[str, Any]]:
    """What was sent to the person, newest first. One query."""
    rows = Message.objects.filter(source=SOURCE, case_id=found.pk).order_by("-created_at")
    return [
        {
            "what": kind_name(one.kind),
            "at": one.created_at,
            "channel": one.get_channel_display() if one.channel else "",
            "state": one.get_status_display(),
        }
        for one in rows[:20]
    ]


def may_ask(found: CopyRequest) -> bool:
    return found.status == Status.CHECKING and found.asked_at is None


def is_to_check(found: CopyRequest) -> bool:
    """Whether the office can compare and decide now."""
    return found.status in LOOK


def is_undecided(found: CopyRequest) -> bool:
    return found.status in UNDECIDED


def is_to_collect(found: CopyRequest) -> bool:
    return found.status in TO_COLLECT
