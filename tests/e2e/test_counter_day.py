"""A counter's day in the browser: the desk that stays open learns by itself and loses nothing; the
display, the slip and the papers of the day are whole."""

import pypdfium2
import pytest
import time_machine
from django.utils import timezone
from playwright.sync_api import expect

from bookings import hall_links
from bookings.models import Slot, Ticket
from bookings.services import counter
from core.workflow import Actor
from offices.models import OfferedService
from tests.e2e.clerk import Clerk
from tests.e2e.conftest import PASSWORD

SECONDS = 1000
POINTS_A_MM = 72 / 25.4
LOOK, MENU = 16 * SECONDS, 61 * SECONDS


@pytest.fixture
def card(city):
    return OfferedService.objects.get(office__slug="bang-rak", service__code="id-card")


@pytest.fixture
def now(card):
    """The office is open."""
    return (
        Slot.objects.of(card).filter(starts_at__gt=timezone.now()).earliest("starts_at").starts_at
    )


@pytest.fixture
def clerk(browser, city, officer, now):
    context = browser.new_context(viewport={"width": 1280, "height": 900}, locale="th-TH")
    with time_machine.travel(now) as clock:
        page = context.new_page()
        page.clock.install()
        clerk = Clerk(page, city, clock)
        clerk.given_they_sit_at_window_5(officer.username)
        yield clerk
    context.close()


@pytest.fixture
def walk_in(card, officer, now):
    return lambda: counter.add_walk_in(offered=card, by=Actor.staff(officer), now=now)


def told(page, name):
    return page.locator(f'[data-desk-note="{name}"]')


def type_a_walk_in(page):
    page.keyboard.press("Alt+5")
    page.get_by_label("บริการ", exact=True).select_option(label="ทำบัตรประจำตัวประชาชน")
    page.get_by_label("ชื่อ (ไม่ใส่ก็ได้)").fill("บุญมี ทดสอบ")


def give_the_number(page):
    page.get_by_role("button", name="ออกบัตรคิว", exact=True).click()


def sign_out_behind_its_back(page):
    page.context.clear_cookies(name="sessionid")


def sign_in_in_a_new_tab(page, clerk, officer):
    tab = page.context.new_page()
    tab.goto(f"{clerk.site}/admin/login/?next=/admin/desk/")
    tab.locator("[name=username]").fill(officer.username)
    tab.locator("[name=password]").fill(PASSWORD)
    tab.locator("[name=password]").press("Enter")
    expect(tab.locator("#desk")).to_be_visible()
    tab.close()


def test_the_menu_renews_itself_and_nothing_typed_is_lost(clerk):
    page = clerk.page
    page.get_by_label("มาถึงแล้ว: เลขอ้างอิง").fill("BR-7K")

    with page.expect_response("**/admin/menu/"):
        page.clock.fast_forward(MENU)
    page.wait_for_timeout(500)

    expect(page.get_by_label("มาถึงแล้ว: เลขอ้างอิง")).to_have_value("BR-7K")


def test_who_comes_is_offered_to_a_free_window_by_itself(clerk, walk_in):
    page = clerk.page
    clerk.then_they_read("ไม่มีผู้รอของฝ่ายคุณ")
    walk_in()
    page.clock.fast_forward(LOOK)

    expect(page.locator("#desk-mine").get_by_role("button", name="เรียก W01")).to_be_visible()
    clerk.when_they_call_the_next()

    clerk.then_my_window_has("W01")


def test_the_button_under_the_hand_stays_the_same(clerk, walk_in, now):
    """Somebody else calls W01 while the pointer is on the button: it is not W02 all at once."""
    page, first = clerk.page, walk_in()
    page.clock.fast_forward(LOOK)
    button = page.locator("#desk-mine").get_by_role("button", name="เรียก W01")
    button.hover()
    counter.no_show(ticket=first, by=first.officer, now=now)
    walk_in()
    with page.expect_response("**/admin/desk/?part=live"):
        page.clock.fast_forward(LOOK)
    page.wait_for_timeout(300)

    button.click()

    clerk.then_they_read("W01 เพิ่งเปลี่ยนเป็น")


def test_a_session_that_ends_leaves_what_is_typed(clerk, officer):
    page = clerk.page
    type_a_walk_in(page)
    sign_out_behind_its_back(page)
    page.clock.fast_forward(LOOK)
    expect(told(page, "signed-out")).to_be_visible()
    expect(page.get_by_role("link", name="เข้าสู่ระบบ (แท็บใหม่)")).to_be_visible()

    sign_in_in_a_new_tab(page, clerk, officer)
    with page.expect_response("**/admin/desk/?part=live"):
        page.clock.fast_forward(LOOK)
    expect(told(page, "signed-out")).to_be_hidden()
    give_the_number(page)

    clerk.then_they_read("ออกบัตรคิว W01 แล้ว")
    assert Ticket.objects.get().name == "บุญมี ทดสอบ"


def test_a_session_that_ends_while_nothing_is_typed_asks_to_sign_in(clerk):
    sign_out_behind_its_back(clerk.page)

    clerk.page.clock.fast_forward(LOOK)

    clerk.page.wait_for_url("**/admin/login/?next=/admin/desk/")


def test_a_form_older_than_the_sign_in_says_that_nothing_was_saved(clerk, officer):
    page = clerk.page
    type_a_walk_in(page)
    sign_out_behind_its_back(page)
    sign_in_in_a_new_tab(page, clerk, officer)

    with page.expect_response("**/admin/desk/?part=live"):
        give_the_number(page)
    expect(told(page, "unsaved")).to_be_visible()
    assert not Ticket.objects.exists()
    give_the_number(page)

    clerk.then_they_read("ออกบัตรคิว W01 แล้ว")
    expect(told(page, "unsaved")).to_be_hidden()


def test_a_lost_line_is_told_and_comes_back_by_itself(clerk):
    page = clerk.page
    type_a_walk_in(page)
    page.context.set_offline(True)
    page.clock.fast_forward(LOOK)
    expect(told(page, "lost")).to_be_visible()
    give_the_number(page)
    expect(page.get_by_label("ชื่อ (ไม่ใส่ก็ได้)")).to_have_value("บุญมี ทดสอบ")

    page.context.set_offline(False)
    page.clock.fast_forward(LOOK)
    expect(told(page, "lost")).to_be_hidden()
    give_the_number(page)

    clerk.then_they_read("ออกบัตรคิว W01 แล้ว")


@pytest.mark.parametrize("language", ["", "/en"])
def test_the_slip_fits_the_roll_of_the_printer(clerk, walk_in, language):
    """80 mm wide, on one piece of paper."""
    code = hall_links.queue_code(walk_in())
    page = clerk.page.context.new_page()
    page.goto(f"{clerk.site}{language}/queue/{code}/")

    paper = pypdfium2.PdfDocument(page.pdf(prefer_css_page_size=True))

    assert len(paper) == 1
    assert round(paper[0].get_width() / POINTS_A_MM) == 80
    assert round(paper[0].get_height() / POINTS_A_MM) == 110


def test_the_papers_of_the_day_print_on_a_page_each(clerk):
    """Numbered as the paper is: in Thai digits unless others are asked for."""
    for digits, numbers in (("thai", ["๑/๒", "๒/๒"]), ("arabic", ["1/2", "2/2"])):
        clerk.page.goto(f"{clerk.site}/admin/sheets/?digits={digits}")
        printed = pypdfium2.PdfDocument(clerk.page.pdf(prefer_css_page_size=True))
        words = [page.get_textpage().get_text_range() for page in printed]

        assert len(words) == 2
        assert all(number in page for number, page in zip(numbers, words, strict=True))


@pytest.mark.parametrize("language", ["", "/en"])
def test_the_display_shows_the_number_of_the_window(
    clerk, officer, walk_in, now, browser, language
):
    """From the last row: a window of two digits is not cut off."""
    window = officer.active_roles[0].office.windows.first()
    window.label = "12"
    window.save()
    counter.call(ticket=walk_in(), window=window, by=officer, now=now)
    context = browser.new_context(viewport={"width": 1920, "height": 1080})
    page = context.new_page()
    page.goto(f"{clerk.site}{language}/display/bang-rak/")

    words = page.locator(".newest .to b")
    expect(words).to_contain_text("12")
    ends = words.evaluate(
        "words => { const range = document.createRange(); range.selectNodeContents(words);"
        " return range.getBoundingClientRect().right; }"
    )
    card = page.locator(".newest").bounding_box()
    context.close()

    assert ends <= card["x"] + card["width"]
