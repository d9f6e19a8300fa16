"""What an officer does with one copy request: compare, ask, approve, prepare, hand out."""

from datetime import timedelta

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import ViewLog
from accounts.roles import Role
from bookings import services as bookings
from core.workflow import Actor
from registry_requests import services
from registry_requests.models import Comparison, CopyRequest
from registry_requests.services import retention
from registry_requests.workflow import Status
from tests.factories import NOW, at, make_slot, make_staff, national_id
from tests.registry_requests.conftest import BACK, PHOTO, approved, enquire, identify, submit

pytestmark = pytest.mark.usefixtures("at_now")
WRONG = "AA0999999999"


@pytest.fixture
def desk(signed_in, head):
    return signed_in(head)


@pytest.fixture
def number():
    return national_id()


@pytest.fixture
def identified(offered, slot, head, number):
    """A request whose number and code were compared and are equal."""
    request = submit(offered, slot, number=number)
    identify(request, number, head)
    request.refresh_from_db()
    return request


def page_of(request, verb="change"):
    return reverse(f"admin:registry_requests_copyrequest_{verb}", args=[request.pk])


def do(desk, request, verb, **typed):
    """Press a button of the page as it is now."""
    version = CopyRequest.objects.get(pk=request.pk).version
    return desk.post(page_of(request, verb), {"version": version, **typed})


def text_of(answer):
    return answer.content.decode()


def status_of(request):
    return CopyRequest.objects.get(pk=request.pk).status


def test_it_answers_only_equal_or_not(desk, offered, slot, number):
    request = submit(offered, slot, number=number)

    answer = do(desk, request, "compare", number=number, back_code=WRONG)

    assert answer.status_code == 302
    text = text_of(desk.get(answer["Location"]))
    assert "ตรงกัน" in text
    assert "ไม่ตรงกัน" in text
    assert "2 ครั้ง" in text
    for typed in (number, WRONG, WRONG[:6]):
        assert typed not in text
        assert typed not in str(list(Comparison.objects.values()))
    assert 'name="number"' not in text  # equal already
    assert 'name="back_code"' in text
    assert status_of(request) == Status.CHECKING


def test_what_is_typed_never_comes_back(desk, offered, slot):
    request = submit(offered, slot)

    answer = do(desk, request, "compare", number="1234567890123", back_code=BACK[:-1])

    assert answer.status_code == 422
    text = text_of(answer)
    assert "1234567890123" not in text
    assert BACK[:-1] not in text
    assert not Comparison.objects.exists()
    assert text.count('autocomplete="off"') >= 3
    assert do(desk, request, "compare").status_code == 422


def test_thai_digits_and_dashes_are_equal_too(desk, offered, slot, number):
    request = submit(offered, slot, number=number)
    thai = number.translate(str.maketrans("0123456789", "๐๑๒๓๔๕๖๗๘๙"))

    do(desk, request, "compare", number=thai, back_code="jc1-1234567-12", photo_code=PHOTO)

    results = Comparison.objects.values_list("matched", flat=True)
    assert list(results) == [True, True, True]


def test_three_unequal_answers_close_it_for_the_officer(signed_in, offered, slot, officer, head):
    request = submit(offered, slot)
    desk = signed_in(officer)
    for _try in range(3):
        do(desk, request, "compare", back_code=WRONG)

    answer = do(desk, request, "compare", back_code=BACK)

    assert answer.status_code == 422
    assert "หัวหน้าฝ่าย" in text_of(answer)
    assert 'name="back_code"' not in text_of(answer)
    assert 'name="back_code"' in text_of(signed_in(head).get(page_of(request)))


def test_step_3_is_locked_with_its_reason_until_both_are_equal(desk, offered, slot, number):
    request = submit(offered, slot, number=number)
    do(desk, request, "compare", number=number)

    text = text_of(desk.get(page_of(request)))
    assert "เปิดเมื่อเทียบตรงทั้งสองรายการ" in text
    assert 'name="fee_each"' not in text
    refused = do(desk, request, "approve", fee_each=10, slot=slot.pk)
    assert refused.status_code == 422
    assert status_of(request) == Status.CHECKING

    do(desk, request, "compare", back_code=BACK)
    text = text_of(desk.get(page_of(request)))
    assert 'name="fee_each"' in text
    assert "อัตราตั้งแต่" in text
    assert "20 บาท" in text


def test_from_the_fee_to_the_hands_of_the_person(desk, identified, slot):
    assert do(desk, identified, "approve", fee_each=15, slot=slot.pk).status_code == 302
    request = CopyRequest.objects.get()
    assert (request.status, request.fee) == (Status.APPROVED, 30)

    assert do(desk, identified, "ready").status_code == 302
    unpaid = do(desk, identified, "hand_out", to="สุดารัตน์ ทดลองสุข", identity_seen="on")
    assert unpaid.status_code == 422
    assert do(desk, identified, "paid", receipt_no=" ").status_code == 422
    assert do(desk, identified, "paid", receipt_no="12/2570").status_code == 302
    unseen = do(desk, identified, "hand_out", to="สุดารัตน์ ทดลองสุข")
    assert unseen.status_code == 422
    assert "สุดารัตน์ ทดลองสุข" in text_of(unseen)
    done = do(desk, identified, "hand_out", to="สุดารัตน์ ทดลองสุข", identity_seen="on")

    assert done.status_code == 302
    text = text_of(desk.get(page_of(identified)))
    assert "12/2570" in text
    assert status_of(identified) == Status.COLLECTED


def test_another_time_needs_a_reason(desk, identified, offered, slot):
    other = make_slot(offered)

    without = do(desk, identified, "approve", fee_each=10, slot=other.pk)
    assert without.status_code == 422
    assert f'value="{other.pk}" checked' in text_of(without)
    assert status_of(identified) == Status.CHECKING

    do(desk, identified, "approve", fee_each=10, slot=other.pk, reason="วันนั้นเขตปิด")
    assert CopyRequest.objects.get().collection.slot == other


def test_full_times_are_shown_as_full(desk, identified, offered):
    full = make_slot(offered, capacity=0)
    free = [make_slot(offered) for _n in range(5)]

    times = desk.get(page_of(identified)).context["times"]

    assert [slot.pk for slot in times[1:]] == [full.pk, *(slot.pk for slot in free[:3])]
    assert [slot.may_be_chosen for slot in times] == [True, False, True, True, True]


def test_a_time_that_fills_up_meanwhile_leaves_a_clear_choice(desk, identified, offered):
    wanted, left = make_slot(offered), make_slot(offered)
    desk.get(page_of(identified))
    submit(offered, wanted)

    answer = do(desk, identified, "approve", fee_each=10, slot=wanted.pk, reason="เขตปิดวันนั้น")

    assert answer.status_code == 422
    assert status_of(identified) == Status.CHECKING
    shown = {slot.pk: slot.may_be_chosen for slot in answer.context["times"]}
    assert (shown[wanted.pk], shown[left.pk]) == (False, True)
    assert "เขตปิดวันนั้น" in text_of(answer)
    assert "เต็ม" in text_of(answer)


def test_the_nearest_time_is_proposed_where_the_own_one_is_closed(desk, identified, offered):
    other = make_slot(offered)
    type(other).objects.filter(pk=identified.collection.slot_id).update(closed_at=NOW)

    times = desk.get(page_of(identified)).context["times"]

    assert [(slot.may_be_chosen, slot.is_chosen) for slot in times] == [
        (False, False),
        (True, True),
    ]
    assert times[1].pk == other.pk


def test_the_own_time_stands_while_it_is_stopped_for_fewer_places(desk, identified, offered):
    submit(offered, identified.collection.slot, now=NOW + timedelta(minutes=1))
    head = make_staff(Role.HEAD, office=offered.office)
    bookings.plan_places(
        offered=offered, online=1, staff=0, minutes=15, reason_th="ลาป่วย", by=head, now=NOW
    )

    own = identified.collection.slot_id
    answer = do(desk, identified, "approve", fee_each=10, slot=own)

    assert (answer.status_code, status_of(identified)) == (302, Status.APPROVED)


def test_the_fee_is_a_number(desk, identified, slot):
    for bad in ("", "-1", "สิบ", "1e9"):
        answer = do(desk, identified, "approve", fee_each=bad, slot=slot.pk)
        assert answer.status_code == 422
    assert status_of(identified) == Status.CHECKING


def test_who_entered_it_reads_why_another_must_approve(desk, offered, slot, head, number):
    by = Actor.staff(head)
    request = submit(offered, slot, number=number, by=by, channel="counter", proof="seen")
    identify(request, number, head)

    text = text_of(desk.get(page_of(request)))
    assert "คุณเป็นผู้บันทึกคำขอนี้" in text
    assert 'name="fee_each"' not in text
    assert do(desk, request, "approve", fee_each=10, slot=slot.pk).status_code == 422
    assert status_of(request) == Status.CHECKING


def test_asked_once_and_refused_with_a_reason(desk, offered, slot):
    request = submit(offered, slot)
    do(desk, request, "take")
    assert do(desk, request, "ask", text=" ").status_code == 422
    assert do(desk, request, "ask", text="ยืนยันรหัสหลังบัตร").status_code == 302
    assert status_of(request) == Status.NEEDS_DOCUMENTS
    assert do(desk, request, "ask", text="อีกครั้ง").status_code == 422

    assert do(desk, request, "reject", kind="other").status_code == 422
    assert do(desk, request, "reject", kind="identity").status_code == 302
    assert status_of(request) == Status.REJECTED


def test_a_later_time_and_a_cancelled_request_tell_why(desk, offered, slot, head):
    request = approved(offered, slot, head)
    other = make_slot(offered)
    assert do(desk, request, "time", slot=other.pk).status_code == 422
    assert do(desk, request, "time", slot=other.pk, reason="ไฟดับ").status_code == 302
    assert CopyRequest.objects.get().collection.slot == other

    assert do(desk, request, "cancel").status_code == 422
    assert do(desk, request, "cancel", reason="ผู้ขอโทรแจ้ง").status_code == 302
    assert status_of(request) == Status.CANCELLED


def test_an_enquiry_is_answered_with_a_visit(desk, offered):
    request = enquire(offered)
    assert 'name="back_code"' not in text_of(desk.get(page_of(request)))
    assert do(desk, request, "compare", number=national_id()).status_code == 404
    do(desk, request, "take")

    half = do(desk, request, "answer", text="ไปได้", visit_day="1/12/2569")
    assert half.status_code == 422
    assert "ไปได้" in text_of(half)
    for bad in ({"visit_day": "1/12/2400"}, {"visit_time": "25.00"}):
        assert do(desk, request, "answer", text="ไปได้", **bad).status_code == 422
    typed = {"text": "ไปได้", "visit_day": "1/12/2569", "visit_time": "10.00"}
    assert do(desk, request, "answer", **typed).status_code == 302

    request.refresh_from_db()
    assert (request.status, request.visit_at) == (Status.ANSWERED, at(2026, 12, 1, 10))


def test_the_second_is_told_who_was_first_and_keeps_the_words(signed_in, identified, head):
    colleague = make_staff(first_name="วรรณา")
    desk = signed_in(colleague)
    opened = NOW.isoformat()
    version = identified.version
    with time_machine.travel(NOW + timedelta(minutes=1), tick=False):
        services.reject(request=identified, reason="ซ้ำ", by=head, now=NOW + timedelta(minutes=1))

    with time_machine.travel(NOW + timedelta(minutes=2), tick=False):
        signed_in(colleague)
        answer = desk.post(
            page_of(identified, "reject"),
            {"version": version, "opened_at": opened, "kind": "other", "reason": "ไม่ใช่เจ้าของ"},
        )

    assert answer.status_code == 409
    text = text_of(answer)
    assert "สมชาย" in text
    assert "ยังไม่ถูกบันทึก" in text
    assert "ไม่ใช่เจ้าของ" in text
    assert [row["to_status"] for row in answer.context["conflict"]["rows"]] == ["rejected"]


def test_numbers_are_opened_once_with_a_reason(desk, offered, slot, number):
    request = submit(offered, slot, number=number)
    assert number not in text_of(desk.get(page_of(request)))
    assert do(desk, request, "number", reason=" ").status_code == 422
    assert not ViewLog.objects.exists()

    opened = do(desk, request, "number", reason="ผู้ขอโทรมา")
    contact = do(desk, request, "contact", reason="โทรแจ้ง")

    assert number in text_of(opened)
    assert "+66812345678" in text_of(contact)
    assert number not in text_of(desk.get(page_of(request)))
    assert list(ViewLog.objects.order_by("pk").values_list("reason", flat=True)) == [
        "ผู้ขอโทรมา",
        "โทรแจ้ง",
    ]


def test_the_office_of_the_collection_hands_out(signed_in, offered, elsewhere, head):
    request = approved(elsewhere, make_slot(elsewhere), head, office=offered.office)
    there = make_staff(office=elsewhere.office, may_decide=False)

    assert do(signed_in(head), request, "ready").status_code == 403
    assert "เป็นผู้จัดทำและมอบเอกสาร" in text_of(signed_in(head).get(page_of(request)))
    assert do(signed_in(there), request, "ready").status_code == 302
    assert do(signed_in(there), request, "reject", kind="record").status_code == 403
    text = text_of(signed_in(there).get(page_of(request)))
    assert "เขตบางแค" in text


def test_an_open_form_leads_to_the_page(desk, offered, slot):
    request = submit(offered, slot)

    assert desk.get(page_of(request, "approve"))["Location"] == page_of(request)
    assert desk.post(page_of(request))["Location"] == page_of(request)
    assert desk.get(page_of(request, "history"))["Location"] == page_of(request)


def test_without_its_data_it_still_opens(desk, offered, slot, head):
    request = submit(offered, slot)
    services.reject(request=request, reason="ซ้ำ", by=head, now=NOW)
    later = NOW + timedelta(days=400)
    retention.purge_codes(later)
    retention.purge_names(later)

    text = text_of(desk.get(page_of(request)))

    assert "ลบข้อมูลแล้วตามกำหนด" in text
    assert do(desk, request, "number", reason="x").status_code == 404


def test_the_page_costs_the_same_after_many_steps(desk, identified, offered):
    def queries():
        with CaptureQueriesContext(connection) as captured:
            assert desk.get(page_of(identified)).status_code == 200
        return len(captured)

    for _n in range(6):
        make_slot(offered)
    queries()
    few = queries()
    for _n in range(12):
        make_slot(offered)
        identify(identified, services.unseal_number(identified), make_staff())

    assert queries() == few <= 32
