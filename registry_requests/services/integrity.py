"""The invariants of copy requests, for `verify_integrity`."""

from datetime import datetime

from django.db.models import Exists, F, OuterRef, Q, QuerySet, Subquery

from bookings.models import Booking
from bookings.services.findings import Finding, problems
from bookings.workflow import Status as BookingStatus
from core.workflow import Actor, ActorKind
from notifications.models import Message
from registry_requests.models import CopyRequest, CopyRequestChange
from registry_requests.news import SOURCE
from registry_requests.workflow import OPEN, TO_COLLECT, UNDECIDED, WORKFLOW, Status

ENDED = frozenset({Status.REJECTED, Status.CANCELLED, Status.EXPIRED})
WAITING_FOR_VISIT = (
    BookingStatus.REQUESTED,
    BookingStatus.NEEDS_DOCUMENTS,
    BookingStatus.CONFIRMED,
)


def requests(now: datetime) -> Finding:
    """The history ends where the request is, its appointment stands beside it, and everybody was
    told."""
    rows, steps = CopyRequest.objects.order_by(), CopyRequestChange.objects.order_by()
    newest = steps.filter(request=OuterRef("pk")).order_by("-id").values("to_status")[:1]
    kept = rows.filter(status__in=ENDED, collection__status__in=WAITING_FOR_VISIT)
    undecided = rows.filter(status__in=UNDECIDED, collection__status=BookingStatus.CONFIRMED)
    unconfirmed = rows.filter(status__in=TO_COLLECT, collection__status=BookingStatus.REQUESTED)
    orphans = Booking.objects.order_by().filter(belongs_to=SOURCE, copy_request=None)
    told = Message.objects.filter(source=SOURCE, case_id=OuterRef("pk"), kind="copy_received")
    return Finding(
        "I10 copy requests",
        f"{rows.count():,} requests, {steps.count():,} steps",
        problems(
            (
                "state is not the newest step:",
                rows.annotate(newest=Subquery(newest)).filter(
                    Q(newest__isnull=True) | ~Q(status=F("newest"))
                ),
                "reference",
            ),
            ("a step the workflow does not have:", _unknown(steps), "request__reference"),
            ("ended, and still keeps a time:", kept, "reference"),
            ("undecided, with a confirmed time:", undecided, "reference"),
            ("approved, with an unconfirmed time:", unconfirmed, "reference"),
            (
                "keeps a time of no request:",
                orphans.filter(status__in=WAITING_FOR_VISIT),
                "reference",
            ),
            ("nothing was written:", rows.filter(~Exists(told)), "reference"),
            (
                "a code without its request being open:",
                rows.filter(codes_removed_at__isnull=False).filter(status__in=OPEN),
                "reference",
            ),
        ),
    )


def _unknown(steps: QuerySet[CopyRequestChange]) -> QuerySet[CopyRequestChange]:
    unknown = Q(pk__in=[])
    for source, target, actor in steps.values_list("from_status", "to_status", "actor").distinct():
        if not _is_step(source, target, actor):
            unknown |= Q(from_status=source, to_status=target, actor=actor)
    return steps.filter(unknown)


def _is_step(source: str, target: str, actor: str) -> bool:
    if not source:
        return target == Status.SUBMITTED
    if source == target:
        return True
    return source in WORKFLOW.moves and WORKFLOW.allows(source, target, Actor(ActorKind(actor)))
