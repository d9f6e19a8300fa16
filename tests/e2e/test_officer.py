"""The officer's queue (S2-R03 steps 4 and 5): look, approve, ask once, refuse; both are told."""

import pytest
from django.core import mail
from django.utils import timezone
from playwright.sync_api import expect

from bookings import services
from bookings.models import Booking
from tests.e2e.conftest import PASSWORD
from tests.e2e.people import Couple


@pytest.fixture
def couple(page, city):
    """A couple whose booking waits for the officer."""
    couple = Couple(page, city)
    couple.reference = couple.book()
    return couple


@pytest.fixture
def desk(browser, city, officer):
    """The officer's desk, signed in, on the case of the first booking."""
    page = browser.new_context(viewport={"width": 1280, "height": 900}, locale="th-TH").new_page()
    page.goto(f"{city}/admin/")
    page.locator("[name=username]").fill(officer.username)
    page.locator("[name=password]").fill(PASSWORD)
    page.locator("[name=password]").press("Enter")
    page.wait_for_url(f"{city}/admin/")
    yield page
    page.context.close()


def open_case(desk, city, reference):
    desk.goto(f"{city}/admin/bookings/booking/")
    desk.get_by_role("link", name=reference).click()
    expect(desk.get_by_role("heading", level=1)).to_contain_text(reference)


def check_the_list(desk):
    """Every item is there, but for what does not concern this couple."""
    desk.get_by_role("button", name="ที่เหลือ ไม่เกี่ยวข้อง").click()
    expect(desk.get_by_role("button", name="ที่เหลือ ไม่เกี่ยวข้อง")).to_have_count(0)
    needed = desk.locator("#checklist li").filter(has_not=desk.locator("[value=not_needed]"))
    for item in needed.all():
        there = item.locator("[value=present]")
        there.click()
        expect(there).to_have_attribute("aria-pressed", "true")
        expect(there).to_be_focused()


def test_officer_approves_and_both_are_told(couple, desk, city, deliver):
    open_case(desk, city, couple.reference)
    desk.get_by_role("button", name="อนุมัติและยืนยันนัด").click()
    expect(desk.get_by_text("ยังไม่ได้ตรวจ").first).to_be_visible()
    desk.goto(desk.url)
    check_the_list(desk)
    desk.get_by_role("button", name="อนุมัติและยืนยันนัด").click()

    booking = Booking.objects.get(reference=couple.reference)
    expect(desk.get_by_text("ยืนยันแล้ว").first).to_be_visible()
    booking.refresh_from_db()
    assert booking.status == "confirmed"

    deliver()
    assert "ยืนยันนัดแล้ว จดทะเบียนสมรส" in mail.outbox[-1].subject
    couple.page.goto(f"{city}/my/{couple.reference}/")
    couple.then_the_state_is("confirmed")


def test_officer_asks_once_and_the_couple_answers(couple, desk, city, deliver):
    open_case(desk, city, couple.reference)
    desk.get_by_text("ขอเอกสารเพิ่มครั้งเดียว").first.click()
    desk.get_by_label("หนังสือรับรองความเป็นโสด").first.check()
    desk.get_by_role("button", name="ขอเอกสารตามรายการนี้").click()

    expect(desk.get_by_text("ขอเอกสารเพิ่มเติม").first).to_be_visible()
    assert Booking.objects.get(reference=couple.reference).status == "needs_documents"
    deliver()
    assert "หนังสือรับรองความเป็นโสด" in mail.outbox[-1].body
    couple.page.goto(f"{city}/my/{couple.reference}/")
    couple.then_the_state_is("needs_documents")
    expect(couple.page.get_by_text("หนังสือรับรองความเป็นโสด").first).to_be_visible()


def test_officer_refuses_with_a_reason_the_couple_reads(couple, desk, city, deliver):
    open_case(desk, city, couple.reference)
    desk.get_by_text("ไม่อนุมัติ ระบุเหตุผล").first.click()
    desk.locator("input[type=radio]:visible").last.check()
    desk.locator("textarea:visible").first.fill("หนังสือรับรองหมดอายุแล้ว")
    desk.get_by_role("button", name="ไม่อนุมัติและแจ้งผู้ขอ").click()

    couple.page.goto(f"{city}/my/{couple.reference}/")
    couple.then_the_state_is("rejected")
    expect(couple.page.get_by_text("หนังสือรับรองหมดอายุแล้ว").first).to_be_visible()
    deliver()
    assert "หนังสือรับรองหมดอายุแล้ว" in mail.outbox[-1].body


def test_second_officer_is_told_who_was_first(couple, desk, city, officer):
    open_case(desk, city, couple.reference)
    booking = Booking.objects.get(reference=couple.reference)
    colleague = type(officer).objects.create(username="officer2", first_name="วรรณา")
    role = officer.roles.get()
    role.pk, role.user = None, colleague
    role.save()
    services.reject(booking=booking, reason="ไม่ครบ", by=colleague, now=timezone.now())

    desk.get_by_role("button", name="อนุมัติและยืนยันนัด").click()

    expect(desk.get_by_text("วรรณา").first).to_be_visible()
    expect(desk.get_by_text("ยังไม่ถูกบันทึก").first).to_be_visible()
    booking.refresh_from_db()
    assert booking.status == "rejected"


def test_officer_finds_a_case_by_reference_name_and_full_number(couple, desk, city):
    booking = Booking.objects.get(reference=couple.reference)
    number = services.unseal_number(booking.parties.get(position=1))
    for words in (couple.reference, couple.reference.lower(), "ทดสอบดี", number, "0800000000"):
        desk.goto(f"{city}/admin/bookings/booking/")
        desk.locator("input[name=q]").first.fill(words)
        desk.locator("input[name=q]").first.press("Enter")
        desk.wait_for_load_state()

        expect(desk.get_by_text(couple.reference).first).to_be_visible()
