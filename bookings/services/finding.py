"""Sending the link of a booking again, to the contact on file and to nobody else."""

from datetime import datetime

from django.db import transaction
from django.db.models import Q

from bookings import news
from bookings.models import Booking


def send_link(*, reference: str, phone: str, email: str, now: datetime) -> None:
    """Write the message with the link when a submitted booking has this reference, and this
    telephone (E.164) or this e-mail. Says nothing about whether it did; once in five minutes for
    a booking. One query, one INSERT when it matches."""
    given = Q(pk__in=[])
    if phone:
        given |= Q(phone=phone)
    if email:
        given |= Q(email__iexact=email)
    rows = Booking.objects.decided_here().filter(requested_at__isnull=False)
    found = rows.filter(given, reference=reference).first()
    if found:
        with transaction.atomic():
            news.tell(found, "find_link", now=now, once_in_minutes=5)
