"""How long an officer still has to answer, in working hours of the office. The clock stands still
while the applicant has been asked for documents and has not answered."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from django.db.models import Case, DateTimeField, F, OuterRef, Q, QuerySet, Subquery, Value, When
from django.db.models.functions import Coalesce
from django.utils import timezone
from django.utils.translation import gettext as _

from bookings.models import Booking, BookingChange
from bookings.workflow import UNDECIDED, Status
from core.days import moment, start_of
from offices.models import Closure, OfferedService

# Closed days before now that still matter to a case nobody has answered.
LOOK_BACK = timedelta(days=90)
LOOK_AHEAD = timedelta(days=60)


@dataclass(frozen=True)
class WorkingTime:
    """The hours and days on which one service of an office works."""

    opens: time
    closes: time
    weekdays: str
    closed: frozenset[date]

    def is_open(self, day: date) -> bool:
        return str(day.isoweekday()) in self.weekdays and day not in self.closed

    def deadline(self, start: datetime, days: int) -> datetime:
        """Closing time, `days` working days after the day of `start`."""
        day = timezone.localdate(start)
        left = max(days, 1)
        for _distance in range(LOOK_BACK.days):
            day += timedelta(days=1)
            left -= self.is_open(day)
            if not left:
                break
        return moment(day, self.closes)

    def between(self, start: datetime, end: datetime) -> timedelta:
        """Working time from start to end."""
        total = timedelta()
        day, last = timezone.localdate(start), timezone.localdate(end)
        while day <= last:
            if self.is_open(day):
                hours = min(end, moment(day, self.closes)) - max(start, moment(day, self.opens))
                total += max(hours, timedelta())
            day += timedelta(days=1)
        return total

    @property
    def day(self) -> timedelta:
        """Length of a working day."""
        today = timezone.localdate()
        return moment(today, self.closes) - moment(today, self.opens)

    def left(
        self, start: datetime, deadline: datetime, *, now: datetime, paused: bool = False
    ) -> "TimeLeft":
        """What is left of the time between two moments; `paused` while the person is asked, where
        `now` is when the clock stopped."""
        used, total = self.between(start, now), self.between(start, deadline)
        percent = min(round(100 * used / total), 100) if total else 100
        if paused:
            return TimeLeft("paused", _("The applicant has not answered"), deadline, percent)
        if now > deadline:
            late = in_words(self.between(deadline, now), self.day)
            return TimeLeft("late", _("Late by %(time)s") % {"time": late}, deadline, 100)
        left = self.between(now, deadline)
        words = _("%(time)s left") % {"time": in_words(left, self.day)}
        return TimeLeft("soon" if left < self.day / 2 else "ample", words, deadline, percent)


@dataclass(frozen=True)
class TimeLeft:
    """What the list shows: `state` is late, soon (under half a working day), ample or paused."""

    state: str
    words: str
    deadline: datetime
    used_percent: int


class Clock:
    """Working times of the offered services of some bookings: one query for the closed days."""

    def __init__(self, offered: Iterable[OfferedService], *, now: datetime) -> None:
        self.now = now
        self.closed = _closed_days(now)
        self.times = {one.pk: self._of(one) for one in offered}

    def _of(self, offered: OfferedService) -> WorkingTime:
        return WorkingTime(
            opens=offered.office.opens_at,
            closes=offered.office.closes_at,
            weekdays=offered.pattern.weekdays,
            closed=frozenset(self.closed[None] | self.closed[offered.office_id]),
        )

    def left(self, booking: Any) -> TimeLeft | None:
        """For a booking of `with_clock`; None when nothing waits for an answer, or a case of an
        app above does."""
        if booking.belongs_to or booking.status not in UNDECIDED:
            return None
        hours = self.times[booking.offered_id]
        start = booking.clock_start
        deadline = hours.deadline(start, booking.offered.review_days)
        paused = booking.status == Status.NEEDS_DOCUMENTS
        return hours.left(start, deadline, now=self.now, paused=paused)


def with_clock(bookings: QuerySet[Booking], *, now: datetime) -> Any:
    """Bookings with `clock_start`: when they were submitted, later by the time the applicant took
    to send what was asked for."""
    answered = BookingChange.objects.filter(
        booking=OuterRef("pk"),
        from_status=Status.NEEDS_DOCUMENTS,
        to_status=Status.REQUESTED,
    ).order_by("-pk")
    stood_until = Case(
        When(status=Status.NEEDS_DOCUMENTS, then=Value(now)),
        default=Coalesce(Subquery(answered.values("at")[:1]), F("asked_at")),
        output_field=DateTimeField(),
    )
    return bookings.annotate(
        clock_start=Case(
            When(asked_at__isnull=True, then=F("requested_at")),
            default=F("requested_at") + (stood_until - F("asked_at")),
            output_field=DateTimeField(),
        )
    )


def late(offered: Iterable[OfferedService], *, now: datetime) -> Q:
    """The condition that a booking of `with_clock` waits longer than its office allows. One query;
    the limit of each service is a day, so that the database can count."""
    clock = Clock(offered, now=now)
    by_hours: dict[tuple[WorkingTime, int], list[int]] = defaultdict(list)
    for one in offered:
        by_hours[clock.times[one.pk], one.review_days].append(one.pk)
    # One condition a limit, not a service: the database works each one out for every row.
    by_limit: dict[datetime, list[int]] = defaultdict(list)
    for (hours, days), services in by_hours.items():
        by_limit[_limit(hours, days, now)] += services
    condition = Q(pk__in=[])
    for limit, services in by_limit.items():
        condition |= Q(offered_id__in=services, clock_start__lt=limit)
    return condition & Q(status=Status.REQUESTED)


def _limit(hours: WorkingTime, days: int, now: datetime) -> datetime:
    """The end of the last day whose cases should be answered by now."""
    day = timezone.localdate(now)
    for _distance in range(LOOK_BACK.days):
        if now > hours.deadline(start_of(day), days):
            break
        day -= timedelta(days=1)
    return start_of(day + timedelta(days=1))


def in_words(length: timedelta, day: timedelta) -> str:
    """1 วัน 3 ชม., 2 ชม., 40 นาที."""
    days, rest = divmod(length, day)
    hours, minutes = divmod(int(rest.total_seconds()) // 60, 60)
    parts = [_("%(n)s d") % {"n": days}] if days else []
    if hours:
        parts.append(_("%(n)s hr") % {"n": hours})
    if not days and not hours:
        parts.append(_("%(n)s min") % {"n": max(minutes, 1)})
    return " ".join(parts)


def _closed_days(now: datetime) -> dict[int | None, set[date]]:
    """Office → its closed days; None stands for the whole city."""
    span = (timezone.localdate(now - LOOK_BACK), timezone.localdate(now + LOOK_AHEAD))
    closed: dict[int | None, set[date]] = defaultdict(set)
    for office_id, day in Closure.objects.filter(date__range=span).values_list("office_id", "date"):
        closed[office_id].add(day)
    return closed
