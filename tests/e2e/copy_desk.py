"""What an officer does about one request for a copy, as sentences."""

from playwright.sync_api import Page, expect

from tests.e2e.conftest import PASSWORD

LIST = "/admin/registry_requests/copyrequest/"
WIDE = {"viewport": {"width": 1280, "height": 900}, "locale": "th-TH"}


def signed_in(browser, city, officer, **context) -> Page:
    """The back-office, opened by this officer."""
    page = browser.new_context(**WIDE, **context).new_page()
    page.goto(f"{city}/admin/")
    page.locator("[name=username]").fill(officer.username)
    page.locator("[name=password]").fill(PASSWORD)
    page.locator("[name=password]").press("Enter")
    page.wait_for_url(f"{city}/admin/")
    return page


class CopyDesk:
    """An officer with the page of a request open, or looking for it."""

    def __init__(self, page: Page, site: str) -> None:
        self.page, self.site = page, site

    def when_they_open(self, reference: str) -> None:
        self.page.goto(self.site + LIST)
        self.page.get_by_role("link", name=reference).click()
        expect(self.page.get_by_text("เปิดเมื่อเทียบตรงทั้งสองรายการ")).to_be_visible()

    def when_they_compare(self, number: str, back_code: str) -> None:
        """What the card reader says; a number that was equal is not asked again."""
        if number:
            self.page.locator("[name=number]").fill(number)
        self.page.locator("[name=back_code]").fill(back_code)
        self.page.get_by_role("button", name="เทียบเลข").click()

    def then_the_code_is_not_equal_and_not_shown(self) -> None:
        compared = self.page.locator("#compare")
        expect(compared.get_by_text("ไม่ตรงกัน", exact=True)).to_be_visible()
        expect(compared.get_by_text("ตรงกัน", exact=True)).to_be_visible()
        expect(self.page.locator("[name=back_code]")).to_have_value("")

    def then_they_may_approve(self) -> None:
        expect(self.page.get_by_role("button", name="อนุมัติและแจ้งผู้ขอ")).to_be_visible()

    def when_they_approve(self) -> None:
        self.page.get_by_role("button", name="อนุมัติและแจ้งผู้ขอ").click()
        expect(self.page.get_by_role("button", name="พร้อมรับ และแจ้งผู้ขอ")).to_be_visible()

    def when_the_copy_is_ready(self) -> None:
        self.page.get_by_role("button", name="พร้อมรับ และแจ้งผู้ขอ").click()
        expect(self.page.get_by_label("เลขที่ใบเสร็จ")).to_be_visible()

    def when_it_is_paid(self, receipt_no: str, baht: int) -> None:
        self.page.get_by_label("เลขที่ใบเสร็จ").fill(receipt_no)
        self.page.get_by_role("button", name=f"ชำระแล้ว {baht} บาท").click()

    def when_they_look_at_the_card_again(self) -> None:
        self.page.get_by_label("ตรวจบัตรตัวจริงอีกครั้งแล้ว").check()

    def when_they_hand_it_out(self) -> None:
        self.page.get_by_role("button", name="มอบเอกสารแล้ว").click()
        expect(self.page.get_by_text("ใบเสร็จเลขที่").first).to_be_visible()
