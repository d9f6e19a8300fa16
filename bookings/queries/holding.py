"""What keeping a time and sending its form read: written out, because all people of a rush ask it
(ADR 12)."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

from django.db import connection
from django.db.models import QuerySet

from bookings import rules
from bookings.models import Booking, Slot
from bookings.rules import BookingWindow
from bookings.workflow import Status
from core.days import start_of
from core.db import words_of
from core.rows import columns, partly, read
from offices.models import OfferedService, Office, OpeningPattern, Service, ServiceCase

# A time, with what keeping a place of it needs of the office, the service and its rules.
TO_HOLD = f"""
    SELECT {columns(Slot, "t")}, o.id AS offered_id, o.earliest_days, o.latest_days, o.pattern_id,
        f.prefix AS office_prefix, p.weekdays AS pattern_weekdays,
        EXISTS (
            SELECT 1 FROM bookings_booking b
            WHERE b.holder = %s AND b.slot_id = t.id AND b.status = 'held'
        ) AS is_kept
    FROM bookings_slot t
    JOIN offices_office f ON f.id = t.office_id
    JOIN offices_service s ON s.id = t.service_id
    JOIN offices_offeredservice o ON o.office_id = t.office_id AND o.service_id = t.service_id
    JOIN offices_openingpattern p ON p.id = o.pattern_id
    WHERE t.id = %s AND f.slug = %s AND s.code = %s AND o.is_open AND s.is_active
        AND NOT s.by_request
"""  # noqa: S608 -- names of ours
# The three free times before and the three after; a rush reads this for everyone it refuses.
FREE = """
    SELECT id, starts_at, ends_at, capacity, online_capacity, taken, taken_online, closed_at
    FROM bookings_slot
    WHERE office_id = %(office)s AND service_id = %(service)s AND id <> %(slot)s
    AND closed_at IS NULL AND taken < capacity AND taken_online < online_capacity
"""
NEAREST = f"""
    SELECT * FROM ({FREE} AND starts_at > %(first)s AND starts_at < %(start)s
        ORDER BY starts_at DESC LIMIT 3) AS before
    UNION ALL
    SELECT * FROM ({FREE} AND starts_at > %(first)s AND starts_at >= %(start)s
        AND starts_at < %(last)s ORDER BY starts_at LIMIT 3) AS after
"""  # noqa: S608 -- two texts of ours
# "held" stands here and is no parameter: only then the index over holds can be used.
HELD_BY = f"""
    SELECT {columns(Booking, "b")} FROM bookings_booking b WHERE holder = %s AND status = 'held'
"""  # noqa: S608
# The cases of the service as "1:th-th 2:th-foreign".
OF_FORM = f"""
    SELECT {columns(Booking, "b")}, s.code AS service_code, s.parties AS service_parties,
        o.needs_officer, (
            SELECT {words_of("c.id || ':' || c.code")} FROM offices_servicecase c
            WHERE c.service_id = b.service_id
        ) AS cases
    FROM bookings_booking b
    JOIN offices_service s ON s.id = b.service_id
    JOIN offices_offeredservice o ON o.id = b.offered_id
    WHERE b.form_key = %s AND b.holder = %s
"""  # noqa: S608 -- names of ours


def slot_to_hold(
    office_slug: str, service_code: str, slot_id: int, *, holder: str
) -> tuple[Slot, OfferedService, bool] | None:
    """A time of an open service of an office, the service with what keeping a place needs of
    office, service and pattern (the rest is read when asked for), and whether the browser keeps a
    place of this time already. One query, written out for the busiest path."""
    for slot in read(Slot, TO_HOLD, [holder, slot_id, office_slug, service_code]):
        extra = vars(slot)
        offered = partly(
            OfferedService,
            id=extra["offered_id"],
            office_id=slot.office_id,
            service_id=slot.service_id,
            pattern_id=extra["pattern_id"],
            is_open=True,
            earliest_days=extra["earliest_days"],
            latest_days=extra["latest_days"],
        )
        office, service, pattern = slot.office_id, slot.service_id, offered.pattern_id
        offered.office = partly(Office, id=office, slug=office_slug, prefix=extra["office_prefix"])
        offered.service = partly(Service, id=service, code=service_code, is_active=True)
        offered.pattern = partly(OpeningPattern, id=pattern, weekdays=extra["pattern_weekdays"])
        return slot, offered, bool(holder and extra["is_kept"])
    return None


def nearest_free(
    offered: OfferedService, slot: Slot, *, now: datetime, window: BookingWindow | None = None
) -> list[Slot]:
    """Three free times nearest to a time that went, in time order. One query, and one for the
    window when it is not given."""
    window = window or rules.booking_window(offered, now=now)
    values = {
        "slot": slot.pk,
        "office": offered.office_id,
        "service": offered.service_id,
        "start": slot.starts_at,
        "first": max(now, start_of(window.first), slot.starts_at - timedelta(days=10)),
        "last": min(slot.starts_at + timedelta(days=30), start_of(window.last + timedelta(days=1))),
    }
    moment = Slot._meta.get_field("starts_at")
    for name in ("start", "first", "last"):
        values[name] = moment.get_db_prep_value(values[name], connection)
    free = read(Slot, NEAREST, values)
    nearest = sorted(free, key=lambda other: abs(other.starts_at - slot.starts_at))[:3]
    return sorted(nearest, key=lambda other: other.starts_at)


def booking_of_form(form_key: UUID, holder: str) -> tuple[Booking, list[ServiceCase]]:
    """The hold or booking of a form, if it is this browser's, and the cases of its service: with
    the little that sending the form needs of service, offer and cases (the rest is read when asked
    for); not locked. One query, written out because it stands in the busiest path. Raises
    Booking.DoesNotExist."""
    key = Booking._meta.get_field("form_key").get_db_prep_value(form_key, connection)
    booking = next(iter(read(Booking, OF_FORM, [key, holder])), None)
    if booking is None:
        raise Booking.DoesNotExist
    extra = vars(booking)
    booking.service = partly(
        Service,
        id=booking.service_id,
        code=extra["service_code"],
        parties=extra["service_parties"],
    )
    booking.offered = partly(
        OfferedService, id=booking.offered_id, needs_officer=extra["needs_officer"]
    )
    cases = [word.split(":") for word in (extra["cases"] or "").split()]
    return booking, [partly(ServiceCase, id=int(pk), code=code) for pk, code in cases]


def still_held(ids: Sequence[int], *, now: datetime) -> list[int]:
    """Which of these bookings are holds that run. One query."""
    held = Booking.objects.filter(pk__in=ids, status=Status.HELD, held_until__gt=now)
    return list(held.values_list("pk", flat=True))


def all_holds_of(holder: str) -> list[Booking]:
    """The times that a browser is keeping, and those that are over and not released yet. One
    query, written out for the busiest path."""
    return read(Booking, HELD_BY, [holder])


def holds_of(holder: str, *, now: datetime) -> QuerySet[Booking]:
    """The times that a browser is keeping. One query."""
    return Booking.objects.filter(
        holder=holder, status=Status.HELD, held_until__gt=now
    ).select_related("slot", "office", "service")
