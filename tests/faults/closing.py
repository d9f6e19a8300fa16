"""The office changes its times while people book (F8, F9)."""

import time
from collections import Counter
from datetime import date, timedelta

from django.db import connection
from django.db.models import F
from django.utils import timezone

from accounts.roles import Role
from bookings import services
from bookings.models import Booking, Choice, Closing, Part, Slot
from core.thai_dates import local_date
from notifications.models import Message
from offices.models import Closure, OfferedService
from tests.factories import make_staff
from tests.faults.ground import Ground, wait_for
from tests.faults.ledger import Ledger
from tests.faults.load import citizens
from tests.faults.scenario import scenario
from tests.live import world
from tests.live.browser import Browser
from tests.live.together import at_once, side_by_side
from tests.races.invariants import broken_invariants
from tests.races.test_cancel_and_confirm import make_officer, signed_in

REFUSED, DONE = 200, 302
OVER = 410


@scenario("F8", "places lowered below what is booked, while people book", short=False)
def lowered(ground: Ground) -> str:
    people, rounds = ground.pick(40, 10), ground.pick(5, 1)
    offered = world.marriage_at_bang_rak()
    make_officer(offered)
    lowered = refused = 0
    with ground.web() as server:
        head = signed_in(server)
        for number in range(rounds):
            slot = world.slot(offered, places=people, no=number)
            statuses = _rush_and_lower(server, head, slot, people)
            lowered += statuses.count(DONE)
            refused += statuses.count(REFUSED)
            assert set(statuses) <= {DONE, REFUSED}, statuses
        booked = sum(Slot.objects.values_list("taken", flat=True))
        said = _lower(head, slot, _page(head, slot), 0)
    assert said.status == REFUSED
    assert f"{slot_taken(slot)}" in said.text
    negative = Slot.objects.filter(taken__gt=F("capacity")).count()
    assert not negative, f"{negative} times with negative free places"
    # Before the control, which empties the tables.
    assert not broken_invariants()
    return (
        f"{rounds * people} people, {booked} kept a place, lowered {lowered} times and refused "
        f"{refused} times with the number booked: 0 negative; control without lock and CHECK: "
        f"{_control(ground)} negative"
    )


def slot_taken(slot: Slot) -> int:
    slot.refresh_from_db()
    return slot.taken


def _rush_and_lower(server, head, slot, people) -> list[int]:
    """Everybody presses while the head lowers step by step; what the head was answered."""
    browsers = [Browser(server.address) for _ in range(people)]
    pages = side_by_side(4, [lambda b=b: world.times_page(b, slot) for b in browsers])
    page = _page(head, slot)

    def lower() -> list[int]:
        steps = range(people - 1, 0, -max(1, people // 8))
        return [_lower(head, slot, page, places).status for places in steps]

    presses = [
        lambda b=b, p=p: world.press_slot(b, p, slot).status
        for b, p in zip(browsers, pages, strict=True)
    ]
    *pressed, answers = [answer.value for answer in at_once([*presses, lower])]
    assert max(pressed) < 500, sorted(set(pressed))
    return answers


def _page(head: Browser, slot: Slot):
    page = head.get(f"/admin/bookings/slot/{slot.pk}/change/")
    assert page.status == 200, page.status
    return page


def _lower(head: Browser, slot: Slot, page, places: int):
    form = page.form_with("capacity")
    places = str(places)
    return head.submit(page, form, capacity=places, online_capacity=places)


def _control(ground: Ground) -> int:
    """Without the lock on the row, nor the CHECK of the table, fewer places than bookings."""
    names = ("slot_taken_fits", "slot_taken_online_fits")
    checks = [check for check in Slot._meta.constraints if check.name in names]
    ground.empty()
    with connection.schema_editor() as editor:
        for check in checks:
            editor.remove_constraint(Slot, check)
    try:
        offered = world.marriage_at_bang_rak()
        make_officer(offered)
        with ground.web("capacity") as server:
            head = signed_in(server)
            for number in range(5):
                slot = world.slot(offered, places=12, no=number)
                _rush_and_lower(server, head, slot, 12)
        negative = Slot.objects.filter(taken__gt=F("capacity")).count()
        assert negative, "the control went well: the harness cannot see it"
    finally:
        ground.empty()
        with connection.schema_editor() as editor:
            for check in checks:
                editor.add_constraint(Slot, check)
    return negative


@scenario("F9", "a head closes a day while people book it", short=False)
def closed(ground: Ground) -> str:
    seconds = ground.pick(10, 2)
    offered = world.marriage_at_bang_rak()
    slot = world.slot(offered, places=5_000)
    ledger = Ledger(ground.folder / "f9.ledger")
    with ground.web() as server:
        with citizens(server.address, [slot], ledger, how_many=4, gives_up=True) as load:
            wait_for(lambda: len(ledger.acks()) > 1, 60, "bookings under load")
            time.sleep(seconds)
            closing = close_day(offered, local_date(slot.starts_at))
            stopped_at = timezone.now()
            announce(closing)
            load.stopped.set()
        late = world.press_slot(
            browser := Browser(server.address), _any_form(server, browser, offered, slot), slot
        )
    after = Booking.objects.filter(slot=slot, created_at__gt=stopped_at).count()
    left = Booking.objects.open().filter(slot=slot).count()
    told = Counter(
        Message.objects.filter(kind="cancelled_by_office").values_list("case_id", flat=True)
    )
    hit = closing.decisions.count()
    load.seen.assert_polite()
    assert not ledger.lost()
    assert late.status == 409, late.status
    assert after == 0, f"{after} places taken after the day was stopped"
    assert left == 0, f"{left} appointments left on the closed day"
    assert len(told) == hit, f"{hit} hit, {len(told)} told"
    assert set(told.values()) == {1}, told
    assert Closure.objects.filter(office=offered.office).exists()
    return (
        f"{len(ledger.acks())} booked before, 0 places taken after it; {hit} hit, each told once, "
        f"{left} left on the day; who comes late: 409"
    )


def close_day(offered: OfferedService, day: date) -> Closing:
    """Begin to close the day as a head does: from the answer on nothing may be taken."""
    return services.plan(
        office=offered.office,
        day=day,
        part=Part.DAY,
        services=list(OfferedService.objects.open().filter(office=offered.office)),
        reason_th="ปิดทดสอบ",
        by=make_staff(Role.HEAD, office=offered.office),
        now=timezone.now(),
    )


def announce(closing: Closing) -> None:
    """Cancel whoever is hit, announce, and carry it out."""
    by = closing.made_by
    for decision in closing.decisions.select_related("booking", "proposed", "slot"):
        services.decide(decision=decision, choice=Choice.CANCEL, by=by, now=timezone.now())
    services.announce(closing=closing, by=by, now=timezone.now())
    services.carry_out_closings(now=timezone.now())


def _any_form(server, browser: Browser, offered: OfferedService, closed: Slot):
    """A page of times that was open before: another day's has the same form."""
    other = world.slot(offered, places=5, no=3)
    day = other.starts_at + timedelta(days=1)
    Slot.objects.filter(pk=other.pk).update(
        starts_at=day, ends_at=day + timedelta(minutes=15), closed_at=None
    )
    other.refresh_from_db()
    return world.times_page(browser, other)
