"""What a person has with us, for the person and never for staff."""

from django.db.models import QuerySet

from bookings.models import Booking
from bookings.workflow import OPEN


def open_visits_of(*, id_index: bytes, phone: str) -> QuerySet[Booking]:
    """A person's open appointments, soonest first. A number alone proves nobody: only those with
    the telephone too."""
    rows = Booking.objects.decided_here().exclude(phone="").filter(phone=phone, status__in=OPEN)
    own = rows.filter(requested_at__isnull=False, parties__id_index=id_index).distinct()
    return own.select_related("slot", "service", "office").order_by("slot__starts_at", "pk")
