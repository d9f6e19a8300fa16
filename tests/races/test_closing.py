"""A head closes an afternoon while 30 couples book its times (fault F9): whoever got a time
stands on the list, everybody else is refused; and carrying out is killed in the middle, again and
again, until it is done: nobody is forgotten and nobody is told twice."""

import os
import random
import signal
import subprocess
import sys
import time
from collections import Counter
from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone

from accounts.roles import Role
from bookings import services
from bookings.models import Booking, Choice, ClosingDecision, Part, Slot
from bookings.services import stopping
from bookings.workflow import Status
from core.thai_dates import local_date
from notifications.models import Message
from tests.factories import booking_at, make_staff
from tests.live import world
from tests.live.server import ROOT, environment
from tests.races.invariants import broken_invariants
from tests.races.rush import COUPLES, times, while_booking

pytestmark = [pytest.mark.postgres, pytest.mark.race]

VISITS, KILLS = 40, 8
TOLD = {
    Choice.MOVE: "moved_by_office",
    Choice.CANCEL: "cancelled_by_office",
    Choice.KEEP: "kept_elsewhere",
}


def test_nobody_is_left_on_a_closed_time_without_a_decision(serve):
    slots = times(places=COUPLES)

    with serve() as server:
        closing, answers = _close_while_booking(server, slots)

    left = _without_decision(closing, slots)
    standing = Booking.objects.filter(slot__in=slots, status=Status.REQUESTED).count()
    print(
        f"{COUPLES} couples book while their day is closed: {standing} came first and are on the "
        f"list, {COUPLES - standing} were refused, {len(left)} without a decision"
    )
    assert max(answer.status for answer in answers) < 500
    assert not Booking.objects.filter(slot__in=slots, status=Status.HELD).exists()
    assert left == []
    for decision in closing.decisions.all():
        services.decide(
            decision=decision, choice=Choice.CANCEL, by=closing.made_by, now=timezone.now()
        )
    services.announce(closing=closing, by=closing.made_by, now=timezone.now())
    services.carry_out_closings(now=timezone.now())
    assert not Booking.objects.filter(slot__in=slots, status=Status.REQUESTED).exists()
    assert broken_invariants() == ""


def test_control_without_ending_the_holds_somebody_is_forgotten(serve, monkeypatch):
    monkeypatch.setattr(stopping, "_end_holds", lambda slots, now: None)
    slots = times(places=COUPLES)

    with serve() as server:
        closing, _answers = _close_while_booking(server, slots)

    left = _without_decision(closing, slots)
    print(f"holds left as they are: {len(left)} on the closed day without a decision")
    assert left


def test_killed_in_the_middle_it_goes_on_and_tells_each_once(transactional_db):
    closing = _announced(VISITS)
    kills = _carry_out_under_fire("", KILLS)
    services.carry_out_closings(now=timezone.now())

    closing.refresh_from_db()
    told = Counter(Message.objects.filter(kind__in=TOLD.values()).values_list("case_id", flat=True))
    print(f"{VISITS} appointments, {kills} kills: {len(told)} told, {max(told.values())} at most")
    assert closing.status == "done"
    assert set(told.values()) == {1}
    assert len(told) == VISITS
    for decision in closing.decisions.select_related("booking"):
        message = Message.objects.get(case_id=decision.booking_id, kind__in=TOLD.values())
        assert message.kind == TOLD[Choice(decision.choice)]
        moved = decision.booking.slot_id == decision.proposed_id
        assert moved == (decision.choice == Choice.MOVE)
    assert broken_invariants() == ""


def test_control_marked_before_it_is_done_somebody_is_not_told(transactional_db):
    _announced(VISITS)
    _carry_out_under_fire("mark_first", KILLS)
    services.carry_out_closings(now=timezone.now())

    told = Message.objects.filter(kind__in=TOLD.values()).count()
    print(f"marked first, then done: {VISITS - told} of {VISITS} never told")
    assert told < VISITS


def _close_while_booking(server, slots):
    return while_booking(server, slots, lambda slots, head: _plan(slots[0], head))


def _change(slots, head):
    """Only the first of the times stays."""
    pattern = slots[0].office.patterns.get()
    return services.plan_times(
        pattern=pattern,
        weekdays="1234567",
        rows=[_row(slots[0])],
        reason_th="เปลี่ยนเวลาให้บริการ",
        by=head,
        now=timezone.now(),
    )


def _store_at_once(slots, head):
    pattern = slots[0].office.patterns.get()
    no, starts, ends = _row(slots[0])
    pattern.times.all().delete()
    pattern.times.create(no=no, starts=starts, ends=ends)
    return pattern


def _row(slot):
    starts, ends = (timezone.localtime(at).time() for at in (slot.starts_at, slot.ends_at))
    return 1, starts, ends


def _plan(slot, head):
    try:
        return services.plan(
            office=slot.office,
            day=local_date(slot.starts_at),
            part=Part.DAY,
            services=list(slot.office.offered.all()),
            reason_th="ปรับปรุงระบบไฟฟ้า",
            by=head,
            now=timezone.now(),
        )
    finally:
        connection.close()


def _without_decision(closing, slots):
    standing = Booking.objects.filter(slot__in=slots, status=Status.REQUESTED)
    return list(standing.exclude(pk__in=closing.decisions.values("booking")))


def _announced(number):
    """An announced closing of which nothing is carried out yet."""
    offered = world.marriage_at_bang_rak()
    slot = world.slot(offered, places=number)
    later = slot.starts_at + timedelta(days=7)
    Slot.objects.create(
        office=offered.office,
        service=offered.service,
        starts_at=later,
        ends_at=later + timedelta(minutes=15),
        capacity=number,
        online_capacity=number,
    )
    for _no in range(number):
        booking_at(offered=offered, slot=slot, now=timezone.now())
    head = make_staff(Role.HEAD, office=offered.office)
    closing = _plan(slot, head)
    choices = [Choice.MOVE, Choice.MOVE, Choice.CANCEL, Choice.KEEP]
    for no, decision in enumerate(closing.decisions.select_related("booking", "proposed")):
        services.decide(
            decision=decision,
            choice=choices[no % len(choices)],
            place="เคาน์เตอร์สำรอง",
            responsible="สมพร ตัวอย่าง",
            by=head,
            now=timezone.now(),
        )
    return services.announce(closing=closing, by=head, now=timezone.now())


def _carry_out_under_fire(control, kills):
    """Start the worker, wait until some more are done, kill it; returns how often it died."""
    command = [sys.executable, "-m", "tests.races.carry_out", *([control] if control else [])]
    for kill in range(kills):
        target = (kill + 1) * (VISITS - 4) // kills
        with subprocess.Popen(command, cwd=ROOT, env=environment()) as worker:
            _wait(lambda t=target: _done() >= t or worker.poll() is not None)
            time.sleep(random.uniform(0, 0.02))
            if worker.poll() is not None:
                return kill
            os.kill(worker.pid, signal.SIGKILL)
    return kills


def _done():
    return ClosingDecision.objects.filter(done_at__isnull=False).count()


def _wait(is_so):
    end = time.monotonic() + 60
    while not is_so():
        assert time.monotonic() < end
        time.sleep(0.003)


def test_times_that_a_change_takes_away_are_stopped_under_load(serve):
    """As the closing of a day: a head changes the pattern while couples book all its times."""
    slots = times(places=COUPLES)

    with serve() as server:
        closing, answers = while_booking(server, slots, _change)

    left = _without_decision(closing, slots[1:])
    standing = Booking.objects.filter(slot__in=slots, status=Status.REQUESTED).count()
    print(
        f"{COUPLES} couples book while the pattern loses two of three times: {standing} stand, "
        f"{closing.decisions.count()} on the list, {len(left)} without a decision"
    )
    assert max(answer.status for answer in answers) < 500
    assert left == []
    for decision in closing.decisions.all():
        services.decide(
            decision=decision, choice=Choice.CANCEL, by=closing.made_by, now=timezone.now()
        )
    services.announce(closing=closing, by=closing.made_by, now=timezone.now())
    services.carry_out_closings(now=timezone.now())
    assert not Booking.objects.filter(slot__in=slots[1:], status=Status.REQUESTED).exists()
    told = Message.objects.filter(kind="cancelled_by_office").values_list("case_id", flat=True)
    assert sorted(told) == sorted(closing.decisions.values_list("booking", flat=True))
    assert broken_invariants() == ""


def test_control_a_pattern_stored_at_once_leaves_people_on_its_old_times(serve):
    """Stored without the stop and the decisions, as the page of a pattern once did."""
    slots = times(places=COUPLES)

    with serve() as server:
        pattern, _answers = while_booking(server, slots, _store_at_once)

    gone = Booking.objects.filter(slot__in=slots[1:], status=Status.REQUESTED)
    left = gone.filter(decisions__isnull=True).count()
    print(f"pattern stored at once: {left} on times that are not in it, and nobody knows")
    assert pattern.times.count() == 1
    assert left
