"""A day in progress at Bang Rak for a demonstration: visits that ended, one that runs, people who
wait, made through the services as the counter makes them."""

import hashlib
from collections import Counter
from collections.abc import Sequence
from datetime import datetime, timedelta

from django.utils import timezone
from stdnum.th import pin

from accounts.models import User
from bookings import services
from bookings.demo import mark_all
from bookings.models import Booking, NotServedReason, Slot, Ticket
from bookings.services import Details, Person, counter
from bookings.services.counter.numbers import slots_of_day
from bookings.workflow import AT_WINDOW, Status
from core.errors import Refused
from core.workflow import Actor
from offices.models import OfferedService, Window

HOLDER, PAST = "demo-day:", "demo-past:"
# Of each day of the past, and how many days a month of it has.
COUPLES_A_DAY = 2
DAYS_A_MONTH = 30
LEAD = timedelta(days=7)
USUAL = timedelta(minutes=25)
# One for the couples, one for the walk-ins.
WINDOWS = 2
COUPLES = (
    ("สุดา ทดสอบเช้า", "กมล ตัวอย่างสาย"),
    ("มานี ทดสอบทราย", "ชูใจ ตัวอย่างดิน"),
    ("ปิติ ทดสอบสุข", "วีรา ตัวอย่างใจ"),
    ("จันทรา ทดสอบงาม", "สมคิด ตัวอย่างคิด"),
    ("อรอุมา ทดสอบดี", "ปกรณ์ ตัวอย่างสุข"),
    ("ศศิธร ทดสอบมติ", "ธนา ตัวอย่างทอง"),
    ("รุ่งนภา ทดสอบฟ้า", "ชาตรี ตัวอย่างชาย"),
    ("นลิน ทดสอบงาม", "กานต์ ตัวอย่างกล้า"),
    ("เมษา ทดสอบร้อน", "ธีรพล ตัวอย่างลอง"),
    ("กัญญา ทดสอบแก้ว", "พิชิต ตัวอย่างชัย"),
)
WALK_INS = ("บุญมี ทดสอบ", "วิชัย ทดลอง", "", "พิกุล ทดสอบ", "อารีย์ ตัวอย่าง")


def make_day(*, officers: Sequence[User], now: datetime) -> Counter[str]:
    """Make today's visits at Bang Rak and play them until now; nothing on a day without times, or
    when it was made already. Returns how many numbers of each state."""
    offered = _marriage()
    start, end = slots_of_day(now)
    slots = list(Slot.objects.of(offered).between(start, end).filter(closed_at__isnull=True))
    day = f"{HOLDER}{timezone.localdate(now)}:"
    if not slots or Booking.objects.filter(holder__startswith=day).exists():
        return Counter()
    _end_earlier_days(offered, officers[0], now)
    windows = _free_windows(offered)
    if len(windows) < WINDOWS:
        return Counter()
    free = [slot for slot in slots if slot.free_online]
    booked = [
        _book(offered, slot, people, f"{day}{slot.pk}", officers[0], now)
        for slot, people in zip(free, COUPLES, strict=False)
    ]
    _Play(offered, officers, windows, now).play(booked)
    tickets = Ticket.objects.of_day(offered.office, timezone.localdate(now))
    return Counter(tickets.values_list("status", flat=True))


def make_history(*, officers: Sequence[User], now: datetime, months: int) -> int:
    """Make finished visits of the last months at Bang Rak, where there are none yet; returns how
    many. About a tenth of a second each."""
    offered = _marriage()
    first = now - timedelta(days=DAYS_A_MONTH * months)
    services.generate_slots(now=first, days=(now - first).days, offered_ids=[offered.pk])
    windows = _free_windows(offered)
    known = set(Booking.objects.filter(holder__startswith=PAST).values_list("holder", flat=True))
    made = 0
    for back in range(DAYS_A_MONTH * months, 0, -1):
        start, end = slots_of_day(now - timedelta(days=back))
        times = Slot.objects.of(offered).between(start, end).free_online()
        for number, slot in enumerate(times[:COUPLES_A_DAY] if windows else []):
            holder = f"{PAST}{timezone.localdate(start)}:{number}"
            if holder in known:
                continue
            people = COUPLES[(back + number) % len(COUPLES)]
            booking = _book(offered, slot, people, holder, officers[0], slot.starts_at)
            _Play(offered, officers, windows, slot.ends_at).end(booking, back + number)
            made += 1
    return made


def _marriage() -> OfferedService:
    rows = OfferedService.objects.select_related("office", "service", "pattern")
    return rows.get(office__slug="bang-rak", service__code="marriage")


def _end_earlier_days(offered: OfferedService, officer: User, now: datetime) -> None:
    """Whoever the demonstration of an earlier day left at a window goes home served."""
    services.end_office_days(now=now)
    left = Ticket.objects.filter(
        office=offered.office, status__in=AT_WINDOW, day__lt=timezone.localdate(now)
    )
    for ticket in left:
        began = ticket.periods.latest("pk").started_at
        counter.finish(ticket=ticket, by=officer, now=began + USUAL)


def _free_windows(offered: OfferedService) -> list[Window]:
    """Those at which nobody stands."""
    busy = Ticket.objects.filter(office=offered.office, status__in=AT_WINDOW).values("window")
    windows = Window.objects.filter(office=offered.office, is_open=True)
    return list(windows.exclude(pk__in=busy).order_by("label"))


def _book(
    offered: OfferedService,
    slot: Slot,
    people: tuple[str, str],
    holder: str,
    officer: User,
    now: datetime,
) -> Booking:
    at = now - LEAD
    held = services.hold(slot=slot, offered=offered, holder=holder, language="th", now=at)
    numbers = [f"10001{2 * held.pk + place:07d}" for place in range(2)]
    details = Details(
        people=[
            Person(name, "TH", digits + pin.calc_check_digit(digits))
            for name, digits in zip(people, numbers, strict=True)
        ],
        phone=f"+6680{held.pk % 10_000_000:07d}",
        email=f"{holder.replace(':', '-')}@example.com",
        note="",
        case=offered.service.cases.filter(code="th-th").first(),
    )
    booking = services.submit(
        booking=held,
        details=details,
        body_hash=hashlib.sha256(holder.encode()).digest(),
        now=at,
    )
    if booking.status == Status.REQUESTED:
        mark_all(booking)
        booking = services.confirm(booking=booking, by=officer, now=at + timedelta(hours=2))
    return booking


class _Play:
    """The day until `now`, in the order of time."""

    def __init__(
        self,
        offered: OfferedService,
        officers: Sequence[User],
        windows: Sequence[Window],
        now: datetime,
    ) -> None:
        self.offered, self.officers, self.windows, self.now = offered, officers, windows, now

    def play(self, booked: Sequence[Booking]) -> None:
        past = [one for one in booked if one.slot.ends_at <= self.now]
        for number, booking in enumerate(past):
            self.end(booking, number)
        running = [one for one in booked if one.slot.starts_at <= self.now < one.slot.ends_at]
        ahead = [one for one in booked if one.slot.starts_at > self.now]
        for booking in running:
            self._serve(booking, self.windows[0], self.officers[0])
        for booking in ahead[:1]:
            if booking.slot.starts_at - self.now < timedelta(minutes=40):
                self._arrive(booking, self.now - timedelta(minutes=3))
        self._walk_ins()

    def end(self, booking: Booking, number: int) -> None:
        """Now and then somebody does not come, or lacks a document."""
        officer, window = self.officers[0], self.windows[0]
        if number % 10 == 1:
            counter.no_show(booking=booking, by=officer, now=booking.slot.ends_at)
            return
        ticket = self._serve(booking, window, officer)
        end = booking.slot.starts_at + timedelta(minutes=19 + number % 3 * 5)
        if number % 10 == 3:
            counter.not_served(ticket=ticket, reason=NotServedReason.DOCUMENTS, by=officer, now=end)
        else:
            counter.finish(ticket=ticket, by=officer, now=end)

    def _arrive(self, booking: Booking, at: datetime) -> Ticket:
        return counter.arrive(booking=booking, by=self.officers[0], now=at)

    def _serve(self, booking: Booking, window: Window, officer: User) -> Ticket:
        start = booking.slot.starts_at
        ticket = self._arrive(booking, start - timedelta(minutes=8))
        counter.call(ticket=ticket, window=window, by=officer, now=start)
        return counter.start(ticket=ticket, by=officer, now=start)

    def _walk_ins(self) -> None:
        """People who want an ID card: one called to the second window, the others wait."""
        card = OfferedService.objects.select_related("office").get(
            office=self.offered.office, service__code="id-card"
        )
        tickets = []
        for number, name in enumerate(WALK_INS):
            at = self.now - timedelta(minutes=24 - 5 * number)
            try:
                by = Actor.staff(self.officers[-1])
                tickets.append(counter.add_walk_in(offered=card, name=name, by=by, now=at))
            except Refused:
                # The office is closed at this hour.
                continue
        if len(tickets) == len(WALK_INS):
            window, at = self.windows[1], self.now - timedelta(minutes=2)
            counter.call(ticket=tickets[0], window=window, by=self.officers[-1], now=at)
