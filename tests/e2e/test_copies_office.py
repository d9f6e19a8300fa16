"""The officer's pages of a certified copy (S0-R07, R08, R11): compare, approve, ready, paid, handed
out; without script too. No serious barrier on any of them."""

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from bookings import queries as times
from offices.models import Office
from registry_requests import queries
from registry_requests.models import CopyRequest
from tests.e2e.conftest import PASSWORD
from tests.e2e.test_accessibility import serious
from tests.factories import national_id
from tests.registry_requests.conftest import BACK, submit

LIST = "/admin/registry_requests/copyrequest/"


@pytest.fixture
def asked(city):
    """A request for two copies of the house registration of Bang Rak; and the full number."""
    offered = queries.collection_service(Office.objects.get(slug="bang-rak"))
    now, number = timezone.now(), national_id()
    slot = times.next_free(offered, now=now, count=1)[0]
    return submit(offered, slot, now=now, number=number), number


def signed_in(browser, city, officer, **context):
    page = browser.new_context(
        viewport={"width": 1280, "height": 900}, locale="th-TH", **context
    ).new_page()
    page.goto(f"{city}/admin/")
    page.locator("[name=username]").fill(officer.username)
    page.locator("[name=password]").fill(PASSWORD)
    page.locator("[name=password]").press("Enter")
    page.wait_for_url(f"{city}/admin/")
    return page


def hand_out(desk, request, number, look):
    """The whole way of an officer; `look` at each page of it."""
    desk.get_by_role("link", name=request.reference).click()
    expect(desk.get_by_text("เปิดเมื่อเทียบตรงทั้งสองรายการ")).to_be_visible()
    look()
    desk.locator("[name=number]").fill(number)
    desk.locator("[name=back_code]").fill("AA0999999999")
    desk.get_by_role("button", name="เทียบเลข").click()
    compared = desk.locator("#compare")
    expect(compared.get_by_text("ไม่ตรงกัน", exact=True)).to_be_visible()
    expect(compared.get_by_text("ตรงกัน", exact=True)).to_be_visible()
    expect(desk.locator("[name=back_code]")).to_have_value("")
    look()
    desk.locator("[name=back_code]").fill(BACK)
    desk.get_by_role("button", name="เทียบเลข").click()
    approve = desk.get_by_role("button", name="อนุมัติและแจ้งผู้ขอ")
    expect(approve).to_be_visible()
    look()
    approve.click()
    desk.get_by_role("button", name="พร้อมรับ และแจ้งผู้ขอ").click()
    desk.get_by_label("เลขที่ใบเสร็จ").fill("15/2570")
    desk.get_by_role("button", name="ชำระแล้ว 20 บาท").click()
    desk.get_by_label("ตรวจบัตรตัวจริงอีกครั้งแล้ว").check()
    look()
    desk.get_by_role("button", name="มอบเอกสารแล้ว").click()
    expect(desk.get_by_text("ใบเสร็จเลขที่").first).to_be_visible()


@pytest.mark.parametrize("script", [True, False], ids=["script", "no-script"])
def test_from_comparing_to_the_hands_of_the_person(browser, city, officer, asked, script):
    request, number = asked
    desk = signed_in(browser, city, officer, java_script_enabled=script)
    desk.goto(city + LIST)
    barriers = []

    # axe is a script itself.
    hand_out(desk, request, number, lambda: script and barriers.extend(serious(desk)))

    assert barriers == []
    done = CopyRequest.objects.get()
    assert (done.status, done.fee, done.receipt_no) == ("collected", 20, "15/2570")
    desk.context.close()


def test_list_and_entry_have_no_serious_barrier_on_a_telephone(browser, city, officer, asked):
    desk = signed_in(browser, city, officer)
    desk.set_viewport_size({"width": 390, "height": 844})
    barriers = []
    for path in (LIST, f"{LIST}?tab=ready", f"{LIST}add/", f"{LIST}{asked[0].pk}/change/"):
        desk.goto(city + path)
        barriers += serious(desk)

    assert barriers == []
    desk.context.close()
