"""A clerk at the counter desk, for the journeys that need one."""

from playwright.sync_api import expect

from tests.e2e.conftest import PASSWORD


class Clerk:
    """An officer at window 5, all morning."""

    def __init__(self, page, site, clock):
        self.page, self.site, self.clock = page, site, clock

    def given_they_sit_at_window_5(self, username):
        page = self.page
        page.goto(f"{self.site}/admin/")
        page.locator("[name=username]").fill(username)
        page.locator("[name=password]").fill(PASSWORD)
        page.locator("[name=password]").press("Enter")
        page.wait_for_url(f"{self.site}/admin/")
        page.get_by_role("link", name="โต๊ะบริการ", exact=True).click()
        window = page.locator("select[name=window] option", has_text="ช่อง 5").first
        page.locator("select[name=window]").select_option(window.get_attribute("value"))
        page.get_by_role("button", name="นั่งช่องนี้").click()
        expect(page.get_by_role("heading", name="ช่องของฉัน: ช่อง 5")).to_be_visible()

    def when_it_is(self, moment):
        """The session of an hour ago would be over: only a few minutes at a time."""
        self.clock.move_to(moment)

    def when_they_scan_the_ticket(self):
        self.page.get_by_role("button", name="สแกน").click()

    def when_somebody_arrives(self, reference):
        self.page.get_by_label("มาถึงแล้ว: เลขอ้างอิง").fill(reference)
        self.page.get_by_label("มาถึงแล้ว: เลขอ้างอิง").press("Enter")

    def when_they_add_a_walk_in(self, service, name):
        self.page.keyboard.press("Alt+5")
        self.page.get_by_label("บริการ", exact=True).select_option(label=service)
        self.page.get_by_label("ชื่อ (ไม่ใส่ก็ได้)").fill(name)
        self.page.get_by_role("button", name="ออกบัตรคิว", exact=True).click()

    def when_they_call_the_next(self):
        self.page.keyboard.press("Alt+4")

    def when_they_start(self):
        self.page.get_by_role("button", name="เริ่มให้บริการ").click()

    def when_they_finish(self):
        self.page.keyboard.press("Alt+1")

    def when_it_cannot_be_done(self, key):
        self.page.keyboard.press("Alt+2")
        expect(self.page.locator("[name=reason]").first).to_be_focused()
        self.page.keyboard.press(key)
        self.page.keyboard.press("Enter")

    def then_they_read(self, words):
        expect(self.page.locator("#desk")).to_contain_text(words)

    def then_my_window_has(self, number):
        expect(self.page.locator("[data-my-number]")).to_have_text(number)
