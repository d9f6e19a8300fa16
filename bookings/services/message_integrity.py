"""Proof that everybody was told, once (invariants I4 to I6)."""

from datetime import datetime, timedelta

from django.db.models import Case, CharField, Count, Exists, F, Max, OuterRef, Q, Value, When

from bookings.models import Booking, BookingChange
from bookings.services.findings import Finding, problems
from bookings.workflow import UNDECIDED, Status
from core.workflow import ActorKind
from notifications.models import Message
from notifications.models import Status as MessageStatus

LATE_MESSAGE = timedelta(hours=1)

# Which message each step of the history must have written, in the order of their asking.
NEWS_OF_STEPS = [
    (Q(from_status=Status.HELD, to_status=Status.REQUESTED), "received"),
    (Q(from_status__in=[Status.HELD, *UNDECIDED], to_status=Status.CONFIRMED), "confirmed"),
    (Q(from_status=Status.REQUESTED, to_status=Status.NEEDS_DOCUMENTS), "documents_needed"),
    (Q(from_status=Status.NEEDS_DOCUMENTS, to_status=Status.REQUESTED), "documents_received"),
    (Q(from_status__in=UNDECIDED, to_status=Status.REJECTED), "rejected"),
    (Q(to_status=Status.CANCELLED, actor=ActorKind.STAFF), "cancelled_by_office"),
    (Q(to_status=Status.CANCELLED, actor=ActorKind.CITIZEN), "cancelled_by_citizen"),
    (Q(from_status=Status.CONFIRMED, to_status=Status.NO_SHOW), "no_show"),
    (Q(from_slot__isnull=False, actor=ActorKind.STAFF), "moved_by_office"),
    (Q(from_slot__isnull=False, actor=ActorKind.CITIZEN), "moved_by_citizen"),
]


def of_events(now: datetime) -> Finding:
    kind = Case(*(When(q, then=Value(k)) for q, k in NEWS_OF_STEPS), output_field=CharField())
    # A change of owner keeps the state, and nobody is told.
    of_owner = Q(from_status=F("to_status"), from_slot__isnull=True)
    steps = BookingChange.objects.order_by().filter(booking__belongs_to="").exclude(of_owner)
    news = steps.annotate(news=kind).filter(news__isnull=False)
    written = Message.objects.filter(
        source="booking",
        case_id=OuterRef("booking_id"),
        kind=OuterRef("news"),
        created_at=OuterRef("at"),
    )
    late = Message.objects.due(now).filter(due_at__lt=now - LATE_MESSAGE).count()
    return Finding(
        "I4 a message for each event",
        f"{news.count():,} events",
        problems(("nothing was written:", news.exclude(Exists(written)), "booking__reference")),
        f"{late:,} messages due for more than an hour" if late else "",
    )


def once(now: datetime) -> Finding:
    messages = Message.objects.order_by()
    twice = (
        messages.values("event", "address", "channel")
        .annotate(n=Count("pk"), newest=Max("reference"))
        .filter(n__gt=1)
    )
    return Finding(
        "I5 one message an event, address and channel",
        f"{messages.count():,} messages",
        problems(("written twice:", twice, "newest")),
    )


def of_cases(now: datetime) -> Finding:
    messages = Message.objects.order_by()
    of_bookings = messages.filter(source="booking")
    case = Booking.objects.filter(pk=OuterRef("case_id"), reference=OuterRef("reference"))
    sent = messages.filter(status=MessageStatus.SENT)
    untried = sent.filter(Q(sent_at__isnull=True) | Q(attempts=0))
    return Finding(
        "I6 sent messages have a case and a try",
        f"{sent.count():,} sent",
        problems(
            ("no such case:", of_bookings.exclude(Exists(case)), "reference"),
            ("sent without a try:", untried, "reference"),
        ),
    )


CHECKS = [of_events, once, of_cases]
