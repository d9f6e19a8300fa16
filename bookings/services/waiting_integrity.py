"""Proof of the invariants of the waiting list."""

from datetime import datetime

from django.db.models import Count, Exists, F, OuterRef, Q

from bookings.models import Booking, WaitingEntry
from bookings.services.findings import Finding, problems
from bookings.workflow import Status, WaitingStatus
from notifications.models import Message


def offers_are_whole(now: datetime) -> Finding:
    """Every offer is kept by holds of one time, as many as the party has people, and was told.
    Six queries."""
    entries = WaitingEntry.objects.order_by()
    made = entries.filter(offered_at__isnull=False)
    offered = entries.filter(status=WaitingStatus.OFFERED).annotate(
        n=Count("offers", filter=Q(offers__status=Status.HELD)),
        times=Count("offers__slot", filter=Q(offers__status=Status.HELD), distinct=True),
    )
    whole = Q(n=F("party_size"), times=1)
    holds = Booking.objects.order_by().filter(waiting__isnull=False)
    stray = holds.filter(status=Status.HELD).exclude(
        waiting__status__in=[WaitingStatus.OFFERED, WaitingStatus.TAKEN]
    )
    astray = holds.exclude(office=F("waiting__office"), service=F("waiting__service"))
    told = Message.objects.filter(
        source="waiting",
        kind="waiting_offer",
        case_id=OuterRef("pk"),
        created_at=OuterRef("offered_at"),
    )
    return Finding(
        "I9 offers of the waiting list",
        f"{entries.count():,} entries, {made.count():,} offers",
        problems(
            ("an offer without its places:", offered.exclude(whole), "reference"),
            ("kept for somebody who does not wait:", stray, "reference"),
            ("of another office or service than was wished:", astray, "reference"),
            ("offered to one who only follows:", made.filter(follows__isnull=False), "reference"),
            ("nothing was written:", made.exclude(Exists(told)), "reference"),
        ),
    )
