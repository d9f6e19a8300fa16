"""The papers of a day: rows as printed, who reads which telephone, digits, cost."""

from datetime import timedelta

import pypdfium2
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import ViewLog
from accounts.roles import Role
from bookings.services import counter
from bookings.sheets import initials
from bookings.workflow import Status
from core.workflow import Actor
from offices.models import Window
from tests.factories import (
    NOW,
    ServiceFactory,
    at,
    booking_at,
    couple_details,
    make_offered,
    make_slot,
    make_staff,
    thai,
)

PAGE = "admin:sheets"


@pytest.fixture
def day():
    return at(2026, 11, 27)


@pytest.fixture
def slots(offered, day):
    return [make_slot(offered, starts=day + timedelta(hours=8, minutes=30 * n)) for n in range(15)]


@pytest.fixture
def booked(offered, slots):
    """Two couples, with a free time between."""
    people = (("เมธี ทดสอบดี", "ภูวดล ตัวอย่าง"), ("Mei Sample", "ธีรพล ทดลอง"))
    return [
        booking_at(
            Status.CONFIRMED,
            offered=offered,
            slot=slots[at_],
            details=couple_details(*map(thai, names), phone="+66800000417"),
        )
        for at_, names in zip((0, 2), people, strict=True)
    ]


def address(name=PAGE, **query):
    query = {"date": "27/11/2569", "digits": "arabic"} | query
    return reverse(name, query=query)


def words_of(pdf):
    document = pypdfium2.PdfDocument(pdf)
    return [page.get_textpage().get_text_range() for page in document]


@pytest.fixture
def serve(offered, officer):
    """Serve somebody at window 5: an appointment that arrives, or a walk-in by name."""
    window = Window.objects.create(office=offered.office, section=offered.section, label="5")

    def at_window(starts, minutes, *, booking=None, name=""):
        if booking:
            ticket = counter.arrive(booking=booking, by=officer, now=booking.slot.starts_at)
        else:
            ticket = counter.add_walk_in(
                offered=offered, by=Actor.staff(officer), now=starts, name=name, beyond_share=True
            )
        counter.call(ticket=ticket, window=window, by=officer, now=starts)
        counter.start(ticket=ticket, by=officer, now=starts)
        ends = starts + timedelta(minutes=minutes)
        return counter.finish(ticket=ticket, by=officer, now=ends)

    return at_window


def test_day_sheet_has_the_columns_times_and_footnote_of_the_paper(signed_in, officer, booked):
    day_sheet = signed_in(officer).get(address()).context["papers"][0]

    assert [column.label for column in day_sheet.columns] == [
        "ลำดับที่",
        "เวลา",
        "ชื่อคู่สมรส",
        "เบอร์ติดต่อ",
    ]
    assert len(day_sheet.rows) == 15
    assert day_sheet.rows[0] == ("1", "08.00-08.30", "เมธี ทดสอบดี กับ ภูวดล ตัวอย่าง", "080-xxx-0417")
    assert day_sheet.rows[1] == ("2", "08.30-09.00", "", "")
    assert day_sheet.rows[2][2] == "Mei Sample กับ ธีรพล ทดลอง"
    assert day_sheet.note == "คู่สมรสควรมาก่อนเวลานัดหมาย 5 นาที"
    assert "27 พฤศจิกายน พ.ศ. 2569" in day_sheet.lines[1]


def test_times_of_the_pattern_stand_on_a_day_without_slots(signed_in, officer, offered):
    for no, (starts, ends) in enumerate([("08:00", "08:30"), ("13:01", "13:30")], 1):
        offered.pattern.times.create(no=no, starts=starts, ends=ends)

    day_sheet = signed_in(officer).get(address(digits="thai")).context["papers"][0]
    sunday = signed_in(officer).get(address(date="29/11/2569")).context["papers"][0]

    assert [row[:2] for row in day_sheet.rows] == [("๑", "๐๘.๐๐-๐๘.๓๐"), ("๒", "๑๓.๐๑-๑๓.๓๐")]
    assert sunday.rows == ()
    assert sunday.lines[-1] == "วันที่เลือกไม่มีเวลานัดของบริการนี้"
    assert "ไม่มีเวลานัด" not in str(day_sheet.lines)


def test_thai_digits_everywhere_and_arabic_on_request(signed_in, officer, booked):
    browser = signed_in(officer)

    papers = browser.get(address(digits="thai")).context["papers"]
    arabic = browser.get(address(digits="arabic")).context["papers"]

    def all_words(paper):
        return " ".join([*paper.lines, *paper.foot, paper.note, *sum(paper.rows, ())])

    assert papers[0].note == "คู่สมรสควรมาก่อนเวลานัดหมาย ๕ นาที"
    assert not any(digit in all_words(paper) for paper in papers for digit in "0123456789")
    assert not any(digit in all_words(paper) for paper in arabic for digit in "๐๑๒๓๔๕๖๗๘๙")


def test_one_applicant_is_no_couple(signed_in, officer, bang_rak):
    make_offered(
        office=bang_rak, service=ServiceFactory(code="id-card", parties=1, name_th="ทำบัตร")
    )

    paper = signed_in(officer).get(address()).context["papers"][0]

    assert paper.columns[2].label == "ชื่อผู้ขอ"
    assert paper.note == "ผู้ขอควรมาก่อนเวลานัดหมาย 5 นาที"


def test_wall_copy_has_initials_and_no_telephone(signed_in, officer, booked):
    browser = signed_in(officer)

    page = browser.get(address(wall="on"))
    (paper,) = page.context["papers"]
    (text,) = words_of(browser.get(address("admin:sheets_day", wall="on")).content)

    assert [column.label for column in paper.columns] == ["ลำดับที่", "เวลา", "ชื่อคู่สมรส"]
    assert paper.rows[0][2] == "ม. ท. กับ ภ. ต."
    for word in ("เมธี", "ตัวอย่าง", "0417"):
        assert word not in page.content.decode()
        assert word not in text


@pytest.mark.parametrize(
    ("name", "short"), [("เมธี ทดสอบดี", "ม. ท."), ("Tom Sample", "T. S."), ("-", "-."), ("ไ", "ไ.")]
)
def test_initials_are_the_first_consonants(name, short):
    assert initials(name) == short


@pytest.mark.parametrize("name", [PAGE, "admin:sheets_day", "admin:sheets_time"])
@pytest.mark.parametrize(
    ("field", "typed", "sentence"),
    [
        ("date", "31/2/2569", "อ่านวันที่ไม่ได้"),
        ("date", "1/1/1", "อ่านวันที่ไม่ได้"),
        ("date", "1/1/9999", "ปีนี้ไม่ใช่ทั้ง"),
        ("service", "999999", "เลือกงานบริการจากรายการ"),
        ("service", "x", "เลือกงานบริการจากรายการ"),
        ("digits", "roman", "เลือกเลขไทยหรือเลขอารบิก"),
    ],
)
def test_bad_choice_gets_a_sentence_and_no_paper(
    signed_in, officer, offered, name, field, typed, sentence
):
    page = signed_in(officer).get(address(name, **{field: typed}))

    assert page.status_code == 422
    assert "papers" not in page.context
    assert sentence in page.content.decode()


def test_service_of_another_office_is_not_in_the_list(signed_in, officer, offered, foreign):
    browser = signed_in(officer)

    other = browser.get(address(service=foreign.offered.pk))
    never = browser.get(address(service=999_999))

    assert other.status_code == never.status_code == 422
    assert foreign.office.name_th not in other.content.decode()
    assert browser.get(address(service=offered.pk)).status_code == 200


def test_full_telephones_need_a_tick_and_a_reason_and_are_logged_for_each_case(
    signed_in, officer, booked
):
    browser = signed_in(officer)
    where = address("admin:sheets_day")

    for typed in ({}, {"full": "on"}, {"reason": "โทรแจ้ง"}, {"full": "on", "reason": "\x00"}):
        assert browser.post(where, typed).status_code == 422
    assert not ViewLog.objects.exists()

    masked = words_of(browser.get(where).content)[0]
    full = words_of(browser.post(where, {"full": "on", "reason": "โทรแจ้งเลื่อน"}).content)[0]

    assert "080-xxx-0417" in masked
    assert "080 000 0417" in full
    logged = ViewLog.objects.order_by("case")
    assert sorted(row.case for row in logged) == sorted(one.reference for one in booked)
    assert {row.reason for row in logged} == {"โทรแจ้งเลื่อน"}
    assert {row.user for row in logged} == {officer}


def test_who_may_not_unmask_gets_masked_telephones_only(signed_in, bang_rak, booked):
    browser = signed_in(make_staff(Role.DIRECTOR, office=bang_rak))

    assert browser.get(address("admin:sheets_day")).status_code == 200
    refused = browser.post(address("admin:sheets_day"), {"full": "on", "reason": "อยากรู้"})

    assert refused.status_code == 403
    assert not ViewLog.objects.exists()


def test_time_sheet_is_filled_from_the_desk(signed_in, officer, booked, day, serve):
    nine = day + timedelta(hours=9)
    serve(nine, 24, booking=booked[0])
    serve(nine + timedelta(hours=1), 31, name="สำอาง ตัวอย่าง")
    nameless = serve(nine + timedelta(hours=2), 5)
    counter.mark_clock_wrong(period=nameless.periods.get(state="serving"), by=officer)

    paper = signed_in(officer).get(address()).context["papers"][1]

    assert [column.label for column in paper.columns] == [
        "ลำดับที่",
        "ชื่อ-ชื่อสกุล",
        "เวลาเริ่มต้น",
        "สิ้นสุด",
        "ใช้เวลา",
        "ลายมือชื่อผู้รับบริการ",
        "ผู้ให้บริการ",
        "หมายเหตุ",
    ]
    assert paper.rows[0] == ("1", "เมธี ทดสอบดี", "09.00", "09.24", "24", "", "", "")
    assert paper.rows[1][1:] == (
        "สำอาง ตัวอย่าง (ไม่ได้นัด)", "10.00", "10.31", "31", "", "", "เกินเป้า 1 นาที",
    )  # fmt: skip
    assert paper.rows[2][1] == "W02 (ไม่ได้นัด)"
    assert paper.rows[2][-1] == "นาฬิกาไม่ตรง"
    assert paper.rows[3] == ("4", *[""] * 7)
    assert len(paper.rows) == 15


def test_minutes_leave_out_a_pause_and_a_start_taken_back(
    signed_in, officer, offered, slots, day, serve
):
    served = serve(day + timedelta(hours=8), 1, name="มาก่อน")
    window, nine = served.window, day + timedelta(hours=9)

    def later(minutes):
        return nine + timedelta(minutes=minutes)

    ticket = counter.add_walk_in(offered=offered, by=Actor.staff(officer), now=nine, name="ทดสอบ")
    counter.call(ticket=ticket, window=window, by=officer, now=nine)
    counter.start(ticket=ticket, by=officer, now=nine)
    counter.undo(ticket=ticket, by=officer, now=later(0.5))
    counter.start(ticket=ticket, by=officer, now=later(1))
    counter.pause(ticket=ticket, by=officer, now=later(11))
    counter.resume(ticket=ticket, window=window, by=officer, now=later(31))
    counter.finish(ticket=ticket, by=officer, now=later(38))

    row = signed_in(officer).get(address()).context["papers"][1].rows[1]

    assert row[1:5] == ("ทดสอบ (ไม่ได้นัด)", "09.01", "09.38", "17")


@pytest.mark.parametrize("name", ["admin:sheets_day", "admin:sheets_time"])
def test_fifteen_rows_are_one_page_of_a4(signed_in, officer, booked, name):
    content = signed_in(officer).get(address(name)).content

    document = pypdfium2.PdfDocument(content)
    text = words_of(content)[0]
    assert len(document) == 1
    assert [round(side * 25.4 / 72) for side in document[0].get_size()] == [210, 297]
    assert "1/1" in text
    assert officer.last_name in "".join(text.split())
    assert "15" in text


def test_more_rows_repeat_the_head_on_the_next_page(signed_in, officer, slots, day, serve):
    for number in range(40):
        serve(day + timedelta(hours=8, minutes=10 * number), 5)

    pages = words_of(signed_in(officer).get(address("admin:sheets_time")).content)

    assert len(pages) == 3
    assert all("หมายเหตุ" in text.replace(" ", "") for text in pages)
    assert "3/3" in pages[2]


def test_number_of_queries_does_not_grow_with_rows(signed_in, officer, offered, day, serve):
    browser = signed_in(officer)
    nine = day + timedelta(hours=9)
    slot = make_slot(offered, starts=nine, capacity=31)

    def one_more(number):
        booking = booking_at(Status.CONFIRMED, offered=offered, slot=slot, by=officer)
        serve(nine + timedelta(minutes=number), 1, booking=booking)

    def cost():
        with CaptureQueriesContext(connection) as captured:
            assert browser.get(address()).status_code == 200
        return len(captured)

    one_more(1)
    browser.get(address())
    with_one = cost()
    for number in range(2, 31):
        one_more(number)

    assert cost() == with_one <= 22


def test_today_is_shown_first(signed_in, officer, offered):
    make_slot(offered, starts=NOW.replace(hour=10))

    page = signed_in(officer).get(reverse(PAGE))

    assert page.context["papers"][0].rows[0][1] == "๑๐.๐๐-๑๐.๓๐"
