"""Invented copy requests for a demonstration, made through the services as people make them."""

from collections import Counter
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import NAMESPACE_URL, uuid5

from stdnum.th import pin

from accounts.models import User
from bookings import queries as times
from bookings import services as bookings
from bookings.models import Slot
from bookings.services import Person
from core.workflow import CITIZEN, Actor
from offices.models import OfferedService
from registry_requests import rules, services
from registry_requests.models import Comparison, CopyRequest, Kind
from registry_requests.workflow import Status

AGO = timedelta(days=3)
FEE = 10
# What stands on every card of the demonstration; an officer types it to compare.
BACK, PHOTO = "JC1000000012", "10400200000001"
# The offices of the demonstration, and who decides there (accounts.demo).
OFFICERS = {"bang-rak": "officer", "bang-khae": "officer-bangkhae"}

# Who enters at the counter and lets another approve.
COLLEAGUE = "officer2"


@dataclass(frozen=True)
class Story:
    """Who asked for what and what became of it; `hours` after AGO it was asked for. `elsewhere` is
    the slug of the office that hands the copy out."""

    name: str
    kind: Kind
    ends: Status
    hours: int
    copies: int = 1
    elsewhere: str = ""
    at_counter: bool = False


STORIES = (
    Story("สุดารัตน์ ทดลองสุข", Kind.HOUSE, Status.CHECKING, 4, copies=2),
    Story("พงษ์ศักดิ์ ทดลองงาน", Kind.MARRIAGE, Status.SUBMITTED, 52),
    Story("วิไล ทดลองใจ", Kind.PHOTO, Status.SUBMITTED, 66, at_counter=True),
    Story("ธนพล ทดลองธรรม", Kind.DIVORCE, Status.NEEDS_DOCUMENTS, 8),
    Story("นภา ทดลองฟ้า", Kind.HOUSE, Status.APPROVED, 10, copies=3),
    Story("กิตติ ทดลองดี", Kind.HOUSE, Status.READY, 12),
    Story("อำไพ ทดลองแสง", Kind.MARRIAGE, Status.COLLECTED, 14, copies=2),
    Story("บุญชัย ทดลองมั่น", Kind.PHOTO, Status.REJECTED, 16),
    Story("ลัดดา ทดลองนา", Kind.HOUSE, Status.CANCELLED, 18),
    Story("ประนอม ทดลองเดิน", Kind.ENQUIRY, Status.SUBMITTED, 60),
    Story("สมหมาย ทดลองหวัง", Kind.ENQUIRY, Status.ANSWERED, 20),
)
HANDED_OVER = {
    "bang-rak": Story("จารุณี ทดลองทาง", Kind.HOUSE, Status.APPROVED, 22, elsewhere="bang-khae"),
    "bang-khae": Story("ชูเกียรติ ทดลองไกล", Kind.HOUSE, Status.SUBMITTED, 58, elsewhere="bang-rak"),
}
NOTES = {
    "ประนอม ทดลองเดิน": "ขอให้ไปทำบัตรประชาชนให้ผู้ป่วยติดเตียงที่บ้าน",
    "สมหมาย ทดลองหวัง": "ย้ายเข้าทะเบียนบ้านของพี่ชายต้องใช้เอกสารใด",
}


def make_requests(now: datetime) -> Counter[str]:
    """Make the demo requests that are missing: at Bang Rak and Bang Khae, in each state. Returns
    how many of each. Needs the demo accounts; makes the times where none are yet."""
    offers = _offers()
    without = [one.pk for one in offers.values() if not Slot.objects.of(one).exists()]
    bookings.generate_slots(now=now, offered_ids=without)
    names = [*OFFICERS.values(), COLLEAGUE]
    officers = User.objects.in_bulk(names, field_name="username")
    if len(officers) < len(names):
        return Counter()
    maker = _Maker(offers, officers, now)
    for slug in offers:
        for number, story in enumerate([*STORIES, HANDED_OVER[slug]]):
            maker.make(slug, number, story)
    return maker.made


def _offers() -> dict[str, OfferedService]:
    rows = OfferedService.objects.open().filter(
        service__code=rules.SERVICE, office__slug__in=HANDED_OVER
    )
    rows = rows.select_related("office", "service", "pattern").order_by("office__slug")
    return {one.office.slug: one for one in rows}


class _Maker:
    """Makes stories come true, each once."""

    def __init__(
        self, offers: dict[str, OfferedService], officers: dict[str, User], now: datetime
    ) -> None:
        self.offers, self.officers, self.now = offers, officers, now
        self.made: Counter[str] = Counter()
        self.times = {
            slug: iter(times.next_free(offered, now=now, count=2 * len(STORIES)))
            for slug, offered in offers.items()
        }

    def make(self, slug: str, number: int, story: Story) -> None:
        key = uuid5(NAMESPACE_URL, f"nadkhet:demo-copy:{slug}:{number}")
        place = story.elsewhere or slug
        if place not in self.offers or CopyRequest.objects.filter(form_key=key).exists():
            return
        is_copy = story.kind != Kind.ENQUIRY
        slot = next(self.times[place], None) if is_copy else None
        if is_copy and slot is None:
            return
        at = self.now - AGO + timedelta(hours=story.hours)
        person = Person(story.name, "TH", _number(slug, number))
        by = self.officers[COLLEAGUE] if self._is_entered(slug, story) else None
        request = services.submit(
            form_key=key,
            wish=services.Wish(
                kind=story.kind,
                office=self.offers[slug].office,
                person=person,
                phone=f"+6680{number + 100:07d}",
                email=f"demo-copy-{slug}-{number}@example.com",
                language="th",
                channel=CopyRequest.Channel.COUNTER if by else CopyRequest.Channel.WEB,
                proof=CopyRequest.Proof.SEEN if by else CopyRequest.Proof.TYPED,
                note=NOTES.get(story.name, ""),
                copies=story.copies,
                back_code=services.CardCode.of("back_code", BACK, form_key=key)
                if is_copy
                else None,
                photo_code=services.CardCode.of("photo_code", PHOTO, form_key=key)
                if is_copy
                else None,
                offered=self.offers[place] if is_copy else None,
                slot=slot,
            ),
            body_hash=key.bytes * 2,
            now=at,
            by=Actor.staff(by) if by else CITIZEN,
        )
        self._go_on(request, story, person.number, at + timedelta(hours=3))
        self.made[story.ends] += 1

    def _is_entered(self, slug: str, story: Story) -> bool:
        """Only Bang Rak has a second officer in the demonstration."""
        return story.at_counter and slug == "bang-rak"

    def _go_on(self, request: CopyRequest, story: Story, number: str, at: datetime) -> None:
        """What the officers did within the next hours."""
        officer = self.officers[OFFICERS[request.office.slug]]
        ends = story.ends
        if ends == Status.SUBMITTED:
            return
        if ends == Status.CANCELLED:
            services.cancel(request=request, by=CITIZEN, now=at)
            return
        services.take(request=request, by=officer, now=at)
        if ends == Status.NEEDS_DOCUMENTS:
            text = "รหัสหลังบัตรไม่ตรงกับบัตรใบล่าสุด กรุณายืนยันรหัสจากบัตรที่ใช้อยู่"
            services.ask_for_more(request=request, text=text, by=officer, now=at)
        elif ends == Status.REJECTED:
            services.reject(request=request, reason="ไม่มีทะเบียนนี้ที่สำนักงานเขต", by=officer, now=at)
        elif ends == Status.ANSWERED:
            text = "ใช้บัตรประชาชนของเจ้าบ้านและของผู้ย้าย พร้อมทะเบียนบ้านฉบับเจ้าบ้าน"
            services.answer(request=request, text=text, by=officer, now=at)
        elif ends != Status.CHECKING:
            self._hand_out(request, story, number, at)

    def _hand_out(self, request: CopyRequest, story: Story, number: str, at: datetime) -> None:
        """From comparing as far as the story goes."""
        officer = self.officers[OFFICERS[request.office.slug]]
        typed = {Comparison.Item.NUMBER: number, Comparison.Item.BACK_CODE: BACK}
        services.compare(request=request, typed=typed, by=officer, now=at)
        services.approve(request=request, fee_each=FEE, by=officer, now=at)
        if story.ends in (Status.READY, Status.COLLECTED):
            services.mark_ready(request=request, by=officer, now=at + timedelta(hours=1))
        if story.ends == Status.COLLECTED:
            end = at + timedelta(hours=2)
            services.mark_paid(request=request, receipt_no="1/2570", by=officer, now=end)
            services.hand_out(
                request=request, to=story.name, identity_seen=True, by=officer, now=end
            )


def _number(slug: str, number: int) -> str:
    """13 digits with a right check digit that no Thai has: no registry office has the number
    0000."""
    digits = f"10000{9_000_000 + 100 * list(OFFICERS).index(slug) + number:07d}"
    return digits + pin.calc_check_digit(digits)
