"""What the page of free times shows: the plain list, the days, the times of one day."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from bookings.models import Closing, Slot
from bookings.queries import Day
from core import thai_dates
from core.text import unbroken

DAYS_OF_A_PAGE = 12
# 12.01–12.30 still counts as morning, as on the printed table.
AFTERNOON = 13
# How each state looks (static/css/pages.css); only free, few and mine can be pressed.
LOOKS = {
    "free": "time time-free",
    "few": "time time-few",
    "mine": "time is-selected",
    "held": "time time-held",
}


@dataclass(frozen=True)
class NextTime:
    """One row of the plain list of free times."""

    slot_id: int
    starts: str
    free: int
    date: str
    time: str


@dataclass(frozen=True)
class DayCell:
    """One day of the grid. `state`: free, few, full or closed."""

    state: str
    iso: str
    full_date: str
    weekday: str
    day: int
    month: str
    word: str
    current: bool
    popular: bool


@dataclass(frozen=True)
class TimeCell:
    """One time of a day. `state`: free, few, mine (this browser keeps it), held, full, closed or
    past; `form_key` is where this browser goes on with its own."""

    slot_id: int
    state: str
    css: str
    starts: str
    free: int
    range: str
    word: str
    form_key: str
    is_morning: bool

    @property
    def is_free(self) -> bool:
        return self.state in ("free", "few")


@dataclass(frozen=True)
class DayPart:
    """Morning or afternoon."""

    title: str
    cells: list[TimeCell]


def next_times(slots: list[Slot]) -> list[NextTime]:
    return [
        NextTime(
            slot_id=slot.pk,
            starts=_iso(slot.starts_at),
            free=slot.free_online,
            date=unbroken(thai_dates.long_date(slot.starts_at)),
            time=thai_dates.time_range(slot.starts_at, slot.ends_at),
        )
        for slot in slots
    ]


def day_cells(days: list[Day], *, chosen: date | None) -> list[DayCell]:
    return [
        DayCell(
            state=day.state,
            iso=day.date.isoformat(),
            full_date=thai_dates.long_date(day.date),
            weekday=short_weekday(day.date),
            day=day.date.day,
            month=thai_dates.month_short(day.date),
            word=_day_word(day),
            current=day.date == chosen,
            popular=day.is_popular and day.state != "closed",
        )
        for day in days
    ]


def time_cells(slots: Iterable[Slot], *, mine: Mapping[int, str], now: datetime) -> list[TimeCell]:
    """The slots as `bookings.queries.slots_of_day` gives them; `mine`: form keys of this
    browser's holds by slot."""
    cells = []
    for slot in slots:
        state = _state(slot, mine=mine, now=now)
        start = thai_dates.local_time(slot.starts_at)
        cells.append(
            TimeCell(
                slot_id=slot.pk,
                state=state,
                css=LOOKS.get(state, "time time-full"),
                starts=start.isoformat(),
                free=slot.free_online,
                range=thai_dates.time_range(slot.starts_at, slot.ends_at, "en"),
                word=_time_word(slot, state),
                form_key=mine.get(slot.pk, ""),
                is_morning=start.hour < AFTERNOON,
            )
        )
    return cells


def day_parts(cells: list[TimeCell], *, only_free: bool) -> list[DayPart]:
    """Morning and afternoon; an empty one is left out."""
    if only_free:
        cells = [cell for cell in cells if cell.is_free or cell.form_key]
    parts = [
        DayPart(_("Morning"), [cell for cell in cells if cell.is_morning]),
        DayPart(_("Afternoon"), [cell for cell in cells if not cell.is_morning]),
    ]
    return [part for part in parts if part.cells]


def _state(slot: Slot, *, mine: Mapping[int, str], now: datetime) -> str:
    if slot.pk in mine:
        return "mine"
    if slot.closed_at:
        return "closed"
    if slot.starts_at <= now:
        return "past"
    if slot.free_online > 0:
        return "few" if slot.free_online == 1 and slot.online_capacity > 1 else "free"
    return "held" if getattr(slot, "held", 0) else "full"


def _time_word(slot: Slot, state: str) -> str:
    if state == "free":
        # With one place in all, "1 left" would only hurry people.
        return _("%(n)s free") % {"n": slot.free_online} if slot.online_capacity > 1 else _("Free")
    return {
        "few": _("1 left"),
        "mine": _("Yours, go on"),
        "held": _("Being booked"),
        "closed": _("Closed"),
        "past": _("Over"),
    }.get(state, _("Full"))


def _day_word(day: Day) -> str:
    if day.state == "free":
        return pgettext("day", "%(n)s free") % {"n": day.times}
    return {"few": pgettext("day", "1 left"), "closed": _("Closed")}.get(day.state, _("Full"))


def closed_note(days: list[Day], suspended: Mapping[date, Closing]) -> str:
    """Why days of the grid are closed: "ส 28 – อา 29 พ.ย. ปิดวันหยุดสุดสัปดาห์ · …"."""
    runs: list[tuple[date, date, str]] = []
    for day in days:
        if day.state != "closed":
            continue
        reason = closed_reason(day, suspended)
        if runs and runs[-1][1:] == (day.date - timedelta(days=1), reason):
            runs[-1] = (runs[-1][0], day.date, reason)
        else:
            runs.append((day.date, day.date, reason))
    return " · ".join(
        _("%(days)s closed: %(reason)s")
        % {"days": unbroken(day_run(first, last)), "reason": reason}
        for first, last, reason in runs
    )


def closed_reason(day: Day, suspended: Mapping[date, Closing]) -> str:
    """`suspended`: what the office announced about its days for this service."""
    if day.closure or day.date in suspended:
        return (day.closure or suspended[day.date]).reason
    return _("weekend") if day.date.isoweekday() >= 6 else _("no times on this day")


def day_run(first: date, last: date) -> str:
    """`ส 28 – อา 29 พ.ย.`, `Sat 28 – Sun 29 Nov`."""
    end = f"{short_weekday(last)} {thai_dates.day_month(last)}"
    if first == last:
        return end
    start = str(first.day) if first.month == last.month else thai_dates.day_month(first)
    return f"{short_weekday(first)} {start} – {end}"


def short_weekday(day: date) -> str:
    """`ศ`, `Fri`."""
    return thai_dates.weekday_short(day).rstrip(".")


def _iso(moment: datetime) -> str:
    return thai_dates.local_time(moment).isoformat()
