"""Moving to another time, and cancelling."""

from datetime import date, datetime, timedelta

import pytest

from bookings import services
from bookings.models import Booking, Slot
from bookings.workflow import Status
from core.errors import Refused
from core.versions import Changed
from core.workflow import CITIZEN, Actor
from notifications.models import Message
from tests.factories import (
    NOW,
    at,
    booking_at,
    make_closure,
    make_offered,
    make_office,
    make_slot,
    make_staff,
)

# Slots of the factory are on Monday 30 November; the office closes at 16.00.
LAST_MOMENT = at(2026, 11, 27, 16)
SECOND = timedelta(seconds=1)


def taken(*slots):
    return [Slot.objects.get(pk=slot.pk).taken for slot in slots]


def move(booking, slot, **facts):
    return services.move_to(booking=booking, slot=slot, **{"by": CITIZEN, "now": NOW, **facts})


def test_cancel_gives_the_place_back_and_says_so(offered, slot):
    booking = booking_at(offered=offered, slot=slot)

    cancelled = services.cancel(booking=booking, by=CITIZEN, now=NOW)

    assert (cancelled.status, cancelled.closed_at) == (Status.CANCELLED, NOW)
    assert taken(slot) == [0]
    assert not cancelled.parties.filter(is_open=True).exists()
    assert Message.objects.filter(kind="cancelled_by_citizen").count() == 1


def test_staff_cancel_with_a_reason_that_the_applicant_reads(offered, slot, officer):
    booking = booking_at(Status.CONFIRMED, offered=offered, slot=slot, by=officer)

    services.cancel(booking=booking, by=Actor.staff(officer), reason="ไฟดับ", now=NOW)

    assert Message.objects.get(kind="cancelled_by_office").context["reason"] == "ไฟดับ"
    assert booking.changes.last().by == officer


@pytest.mark.parametrize("reason", ["", "  \n"])
def test_staff_need_a_reason(offered, officer, reason):
    booking, other = booking_at(offered=offered), make_slot(offered)

    for do in (
        lambda: services.cancel(booking=booking, by=Actor.staff(officer), reason=reason, now=NOW),
        lambda: move(booking, other, by=Actor.staff(officer), reason=reason),
    ):
        with pytest.raises(Refused) as refused:
            do()
        assert (refused.value.code, refused.value.field) == ("reason", "reason")


def test_cancel_twice_is_refused_and_gives_one_place_back(offered):
    slot = make_slot(offered, capacity=2)
    booking_at(offered=offered, slot=slot)
    booking = booking_at(offered=offered, slot=slot)
    services.cancel(booking=booking, by=CITIZEN, now=NOW)

    with pytest.raises(Refused) as refused:
        services.cancel(booking=booking, by=CITIZEN, now=NOW)

    assert refused.value.code == "stale"
    assert taken(slot) == [1]


def test_the_last_moment_to_cancel_is_the_closing_time_a_working_day_before(offered, slot):
    booking = booking_at(offered=offered, slot=slot)

    with pytest.raises(Refused, match="0 2000 0000") as refused:
        services.cancel(booking=booking, by=CITIZEN, now=LAST_MOMENT + SECOND)
    cancelled = services.cancel(booking=booking, by=CITIZEN, now=LAST_MOMENT)

    assert refused.value.code == "cutoff"
    assert cancelled.status == Status.CANCELLED


def test_a_holiday_before_the_visit_moves_the_last_moment(offered, slot):
    booking = booking_at(offered=offered, slot=slot)
    make_closure(date(2026, 11, 27))

    with pytest.raises(Refused) as refused:
        services.cancel(booking=booking, by=CITIZEN, now=at(2026, 11, 26, 16, 1))

    assert refused.value.code == "cutoff"


def test_a_holiday_of_another_office_changes_nothing(offered, slot):
    booking = booking_at(offered=offered, slot=slot)
    other = make_office(code=1040, slug="bang-khae", prefix="BK")
    make_closure(date(2026, 11, 27), office=other)

    assert services.cancel(booking=booking, by=CITIZEN, now=LAST_MOMENT)


def test_without_a_cut_off_it_can_be_cancelled_until_the_visit(db):
    offered = make_offered(cutoff_days=0)
    slot = make_slot(offered)
    booking = booking_at(offered=offered, slot=slot)

    assert services.cancel(booking=booking, by=CITIZEN, now=slot.starts_at)


def test_staff_are_not_bound_to_the_cut_off(offered, slot, officer):
    booking = booking_at(offered=offered, slot=slot)

    services.cancel(
        booking=booking, by=Actor.staff(officer), reason="ทดสอบ", now=LAST_MOMENT + SECOND
    )

    assert taken(slot) == [0]


def test_move_takes_the_new_place_and_gives_the_old_one_back(offered):
    old, new = make_slot(offered), make_slot(offered)
    booking = booking_at(Status.CONFIRMED, offered=offered, slot=old)
    later = NOW + timedelta(hours=1)

    moved = move(booking, new, now=later)

    assert (moved.slot, moved.status, moved.moves) == (new, Status.CONFIRMED, 1)
    assert (moved.slot_since, moved.version) == (later, booking.version + 1)
    assert taken(old, new) == [0, 1]
    step = moved.changes.last()
    assert (step.from_slot, step.from_status, step.to_status) == (old, "confirmed", "confirmed")


def test_move_tells_the_old_time(offered):
    old, new = make_slot(offered), make_slot(offered)

    move(booking_at(offered=offered, slot=old), new)

    message = Message.objects.get(kind="moved_by_citizen")
    assert datetime.fromisoformat(message.context["old_starts_at"]) == old.starts_at


def test_move_to_a_full_time_keeps_the_old_one(offered):
    old, new = make_slot(offered), make_slot(offered)
    booking = booking_at(offered=offered, slot=old)
    booking_at(offered=offered, slot=new)

    for first, second in ((booking, new), (Booking.objects.get(slot=new), old)):
        with pytest.raises(Refused) as refused:
            move(first, second)
        assert refused.value.code == "full"

    assert taken(old, new) == [1, 1]


def test_crossing_moves_keep_every_place(offered):
    first, second = make_slot(offered, capacity=2), make_slot(offered, capacity=2)
    a, b = booking_at(offered=offered, slot=first), booking_at(offered=offered, slot=second)

    move(a, second)
    move(b, first)

    assert taken(first, second) == [1, 1]
    assert [Booking.objects.get(pk=x.pk).slot for x in (a, b)] == [second, first]


def test_move_to_the_same_time_is_refused(offered, slot):
    with pytest.raises(Refused) as refused:
        move(booking_at(offered=offered, slot=slot), slot)

    assert refused.value.code == "same"
    assert taken(slot) == [1]


def test_move_to_another_office_or_service_is_refused(offered, slot):
    booking = booking_at(offered=offered, slot=slot)
    bang_khae = make_office(code=1040, slug="bang-khae", prefix="BK")
    elsewhere = make_slot(make_offered(office=bang_khae))

    with pytest.raises(Refused) as refused:
        move(booking, elsewhere)

    assert refused.value.code == "closed"
    assert taken(slot, elsewhere) == [1, 0]


@pytest.mark.parametrize(
    ("starts", "code"),
    [(at(2026, 11, 23, 15), "too_soon"), (at(2027, 1, 5, 10), "too_far")],
)
def test_move_outside_the_window_is_refused(offered, slot, starts, code):
    booking, new = booking_at(offered=offered, slot=slot), make_slot(offered, starts=starts)

    with pytest.raises(Refused) as refused:
        move(booking, new)

    assert refused.value.code == code
    assert taken(slot, new) == [1, 0]


def test_staff_move_outside_the_window_on_a_staff_place(offered, slot, officer):
    booking = booking_at(offered=offered, slot=slot)
    today = make_slot(offered, starts=at(2026, 11, 23, 15), capacity=1, online=0)

    moved = move(booking, today, by=Actor.staff(officer), reason="ขอมาเร็วขึ้น")

    assert not moved.takes_online_place
    assert taken(slot, today) == [0, 1]
    assert Message.objects.filter(kind="moved_by_office").exists()


def test_a_citizen_moves_three_times_and_not_a_fourth(offered):
    slots = [make_slot(offered) for _ in range(5)]
    booking = booking_at(offered=offered, slot=slots[0])
    for slot in slots[1:4]:
        booking = move(booking, slot)

    with pytest.raises(Refused, match="0 2000 0000") as refused:
        move(booking, slots[4])

    assert refused.value.code == "moves"
    assert taken(*slots) == [0, 0, 0, 1, 0]


def test_moves_by_staff_do_not_count_against_the_citizen(offered, officer):
    slots = [make_slot(offered) for _ in range(5)]
    booking = booking_at(offered=offered, slot=slots[0])
    for slot in slots[1:4]:
        booking = move(booking, slot, by=Actor.staff(officer), reason="ไฟดับ")

    moved = move(booking, slots[4])

    assert (moved.slot, moved.moves) == (slots[4], 1)


def test_move_after_the_cut_off_is_refused(offered):
    old, new = make_slot(offered), make_slot(offered, starts=at(2026, 12, 8, 10))
    booking = booking_at(offered=offered, slot=old)

    with pytest.raises(Refused) as refused:
        move(booking, new, now=LAST_MOMENT + SECOND)

    assert refused.value.code == "cutoff"


def test_a_page_that_shows_the_old_time_cannot_move_or_cancel(offered):
    slots = [make_slot(offered) for _ in range(3)]
    page = booking_at(offered=offered, slot=slots[0])
    move(page, slots[1])
    page.slot = slots[0]

    with pytest.raises(Refused) as cancelling:
        services.cancel(booking=page, by=CITIZEN, now=NOW)
    with pytest.raises(Refused) as moving:
        move(page, slots[2])

    assert (cancelling.value.code, moving.value.code) == ("stale", "stale")
    assert taken(*slots) == [0, 1, 0]


def test_a_page_from_before_staff_changed_the_kind_of_place_cannot_move(offered, officer):
    slot, between, new = (make_slot(offered, capacity=2) for _ in range(3))
    booking_at(offered=offered, slot=slot)
    page = booking_at(offered=offered, slot=slot)
    by_staff = {"by": Actor.staff(officer), "reason": "ไฟดับ"}
    away = move(Booking.objects.get(pk=page.pk), between, **by_staff)
    move(away, slot, **by_staff)

    with pytest.raises(Refused) as refused:
        move(page, new)

    slot.refresh_from_db()
    assert refused.value.code == "stale"
    assert (slot.taken, slot.taken_online) == (2, 1)


def test_an_old_version_is_told_who_was_first(offered, slot, officer):
    page = booking_at(offered=offered, slot=slot)
    services.confirm(booking=page, by=officer, now=NOW)
    head = make_staff(username="head")

    with pytest.raises(Changed) as refused:
        services.cancel(
            booking=page, by=Actor.staff(head), reason="ทดสอบ", version=page.version, now=NOW
        )

    assert str(officer) in refused.value.message
    assert "09.00" in refused.value.message
    assert taken(slot) == [1]
