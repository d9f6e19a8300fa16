"""What people do in the browser, as sentences. Names and numbers are invented."""

import re
from pathlib import Path

from django.utils import timezone
from playwright.sync_api import Page, expect

from offices.models import Office
from offices.queries import working_days_after
from tests.factories import national_id

E_MAIL = "mali@example.com"


class Couple:
    """A Thai and a foreigner who want to marry at Bang Rak, with one telephone."""

    def __init__(self, page: Page, site: str) -> None:
        self.page, self.site = page, site

    def given_they_see_times_of_next_week(self) -> None:
        """A day far enough to be moved and cancelled online."""
        office = Office.objects.get(slug="bang-rak")
        day = working_days_after(
            office_id=office.pk, weekdays="12345", start=timezone.localdate(), count=6
        )[-1]
        self.page.goto(f"{self.site}/offices/bang-rak/marriage/times/?date={day}")

    def given_they_open_the_home_page(self) -> None:
        self.page.goto(self.site)
        expect(self.page.get_by_role("heading", level=1)).to_contain_text("นัดเวลาไว้ก่อน")

    def when_they_look_for(self, words: str) -> None:
        self.page.get_by_label("ต้องการทำเรื่องอะไร").fill(words)
        self.page.get_by_role("button", name="ค้นหา").click()

    def when_they_choose_bang_rak(self) -> None:
        self.page.goto(f"{self.site}/offices/bang-rak/")
        self.page.get_by_role("link", name="จดทะเบียนสมรส").first.click()
        expect(self.page.get_by_role("heading", level=1)).to_contain_text("จดทะเบียนสมรส")

    def when_they_choose_the_case(self, name: str) -> None:
        self.page.get_by_role("link", name=name, exact=True).click()

    def when_they_open_all_times(self) -> None:
        self.page.get_by_role("link", name="ดูเวลาว่างทั้งหมด").first.click()
        expect(self.page.get_by_role("heading", level=1)).to_contain_text("เลือกวันและเวลา")

    def when_they_take_the_last_time(self) -> str:
        """Of the day that is open; gives its ISO time."""
        button = self.page.locator("button[name=slot]").last
        starts = button.get_attribute("data-starts")
        button.click()
        expect(self.page.locator("form#booking-form")).to_be_visible()
        assert starts
        return starts

    def when_they_fill_in_the_form(self, *, number: str = "") -> None:
        page = self.page
        page.locator("[name=nationality]").select_option("TH")
        page.locator("[name=full_name]").fill("มะลิ ทดสอบดี")
        page.locator("[name=national_id]").fill(number or national_id())
        page.locator("[name=partner_nationality]").select_option("JP")
        page.locator("[name=partner_full_name]").fill("SORA EXAMPLE")
        page.locator("[name=partner_passport_no]").fill("TX0000000")
        page.locator("[name=phone]").fill("08 0000 0000")
        page.locator("[name=email]").fill(E_MAIL)
        page.locator("[name=consent]").check()

    def when_they_send_it(self) -> None:
        self.page.get_by_role("button", name="ส่งคำขอจอง").click()

    def given_they_sent_a_picture(self, path: Path, *, of: str) -> None:
        """To the booking with the reference `of`."""
        self.page.goto(f"{self.site}/my/{of}/documents/")
        self.page.locator("input[type=file]").set_input_files(path)
        self.page.get_by_role("button", name="ส่งไฟล์เหล่านี้").click()
        expect(self.page.locator("#sent li")).to_have_count(1)

    def when_they_remove_the_first_picture(self) -> None:
        self.page.locator("#sent").get_by_role("button", name="ลบ").first.click()

    def then_the_time_is_theirs(self) -> str:
        """Gives the reference."""
        expect(self.page.get_by_role("heading", level=1)).to_contain_text("เวลานี้เป็นของคุณแล้ว")
        expect(self.page.locator("main")).to_have_attribute("data-status", "requested")
        reference = self.page.locator("main").get_attribute("data-reference")
        assert reference
        assert re.fullmatch(r"BR-[0-9A-Z]{4}-[0-9A-Z]{2}", reference)
        return reference

    def then_the_state_is(self, status: str) -> None:
        expect(self.page.locator("main")).to_have_attribute("data-status", status)

    def book(self) -> str:
        self.given_they_see_times_of_next_week()
        self.when_they_take_the_last_time()
        self.when_they_fill_in_the_form()
        self.when_they_send_it()
        return self.then_the_time_is_theirs()
