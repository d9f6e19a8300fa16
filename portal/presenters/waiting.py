"""What the page of a place in the waiting list shows: the place, and why nothing came yet."""

from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from bookings import waiting
from bookings.elsewhere import Elsewhere
from bookings.models import Booking, WaitingEntry
from bookings.workflow import WaitingStatus
from core import thai_dates
from core.text import unbroken


@dataclass(frozen=True)
class State:
    """The heading of the page and the sentences beneath it."""

    title: str
    lead: str
    why: tuple[str, ...] = ()


@dataclass(frozen=True)
class OfficeRow:
    """Another office with free times, for one list row; `day` is that of the first (ISO)."""

    name: str
    slug: str
    next_time: str
    day: str
    km: str


def state_of(entry: WaitingEntry, kept: list[Booking], *, now: datetime) -> State:
    """Three queries for one that waits."""
    if entry.status == WaitingStatus.WAITING:
        line = waiting.line_of(entry)
        lead = _("Number %(n)s in line. We tell you when a time is free") % {"n": line.position}
        return State(_("You are on the waiting list"), lead, _why(entry, line))
    if entry.status == WaitingStatus.OFFERED and kept:
        until = {"until": thai_dates.clock(kept[0].held_until or now)}
        lead = _("We keep it until %(until)s, then it goes to the next person") % until
        return State(_("A time is free"), lead)
    if entry.status == WaitingStatus.TAKEN and kept:
        return State(_("One place is booked, the next is waiting"), others_kept(kept))
    return State(*_over(entry))


def others_kept(kept: list[Booking]) -> str:
    """Of a party: that further places at the same time are kept, and until when."""
    words = ngettext(
        "%(n)s more place is kept until %(until)s; its form is still to be filled in",
        "%(n)s more places are kept until %(until)s; their forms are still to be filled in",
        len(kept),
    )
    until = max(one.held_until for one in kept if one.held_until)
    return words % {"n": len(kept), "until": thai_dates.clock(until)}


def _why(entry: WaitingEntry, line: waiting.Line) -> tuple[str, ...]:
    sentences = [
        ngettext(
            "%(n)s place came free on your days since you joined; somebody before you got it",
            "%(n)s places came free on your days since you joined; people before you got them",
            line.offered,
        )
        % {"n": line.offered}
        if line.offered
        else _("Nobody has cancelled on your days since you joined")
    ]
    if entry.party_size > 1:
        sentences.append(
            _("You need %(n)s places at the same time, so single free places go to others")
            % {"n": entry.party_size}
        )
    if waiting.was_taken_back(entry):
        sentences.insert(
            0,
            _("The office had to take back the time we kept for you. You keep your place in line"),
        )
    return tuple(sentences)


def _over(entry: WaitingEntry) -> tuple[str, str]:
    """One that had an offer which the sweep has not ended yet is over too."""
    if entry.status == WaitingStatus.TAKEN:
        return (
            _("You took the time"),
            _("The page of your appointment has all about it; its link is in the other message"),
        )
    if entry.ending == WaitingEntry.Ending.TAKEN_OUT:
        return (
            _("The office took you off the waiting list"),
            _("Because: %(reason)s. You can join again at any time") % {"reason": entry.reason},
        )
    if entry.status == WaitingStatus.LEFT:
        return _("You left the waiting list"), _("You can join again at any time")
    return {
        WaitingEntry.Ending.BOOKED: (
            _("You have an appointment, so the waiting is over"),
            _("Somebody else moves up"),
        ),
        WaitingEntry.Ending.DAYS_OVER: (
            _("The days you waited for are over"),
            _("No time came free. You can join again for other days"),
        ),
    }.get(
        WaitingEntry.Ending(entry.ending or WaitingEntry.Ending.NOT_TAKEN),
        (
            _("The time went to the next person"),
            _("It was not taken within the time we kept it. You can join again"),
        ),
    )


def other_offices(found: list[Elsewhere]) -> list[OfficeRow]:
    """Kilometres only between real coordinates."""
    return [
        OfficeRow(
            name=one.office.full_name,
            slug=one.office.slug,
            next_time=_soonest(one.starts_at),
            day=thai_dates.local_date(one.starts_at).isoformat(),
            km="" if one.km is None else _("%(km)s km away") % {"km": f"{one.km:.1f}"},
        )
        for one in found
    ]


def _soonest(moment: datetime) -> str:
    return f"{unbroken(thai_dates.long_date(moment))} {unbroken(thai_dates.clock(moment))}"
