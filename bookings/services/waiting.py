"""Joining the waiting list of full days, leaving it, and taking what is offered."""

import hashlib
import secrets
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts import services as accounts
from accounts.models import Consent, User
from bookings import news, waiting
from bookings.models import Booking, WaitingEntry
from bookings.services.moves import locked_booking
from bookings.services.offers import end_holds, lock_line, locked_entry, move_entry
from bookings.services.submit import PRIVACY_TEXT_VERSION
from bookings.workflow import Status, WaitingStatus
from core.errors import Refused
from core.reference import new_reference
from core.workflow import CITIZEN, Actor
from offices.models import OfferedService

DRAWS = 5


@dataclass(frozen=True)
class Wish:
    """The checked form: how many places at one time, on which days (both ends included), and how
    to reach the person. `phone` is E.164; one of phone and e-mail is filled."""

    party_size: int
    first_day: date
    latest_day: date
    phone: str
    email: str


def join_waiting(
    *, form_key: UUID, offered: OfferedService, wish: Wish, language: str, now: datetime
) -> WaitingEntry:
    """Put somebody at the end of the line. The same form again gives the first entry back.

    A contact that waits for this service already keeps its place and is told; who asks gets an
    entry that only follows it and looks like every other (`WaitingEntry.follows`).

    Raises Refused("other_body") for the same form with other data, Refused("free", field) while
    days of the wish have free times, Refused("no_times" | "party", field) when they have no time
    at all, or none with so many places."""
    known = WaitingEntry.objects.filter(form_key=form_key).first()
    if known is None:
        _check_full(offered, wish, now=now)
        known = _store(form_key, offered, wish, language, now)
    if known.offered_id != offered.pk or _wish_of(known) != wish:
        raise Refused(
            _("This form was already sent with other data. See what you sent, or start again."),
            code="other_body",
        )
    return known


def leave_waiting(*, entry: WaitingEntry, now: datetime) -> WaitingEntry:
    """Leave the line; a time that is kept for the entry goes to the next one at once. Leaving
    twice changes nothing. Locks the slot and the holds of an offer, the line, the entry."""
    with transaction.atomic():
        held = entry.offers.filter(status=Status.HELD).first()
        if held is not None:
            end_holds(booking=held, by=CITIZEN, now=now)
            entry.refresh_from_db()
            return entry
        lock_line(entry.offered_id)
        locked = locked_entry(entry.pk)
        if locked.status == WaitingStatus.WAITING:
            move_entry(locked, WaitingStatus.LEFT, by=CITIZEN, now=now)
        elif locked.status == WaitingStatus.OFFERED:
            raise Refused(
                _("A time was just offered to you. This page shows it."),
                code="stale",
            )
    return locked


def take_out(*, entry: WaitingEntry, reason: str, by: User, now: datetime) -> WaitingEntry:
    """Take somebody out of the line on the telephone's word; the page of the entry says why.
    Locks the line, then the entry.

    Raises Refused("reason" | "offered" | "move")."""
    reason = reason.strip()
    if not reason:
        raise Refused(_("Write why; the person can read it."), code="reason", field="reason")
    with transaction.atomic():
        lock_line(entry.offered_id)
        locked = locked_entry(entry.pk)
        if locked.status == WaitingStatus.OFFERED:
            raise Refused(
                _("A time is kept for this person just now. Wait until it is taken or goes on."),
                code="offered",
            )
        ending = WaitingEntry.Ending.TAKEN_OUT
        locked.reason, locked.closed_by = reason, by
        move_entry(locked, WaitingStatus.LEFT, by=Actor.staff(by), now=now, ending=ending)
    return locked


def take_offer(*, entry: WaitingEntry, holder: str, now: datetime) -> Booking:
    """Hand what is kept for the entry to the browser named by `holder`, whichever opened the
    link; returns the first hold, whose form is next. Pressed again it hands the same over.

    Raises Refused("expired") when nothing is kept any more, Refused("holds") when the browser
    keeps too many times already. Locks the holds."""
    with transaction.atomic():
        kept = entry.offers.filter(status=Status.HELD, held_until__gt=now).order_by("pk")
        holds = [locked_booking(row) for row in list(kept.values_list("pk", flat=True))]
        holds = [one for one in holds if one.status == Status.HELD]
        if not holds:
            raise Refused(_("The time is no longer kept for you."), code="expired")
        hand_over(holds, holder)
    return holds[0]


def hand_over(holds: list[Booking], holder: str) -> None:
    """Put locked holds under the name of a browser. Raises Refused("holds")."""
    others = Booking.objects.filter(holder=holder, status=Status.HELD).exclude(
        pk__in=[one.pk for one in holds]
    )
    used = set(others.values_list("hold_no", flat=True))
    free = [no for no in range(1, settings.HOLDS_PER_VISITOR + 1) if no not in used]
    if len(free) < len(holds):
        raise Refused(
            _("You are keeping %(n)s times already. Finish one of them, or give one back.")
            % {"n": len(used)},
            code="holds",
        )
    for one in holds:
        # Out of the way first: the numbers of one browser are unique at every moment.
        Booking.objects.filter(pk=one.pk).update(holder="", hold_no=None)
    for one, number in zip(holds, free, strict=False):
        one.holder, one.hold_no = holder, number
        one.save(update_fields=["holder", "hold_no"])


def _check_full(offered: OfferedService, wish: Wish, *, now: datetime) -> None:
    room = waiting.room_on(
        offered, first=wish.first_day, last=wish.latest_day, n=wish.party_size, now=now
    )
    if not room.most:
        raise Refused(
            _("The office takes nobody on these days. Choose other days."),
            code="no_times",
            field="latest_day",
        )
    if room.most < wish.party_size:
        raise Refused(
            ngettext(
                "A time on these days has %(n)s place; wait for so many only.",
                "A time on these days has %(n)s places at most; wait for so many only.",
                room.most,
            )
            % {"n": room.most},
            code="party",
            field="party_size",
        )
    if room.is_free:
        raise Refused(
            _("There are still free times on these days; book one of them, or choose other days."),
            code="free",
            field="latest_day",
        )


def _store(
    form_key: UUID, offered: OfferedService, wish: Wish, language: str, now: datetime
) -> WaitingEntry:
    for _attempt in range(DRAWS):
        leader = _leader(offered, wish)
        try:
            with transaction.atomic():
                entry = _new(form_key, offered, wish, language, now, leader)
                told = leader or entry
                mark = f"{now:%Y%m%d}" if leader else "new"
                news.tell_waiting(told, "waiting_joined", now=now, mark=mark, again=bool(leader))
        except IntegrityError:
            # The same form or the same contact at the same instant, or a reference drawn twice.
            known = WaitingEntry.objects.filter(form_key=form_key).first()
            if known is not None:
                return known
        else:
            return entry
    raise Refused(_("Very many are booking just now. Try again in a minute."), code="busy")


def _leader(offered: OfferedService, wish: Wish) -> WaitingEntry | None:
    """The entry with which this contact waits for the service already."""
    line = WaitingEntry.objects.open().filter(service_id=offered.service_id, follows__isnull=True)
    by_phone = line.filter(phone=wish.phone).first() if wish.phone else None
    return by_phone or (line.filter(email=wish.email).first() if wish.email else None)


def _new(
    form_key: UUID,
    offered: OfferedService,
    wish: Wish,
    language: str,
    now: datetime,
    leader: WaitingEntry | None,
) -> WaitingEntry:
    consent = accounts.record_consent(
        purpose=f"waiting-{offered.service.code}"[:40],
        text_version=PRIVACY_TEXT_VERSION,
        language=language,
        channel=Consent.Channel.WEB,
        now=now,
    )
    return WaitingEntry.objects.create(
        office_id=offered.office_id,
        service_id=offered.service_id,
        offered=offered,
        reference=new_reference(offered.office.prefix),
        follows=leader,
        form_key=form_key,
        holder=hashlib.sha256(secrets.token_bytes(32)).hexdigest(),
        party_size=wish.party_size,
        first_day=wish.first_day,
        latest_day=wish.latest_day,
        phone=wish.phone,
        email=wish.email,
        language=language,
        consent=consent,
        joined_at=now,
    )


def _wish_of(entry: WaitingEntry) -> Wish:
    return Wish(entry.party_size, entry.first_day, entry.latest_day, entry.phone, entry.email)
