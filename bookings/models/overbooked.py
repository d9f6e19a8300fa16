"""Who is too many at a time that gets fewer places."""

from datetime import datetime
from typing import Any

from django.db.models import Count, F, OuterRef, QuerySet, Subquery, Window
from django.db.models.functions import Coalesce, RowNumber

from bookings.models.booking import Booking
from bookings.models.slot import Slot
from bookings.models.waiting import ReturningPlace
from bookings.workflow import CHANGEABLE, Status


def too_many(slots: QuerySet[Slot], *, places: int, now: datetime) -> QuerySet[Booking]:
    """Of the appointments ahead at these times those who asked last, as many as stand above
    `places`. Holds, and cancelled places that come back later, are nobody's appointment."""
    held = _number_at(Booking.objects.filter(status=Status.HELD))
    returning = _number_at(ReturningPlace.objects.all())
    ranked = Booking.objects.filter(
        slot__in=slots.order_by().values("pk"), slot__starts_at__gt=now, status__in=CHANGEABLE
    ).annotate(
        above=F("slot__taken") - places - held - returning,
        newest=Window(RowNumber(), partition_by="slot", order_by=["-requested_at", "-pk"]),
    )
    # Apart, so that what the caller adds does not change who is counted.
    return Booking.objects.filter(pk__in=ranked.filter(newest__lte=F("above")).values("pk"))


def _number_at(rows: QuerySet[Any]) -> Coalesce:
    """How many of these rows stand at the time of a booking."""
    of_time = rows.order_by().filter(slot=OuterRef("slot"))
    return Coalesce(Subquery(of_time.values("slot").annotate(n=Count("pk")).values("n")), 0)
