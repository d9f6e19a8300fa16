"""Invented bookings for a demonstration, made through the services as people make them."""

import hashlib
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import chain, count

from django.utils import timezone
from stdnum.th import pin

from accounts.models import User
from bookings import checklist, queries, services
from bookings.models import Booking, ItemState, Slot
from bookings.services import Details, Person
from bookings.workflow import Status
from core.workflow import CITIZEN
from offices.models import OfferedService, ServiceCase

HOLDER = "demo:"
OFFICE = "bang-rak"
AGO = timedelta(days=4)


@dataclass(frozen=True)
class Story:
    """Who booked and what became of it. `people` are (name, nationality); `hours` after AGO it
    was booked; `today` is a visit of this very day, where the office is open."""

    people: tuple[tuple[str, str], ...]
    ends: Status
    hours: int
    today: bool = False
    asked_before: bool = False
    has_email: bool = True
    language: str = "th"


def _pair(first: str, second: str) -> tuple[tuple[str, str], ...]:
    return ((first, "TH"), (second, "TH"))


MARRIAGES = (
    Story(_pair("มะลิ ทดสอบรัก", "สมชาย ตัวอย่างดี"), Status.CONFIRMED, 1, today=True),
    Story(_pair("ดาว ทดสอบฟ้า", "ตะวัน ตัวอย่างใส"), Status.CONFIRMED, 2, today=True),
    Story(_pair("กุหลาบ ทดสอบหอม", "ปกรณ์ ตัวอย่างงาม"), Status.CONFIRMED, 3),
    Story(_pair("ชบา ทดสอบแดง", "วีระ ตัวอย่างกล้า"), Status.CONFIRMED, 5, has_email=False),
    Story(
        (("ปาริชาติ ทดสอบทอง", "TH"), ("Hana Example", "JP")),
        Status.NEEDS_DOCUMENTS,
        8,
        language="en",
    ),
    Story(_pair("บัว ทดสอบขาว", "เมฆา ตัวอย่างลม"), Status.REQUESTED, 20, asked_before=True),
    Story(_pair("จันทร์ ทดสอบเพ็ญ", "ภูผา ตัวอย่างหิน"), Status.REJECTED, 24),
    Story(_pair("แก้ว ทดสอบใส", "ธารา ตัวอย่างน้ำ"), Status.CANCELLED, 30),
    Story(_pair("พิกุล ทดสอบนวล", "อาทิตย์ ตัวอย่างแสง"), Status.REQUESTED, 48),
    Story(_pair("ราตรี ทดสอบดาว", "อรุณี ตัวอย่างเช้า"), Status.REQUESTED, 60),
    Story(_pair("สายฝน ทดสอบเย็น", "ไพร ตัวอย่างป่า"), Status.REQUESTED, 72),
    Story(
        (("เฟื่องฟ้า ทดสอบชมพู", "TH"), ("Alex Sample", "GB")),
        Status.REQUESTED,
        80,
        language="en",
    ),
)
CARDS = (
    Story((("ลำดวน ทดสอบบัตร", "TH"),), Status.CONFIRMED, 10),
    Story((("ขจร ทดสอบบัตร", "TH"),), Status.CONFIRMED, 40, has_email=False),
)
OF_OTHER_OFFICES = Story(_pair("อัญชัน ทดสอบเขต", "สิงห์ ตัวอย่างเขต"), Status.REQUESTED, 50)


def make_bookings(*, officer: User, now: datetime, city: bool) -> Counter[str]:
    """Make the demo bookings that are missing: at Bang Rak in each state that a booking reaches
    before the visit, with `city` some at each office too. Returns how many of each state. Makes
    the times where none are yet."""
    maker = _Maker(officer, now)
    offers = _offers(city)
    services.generate_slots(now=now, offered_ids=_without_times(offers))
    for offered in offers:
        here = offered.office.slug == OFFICE
        if offered.service.code == "marriage":
            maker.make(offered, MARRIAGES if here else (OF_OTHER_OFFICES,))
        else:
            maker.make(offered, CARDS)
    return maker.made


def _offers(city: bool) -> list[OfferedService]:
    offers = OfferedService.objects.open().filter(service__code__in=["marriage", "id-card"])
    if not city:
        offers = offers.filter(office__slug=OFFICE)
    return list(offers.select_related("office", "service", "pattern").order_by("pk"))


def _without_times(offers: list[OfferedService]) -> list[int]:
    return [offered.pk for offered in offers if not Slot.objects.of(offered).exists()]


class _Maker:
    """Makes stories come true, each once."""

    def __init__(self, officer: User, now: datetime) -> None:
        self.officer, self.now = officer, now
        self.made: Counter[str] = Counter()
        demo = Booking.objects.filter(holder__startswith=HOLDER)
        self.known = set(demo.values_list("holder", flat=True))

    def make(self, offered: OfferedService, stories: tuple[Story, ...]) -> None:
        ahead = iter(queries.next_free(offered, now=self.now, count=2 * len(stories)))
        today = chain(self._times_of_today(offered), ahead)
        for number, story in enumerate(stories):
            holder = f"{HOLDER}{offered.pk}:{number}"
            if holder in self.known:
                continue
            slot = next(today if story.today else ahead, None)
            if slot is None:
                return
            booking = self._book(story, offered, slot, holder)
            self._decide(story, booking)
            self.made[story.ends] += 1

    def _times_of_today(self, offered: OfferedService) -> Iterator[Slot]:
        day = timezone.localtime(self.now).replace(hour=0, minute=0, second=0, microsecond=0)
        of_day = Slot.objects.of(offered).between(day, day + timedelta(days=1)).free_online()
        return iter(of_day.order_by("-starts_at")[:2])

    def _book(self, story: Story, offered: OfferedService, slot: Slot, holder: str) -> Booking:
        at = self.now - AGO + timedelta(hours=story.hours)
        held = services.hold(
            slot=slot, offered=offered, holder=holder, language=story.language, now=at
        )
        name = holder.replace(":", "-")
        case = "th-th" if all(country == "TH" for _, country in story.people) else "th-foreign"
        details = Details(
            people=_people(story, held.pk),
            phone=f"+6680{held.pk % 10_000_000:07d}",
            email=f"{name}@example.com" if story.has_email else "",
            note="",
            case=ServiceCase.objects.filter(service=offered.service, code=case).first(),
        )
        return services.submit(
            booking=held,
            details=details,
            body_hash=hashlib.sha256(holder.encode()).digest(),
            now=at + timedelta(minutes=6),
        )

    def _decide(self, story: Story, booking: Booking) -> None:
        """What the officer did within the next hours, and the citizen after that."""
        at = self.now - AGO + timedelta(hours=story.hours + 3)
        if story.asked_before or story.ends == Status.NEEDS_DOCUMENTS:
            items = list(booking.service.checklist.filter(cases=booking.case, can_upload=True)[:1])
            services.ask_for_documents(booking=booking, items=items, by=self.officer, now=at)
        if story.asked_before:
            services.documents_sent(booking=booking, now=at + timedelta(hours=2))
        if story.ends == Status.REJECTED:
            services.reject(
                booking=booking,
                reason="ผู้ร้องคนหนึ่งยังมีคู่สมรสอยู่ กรุณาจดทะเบียนหย่าก่อน",
                by=self.officer,
                now=at,
            )
        needs_decision = booking.status == Status.REQUESTED
        if needs_decision and story.ends in (Status.CONFIRMED, Status.CANCELLED):
            mark_all(booking)
            booking = services.confirm(booking=booking, by=self.officer, now=at)
        if story.ends == Status.CANCELLED:
            services.cancel(booking=booking, by=CITIZEN, now=at + timedelta(hours=1))


def mark_all(booking: Booking) -> None:
    services.leave_out_rest(booking=booking)
    for item in checklist.items_of(booking).filter(is_conditional=False):
        services.mark_item(booking=booking, item=item, state=ItemState.PRESENT)


def _people(story: Story, number: int) -> list[Person]:
    places = count(2 * number)
    return [Person(name, land, _invented(land, next(places))) for name, land in story.people]


def _invented(country: str, number: int) -> str:
    """A passport number, or 13 digits with a right check digit that no Thai has: no registry
    office has the number 0000."""
    if country != "TH":
        return f"TEST{number:05d}"
    digits = f"10000{number:07d}"
    return digits + pin.calc_check_digit(digits)
