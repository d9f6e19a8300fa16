import pypdfium2
import pytest
from django.utils.translation import override

from bookings import pdf
from bookings.models import Booking
from tests.factories import booking_at

CHECKLIST = [{"title": "บัตรประจำตัวประชาชนตัวจริง", "how": "ยังไม่หมดอายุ"}]


@pytest.fixture
def booking(offered):
    return Booking.objects.with_visit().get(pk=booking_at(offered=offered).pk)


@pytest.mark.parametrize("language", ["th", "en"])
def test_ticket_is_one_page_with_the_reference(booking, language):
    with override(language):
        content = pdf.ticket(booking, checklist=CHECKLIST)

    document = pypdfium2.PdfDocument(content)
    text = document[0].get_textpage().get_text_range()
    assert len(document) == 1
    assert booking.reference in text
    assert booking.office.phone in text


def test_what_was_typed_is_not_read_as_markup(booking):
    checklist = [{"title": '#panic() *x* $y$ <b> \\ #image("/etc/passwd")', "how": ""}]

    content = pdf.ticket(booking, checklist=checklist)

    assert "#panic()" in pypdfium2.PdfDocument(content)[0].get_textpage().get_text_range()


def test_widest_reference_stays_on_one_line(booking):
    booking.reference = "WW-WWWW-WW"

    text = pypdfium2.PdfDocument(pdf.ticket(booking, checklist=[]))[0].get_textpage()

    assert "WW-WWWW-WW" in text.get_text_range()


@pytest.mark.parametrize("title", ["เริ่มทั้งสิ้นที่นี่", "ซื้อป้ายสิทธิ์ผู้ร้อง", "น้ำกำก็ฝั่งเปิ้ล"])
def test_text_that_is_copied_out_is_what_was_written(booking, title):
    content = pdf.ticket(booking, checklist=[{"title": title, "how": title}])

    text = pypdfium2.PdfDocument(content)[0].get_textpage().get_text_range()
    assert text.count(title) == 2


def test_a_long_address_leaves_room_for_the_notes(booking):
    booking.office.address_en = (
        "123/456 Public Service Building, floor 2, Pracha Rat Bamphen Road, Huai Khwang "
        "Subdistrict, Pom Prap Sattru Phai District, Bangkok 10310"
    )

    with override("en"):
        page = pypdfium2.PdfDocument(pdf.ticket(booking, checklist=CHECKLIST))[0].get_textpage()

    def edge(words, side):
        return page.get_charbox(page.search(words).get_next()[0])[side]

    bottom, top = 1, 3
    last = min(edge("10310", bottom), edge(booking.office.phone, bottom))
    assert last > edge("If you", top) > edge("What to bring", top)
