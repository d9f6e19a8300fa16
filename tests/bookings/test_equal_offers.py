"""The time offered to whom a closing cancels: kept, taken with one press, or over."""

from datetime import timedelta

import pytest

from accounts.roles import Role
from bookings import services
from bookings.messages import BookingMessages
from bookings.models import Booking, Choice, ClosingDecision, Part, Slot
from bookings.workflow import Status
from core.errors import Refused
from notifications.models import Message
from tests.factories import (
    NOW,
    at,
    booking_at,
    couple_details,
    hold,
    make_slot,
    make_staff,
    submit,
    thai,
    wait,
)

DAY = timedelta(days=1)
FRIDAY = at(2026, 12, 18, 13)


@pytest.fixture
def head(offered):
    return make_staff(Role.HEAD, office=offered.office)


@pytest.fixture
def monday(offered):
    return make_slot(offered, starts=at(2026, 12, 21, 13))


@pytest.fixture
def cancel_by_closing(offered, head, monday):
    """Close Friday and cancel the booking at 13.00: `cancel_by_closing(status)` gives it."""

    def do(status=Status.CONFIRMED, *, friday=FRIDAY, now=NOW):
        slot = make_slot(offered, starts=friday)
        booking = booking_at(status, offered=offered, slot=slot, details=couple_details(*PEOPLE))
        closing = services.plan(
            office=offered.office,
            day=friday.date(),
            part=Part.DAY,
            services=[offered],
            reason_th="ปรับปรุงระบบไฟฟ้า",
            by=head,
            now=now,
        )
        [decision] = closing.decisions.select_related("booking", "proposed", "slot", "closing")
        services.decide(decision=decision, choice=Choice.CANCEL, by=head, now=now)
        services.announce(closing=closing, by=head, now=now)
        services.carry_out_closings(now=now)
        return Booking.objects.get(pk=booking.pk)

    return do


PEOPLE = [thai("มะลิ ทดสอบ"), thai("สมชาย ตัวอย่าง")]


def taken(slot):
    return Slot.objects.get(pk=slot.pk).taken


def test_who_lost_the_link_can_ask_for_it_while_the_time_is_kept(cancel_by_closing):
    booking = cancel_by_closing()
    found = {"reference": booking.reference, "phone": booking.phone, "email": booking.email}
    services.send_link(**found, now=NOW)
    message = Message.objects.get(kind="find_link")

    assert BookingMessages().is_wanted(message, NOW)
    assert not BookingMessages().is_wanted(message, NOW + 4 * DAY)


def test_cancelled_by_a_closing_has_a_time_kept(cancel_by_closing, monday):
    booking = cancel_by_closing()

    offer = services.offered_to(booking, now=NOW)
    assert booking.status == Status.CANCELLED
    assert (offer.proposed, offer.offered_until) == (monday, NOW + 3 * DAY)
    assert taken(monday) == 1
    message = Message.objects.get(kind="cancelled_by_office")
    assert message.context["offer_slot"] == monday.pk


def test_nobody_else_can_book_what_is_offered(cancel_by_closing, monday, offered):
    cancel_by_closing()

    with pytest.raises(Refused) as refused:
        hold(monday, offered, now=at(2026, 12, 1, 9))

    assert refused.value.code == "full"


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (Status.CONFIRMED, Status.CONFIRMED),
        (Status.REQUESTED, Status.REQUESTED),
        (Status.NEEDS_DOCUMENTS, Status.REQUESTED),
    ],
)
def test_one_press_opens_it_again_at_the_time_offered(cancel_by_closing, monday, before, after):
    booking = cancel_by_closing(before)

    taken_up = services.take_equal_offer(booking=booking, now=NOW + DAY)

    assert (taken_up.status, taken_up.slot) == (after, monday)
    assert taken_up.parties.filter(is_open=True).count() == 2
    assert taken(monday) == 1
    assert Message.objects.filter(kind="moved_by_citizen").count() == 1
    assert not ClosingDecision.objects.filter(holds_place=True).exists()


def test_pressing_twice_changes_nothing(cancel_by_closing, monday):
    booking = cancel_by_closing()
    services.take_equal_offer(booking=booking, now=NOW)
    booking.refresh_from_db()

    again = services.take_equal_offer(booking=booking, now=NOW)

    assert again.version == booking.version
    assert taken(monday) == 1
    assert Message.objects.filter(kind="moved_by_citizen").count() == 1


def test_offer_that_is_over_is_refused_and_its_place_comes_back(cancel_by_closing, monday):
    booking = cancel_by_closing()
    over = NOW + 3 * DAY

    with pytest.raises(Refused) as refused:
        services.take_equal_offer(booking=booking, now=over)
    assert refused.value.code == "expired"
    assert services.end_equal_offers(now=over - DAY) == 0
    assert services.end_equal_offers(now=over) == 1
    assert services.end_equal_offers(now=over) == 0

    assert taken(monday) == 0
    assert Booking.objects.get(pk=booking.pk).status == Status.CANCELLED


def test_place_that_comes_back_goes_to_who_waits(cancel_by_closing, monday, offered):
    cancel_by_closing()
    wait(offered, first_day=monday.starts_at.date())

    services.end_equal_offers(now=at(2026, 12, 1, 9))

    assert Booking.objects.filter(slot=monday, status=Status.HELD, waiting__isnull=False).exists()


def test_who_booked_anew_is_told_so(cancel_by_closing, offered):
    booking = cancel_by_closing()
    submit(hold(make_slot(offered), offered), couple_details(*PEOPLE))

    with pytest.raises(Refused) as refused:
        services.take_equal_offer(booking=booking, now=NOW)

    assert refused.value.code == "booked_anew"
    assert services.offered_to(booking, now=NOW) is not None


def test_time_that_was_closed_meanwhile_is_not_offered(cancel_by_closing, monday):
    booking = cancel_by_closing()
    Slot.objects.filter(pk=monday.pk).update(closed_at=NOW, closed_by_hand=True)

    with pytest.raises(Refused) as refused:
        services.take_equal_offer(booking=booking, now=NOW)

    assert refused.value.code == "expired"


def test_nothing_is_offered_where_too_little_time_is_left(offered, cancel_by_closing, monday):
    """Tomorrow's visit cannot be changed online any more; its place is free at once."""
    tomorrow = make_slot(offered, starts=at(2026, 11, 24, 13))
    Slot.objects.filter(pk=monday.pk).update(closed_at=NOW, closed_by_hand=True)

    booking = cancel_by_closing(friday=at(2026, 11, 25, 13), now=at(2026, 11, 23, 16))

    assert services.offered_to(booking, now=NOW) is None
    assert taken(tomorrow) == 0
    assert "offer_slot" not in Message.objects.get(kind="cancelled_by_office").context


def test_booking_cancelled_by_its_citizen_is_offered_nothing(offered):
    booking = booking_at(Status.CANCELLED, offered=offered)

    with pytest.raises(Refused) as refused:
        services.take_equal_offer(booking=booking, now=NOW)

    assert refused.value.code == "expired"
