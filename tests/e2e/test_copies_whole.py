"""A copy of one's own record the whole way, in Thai: a citizen asks by the web on a telephone, an
officer compares and approves, the citizen comes to the counter and collects."""

from datetime import timedelta

import pytest
import time_machine
from django.core import mail
from django.core.management import call_command
from playwright.sync_api import expect

from bookings.models import Ticket
from bookings.workflow import Status as BookingStatus
from registry_requests.models import Comparison, CopyRequest
from registry_requests.workflow import Status
from tests.e2e.copy_desk import WIDE, CopyDesk, signed_in
from tests.e2e.test_copies import _fills_in, _opens_the_form, _state
from tests.e2e.test_counter import Clerk
from tests.factories import national_id
from tests.registry_requests.conftest import BACK


@pytest.fixture
def asked(page, city):
    """A citizen has asked for two copies, to be collected at the last of the times offered; gives
    the request and the number on the card."""
    number = national_id()
    _opens_the_form(page, city)
    page.locator("[name=slot]").last.check()
    _fills_in(page, number)
    page.get_by_role("button", name="ส่งคำขอ").last.click()
    _state(page, "submitted")
    return CopyRequest.objects.select_related("collection__slot").get(), number


def _the_office_prepares(desk, request, number):
    desk.when_they_open(request.reference)
    desk.when_they_compare(number, "AA0999999999")
    desk.then_the_code_is_not_equal_and_not_shown()
    desk.when_they_compare("", BACK)
    desk.when_they_approve()
    desk.when_the_copy_is_ready()
    desk.page.context.close()


def _is_handed_out_at_the_window(clerk, request, starts_at, city):
    clerk.when_somebody_arrives(request.reference)
    clerk.then_they_read(f"{request.reference} มาถึงแล้ว")
    clerk.when_it_is(starts_at)
    clerk.page.reload()
    clerk.when_they_call_the_next()
    clerk.when_they_start()
    clerk.then_they_read("กำลังให้บริการ")
    clerk.page.get_by_role("link", name="เปิดคำขอ เพื่อมอบเอกสาร").click()
    at_the_window = CopyDesk(clerk.page, city)
    at_the_window.when_it_is_paid("17/2570", 20)
    at_the_window.when_they_look_at_the_card_again()
    at_the_window.when_they_hand_it_out()
    clerk.page.goto(f"{city}/admin/desk/")
    expect(clerk.page.locator("[data-my-number]")).to_have_count(0)
    clerk.page.context.close()


def test_from_the_web_to_the_hands_of_the_citizen(page, city, officer, browser, asked, deliver):
    request, number = asked
    _the_office_prepares(CopyDesk(signed_in(browser, city, officer), city), request, number)
    deliver()
    subjects = [letter.subject for letter in mail.outbox]
    assert any("อนุมัติแล้ว" in subject for subject in subjects)
    assert any("พร้อมรับ" in subject for subject in subjects)
    page.reload()
    _state(page, "ready")

    # The day has come: the citizen shows the reference at the counter.
    slot = request.collection.slot
    with time_machine.travel(slot.starts_at - timedelta(minutes=6)) as clock:
        clerk = Clerk(browser.new_context(**WIDE).new_page(), city, clock)
        clerk.given_they_sit_at_window_5(officer.username)
        _is_handed_out_at_the_window(clerk, request, slot.starts_at, city)
        page.reload()
        _state(page, "collected")
        call_command("verify_integrity")

    done = CopyRequest.objects.select_related("collection").get()
    assert (done.status, done.fee, done.receipt_no) == (Status.COLLECTED, 20, "17/2570")
    assert done.collection.status == BookingStatus.SERVED
    assert Ticket.objects.get().status == "served"
    compared = Comparison.objects.values_list("item", "matched", "by__username")
    assert list(compared) == [
        ("number", True, "officer"),
        ("back_code", False, "officer"),
        ("back_code", True, "officer"),
    ]
