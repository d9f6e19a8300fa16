"""A couple books, moves and cancels (S2-R02, S2-R03, S2-R06), in Thai, on a telephone."""

import time

import pytest
from django.core import mail
from django.core.management import call_command
from PIL import Image
from playwright.sync_api import expect

from bookings.models import Booking
from tests.e2e.people import Couple


@pytest.fixture
def couple(page, city):
    return Couple(page, city)


def test_couple_books_from_the_home_page(couple, deliver):
    couple.given_they_open_the_home_page()
    couple.when_they_look_for("แต่งงาน")
    expect(couple.page.get_by_role("link", name="จดทะเบียนสมรส").first).to_be_visible()
    couple.when_they_choose_bang_rak()
    couple.when_they_choose_the_case("ไทย–ต่างชาติ")
    expect(couple.page.get_by_text("หนังสือรับรองความเป็นโสด").first).to_be_visible()
    couple.when_they_open_all_times()
    couple.when_they_take_the_last_time()
    couple.when_they_fill_in_the_form()
    couple.when_they_send_it()

    reference = couple.then_the_time_is_theirs()

    deliver()
    [letter] = mail.outbox
    assert reference in letter.body
    assert Booking.objects.get(reference=reference).parties.count() == 2
    call_command("verify_integrity")


def test_couple_mends_a_wrong_number(couple):
    couple.page.goto(f"{couple.site}/offices/bang-rak/marriage/times/")
    couple.when_they_take_the_last_time()
    couple.when_they_fill_in_the_form(number="1234567890123")
    couple.when_they_send_it()

    error = couple.page.locator("#error_national_id")
    expect(error).to_contain_text("เลขประจำตัวประชาชนไม่ถูกต้อง")
    expect(couple.page.locator("[name=full_name]")).to_have_value("มะลิ ทดสอบดี")
    expect(couple.page.locator("[role=alert]").first).to_be_focused()

    couple.when_they_fill_in_the_form()
    couple.when_they_send_it()
    couple.then_the_time_is_theirs()


def test_couple_goes_back_and_the_time_waits_for_them(couple):
    couple.page.goto(f"{couple.site}/offices/bang-rak/marriage/times/")
    couple.when_they_take_the_last_time()
    held = Booking.objects.get()

    couple.page.go_back()
    couple.page.goto(f"{couple.site}/bookings/hold/{held.form_key}/")

    expect(couple.page.locator("form#booking-form")).to_be_visible()
    couple.page.get_by_role("button", name="ย้อนกลับ คืนเวลานี้").click()
    expect(couple.page.get_by_role("heading", level=1)).to_contain_text("เลือกวันและเวลา")
    held.refresh_from_db()
    held.slot.refresh_from_db()
    assert (held.status, held.slot.taken) == ("expired", 0)


def test_couple_takes_ticket_and_calendar_along(couple):
    couple.book()

    with couple.page.expect_download() as ticket:
        couple.page.get_by_role("link", name="บัตรนัด PDF").click()
    with couple.page.expect_download() as event:
        couple.page.get_by_role("link", name="ใส่ปฏิทิน").click()

    assert ticket.value.path().read_bytes().startswith(b"%PDF")
    assert b"BEGIN:VEVENT" in event.value.path().read_bytes()


def test_couple_moves_to_another_time(couple):
    reference = couple.book()
    before = Booking.objects.get(reference=reference).slot

    couple.page.get_by_role("link", name="เลื่อนนัด").first.click()
    couple.page.locator("button[name=slot]").first.click()

    couple.then_the_state_is("requested")
    after = Booking.objects.get(reference=reference).slot
    before.refresh_from_db()
    assert (after.pk != before.pk, before.taken, after.taken) == (True, 0, 1)


def test_couple_cancels_by_the_link_in_the_e_mail(couple, deliver, context):
    reference = couple.book()
    deliver()
    link = next(word for word in mail.outbox[0].body.split() if "/l/" in word)
    context.clear_cookies()

    couple.page.goto(link)
    expect(couple.page).to_have_url(f"{couple.site}/my/{reference}/")
    couple.page.get_by_role("link", name="ยกเลิกนัด").first.click()
    expect(couple.page.get_by_role("heading", level=1)).to_contain_text("ยกเลิกนัดนี้ใช่ไหม")
    couple.page.get_by_role("button", name="ยกเลิกนัด").click()

    couple.then_the_state_is("cancelled")
    booking = Booking.objects.get(reference=reference)
    assert (booking.status, booking.slot.taken) == ("cancelled", 0)


def test_stranger_without_link_sees_nothing(couple, browser, browser_context_args):
    reference = couple.book()

    stranger = browser.new_context(**browser_context_args).new_page()
    known = stranger.goto(f"{couple.site}/my/{reference}/")
    unknown = stranger.goto(f"{couple.site}/my/BR-0000-00/")

    assert (known.status, unknown.status) == (404, 404)


def test_couple_books_without_javascript(browser, browser_context_args, city):
    page = browser.new_context(**browser_context_args, java_script_enabled=False).new_page()
    couple = Couple(page, city)
    couple.given_they_open_the_home_page()
    couple.when_they_choose_bang_rak()
    couple.when_they_choose_the_case("ไทย–ต่างชาติ")
    couple.when_they_open_all_times()
    couple.given_they_see_times_of_next_week()
    couple.when_they_take_the_last_time()
    couple.when_they_fill_in_the_form()
    couple.when_they_send_it()

    reference = couple.then_the_time_is_theirs()

    page.get_by_role("link", name="ยกเลิกนัด").first.click()
    page.get_by_role("button", name="ยกเลิกนัด").click()
    couple.then_the_state_is("cancelled")
    assert Booking.objects.get(reference=reference).status == "cancelled"


def test_time_that_went_meanwhile_offers_the_nearest(couple, browser, browser_context_args):
    couple.page.goto(f"{couple.site}/offices/bang-rak/marriage/times/")
    faster = Couple(browser.new_context(**browser_context_args).new_page(), couple.site)
    faster.page.goto(f"{couple.site}/offices/bang-rak/marriage/times/")
    faster.when_they_take_the_last_time()

    couple.page.locator("button[name=slot]").last.click()

    expect(couple.page.get_by_role("heading", level=1)).to_contain_text("มีคนจองเวลานี้ไปก่อน")
    couple.page.locator("button[name=slot]").first.click()
    expect(couple.page.locator("form#booking-form")).to_be_visible()


def test_couple_goes_back_after_a_refused_form(couple):
    couple.page.goto(f"{couple.site}/offices/bang-rak/marriage/times/")
    couple.when_they_take_the_last_time()
    couple.when_they_send_it()
    expect(couple.page.locator("#error_full_name")).to_be_visible()
    couple.when_they_fill_in_the_form()
    couple.when_they_send_it()
    reference = couple.then_the_time_is_theirs()

    couple.page.go_back()

    expect(couple.page).to_have_url(f"{couple.site}/my/{reference}/")


@pytest.fixture
def card(tmp_path):
    """A picture of a card, as a telephone takes it."""
    path = tmp_path / "card.jpg"
    Image.new("RGB", (900, 700), "white").save(path)
    return path


def test_a_removed_picture_can_be_had_back(couple, card):
    reference = couple.book()
    couple.given_they_sent_a_picture(card, of=reference)

    couple.when_they_remove_the_first_picture()
    expect(couple.page.get_by_role("button", name="เลิกลบ")).to_be_focused()
    couple.page.get_by_role("button", name="เลิกลบ").click()

    couple.page.reload()
    expect(couple.page.locator("#sent li")).to_have_count(1)
    assert Booking.objects.get(reference=reference).documents.count() == 1


def test_a_removed_picture_is_gone_when_they_go_on(couple, card):
    reference = couple.book()
    couple.given_they_sent_a_picture(card, of=reference)

    couple.when_they_remove_the_first_picture()
    couple.page.goto(f"{couple.site}/my/{reference}/")
    # The browser sends the removal while it leaves, and tells nobody when it arrived.
    documents = Booking.objects.get(reference=reference).documents
    deadline = time.monotonic() + 10
    while documents.exists() and time.monotonic() < deadline:
        couple.page.wait_for_timeout(100)

    couple.page.goto(f"{couple.site}/my/{reference}/documents/")
    expect(couple.page.locator("#sent li")).to_have_count(0)
    assert not documents.exists()
