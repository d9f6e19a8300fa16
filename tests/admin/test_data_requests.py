"""The office's page of requests about personal data, and a case whose data were removed."""

from datetime import timedelta

import pypdfium2
import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import ViewLog
from bookings import services
from bookings.models import DataRequest
from bookings.services import data_requests, retention
from bookings.workflow import RequestStatus
from core.workflow import CITIZEN
from tests.factories import NOW, booking_at, couple_details, make_data_request, thai

LIST = "admin:bookings_datarequest_changelist"


def page(name, request):
    return reverse(f"admin:bookings_datarequest_{name}", args=[request.pk])


def test_the_list_costs_the_same_for_many(signed_in, head):
    browser = signed_in(head)

    def queries():
        with CaptureQueriesContext(connection) as captured:
            assert browser.get(reverse(LIST)).status_code == 200
        return len(captured)

    make_data_request()
    queries()
    few = queries()
    for _n in range(29):
        make_data_request()

    assert queries() == few


@pytest.mark.parametrize(("days", "look"), [(0, "soon"), (22, "soon"), (23, "late"), (31, "late")])
def test_a_week_before_the_end_it_turns_amber(signed_in, head, days, look):
    make_data_request()

    with time_machine.travel(NOW + timedelta(days=days), tick=False):
        text = signed_in(head).get(reverse(LIST)).content.decode()

    assert f"chip-left-{look}" in text


@pytest.mark.parametrize(("language", "title"), [("th", "ข้อมูลที่"), ("en", "What this office")])
def test_the_paper_to_hand_over(signed_in, officer, offered, language, title):
    person = thai("มะลิ ทดสอบ")
    booking = booking_at(offered=offered, details=couple_details(person, thai("สมชาย ตัวอย่าง")))
    request = make_data_request(person=person, language=language)
    data_requests.identify(request=request, by=officer, now=NOW)
    browser = signed_in(officer)
    assert browser.post(page("held", request), {"pdf": "1", "reason": ""}).status_code == 422

    answer = browser.post(page("held", request), {"pdf": "1", "reason": "พิมพ์ให้ผู้ขอ"})

    assert answer["Content-Type"] == "application/pdf"
    assert "no-store" in answer["Cache-Control"]
    document = pypdfium2.PdfDocument(answer.content)
    text = "".join(sheet.get_textpage().get_text_range() for sheet in document)
    assert title in text
    assert person.number in text
    assert booking.reference in text
    assert "สมชาย" not in text
    assert ViewLog.objects.get().reason == "พิมพ์ให้ผู้ขอ"


def test_from_the_card_to_the_answer(signed_in, officer, head):
    person = thai("มะลิ ทดสอบ")
    request = make_data_request(person=person)
    browser = signed_in(officer)
    assert person.number not in browser.get(page("change", request)).content.decode()
    assert browser.post(page("identify", request), {}).status_code == 422
    assert browser.post(page("held", request), {"reason": "พิมพ์"}).status_code == 422

    assert browser.post(page("identify", request), {"seen": "on"}).status_code == 302
    assert browser.post(page("held", request), {"reason": ""}).status_code == 422
    assert not ViewLog.objects.exists()
    held = browser.post(page("held", request), {"reason": "พิมพ์ให้ผู้ขอ"})

    assert person.number in held.content.decode()
    assert ViewLog.objects.get().reason == "พิมพ์ให้ผู้ขอ"
    browser = signed_in(head)
    assert browser.post(page("answer", request), {"text": " "}).status_code == 422
    assert browser.post(page("answer", request), {"text": "ให้สำเนาแล้ว"}).status_code == 302
    assert DataRequest.objects.get().status == RequestStatus.ANSWERED


def test_a_refusal_has_a_reason(signed_in, head):
    request = make_data_request()
    browser = signed_in(head)

    for bad in ({}, {"kind": "other"}):
        assert browser.post(page("refuse", request), bad).status_code == 422
    assert browser.post(page("refuse", request), {"kind": "identity"}).status_code == 302

    assert DataRequest.objects.get().answer


def test_an_open_case_is_said_with_its_reference(signed_in, offered, officer, head):
    person = thai("มะลิ ทดสอบ")
    case = booking_at(offered=offered, details=couple_details(person, thai()))
    request = make_data_request(kind="erase", person=person)
    data_requests.identify(request=request, by=officer, now=NOW)

    answer = signed_in(head).post(page("answer", request), {"text": "ลบแล้ว"})

    assert answer.status_code == 422
    assert case.reference in answer.content.decode()
    assert "ลบแล้ว" in answer.content.decode()


def test_a_case_without_its_data_still_opens(signed_in, officer, head, case):
    services.cancel(booking=case, by=CITIZEN, now=NOW)
    retention.purge_names(NOW + timedelta(days=2_000))

    for user in (officer, head):
        browser = signed_in(user)
        text = browser.get(reverse("admin:bookings_booking_change", args=[case.pk])).content
        assert "ลบข้อมูลแล้วตามกำหนด" in text.decode()
        queue = browser.get(reverse("admin:bookings_booking_changelist") + "?tab=all")
        assert case.reference in queue.content.decode()
    number = reverse("admin:bookings_booking_number", args=[case.pk, 1])
    assert browser.post(number, {"reason": "x"}).status_code == 404
