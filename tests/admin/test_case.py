"""One case: decisions, conflicts, the checklist, and what is opened and logged."""

import re
from datetime import timedelta
from pathlib import Path

import pytest
import time_machine
from django.conf import settings
from django.urls import reverse

from accounts.models import ViewLog
from accounts.roles import Role
from bookings import services
from bookings.models import Booking, Document, ItemCheck, ItemState
from bookings.workflow import Status
from notifications.models import Message
from tests.factories import (
    NOW,
    ItemFactory,
    booking_at,
    couple_details,
    make_slot,
    make_staff,
    thai,
)

NUMBER = "1000000000009"


def address(name, booking, *more):
    return reverse(f"admin:bookings_booking_{name}", args=[booking.pk, *more])


def act(browser, name, booking, *, version=None, **data):
    sent = {"version": version or booking.version, "opened_at": NOW.isoformat(), **data}
    return browser.post(address(name, booking), sent)


def state_of(booking):
    return Booking.objects.get(pk=booking.pk).status


def test_officer_approves(signed_in, officer, case):
    page = act(signed_in(officer), "confirm", case)

    assert page.status_code == 302
    assert state_of(case) == Status.CONFIRMED
    assert Message.objects.filter(kind="confirmed", case_id=case.pk).exists()


def test_page_says_what_it_shows_and_masks_the_rest(signed_in, officer, offered):
    case = booking_at(offered=offered, details=couple_details(thai("มะลิ", NUMBER), thai("เอ")))

    text = signed_in(officer).get(address("change", case)).content.decode()

    assert case.reference in text
    assert "x-xxxx-xxxxx-00-9" in text
    assert NUMBER not in text
    assert case.phone not in text
    assert case.email not in text


def test_missing_item_stops_the_approval_with_a_sentence(signed_in, officer, case):
    item = ItemFactory(service=case.service)
    services.mark_item(booking=case, item=item, state=ItemState.MISSING)

    page = act(signed_in(officer), "confirm", case)

    assert page.status_code == 422
    assert state_of(case) == Status.REQUESTED


def test_item_is_marked(signed_in, officer, case):
    item = ItemFactory(service=case.service)

    act(signed_in(officer), "mark", case, item=item.pk, state="missing")

    assert ItemCheck.objects.get(booking=case, item=item).state == ItemState.MISSING


def test_what_not_everybody_brings_is_left_out(signed_in, officer, case):
    needed = ItemFactory(service=case.service)
    rare, other = [ItemFactory(service=case.service, is_conditional=True) for _ in range(2)]

    act(signed_in(officer), "mark", case, item=rare.pk, state="not_needed")
    act(signed_in(officer), "mark", case, item=needed.pk, state="not_needed")
    act(signed_in(officer), "mark", case, rest="1")

    found = {check.item: check.state for check in case.checks.all()}
    assert found == {rare: ItemState.NOT_NEEDED, other: ItemState.NOT_NEEDED}


@pytest.mark.parametrize("item", ["0", "x", "9" * 30])
def test_item_of_nothing_is_not_found(signed_in, officer, case, item):
    assert act(signed_in(officer), "mark", case, item=item, state="missing").status_code == 404


def test_documents_are_asked_for_once(signed_in, officer, case):
    item = ItemFactory(service=case.service)

    act(signed_in(officer), "ask", case, items=[item.pk], note="ขอสำเนา")

    assert state_of(case) == Status.NEEDS_DOCUMENTS
    message = Message.objects.get(kind="documents_needed")
    assert message.context["note"] == "ขอสำเนา"


def test_items_of_another_service_cannot_be_asked_for(signed_in, officer, case):
    from tests.factories import ServiceFactory

    other = ItemFactory(service=ServiceFactory(code="id-card"))

    page = act(signed_in(officer), "ask", case, items=[other.pk])

    assert page.status_code == 422
    assert state_of(case) == Status.REQUESTED


def test_refusal_needs_words_and_keeps_what_was_typed(signed_in, officer, case):
    page = act(signed_in(officer), "reject", case, kind="", reason="พิมพ์ไว้แล้ว")

    assert page.status_code == 422
    assert "พิมพ์ไว้แล้ว" in page.content.decode()
    assert state_of(case) == Status.REQUESTED


def test_refusal_tells_the_reason(signed_in, officer, case):
    act(signed_in(officer), "reject", case, kind="elsewhere", reason="ติดต่อเขตตามทะเบียนบ้าน")

    assert state_of(case) == Status.REJECTED
    assert "ติดต่อเขตตามทะเบียนบ้าน" in Message.objects.get(kind="rejected").context["reason"]


def test_case_is_cancelled_with_a_reason(signed_in, officer, case):
    assert act(signed_in(officer), "cancel", case, reason=" ").status_code == 422
    act(signed_in(officer), "cancel", case, reason="ไฟฟ้าดับ")

    assert state_of(case) == Status.CANCELLED


def test_case_is_moved_to_a_place_kept_for_staff(signed_in, officer, case, offered):
    slot = make_slot(offered, capacity=2, online=0)

    act(signed_in(officer), "move", case, slot=slot.pk, reason="ผู้ขอโทรมาขอเลื่อน")

    case.refresh_from_db()
    slot.refresh_from_db()
    assert case.slot == slot
    assert (slot.taken, slot.taken_online) == (1, 0)


def test_move_to_a_full_or_foreign_time_is_refused(signed_in, officer, case, offered, foreign):
    full = make_slot(offered)
    booking_at(offered=offered, slot=full)

    for slot in (full, foreign.slot):
        page = act(signed_in(officer), "move", case, slot=slot.pk, reason="ทดสอบ")
        assert page.status_code == 422

    case.refresh_from_db()
    assert case.slot not in (full, foreign.slot)


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("confirm", {}),
        ("reject", {"kind": "other", "reason": "ข้อความที่พิมพ์ไว้"}),
        ("cancel", {"reason": "ข้อความที่พิมพ์ไว้"}),
    ],
)
def test_second_officer_is_told_who_was_first(signed_in, officer, case, offered, name, data):
    opened_version = case.version
    item = ItemFactory(service=case.service)
    colleague = make_staff(office=offered.office, first_name="สมศรี", last_name="มาก่อน")
    services.ask_for_documents(booking=case, items=[item], by=colleague, now=NOW)

    page = act(signed_in(officer), name, case, version=opened_version, **data)

    text = page.content.decode()
    assert page.status_code == 409
    assert state_of(case) == Status.NEEDS_DOCUMENTS
    assert "สมศรี มาก่อน" in text
    assert page.context["conflict"]["rows"][-1]["from_status"] == Status.REQUESTED
    for typed in data.values():
        assert typed in text
    assert "disabled" in text


@pytest.mark.parametrize("version", ["", "x", "-1", "9" * 40])
def test_page_without_a_version_is_too_old(signed_in, officer, case, version):
    page = act(signed_in(officer), "confirm", case, version=version or "0")

    assert page.status_code == 409
    assert state_of(case) == Status.REQUESTED


def test_case_is_taken_over(signed_in, officer, case):
    act(signed_in(officer), "take_over", case)

    case.refresh_from_db()
    assert case.owner == officer


def test_who_may_not_decide_is_refused(signed_in, offered, case):
    officer = make_staff(office=offered.office, may_decide=False)
    browser = signed_in(officer)

    assert act(browser, "confirm", case).status_code == 403
    assert act(browser, "reject", case, kind="other", reason="x").status_code == 403
    assert state_of(case) == Status.REQUESTED


@pytest.mark.parametrize(
    "name", ["confirm", "ask", "reject", "cancel", "move", "take_over", "mark", "phone"]
)
def test_looking_at_the_address_of_a_verb_leads_to_the_case(signed_in, officer, case, name):
    page = signed_in(officer).get(address(name, case))

    assert (page.status_code, page["Location"]) == (302, address("change", case))
    assert state_of(case) == Status.REQUESTED


def test_change_form_edits_nothing(signed_in, head, case):
    signed_in(head).post(address("change", case), {"status": "confirmed", "version": 1})

    assert state_of(case) == Status.REQUESTED


def test_case_cannot_be_deleted_or_added(signed_in, head, case):
    browser = signed_in(head)

    assert browser.post(address("delete", case), {"post": "yes"}).status_code == 403
    assert browser.get(reverse("admin:bookings_booking_add")).status_code == 403


# --- what is opened is logged -------------------------------------------------------------------


def test_full_number_is_shown_once_with_a_reason_and_logged(signed_in, officer, offered):
    case = booking_at(offered=offered, details=couple_details(thai("มะลิ", NUMBER), thai("เอ")))
    browser = signed_in(officer)

    page = browser.post(address("number", case, 1), {"reason": "เทียบกับบัตร"})

    assert NUMBER in page.content.decode()
    log = ViewLog.objects.get()
    assert (log.user, log.case, log.reason) == (officer, case.reference, "เทียบกับบัตร")
    assert NUMBER not in log.what
    assert NUMBER not in browser.get(address("change", case)).content.decode()


def test_full_number_needs_a_reason(signed_in, officer, case):
    page = signed_in(officer).post(address("number", case, 1), {"reason": " "})

    assert page.status_code == 422
    assert not ViewLog.objects.exists()


@pytest.mark.parametrize("role", [Role.DIRECTOR, Role.AUDITOR])
def test_full_number_is_not_for_readers(signed_in, case, role, bang_rak):
    browser = signed_in(make_staff(role, office=bang_rak))

    assert browser.post(address("number", case, 1), {"reason": "x"}).status_code == 403
    assert browser.post(address("phone", case), {"reason": "x"}).status_code == 403
    assert not ViewLog.objects.exists()


def test_telephone_is_opened_to_call(signed_in, officer, case):
    page = signed_in(officer).post(address("phone", case), {"reason": "โทรแจ้งเลื่อนนัด"})

    assert case.phone in page.content.decode()
    assert ViewLog.objects.count() == 1


@pytest.fixture
def document(case):
    folder = Path(settings.MEDIA_ROOT) / "documents"
    folder.mkdir(parents=True)
    (folder / "one.jpg").write_bytes(b"\xff\xd8picture")
    return Document.objects.create(
        booking=case, file="documents/one.jpg", kind="jpg", size=9, sent_at=NOW
    )


def test_document_is_shown_safely_and_each_look_is_logged(signed_in, officer, case, document):
    services.take_over(booking=case, by=officer, now=NOW)
    browser = signed_in(officer)

    for _look in range(2):
        page = browser.get(address("document", case, document.pk))
        assert b"".join(page.streaming_content) == b"\xff\xd8picture"

    assert page["Content-Type"] == "image/jpeg"
    assert page["Content-Disposition"].startswith("inline")
    assert page["X-Content-Type-Options"] == "nosniff"
    assert "no-store" in page["Cache-Control"]
    assert page["Content-Security-Policy"].startswith("sandbox")
    assert ViewLog.objects.filter(user=officer, case=case.reference).count() == 2


def test_document_is_shown_in_place_on_the_case(signed_in, officer, case, document):
    services.take_over(booking=case, by=officer, now=NOW)
    text = signed_in(officer).get(address("change", case)).content.decode()

    assert f'src="{address("document", case, document.pk)}"' in text


def test_document_of_another_case_office_or_role_is_not_shown(
    signed_in, officer, case, document, foreign, bang_rak
):
    officer_there = foreign.staff
    director = make_staff(Role.DIRECTOR, office=bang_rak)
    other = booking_at(offered=case.offered)

    assert signed_in(officer).get(address("document", other, document.pk)).status_code == 404
    assert signed_in(officer_there).get(address("document", case, document.pk)).status_code == 404
    assert signed_in(director).get(address("document", case, document.pk)).status_code == 403
    assert not ViewLog.objects.exists()


def test_document_needs_a_reason_once_a_case_and_day(signed_in, officer, case, document):
    browser, page = signed_in(officer), address("document", case, document.pk)

    assert browser.get(page).status_code == 302
    assert f'src="{page}"' not in browser.get(address("change", case)).content.decode()
    assert browser.post(page, {"reason": ""}).status_code == 422
    assert not ViewLog.objects.exists()

    assert browser.post(page, {"reason": "แทนเพื่อนร่วมงาน"}).status_code == 302
    for _look in range(2):
        assert browser.get(page).getvalue() == b"\xff\xd8picture"
    assert set(ViewLog.objects.values_list("reason", flat=True)) == {"แทนเพื่อนร่วมงาน"}

    with time_machine.travel(NOW + timedelta(days=1), tick=False):
        assert signed_in(officer).get(page).status_code == 302


def test_document_outside_the_folder_is_not_shown(signed_in, officer, case, document):
    services.take_over(booking=case, by=officer, now=NOW)
    Document.objects.update(file="../../etc/passwd")

    assert signed_in(officer).get(address("document", case, document.pk)).status_code == 404


def test_no_page_has_script_or_style_in_it(signed_in, head, case, document):
    browser = signed_in(head)
    for page in (
        browser.get(reverse("admin:index")),
        browser.get(reverse("admin:bookings_booking_changelist")),
        browser.get(address("change", case), {"card": "reject"}),
        browser.get(address("change", case), {"card": "move"}),
        browser.get(reverse("admin:offices_closure_add")),
    ):
        text = page.content.decode()
        assert not re.search(r"<style|\sstyle=|\son[a-z]+=|<script(?![^>]*\bsrc=)", text)
