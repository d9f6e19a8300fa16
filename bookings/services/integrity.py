"""Proof of the invariants (I1 to I8 here) from what the tables and the folder of documents say.
Set-based reads only: nothing is mended here. Examples are references and row numbers, never
anything personal."""

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta

from django.db.models import (
    Count,
    F,
    Max,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Value,
    Window,
)
from django.db.models.functions import Coalesce, Lag

from bookings.models import (
    Booking,
    BookingChange,
    ClosingDecision,
    Document,
    Party,
    ReturningPlace,
    Slot,
)
from bookings.services.carrying_out import forgotten
from bookings.services.counter import integrity as counter
from bookings.services.files import kept_files, stray_files
from bookings.services.findings import Finding, listed, problems
from bookings.services.message_integrity import CHECKS as MESSAGES
from bookings.services.waiting_integrity import offers_are_whole
from bookings.workflow import OCCUPYING, OPEN, WORKFLOW, ClosingStatus, Status
from core.workflow import Actor, ActorKind

LATE_HOLD = timedelta(minutes=5)


def findings(*, now: datetime) -> Iterator[Finding]:
    """Check the invariants one after the other: about forty queries over whole tables, each of
    them true of one moment, and a walk through MEDIA_ROOT."""
    for check in CHECKS:
        yield check(now)


def _places(now: datetime) -> Finding:
    occupying = Q(bookings__status__in=OCCUPYING)
    proposals = ClosingDecision.objects.order_by().filter(proposed=OuterRef("pk"), holds_place=True)
    kept = proposals.values("proposed").annotate(n=Count("pk")).values("n")
    slots = Slot.objects.order_by().annotate(
        rows=Count("bookings", filter=occupying),
        rows_online=Count("bookings", filter=occupying & Q(bookings__takes_online_place=True)),
        kept=Coalesce(Subquery(kept), 0),
        back=_returning(Q()),
        back_online=_returning(Q(online=True)),
    )
    wrong = slots.exclude(
        taken=F("rows") + F("kept") + F("back"), taken_online=F("rows_online") + F("back_online")
    )
    over = Slot.objects.order_by().filter(
        Q(taken__gt=F("capacity")) | Q(taken_online__gt=F("online_capacity"))
    )
    return Finding(
        "I1 places",
        f"{Slot.objects.count():,} slots",
        problems(
            ("taken is not what the bookings say: slot", wrong, "pk"),
            ("more taken than there are places: slot", over, "pk"),
        ),
    )


def _returning(which: Q) -> Coalesce:
    """Cancelled places of a slot that have not come back yet: they stay taken."""
    places = ReturningPlace.objects.filter(which, slot=OuterRef("pk")).order_by()
    number = places.values("slot").annotate(n=Count("pk")).values("n")
    return Coalesce(Subquery(number), 0)


def _history(now: datetime) -> Finding:
    bookings, steps = Booking.objects.order_by(), BookingChange.objects.order_by()
    unknown = Q(pk__in=[])
    for source, target, actor in steps.values_list("from_status", "to_status", "actor").distinct():
        if not _is_step(source, target, actor):
            unknown |= Q(from_status=source, to_status=target, actor=actor)
    before = Window(Lag("to_status", default=Value("")), partition_by="booking_id", order_by="id")
    newest = steps.filter(booking=OuterRef("pk")).order_by("-id").values("to_status")[:1]
    counted = ~Q(changes__from_status=F("changes__to_status")) | Q(changes__from_slot__isnull=False)
    return Finding(
        "I2 history",
        f"{bookings.count():,} bookings, {steps.count():,} steps",
        problems(
            ("a step the workflow does not have:", steps.filter(unknown), "booking__reference"),
            (
                "a step that does not follow the one before:",
                steps.annotate(before=before).exclude(before=F("from_status")),
                "booking__reference",
            ),
            (
                "state is not the newest step:",
                bookings.annotate(newest=Subquery(newest)).filter(
                    Q(newest__isnull=True) | ~Q(status=F("newest"))
                ),
                "reference",
            ),
            (
                "version behind its steps:",
                bookings.annotate(n=Count("changes", filter=counted)).filter(version__lt=F("n")),
                "reference",
            ),
        ),
    )


def _is_step(source: str, target: str, actor: str) -> bool:
    """Whether a row of the history can be: the hold that begins it, a change of time or owner
    that keeps the state, or a move of the table."""
    if not source:
        return target == Status.HELD
    if source == target:
        return True
    return source in WORKFLOW.moves and WORKFLOW.allows(source, target, Actor(ActorKind(actor)))


def _one_open_booking(now: datetime) -> Finding:
    people = Party.objects.order_by()
    twice = (
        people.filter(is_open=True)
        .values("service_id", "id_index")
        .annotate(n=Count("pk"), newest=Max("booking__reference"))
        .filter(n__gt=1)
    )
    flags = people.filter(
        Q(is_open=True) & ~Q(booking__status__in=OPEN)
        | Q(
            is_open=False,
            booking__status__in=OPEN,
            booking__slot__ends_at__gte=now,
            booking__belongs_to="",
        )
    )
    return Finding(
        "I2 one open booking a person and service",
        f"{people.count():,} applicants",
        problems(
            ("a person twice:", twice, "newest"),
            ("open flag is not the state:", flags, "booking__reference"),
        ),
    )


def _whole(now: datetime) -> Finding:
    """What the database can say of I3 (every acknowledged form has one booking): none is half."""
    bookings = Booking.objects.order_by()
    submitted = bookings.filter(requested_at__isnull=False)
    people = submitted.annotate(n=Count("parties")).exclude(n=F("service__parties"))
    by_web = submitted.filter(source=Booking.Source.WEB)
    astray = bookings.exclude(
        office=F("slot__office"),
        service=F("slot__service"),
        offered__office=F("office"),
        offered__service=F("service"),
    )
    return Finding(
        "I3 whole bookings",
        f"{submitted.count():,} submitted",
        problems(
            ("not as many applicants as the service has:", people, "reference"),
            ("no consent:", by_web.filter(consent__isnull=True), "reference"),
            ("no trace of the form:", submitted.filter(body_hash__isnull=True), "reference"),
            ("of another office or service than its time:", astray, "reference"),
            ("removed, but still named:", _still_named(), "booking__reference"),
        ),
    )


def _still_named() -> QuerySet[Party]:
    """People of anonymised bookings of whom something stayed."""
    gone = Party.objects.order_by().filter(booking__anonymised_at__isnull=False)
    return gone.exclude(full_name="", name_key="", id_tail="", id_sealed=b"", id_index=b"")


def _files(now: datetime) -> Finding:
    files = kept_files()
    rows = set(Document.objects.values_list("file", flat=True))
    # Asked again: an applicant may have removed a picture since.
    gone = Document.objects.filter(file__in=rows - files.keys(), leaving_at=None)
    lost = sorted(gone.values_list("file", flat=True))
    return Finding(
        "I7 documents and their files",
        f"{len(rows):,} documents, {len(files):,} files",
        (
            *listed("a row without its file:", lost),
            *listed("a file without a row:", list(stray_files(now=now))),
        ),
    )


def _holds(now: datetime) -> Finding:
    held = Booking.objects.order_by().filter(status=Status.HELD)
    over = held.filter(held_until__lt=now - LATE_HOLD).count()
    return Finding(
        "holds end",
        f"{held.count():,} held",
        problems(("no end:", held.filter(held_until__isnull=True), "reference")),
        f"{over:,} over for more than five minutes: is `release_expired` run?" if over else "",
    )


def _closings(now: datetime) -> Finding:
    """Whoever stands on a time that was closed is moved, cancelled or kept by a decision."""
    announced, left = forgotten(now=now)
    at_work = [ClosingStatus.DRAFT, ClosingStatus.ANNOUNCED]
    stopped = Slot.objects.order_by().filter(stopped_by__isnull=False)
    return Finding(
        "I8 nobody forgotten on a closed time",
        f"{announced:,} closings ahead",
        (
            *listed("no decision:", left),
            *problems(
                (
                    "stopped by what is over: slot",
                    stopped.exclude(stopped_by__status__in=at_work),
                    "pk",
                )
            ),
        ),
    )


CHECKS: list[Callable[[datetime], Finding]] = [
    _places,
    _history,
    _one_open_booking,
    _whole,
    *MESSAGES,
    _files,
    _holds,
    counter.ticket_states,
    counter.periods,
    _closings,
    offers_are_whole,
]


def add_check(check: Callable[[datetime], Finding]) -> None:
    """An app above adds its own invariants in AppConfig.ready()."""
    if check not in CHECKS:
        CHECKS.append(check)
