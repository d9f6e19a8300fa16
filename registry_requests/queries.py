"""Reads about copies that more than one caller needs."""

from datetime import date, datetime, timedelta

from django.db.models import Q, QuerySet
from django.utils import timezone

from accounts.models import User
from bookings import queries as booking_queries
from bookings import rules as booking_rules
from bookings.models import Booking, Slot
from offices import queries as office_queries
from offices.models import Fee, OfferedService, Office, ServiceCase
from registry_requests import rules
from registry_requests.models import Comparison, CopyRequest, Kind
from registry_requests.workflow import OPEN


def collection_service(office: Office) -> OfferedService:
    """The service of an office whose times copies are collected at. One query. Raises
    OfferedService.DoesNotExist."""
    rows = OfferedService.objects.select_related("office", "service", "section", "pattern")
    return rows.get(office=office, service__code=rules.SERVICE)


def case_of(offered: OfferedService, kind: Kind | str) -> ServiceCase | None:
    """The case of the collection service that a kind of record is. One query."""
    return ServiceCase.objects.filter(service_id=offered.service_id, code=str(kind)).first()


def collection_times(
    offered: OfferedService, day: date, *, now: datetime, moving: CopyRequest | None = None
) -> list[Slot]:
    """The times of a day that a citizen can still choose; those of today only while the same-day
    lane takes more than the request that is moved. At most five queries."""
    window = booking_rules.booking_window(offered, now=now)
    earliest = now
    if day < window.first:
        is_today = day == timezone.localdate(now)
        if not is_today or rules.express_left(offered.office, now=now, but=moving) < 1:
            return []
        earliest = now + rules.EXPRESS_NOTICE
    if day > window.last:
        return []
    slots = booking_queries.slots_of_day(offered, day)
    free = [slot for slot in slots if slot.free_online > 0 and slot.closed_at is None]
    return [slot for slot in free if slot.starts_at >= earliest]


def next_collection_times(
    offered: OfferedService, *, now: datetime, count: int = 4, moving: CopyRequest | None = None
) -> list[Slot]:
    """The first free times, those of the same-day lane before them. A few queries."""
    today = collection_times(offered, timezone.localdate(now), now=now, moving=moving)[:2]
    later = booking_queries.next_free(offered, now=now, count=count)
    known = {slot.pk for slot in today}
    return [*today, *(slot for slot in later if slot.pk not in known)][:count]


def fee_of(request: CopyRequest, *, now: datetime) -> Fee | None:
    """What one copy costs today, from the dated table. Four queries at most."""
    offered = collection_service(request.collect_at or request.office)
    case = case_of(offered, request.kind)
    return office_queries.fee_on(offered.service, timezone.localdate(now), case)


def of_booking(booking: Booking) -> CopyRequest | None:
    """The request whose time of collection an appointment is. One query."""
    rows = CopyRequest.objects.select_related("office", "collect_at", "collection__slot")
    return rows.filter(collection=booking).first()


def key_of_booking(booking: Booking) -> int | None:
    """The key of that request. One query."""
    return CopyRequest.objects.filter(collection=booking).values_list("pk", flat=True).first()


def key_found(reference: str, by: User) -> int | None:
    """The key of the request that this member of staff sees under a reference, its own or that of
    its time of collection. One query."""
    known = Q(reference=reference) | Q(collection__reference=reference)
    rows = CopyRequest.objects.for_staff(by).filter(known)
    return rows.values_list("pk", flat=True).first()


def open_requests_of(*, id_index: bytes, phone: str) -> QuerySet[CopyRequest]:
    """A person's open cases, oldest first; for the person, never for staff. A number alone proves
    nobody: only those with the telephone too."""
    rows = CopyRequest.objects.exclude(phone="").filter(
        id_index=id_index, phone=phone, status__in=OPEN
    )
    return rows.select_related("office", "collect_at", "collection__slot").order_by("pk")


def compared(request: CopyRequest) -> dict[str, Comparison]:
    """The newest comparison of each item. One query."""
    return {one.item: one for one in request.comparisons.select_related("by")}


def is_identified(request: CopyRequest) -> bool:
    """Whether number and code were compared and are equal (S0-R11). One query."""
    newest = compared(request)
    needed = (Comparison.Item.NUMBER, Comparison.Item.BACK_CODE)
    return all(item in newest and newest[item].matched for item in needed)


def failed_tries(request: CopyRequest) -> int:
    """How often a comparison was unequal. One query."""
    return request.comparisons.filter(matched=False).count()


def waits_until(request: CopyRequest) -> datetime | None:
    """Until when an approved copy is kept for the person. One query."""
    if request.collection is None or request.collect_at is None:
        return None
    days = rules.keep_days(request.collect_at)
    return request.collection.slot.ends_at + timedelta(days=days)
