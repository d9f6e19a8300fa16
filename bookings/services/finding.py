"""Sending the link of a booking again, to the contact on file and to nobody else."""

from datetime import datetime

from django.db import transaction

from bookings import news
from bookings.models import Booking


def send_link(*, reference: str, phone: str, now: datetime) -> None:
    """Write the message with the link when a submitted booking has this reference and telephone
    (E.164). Says nothing about whether it did; once in five minutes for a booking. One query,
    one INSERT when it matches."""
    found = Booking.objects.filter(
        reference=reference, phone=phone, requested_at__isnull=False
    ).first()
    if found and phone:
        with transaction.atomic():
            news.tell(found, "find_link", now=now, once_in_minutes=5)
