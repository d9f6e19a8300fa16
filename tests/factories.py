"""Records for tests. Reference data are small and handmade; a booking reaches its state through
the services, as in life. All times hang on NOW, a Monday morning without a holiday near it."""

from datetime import date, datetime, time, timedelta
from itertools import count
from uuid import uuid4

import factory
from django.utils import timezone
from factory.django import DjangoModelFactory
from stdnum.th import pin

from accounts.models import StaffRole, User
from accounts.roles import CITY_ROLES, Role
from bookings import checklist, queries, services
from bookings.models import Booking, DataRequest, ItemState, NotServedReason, Slot, WaitingEntry
from bookings.services import Asked, Details, Person, counter, data_requests
from bookings.workflow import Status
from core.workflow import CITIZEN, SYSTEM
from offices.models import (
    ChecklistItem,
    Closure,
    OfferedService,
    Office,
    OpeningPattern,
    PatternTime,
    Section,
    SectionKind,
    Service,
    ServiceCase,
    Window,
)

_numbers = count(1)


def at(year: int, month: int, day: int, hour: int = 0, minute: int = 0) -> datetime:
    """A moment in Bangkok."""
    return timezone.make_aware(datetime(year, month, day, hour, minute))  # noqa: DTZ001


NOW = at(2026, 11, 23, 9)


class OfficeFactory(DjangoModelFactory):
    class Meta:
        model = Office
        django_get_or_create = ("code",)

    code = 1004
    slug = "bang-rak"
    prefix = "BR"
    name_th = "บางรัก"
    name_en = "Bang Rak"
    phone = "0 2000 0000"
    address_th = "1 ถนนทดสอบ"
    opens_at = time(8)
    closes_at = time(16)


class SectionFactory(DjangoModelFactory):
    class Meta:
        model = Section
        django_get_or_create = ("office", "kind")

    office = factory.SubFactory(OfficeFactory)
    kind = SectionKind.REGISTRATION


class ServiceFactory(DjangoModelFactory):
    class Meta:
        model = Service
        django_get_or_create = ("code",)

    code = "marriage"
    section = SectionKind.REGISTRATION
    icon = "hearts"
    name_th = "จดทะเบียนสมรส"
    name_en = "Marriage registration"
    parties = 2


class PatternFactory(DjangoModelFactory):
    class Meta:
        model = OpeningPattern
        django_get_or_create = ("office", "name")

    office = factory.SubFactory(OfficeFactory)
    name = "ตารางทดสอบ"


class OfferedFactory(DjangoModelFactory):
    """Marriage at Bang Rak as seeded: one online place a time, an officer looks first."""

    class Meta:
        model = OfferedService

    office = factory.SubFactory(OfficeFactory)
    service = factory.SubFactory(ServiceFactory)
    section = factory.SubFactory(SectionFactory, office=factory.SelfAttribute("..office"))
    pattern = factory.SubFactory(PatternFactory, office=factory.SelfAttribute("..office"))
    minutes = 30
    online_places = 1
    total_places = 2
    needs_officer = True


class CaseFactory(DjangoModelFactory):
    class Meta:
        model = ServiceCase
        django_get_or_create = ("service", "code")

    service = factory.SubFactory(ServiceFactory)
    code = "th-th"
    name_th = short_th = "ไทยกับไทย"
    name_en = short_en = "Thai–Thai"


class ItemFactory(DjangoModelFactory):
    class Meta:
        model = ChecklistItem

    service = factory.SubFactory(ServiceFactory)
    code = factory.Sequence(lambda n: f"item-{n}")
    can_upload = True
    title_th = "บัตรประชาชน"
    title_en = "ID card"


class UserFactory(DjangoModelFactory):
    class Meta:
        model = User

    username = factory.Sequence(lambda n: f"staff{n}")
    first_name = "อารี"
    last_name = "ทดสอบชัย"
    is_staff = True


def make_office(**changes) -> Office:
    return OfficeFactory(**changes)


def make_offered(*, times: list[tuple[str, str]] = (), **changes) -> OfferedService:
    """A service at an office; `times` are the rows of its pattern ("08:00", "08:30")."""
    offered = OfferedFactory(**changes)
    for no, (starts, ends) in enumerate(times, 1):
        PatternTime.objects.create(pattern=offered.pattern, no=no, starts=starts, ends=ends)
    return offered


def make_slot(
    offered: OfferedService,
    *,
    starts: datetime | None = None,
    capacity: int = 1,
    online: int | None = None,
    **changes,
) -> Slot:
    """A time of an offered service; without `starts` 10.00 a week after NOW, and 30 minutes later
    for each one more."""
    if starts is None:
        starts = at(2026, 11, 30, 10) + timedelta(minutes=30) * Slot.objects.of(offered).count()
    return Slot.objects.create(
        office=offered.office,
        service=offered.service,
        starts_at=starts,
        ends_at=starts + timedelta(minutes=30),
        capacity=capacity,
        online_capacity=capacity if online is None else online,
        **changes,
    )


def make_closure(day: date, *, office: Office | None = None) -> Closure:
    return Closure.objects.create(date=day, office=office, reason_th="วันหยุดทดสอบ")


def make_staff(
    role: Role = Role.OFFICER, *, office: Office | None = None, may_decide: bool = True, **changes
) -> User:
    """A member of staff with one role, by default an officer of Bang Rak who may decide."""
    user = UserFactory(**changes)
    place = None if role in CITY_ROLES else office or OfficeFactory()
    may_decide = may_decide and role == Role.OFFICER
    StaffRole.objects.create(user=user, role=role, office=place, may_decide=may_decide)
    return user


def national_id() -> str:
    """A good number of nobody: no registry office is 0000; never the same twice."""
    digits = f"10000{next(_numbers):07d}"
    return digits + pin.calc_check_digit(digits)


def thai(name: str = "มะลิ ทดสอบ", number: str = "") -> Person:
    return Person(name, "TH", number or national_id())


def couple_details(*people: Person, **changes) -> Details:
    facts = {"phone": "+66800000000", "email": "couple@example.com", "note": "", "case": None}
    people = people or (thai("มะลิ ทดสอบ"), thai("สมชาย ตัวอย่าง"))
    return Details(people=people, **(facts | changes))


def hold(slot: Slot, offered: OfferedService, *, holder: str = "", now: datetime = NOW) -> Booking:
    """A place held by a browser, by default one of its own."""
    holder = holder or f"browser-{next(_numbers)}"
    return services.hold(slot=slot, offered=offered, holder=holder, language="th", now=now)


def submit(
    held: Booking,
    details: Details | None = None,
    *,
    body_hash: bytes = b"1" * 32,
    now: datetime = NOW,
) -> Booking:
    booking, _cases = queries.booking_of_form(held.form_key, held.holder)
    return services.submit(
        booking=booking,
        details=details or couple_details(),
        body_hash=body_hash,
        now=now,
    )


def mark_all(booking: Booking) -> None:
    """What an officer does before approving: every item is there, or does not apply."""
    services.leave_out_rest(booking=booking)
    for item in checklist.unmarked(booking):
        services.mark_item(booking=booking, item=item, state=ItemState.PRESENT)


def wait(offered: OfferedService, *, now: datetime = NOW, **changes) -> WaitingEntry:
    """Somebody who waits for a day that is full: Thursday of the week after NOW, whose one time is
    held by a browser, unless another day is given."""
    day = changes.get("first_day") or date(2026, 12, 3)
    if not Slot.objects.of(offered).filter(starts_at__date=day).exists():
        hold(make_slot(offered, starts=at(day.year, day.month, day.day, 10)), offered, now=now)
    facts = {
        "party_size": 1,
        "first_day": day,
        "latest_day": day,
        "phone": "",
        "email": f"waiting{next(_numbers)}@example.com",
    }
    return services.join_waiting(
        form_key=changes.pop("form_key", None) or uuid4(),
        offered=offered,
        wish=services.Wish(**(facts | changes)),
        language="th",
        now=now,
    )


def booking_at(
    status: Status = Status.REQUESTED,
    *,
    offered: OfferedService | None = None,
    slot: Slot | None = None,
    by: User | None = None,
    details: Details | None = None,
    now: datetime = NOW,
) -> Booking:
    """A booking that went the shortest way to a status. At the counter it stands on the day of
    its visit, at its time."""
    offered = offered or make_offered()
    booking = hold(slot or make_slot(offered), offered, now=now)
    if status == Status.HELD:
        return booking
    if status == Status.EXPIRED:
        services.release_hold(booking=booking, by=SYSTEM, now=now)
        return Booking.objects.get(pk=booking.pk)
    booking = submit(booking, details, now=now)
    if status == booking.status:
        return booking
    if status == Status.CANCELLED:
        return services.cancel(booking=booking, by=CITIZEN, now=now)
    officer = by or make_staff(office=offered.office)
    match status:
        case Status.CONFIRMED:
            mark_all(booking)
            return services.confirm(booking=booking, by=officer, now=now)
        case Status.REJECTED:
            return services.reject(booking=booking, by=officer, reason="ทดสอบ", now=now)
        case Status.NEEDS_DOCUMENTS:
            item = ItemFactory(service=offered.service)
            return services.ask_for_documents(booking=booking, items=[item], by=officer, now=now)
    mark_all(booking)
    booking = services.confirm(booking=booking, by=officer, now=now)
    _visit(booking, status, by=officer)
    return Booking.objects.get(pk=booking.pk)


def _visit(booking: Booking, status: Status, *, by: User) -> None:
    """The counter's part of the way, at the time of the visit."""
    now = booking.slot.starts_at
    if status == Status.NO_SHOW:
        return counter.no_show(booking=booking, by=by, now=now)
    ticket = counter.arrive(booking=booking, by=by, now=now)
    if status == Status.ARRIVED:
        return None
    window = Window.objects.create(
        office=booking.office, section=booking.offered.section, label=f"t{next(_numbers)}"
    )
    ticket = counter.call(ticket=ticket, window=window, by=by, now=now)
    ticket = counter.start(ticket=ticket, by=by, now=now)
    if status == Status.SERVED:
        counter.finish(ticket=ticket, by=by, now=now)
    if status == Status.NOT_SERVED:
        counter.not_served(ticket=ticket, reason=NotServedReason.SYSTEM, by=by, now=now)
    return None


def make_data_request(
    *,
    office: Office | None = None,
    kind: DataRequest.Kind = DataRequest.Kind.SEE,
    person: Person | None = None,
    now: datetime = NOW,
    **changes,
) -> DataRequest:
    """A request about personal data as sent online."""
    facts = {"phone": "+66800000000", "email": "mali@example.com", "note": "", "language": "th"}
    asked = Asked(
        office=office or OfficeFactory(), kind=kind, person=person or thai(), **(facts | changes)
    )
    return data_requests.ask(form_key=uuid4(), asked=asked, now=now)
