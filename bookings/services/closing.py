"""Closing a part of a day: first a draft that stops new bookings, then a decision for each
appointment, then the announcement (fault F9). What was announced is carried out by
`bookings.services.carrying_out`."""

from collections.abc import Sequence
from contextlib import suppress
from datetime import date, datetime, time, timedelta

from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from bookings import rules
from bookings.models import Choice, Closing, ClosingDecision, Part, Slot
from bookings.services import new_places, new_times
from bookings.services.closing_moves import locked_draft, move_closing
from bookings.services.closing_rules import (
    check,
    check_ahead,
    check_alone,
    check_decided,
    check_may_close,
    check_offers,
    check_stopped,
    hours,
    overlap,
    stale,
)
from bookings.services.proposals import NOON, keep_if_free, keep_place, propose
from bookings.services.stopping import stop
from bookings.workflow import CHANGEABLE, ClosingStatus
from core.db import lock_rows
from core.errors import Refused
from core.thai_dates import local_date
from core.workflow import Actor
from offices.models import Closure, OfferedService, Office, PopularDay

MIDNIGHT, LAST_MINUTE = time(0), time(23, 59)
HOURS_OF = {
    Part.DAY: (MIDNIGHT, LAST_MINUTE),
    Part.MORNING: (MIDNIGHT, NOON),
    Part.AFTERNOON: (NOON, LAST_MINUTE),
}


def plan(
    *,
    office: Office,
    day: date,
    part: Part,
    services: Sequence[OfferedService],
    reason_th: str,
    by: User,
    now: datetime,
    starts: time | None = None,
    ends: time | None = None,
    reason_en: str = "",
) -> Closing:
    """Begin a closing: from now on nothing new can be booked in it for CLOSING_STOP_MINUTES, forms
    being filled in lose their time, and each appointment hit has a new time proposed and kept.

    Raises Refused("permission" | "services" | "hours" | "order" | "past" | "far" | "reason" |
    "overlap"); nothing is stored then. One transaction for the stop, one an appointment."""
    check_may_close(by, office.pk)
    begins, finishes = HOURS_OF.get(part) or hours(starts, ends)
    closing = Closing(
        office=office,
        date=day,
        part=part,
        starts=begins,
        ends=finishes,
        reason_th=reason_th.strip(),
        reason_en=reason_en.strip(),
        made_by=by,
        made_at=now,
    )
    everything = set(OfferedService.objects.open().filter(office=office).values_list("pk"))
    closing.of_all_services = everything <= {(one.pk,) for one in services}
    store(closing, services, now)
    return closing


def plan_for_closure(*, closure: Closure, by: User, now: datetime) -> list[Closing]:
    """A draft for each office that has appointments on a day which the calendar closes, for its
    head to decide. The calendar has closed the times already, so nothing opens when one lapses.
    Offices that prepare a closing of that day themselves are left to it."""
    start = timezone.make_aware(datetime.combine(closure.date, MIDNIGHT))
    offices = Office.objects.filter(
        bookings__status__in=CHANGEABLE,
        bookings__slot__starts_at__range=(max(start, now), start + timedelta(days=1)),
    )
    if closure.office_id:
        offices = offices.filter(pk=closure.office_id)
    drafts = []
    for office in offices.distinct().order_by("name_th"):
        with suppress(Refused):
            drafts.append(_plan_whole_day(office, closure, by, now))
    return drafts


def _plan_whole_day(office: Office, closure: Closure, by: User, now: datetime) -> Closing:
    closing = Closing(
        office=office,
        date=closure.date,
        part=Part.DAY,
        starts=MIDNIGHT,
        ends=LAST_MINUTE,
        of_all_services=True,
        reason_th=closure.reason_th,
        reason_en=closure.reason_en,
        made_by=by,
        made_at=now,
    )
    offers = list(OfferedService.objects.open().filter(office=office))
    store(closing, offers, now)
    return closing


def store(closing: Closing, services: Sequence[OfferedService], now: datetime) -> None:
    """Store a new draft, stop its times and propose new ones. Raises as `plan`."""
    check(closing, services, now)
    try:
        with transaction.atomic():
            closing.save()
            closing.services.set(services)
            check_alone(closing)
            stop(closing, now)
    except IntegrityError as error:
        raise overlap() from error
    propose(closing, now=now)


def open_again(*, closing: Closing, by: User, now: datetime) -> Closing:
    """Stop new bookings for another half hour, take up what was booked meanwhile, keep places
    anew. Raises Refused("permission" | "stale" | "past" | "overlap")."""
    check_may_close(by, closing.office_id)
    check_ahead(closing, now)
    try:
        with transaction.atomic():
            stop(closing, now)
    except IntegrityError as error:
        raise overlap() from error
    hit = closing.hit(now).values("pk")
    for decision in closing.decisions.exclude(booking__in=hit).select_related("proposed"):
        keep_place(decision, None)
        decision.delete()
    propose(closing, now=now)
    return closing


def decide(
    *,
    decision: ClosingDecision,
    choice: Choice,
    by: User,
    now: datetime,
    slot: Slot | None = None,
    place: str = "",
    responsible: str = "",
) -> None:
    """Move (to `slot`, else to the proposed time), cancel and offer that time instead, or keep at
    a place with a person who answers for it; where only places go, keep as booked, which needs
    neither. A cancellation without a free time offers none.

    Raises Refused("permission" | "lapsed" | "time" | "full" | "closed" | "place" | "stale")."""
    closing = decision.closing
    check_may_close(by, closing.office_id)
    check_stopped(closing)
    is_elsewhere = choice == Choice.KEEP and not closing.changes_places
    if is_elsewhere and not (place.strip() and responsible.strip()):
        raise Refused(
            _("Write where they are served, and who answers for it."), code="place", field="place"
        )
    wanted = decision.proposed if slot is None else slot
    if choice == Choice.MOVE or slot is not None:
        check_offers(decision, wanted)
    words = {"choice": choice, "place": place.strip(), "responsible": responsible.strip()}
    if choice == Choice.CANCEL and slot is None and not decision.holds_place:
        keep_if_free(decision, wanted, **words)
    else:
        keeps = choice in (Choice.MOVE, Choice.CANCEL) or (
            choice == Choice.UNDECIDED and decision.holds_place
        )
        keep_place(decision, wanted if keeps else None, **words)
    Closing.objects.filter(pk=closing.pk).update(version=F("version") + 1)


def decide_all(*, closing: Closing, by: User, now: datetime, choice: Choice = Choice.MOVE) -> int:
    """Move as proposed whoever is not decided and has a place kept, or cancel whoever is not
    decided, with the proposed time offered; returns how many. Couples of a popular wedding day are
    left to be looked at one by one. Locks the closing.

    Raises Refused("permission" | "lapsed" | "stale")."""
    check_may_close(by, closing.office_id)
    check_stopped(closing)
    with transaction.atomic():
        locked = locked_draft(closing)
        waiting = locked.decisions.filter(choice=Choice.UNDECIDED)
        if choice == Choice.MOVE:
            waiting = waiting.filter(holds_place=True)
        popular = set(PopularDay.objects.values_list("date", flat=True))
        plain = [
            one.pk
            for one in waiting.select_related("booking__service", "slot")
            if not one.booking.service.is_festive or local_date(one.slot.starts_at) not in popular
        ]
        Closing.objects.filter(pk=closing.pk).update(version=F("version") + 1)
        return waiting.filter(pk__in=plain).update(choice=choice)


def keep_all(
    *, closing: Closing, by: User, now: datetime, place: str = "", responsible: str = ""
) -> int:
    """Keep whoever is not decided, at one place with one person who answers for it where `decide`
    asks for them; returns how many. One transaction each, as `decide`.

    Raises Refused("permission" | "lapsed" | "place" | "stale")."""
    waiting = closing.decisions.filter(choice=Choice.UNDECIDED)
    decisions = list(waiting.select_related("booking__offered", "proposed", "slot"))
    for decision in decisions:
        decide(
            decision=decision,
            choice=Choice.KEEP,
            by=by,
            now=now,
            place=place,
            responsible=responsible,
        )
    return len(decisions)


def announce(*, closing: Closing, by: User, now: datetime, version: int | None = None) -> Closing:
    """Close the times for good and let everybody be told, when all are decided. A whole day with
    all services becomes a day of the calendar of closures; a change is stored only now.

    Raises Refused("permission" | "past" | "stale" | "undecided", naming who is not decided);
    the draft stays as it is then. Locks the times, then the closing."""
    open_again(closing=closing, by=by, now=now)
    with transaction.atomic():
        slots = [slot.pk for slot in lock_rows(closing.written())]
        locked = locked_draft(closing)
        if version is not None and version != locked.version:
            raise stale()
        check_decided(locked, now)
        _put_in_force(locked, slots, now)
        locked.answer_by = _answer_by(locked)
        move_closing(locked, ClosingStatus.ANNOUNCED, by=Actor.staff(by), now=now)
    return locked


def _put_in_force(closing: Closing, slots: Sequence[int], now: datetime) -> None:
    if closing.changes_places:
        new_places.put_in_force(closing, now=now)
    elif closing.changes_times:
        new_times.put_in_force(closing, gone=slots, now=now)
    else:
        _close(closing, slots, now)


def _close(closing: Closing, slots: Sequence[int], now: datetime) -> None:
    times = Slot.objects.filter(pk__in=slots)
    times.filter(closed_at__isnull=True).update(closed_at=now)
    times.update(stopped_by=None)
    if closing.is_whole_day:
        words = {"reason_th": closing.reason_th, "reason_en": closing.reason_en}
        Closure.objects.get_or_create(office=closing.office, date=closing.date, defaults=words)
    else:
        times.update(closed_by_hand=True)


def _answer_by(closing: Closing) -> datetime | None:
    """The earliest moment after which somebody moved can no longer choose another time."""
    moves = closing.decisions.filter(choice=Choice.MOVE).order_by("proposed__starts_at")
    first = moves.select_related("proposed", "booking__offered__office").first()
    if first is None or first.proposed is None:
        return None
    return rules.change_deadline(first.booking.offered, first.proposed)
