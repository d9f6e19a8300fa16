"""A citizen fills in the form for a copy with ThaID, in Thai, on a telephone; another time ThaID is
down, and the form is filled in by hand."""

import pytest
from playwright.sync_api import Page, expect

from registry_requests.models import CopyRequest
from tests.accounts import provider as fakes
from tests.e2e.test_accessibility import serious
from tests.factories import national_id

FORM = "/requests/new/bang-rak/"


@pytest.fixture
def provider(city, settings):
    with fakes.running(settings) as provider:
        yield provider


def _presses_the_button(page: Page, city: str) -> None:
    page.goto(f"{city}{FORM}")
    page.get_by_role("link", name="กรอกด้วย ThaID").click()
    expect(page).to_have_url(f"{city}{FORM}")


def _fills_in_the_rest(page: Page) -> None:
    page.get_by_label("คัดสำเนาทะเบียนบ้าน").check()
    page.locator("[name=slot]").first.check()
    page.locator("[name=back_code]").fill("jc1-1234567-12")
    page.locator("[name=photo_code]").fill("1040-02-12345678")
    page.locator("[name=phone]").fill("08 0000 0000")
    page.locator("[name=consent]").check()


def _sends(page: Page) -> CopyRequest:
    page.get_by_role("button", name="ส่งคำขอ").last.click()
    expect(page.locator("main")).to_have_attribute("data-status", "submitted")
    return CopyRequest.objects.get()


def test_citizen_is_proven_by_thaid(page, city, provider):
    _presses_the_button(page, city)
    expect(page.get_by_role("heading", name="ยืนยันด้วย ThaID แล้ว")).to_be_visible()
    expect(page.locator("[name=national_id]")).to_have_count(0)
    assert provider.number not in page.content()
    assert serious(page) == []
    _fills_in_the_rest(page)

    assert _sends(page).proof == CopyRequest.Proof.THAID


def test_somebody_else_takes_the_telephone(page, city, provider):
    _presses_the_button(page, city)
    page.get_by_role("button", name="ไม่ใช่คุณใช่ไหม").click()

    expect(page.locator("[name=national_id]")).to_be_visible()
    expect(page.get_by_role("link", name="กรอกด้วย ThaID")).to_be_visible()
    assert serious(page) == []


def test_citizen_types_where_thaid_is_down(page, city, provider):
    provider.status = 503
    _presses_the_button(page, city)
    expect(page.get_by_role("alert")).to_contain_text("ตอนนี้ ThaID ใช้ไม่ได้ กรอกเองด้านล่างได้")
    page.locator("[name=full_name]").fill("สุดารัตน์ ทดลองสุข")
    page.locator("[name=national_id]").fill(national_id())
    _fills_in_the_rest(page)

    assert _sends(page).proof == CopyRequest.Proof.TYPED
