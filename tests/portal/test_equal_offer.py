"""What a citizen sees whose appointment a closing cancelled, and the one press."""

from datetime import timedelta

import pytest
from django.utils import timezone

from accounts.roles import Role
from bookings import services
from bookings.messages import BookingMessages
from bookings.models import Booking, Choice, ClosingDecision, Part
from bookings.workflow import Status
from core.thai_dates import local_date
from notifications.models import Message
from tests.factories import make_staff
from tests.live import world


@pytest.fixture
def booking(client, book):
    return book(client)


@pytest.fixture
def offer(booking):
    """The office closes the day of the booking, cancels it, and offers the same time later."""
    offered, slot = booking.offered, booking.slot
    later = world.slot(offered, places=1, no=4)
    later.starts_at = slot.starts_at + timedelta(days=7)
    later.ends_at = slot.ends_at + timedelta(days=7)
    later.save()
    head = make_staff(Role.HEAD, office=offered.office)
    now = timezone.now()
    closing = services.plan(
        office=offered.office,
        day=local_date(slot.starts_at),
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
    return ClosingDecision.objects.get()


def test_page_shows_the_time_kept_and_takes_it_with_one_press(client, booking, offer):
    page = client.get(f"/my/{booking.reference}/").content.decode()
    assert "เราเก็บเวลาใหม่ไว้ให้คุณ" in page

    answer = client.post(f"/my/{booking.reference}/take/", follow=True)

    assert "เวลานี้เป็นของคุณแล้ว" in answer.content.decode()
    booking.refresh_from_db()
    assert (booking.status, booking.slot) == (Status.REQUESTED, offer.proposed)


def test_offer_that_is_over_says_so_and_is_not_shown(client, booking, offer):
    ClosingDecision.objects.update(offered_until=timezone.now())

    answer = client.post(f"/my/{booking.reference}/take/", follow=True)

    text = answer.content.decode()
    assert "เวลานี้ไม่ได้เก็บไว้ให้แล้ว" in text
    assert "เราเก็บเวลาใหม่ไว้ให้คุณ" not in text
    assert Booking.objects.get(pk=booking.pk).status == Status.CANCELLED


def test_another_browser_cannot_take_it(client, booking, offer):
    client.cookies.clear()

    assert client.post(f"/my/{booking.reference}/take/").status_code == 404


def test_page_costs_two_queries_more(client, booking, offer, django_assert_num_queries):
    with django_assert_num_queries(11):
        client.get(f"/my/{booking.reference}/")


def test_message_names_the_time_and_until_when(booking, offer):
    message = Message.objects.get(kind="cancelled_by_office")

    rendered = BookingMessages().render(message, timezone.now())

    assert "เก็บเวลาที่เทียบเท่าไว้ให้คุณคนเดียวถึงวัน" in rendered.text
    assert "รับเวลานี้ หรือเลือกเวลาอื่น" in rendered.text
