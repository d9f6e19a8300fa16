"""A head lowers the places of a service while 30 couples book its times: above the new number
stands only who was kept, and whoever had to go was told once."""

from collections import Counter

import pytest
from django.utils import timezone

from bookings import services
from bookings.models import Booking, Choice
from bookings.workflow import Status
from core.errors import Refused
from notifications.models import Message
from tests.factories import booking_at
from tests.races.invariants import broken_invariants
from tests.races.rush import COUPLES, times, while_booking

pytestmark = [pytest.mark.postgres, pytest.mark.race]

FEWER, BEFORE = 2, 4
TOLD = ("moved_by_office", "cancelled_by_office", "kept_elsewhere")


def test_no_time_goes_above_fewer_places_while_couples_book(serve):
    """Draft, decisions, announcement and carrying out, all of them among the rush: above the new
    number stands only who was kept."""
    slots = _crowded_times()

    with serve() as server:
        closing, answers = while_booking(server, slots, _lower)

    closing.refresh_from_db()
    kept = set(closing.decisions.filter(choice=Choice.KEEP).values_list("booking", flat=True))
    standing = [Booking.objects.filter(slot=slot, status=Status.REQUESTED) for slot in slots]
    above = [rows.exclude(pk__in=kept).count() for rows in standing]
    told = Counter(Message.objects.filter(kind__in=TOLD).values_list("case_id", flat=True))
    cancelled = set(
        closing.decisions.filter(choice=Choice.CANCEL, was_gone=False).values_list(
            "booking", flat=True
        )
    )
    print(
        f"{COUPLES} couples book while each time goes down to {FEWER}: {above} stand, "
        f"{len(kept)} kept beside, {len(cancelled)} cancelled"
    )
    assert max(answer.status for answer in answers) < 500
    assert closing.status == "done"
    assert len(kept) == len(slots)
    assert max(above) <= FEWER
    assert set(told) == cancelled
    assert set(told.values()) == {1}
    for slot, rows in zip(slots, standing, strict=True):
        slot.refresh_from_db()
        assert slot.closed_at is None
        assert slot.capacity == max(FEWER, rows.count())
    assert broken_invariants() == ""


def test_control_places_set_at_once_leave_people_above_them(serve):
    """Without the draft, as `Set these places, keep everybody` does."""
    slots = _crowded_times()

    with serve() as server:
        _changed, _answers = while_booking(server, slots, _lower_at_once)

    standing = [Booking.objects.filter(slot=slot, status=Status.REQUESTED) for slot in slots]
    above = sum(max(rows.count() - FEWER, 0) for rows in standing)
    print(f"places set at once: {above} above them, nobody decided")
    assert above


def _crowded_times():
    """Some have booked before anybody hurries: at each time there is somebody to decide about."""
    slots = times(places=COUPLES)
    for slot in slots * BEFORE:
        offered = slot.office.offered.get(service=slot.service)
        booking_at(offered=offered, slot=slot, now=timezone.now())
    return slots


def _lower(slots, head):
    """One is kept at each time that is hit, the others are cancelled; what comes meanwhile is
    decided when the announcement is refused."""
    offered = slots[0].office.offered.get(service=slots[0].service)
    closing = services.plan_places(
        offered=offered,
        online=FEWER,
        staff=0,
        minutes=offered.minutes,
        reason_th="เจ้าหน้าที่ลาป่วย",
        by=head,
        now=timezone.now(),
    )
    for _couple in range(COUPLES):
        _keep_one_a_time(closing, head)
        if _announced(closing, head):
            break
    services.carry_out_closings(now=timezone.now())
    return closing


def _keep_one_a_time(closing, head):
    for decision in closing.decisions.filter(choice=Choice.UNDECIDED):
        is_first = not closing.decisions.filter(slot=decision.slot_id, choice=Choice.KEEP).exists()
        choice = Choice.KEEP if is_first else Choice.CANCEL
        services.decide(decision=decision, choice=choice, by=head, now=timezone.now())


def _announced(closing, head):
    """Whether it is; somebody who came meanwhile is on the list now."""
    try:
        services.announce(closing=closing, by=head, now=timezone.now())
    except Refused as refused:
        if refused.code not in ("undecided", "stale"):
            raise
        return False
    return True


def _lower_at_once(slots, head):
    offered = slots[0].office.offered.get(service=slots[0].service)
    return services.apply_places(offered, online=FEWER, staff=0, now=timezone.now())
