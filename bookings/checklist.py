"""What a case asks for, beside what the officer found of it."""

from django.db.models import QuerySet

from bookings.models import Booking, ItemCheck, ItemState
from offices import queries as office_queries
from offices.models import ChecklistItem


def items_of(booking: Booking) -> QuerySet[ChecklistItem]:
    """The items of the case of a booking. One query."""
    return office_queries.checklist_of(booking.service_id, booking.case_id)


def unmarked(booking: Booking) -> QuerySet[ChecklistItem]:
    """The items that no officer has marked yet. One query."""
    marked = ItemCheck.objects.filter(booking=booking).values("item")
    return items_of(booking).exclude(pk__in=marked)


def to_bring(booking: Booking) -> QuerySet[ChecklistItem]:
    """The items of the case, but those that the officer found not to apply. One query."""
    left_out = ItemCheck.objects.filter(booking=booking, state=ItemState.NOT_NEEDED)
    return items_of(booking).exclude(pk__in=left_out.values("item"))
