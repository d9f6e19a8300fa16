"""A citizen asks for a certified copy by the web, in Thai, on a telephone: from the service's page
to the copy in the hands. What the office does between is done by the services."""

import re

import pytest
from django.core import mail
from django.core.management import call_command
from django.utils import timezone
from playwright.sync_api import Page, expect

from accounts.roles import Role
from bookings import services as bookings
from offices.models import OfferedService, Office
from registry_requests import services
from registry_requests.models import Comparison, CopyRequest
from registry_requests.workflow import Status
from tests.e2e.test_accessibility import serious
from tests.factories import make_staff, national_id

BACK, PHOTO = "JC1123456712", "10400212345678"


@pytest.fixture
def site(city):
    """The city, with times of collection at Bang Khae too."""
    there = OfferedService.objects.filter(office__slug="bang-khae", service__code="collect-copies")
    bookings.generate_slots(now=timezone.now(), offered_ids=[there.get().pk])
    return city


@pytest.fixture
def head(site):
    return make_staff(Role.HEAD, office=Office.objects.get(slug="bang-rak"))


@pytest.fixture
def head_there(site):
    return make_staff(Role.HEAD, office=Office.objects.get(slug="bang-khae"))


def _opens_the_form(page: Page, site: str) -> None:
    page.goto(f"{site}/offices/bang-rak/collect-copies/")
    page.get_by_role("link", name="ขอคัดสำเนา", exact=True).click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("ขอคัดและรับรองสำเนา")


def _fills_in(page: Page, number: str) -> None:
    page.get_by_label("คัดสำเนาทะเบียนบ้าน").check()
    page.locator("[name=copies]").select_option("2")
    page.locator("[name=full_name]").fill("สุดารัตน์ ทดลองสุข")
    page.locator("[name=national_id]").fill(number)
    page.locator("[name=back_code]").fill("jc1-1234567-12")
    page.locator("[name=photo_code]").fill("1040-02-12345678")
    page.locator("[name=phone]").fill("08 0000 0000")
    page.locator("[name=email]").fill("sudarat@example.com")
    page.locator("[name=consent]").check()


def _state(page: Page, status: str) -> None:
    expect(page.locator("main")).to_have_attribute("data-status", status)


def _asks_for_collection_at_bang_khae(page: Page, site: str, number: str) -> str | None:
    _opens_the_form(page, site)
    page.locator("[name=collect_at]").select_option("bang-khae")
    expect(page.locator("#copy-times")).to_contain_text("สำนักงานเขตบางแค")
    page.locator("[name=slot]").first.check()
    _fills_in(page, number)
    page.get_by_role("button", name="ส่งคำขอ").last.click()
    _state(page, "submitted")
    return page.locator("main").get_attribute("data-reference")


def test_citizen_asks_answers_pays_and_collects(page, site, head, head_there, deliver, context):
    number = national_id()
    reference = _asks_for_collection_at_bang_khae(page, site, number)
    assert re.fullmatch(r"BR-[0-9A-Z]{4}-[0-9A-Z]{2}", reference)
    assert BACK[3:10] not in page.content()
    made = CopyRequest.objects.get(reference=reference)

    services.take(request=made, by=head, now=timezone.now())
    services.ask_for_more(request=made, text="ขอเลขรหัสประจำบ้าน", by=head, now=timezone.now())
    page.reload()
    _state(page, "needs_documents")
    page.get_by_label("คำตอบของคุณ").fill("1004-000000-0")
    page.get_by_role("button", name="ส่งคำตอบ").click()
    _state(page, "checking")

    typed = {Comparison.Item.NUMBER: number, Comparison.Item.BACK_CODE: BACK}
    services.compare(request=made, typed=typed, by=head, now=timezone.now())
    services.approve(request=made, fee_each=10, by=head, now=timezone.now())
    deliver()
    letter = next(letter for letter in mail.outbox if "อนุมัติแล้ว" in letter.subject)
    context.clear_cookies()
    page.goto(next(word for word in letter.body.split() if "/r/" in word))
    _state(page, "approved")
    assert page.url == f"{site}/my/{reference}/"
    expect(page.get_by_text("ค่าธรรมเนียม 20 บาท จ่ายตอนรับ").first).to_be_visible()

    made.refresh_from_db()
    services.mark_ready(request=made, by=head_there, now=timezone.now())
    services.mark_paid(request=made, receipt_no="12/2569", by=head_there, now=timezone.now())
    page.reload()
    _state(page, "ready")
    services.hand_out(
        request=made, to="สุดารัตน์", identity_seen=True, by=head_there, now=timezone.now()
    )
    page.reload()
    _state(page, "collected")
    call_command("verify_integrity")


def test_times_follow_the_day_and_mistakes_are_mended(page, site):
    _opens_the_form(page, site)
    page.locator("[name=date]").fill("99/99/2569")
    page.locator("[name=date]").press("Tab")
    expect(page.locator("#error_date")).to_contain_text("อ่านวันที่ไม่ได้")
    page.get_by_role("button", name="ส่งคำขอ").last.click()
    expect(page.locator("#error_full_name")).to_be_visible()
    page.locator("[name=date]").fill("")
    page.locator("[name=date]").press("Tab")
    expect(page.locator("#error_date")).to_have_count(0)
    page.locator("[name=slot]").first.check()
    _fills_in(page, national_id())
    page.get_by_role("button", name="ส่งคำขอ").last.click()
    _state(page, "submitted")

    page.get_by_role("link", name="เลือกเวลาอื่น").click()
    page.get_by_role("button", name=re.compile("เลือก")).last.click()
    expect(page.get_by_text("เปลี่ยนเวลาแล้ว")).to_be_visible()
    page.get_by_role("link", name="ยกเลิกคำขอ").click()
    page.get_by_role("button", name="ยกเลิกคำขอ").click()
    _state(page, "cancelled")
    assert CopyRequest.objects.get().status == Status.CANCELLED


def test_enquiry_hides_what_it_is_not_asked(page, site):
    _opens_the_form(page, site)
    page.get_by_label("สอบถาม").check()
    expect(page.locator("[name=back_code]")).to_be_hidden()
    expect(page.locator("[name=copies]")).to_be_hidden()
    page.locator("[name=full_name]").fill("สุดารัตน์ ทดลองสุข")
    page.locator("[name=national_id]").fill(national_id())
    page.locator("[name=phone]").fill("08 0000 0000")
    page.locator("[name=note]").fill("ทำบัตรให้ผู้ป่วยติดเตียง")
    page.locator("[name=consent]").check()
    page.get_by_role("button", name="ส่งคำขอ").last.click()
    _state(page, "submitted")


@pytest.mark.parametrize(("width", "scheme"), [(390, "light"), (1280, "dark")])
def test_pages_of_a_copy_have_no_serious_barrier(
    browser, browser_context_args, site, width, scheme
):
    context = browser.new_context(
        **{**browser_context_args, "viewport": {"width": width, "height": 900}},
        color_scheme=scheme,
    )
    page = context.new_page()
    _opens_the_form(page, site)
    barriers = serious(page)
    page.get_by_role("button", name="ส่งคำขอ").last.click()
    page.locator("#error_full_name").wait_for()
    barriers += serious(page)
    page.locator("[name=slot]").first.check()
    _fills_in(page, national_id())
    page.get_by_role("button", name="ส่งคำขอ").last.click()
    _state(page, "submitted")
    path = page.url
    for end in ("", "move/", "cancel/", "documents/"):
        page.goto(path + end)
        barriers += serious(page)
    context.close()

    assert barriers == []
