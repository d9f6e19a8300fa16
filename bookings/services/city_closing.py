"""A day on which the central office closes some offices or all: what it hits, and doing it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.db import transaction
from django.db.models import Count, F, Sum
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from bookings.models import Booking, Closing, Slot
from bookings.services.closing import plan_for_closure
from bookings.services.timetable import apply_closures
from bookings.workflow import CHANGEABLE
from core.errors import Refused
from offices.models import Closure, Office


@dataclass(frozen=True)
class Hit:
    """One office on the day: appointments that stand on it, and free places that would go."""

    office: Office
    appointments: int
    places: int


def preview_city(*, offices: Sequence[Office], day: date, now: datetime) -> list[Hit]:
    """What closing the day would hit, most appointments first; no offices: all of them. Nobody is
    named. Three queries; nothing is written.

    Raises Refused("closed") when one of them is closed on the day already."""
    _check_open(offices, day)
    start = max(timezone.make_aware(datetime.combine(day, time())), now)
    end = timezone.make_aware(datetime.combine(day + timedelta(days=1), time()))
    rows = Office.objects.filter(pk__in=[one.pk for one in offices]) if offices else Office.objects
    bookings = Booking.objects.filter(
        status__in=CHANGEABLE, slot__starts_at__gte=start, slot__starts_at__lt=end
    )
    appointments = dict(
        bookings.order_by().values_list("office").annotate(n=Count("pk")).values_list("office", "n")
    )
    times = Slot.objects.between(start, end).filter(closed_at__isnull=True).order_by()
    free = times.values("office").annotate(n=Sum(F("capacity") - F("taken")))
    places = dict(free.values_list("office", "n"))
    hits = [Hit(one, appointments.get(one.pk, 0), places.get(one.pk, 0)) for one in rows.all()]
    return sorted(hits, key=lambda hit: (-hit.appointments, hit.office.name_th))


def close_city(
    *,
    offices: Sequence[Office],
    day: date,
    reason_th: str,
    by: User,
    now: datetime,
    reason_en: str = "",
) -> list[Closing]:
    """Close the day for these offices, or for the whole city when none is named; returns a draft
    for each office that has appointments on it, which only the office decides. Nobody is told
    yet. Raises Refused("permission" | "closed"); nothing is stored then."""
    if not (by.sees_whole_city and by.has_perm("offices.add_closure")):
        raise Refused(_("Only the central office closes days of the city."), code="permission")
    words = {"date": day, "reason_th": reason_th, "reason_en": reason_en}
    with transaction.atomic():
        _check_open(offices, day)
        whole: list[Office | None] = [None]
        closures = [Closure.objects.create(office=one, **words) for one in offices or whole]
    apply_closures(now=now, day=day)
    return [
        draft for closure in closures for draft in plan_for_closure(closure=closure, by=by, now=now)
    ]


def _check_open(offices: Sequence[Office], day: date) -> None:
    whole = Closure.objects.filter(date=day, office__isnull=True)
    mine = Closure.objects.filter(date=day, office__in=offices).select_related("office")
    closed = [one.office.name for one in mine if one.office]
    if whole.exists() or closed:
        raise Refused(
            _("This day is closed already: %(where)s.")
            % {"where": ", ".join(closed) or _("All offices")},
            code="closed",
            field="date",
        )
