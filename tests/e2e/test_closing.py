"""A head closes Friday afternoon with six bookings and moves them."""

from datetime import date, datetime, time, timedelta

import pytest
from django.core import mail
from django.utils import timezone
from playwright.sync_api import expect

from accounts.roles import Role
from bookings.models import Booking, Closing, Slot
from core.thai_dates import typed_date
from notifications.models import Message
from offices.models import Closure, OfferedService, Office
from tests.e2e.conftest import PASSWORD
from tests.factories import booking_at, make_staff


class HeadOfSection:
    """A head who closes times, as sentences."""

    def __init__(self, page, site):
        self.page, self.site = page, site

    def given_signed_in(self, user):
        self.page.goto(f"{self.site}/admin/")
        self.page.locator("[name=username]").fill(user.username)
        self.page.locator("[name=password]").fill(PASSWORD)
        self.page.locator("[name=password]").press("Enter")
        self.page.wait_for_url(f"{self.site}/admin/")

    def when_they_close_the_afternoon_of(self, day):
        self.page.get_by_role("link", name="งดให้บริการบางช่วง").first.click()
        self.page.get_by_role("link", name="งดให้บริการบางช่วง").last.click()
        self.page.locator("[name=date]").fill(typed_date(day))
        self.page.get_by_label("ช่วงบ่าย").check()
        self.page.locator("[name=reason_th]").fill("ปรับปรุงระบบไฟฟ้าอาคาร")
        self.page.get_by_role("button", name="ดูนัดที่กระทบ").click()

    def then_so_many_are_hit(self, number):
        expect(self.page.locator(".hit-row")).to_have_count(number)

    def then_the_totals_are(self, *, move, cancel, keep):
        for name, number in (("move", move), ("cancel", cancel), ("keep", keep)):
            expect(self.page.locator(f".is-{name} b").first).to_have_text(str(number))

    def when_they_cancel_the_first(self):
        self.page.locator(".hit-row").first.locator("[value=cancel]").click()

    def when_they_keep_the_second(self):
        row = self.page.locator(".hit-row").nth(1)
        row.locator("[value=keep]").click()
        expect(row.locator("[name=place]")).to_be_visible()
        expect(row.locator(".error")).to_have_count(0)
        row.locator("[name=place]").fill("เคาน์เตอร์สำรอง ชั้น 1")
        row.locator("[name=responsible]").fill("สมพร ตัวอย่าง")
        row.get_by_role("button", name="บันทึก").click()

    def when_they_move_the_others_as_proposed(self):
        self.page.get_by_role("button", name="ย้ายนัดที่ยังไม่ตัดสินทั้งหมด").click()

    def when_they_announce(self):
        self.page.get_by_role("button", name="ประกาศปิดและแจ้ง").click()

    def when_they_set_places_to(self, online, *, staff=0):
        self.page.goto(f"{self.site}/admin/places/")
        self.page.get_by_role("link", name="จดทะเบียนสมรส", exact=True).click()
        self.page.locator("[name=online_places]").fill(str(online))
        self.page.locator("[name=staff_places]").fill(str(staff))
        self.page.get_by_role("button", name="ดูผล").first.click()

    def when_they_decide_for_each_because(self, reason):
        self.page.locator("[name=reason_th]").fill(reason)
        self.page.get_by_role("button", name="ตัดสินทีละนัด").click()

    def when_they_keep_the_others_as_booked(self):
        self.page.get_by_role("button", name="คงนัดที่ยังไม่ตัดสินทั้งหมดไว้ตามเดิม").click()

    def when_they_put_it_in_force(self):
        self.page.get_by_role("button", name="ใช้จำนวนใหม่และแจ้ง").click()

    def then_it_says(self, words):
        expect(self.page.get_by_text(words).first).to_be_visible()


@pytest.fixture
def friday(city) -> date:
    """The Friday after next, with six bookings in the afternoon; no holiday on it."""
    today = timezone.localdate()
    days = (today + timedelta(days=n) for n in range(8, 50))
    closed = set(Closure.objects.values_list("date", flat=True))
    day = next(one for one in days if one.isoweekday() == 5 and one not in closed)
    offered = OfferedService.objects.get(office__slug="bang-rak", service__code="marriage")
    noon = timezone.make_aware(datetime.combine(day, time(12, 30)))
    slots = list(Slot.objects.of(offered).between(noon, noon + timedelta(hours=6))[:6])
    assert len(slots) == 6
    for slot in slots:
        booking_at(offered=offered, slot=slot, now=timezone.now())
    return day


@pytest.fixture
def crowded(friday) -> Slot:
    """The first time of that afternoon takes three couples and has them."""
    first = Booking.objects.order_by("slot__starts_at").first()
    slot, offered = first.slot, first.offered
    Slot.objects.filter(pk=slot.pk).update(capacity=3, online_capacity=3)
    slot.refresh_from_db()
    for _n in range(2):
        booking_at(offered=offered, slot=slot, now=timezone.now())
    return slot


@pytest.fixture
def head(browser, city, settings):
    settings.STAFF_MFA_REQUIRED = False
    office = Office.objects.get(slug="bang-rak")
    user = make_staff(Role.HEAD, office=office, username="head", first_name="วรรณา")
    user.set_password(PASSWORD)
    user.save()
    page = browser.new_context(viewport={"width": 1280, "height": 900}, locale="th-TH").new_page()
    head = HeadOfSection(page, city)
    head.given_signed_in(user)
    yield head
    page.context.close()


def test_head_closes_friday_afternoon_and_moves_six(head, friday, deliver):
    head.when_they_close_the_afternoon_of(friday)
    head.then_so_many_are_hit(6)
    head.when_they_announce()
    head.then_it_says("ยังไม่ตัดสิน:")

    head.when_they_move_the_others_as_proposed()
    head.then_the_totals_are(move=6, cancel=0, keep=0)
    head.when_they_announce()

    head.then_it_says("ดำเนินการเสร็จ 6 นัด")
    assert Closing.objects.get().status == "done"
    assert not Booking.objects.open().filter(slot__closed_at__isnull=False).exists()
    assert Message.objects.filter(kind="moved_by_office").count() == 6
    deliver()
    assert "ปรับปรุงระบบไฟฟ้าอาคาร" in mail.outbox[-1].body


def test_one_is_cancelled_one_is_kept_and_the_totals_follow(head, friday):
    head.when_they_close_the_afternoon_of(friday)
    head.when_they_cancel_the_first()
    head.then_the_totals_are(move=0, cancel=1, keep=0)
    head.when_they_keep_the_second()
    head.then_the_totals_are(move=0, cancel=1, keep=1)
    head.when_they_move_the_others_as_proposed()
    head.then_the_totals_are(move=4, cancel=1, keep=1)

    head.when_they_announce()

    head.then_it_says("เคาน์เตอร์สำรอง ชั้น 1 · สมพร ตัวอย่าง")
    kinds = ("moved_by_office", "cancelled_by_office", "kept_elsewhere")
    told = [Message.objects.filter(kind=kind).count() for kind in kinds]
    assert told == [4, 1, 1]


def test_clerk_is_ill_one_too_many_is_moved_and_one_kept(head, crowded):
    head.when_they_set_places_to(1)
    head.then_it_says("เกิน 2 นัด")
    head.when_they_decide_for_each_because("เจ้าหน้าที่ลาป่วย")
    head.then_so_many_are_hit(2)
    head.when_they_cancel_the_first()
    head.then_the_totals_are(move=0, cancel=1, keep=0)
    head.when_they_keep_the_others_as_booked()
    head.then_the_totals_are(move=0, cancel=1, keep=1)

    head.when_they_put_it_in_force()

    head.then_it_says("ใช้จำนวนที่รับใหม่แล้ว")
    assert Message.objects.filter(kind="cancelled_by_office").count() == 1
    assert not Message.objects.filter(kind="kept_elsewhere").exists()
    crowded.refresh_from_db()
    assert (crowded.taken, crowded.capacity, crowded.closed_at) == (2, 2, None)
