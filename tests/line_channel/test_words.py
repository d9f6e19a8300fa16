"""The words that work at every step, and booking by chat."""

import pytest
import time_machine

from accounts import line_links
from accounts.models import LineAccount
from bookings.models import Booking
from bookings.services import Person
from bookings.workflow import Status
from core.line import polite
from line_channel import services
from line_channel.models import Chat, Share
from line_channel.states import Step
from notifications import delivery
from registry_requests.models import CopyRequest, Kind
from tests.factories import (
    NOW,
    ServiceFactory,
    at,
    booking_at,
    couple_details,
    make_offered,
    make_slot,
    thai,
)
from tests.line_channel.people import USER, buttons_of, event
from tests.registry_requests.conftest import submit

pytestmark = pytest.mark.django_db


def test_a_new_friend_is_greeted_with_the_menu_and_the_web_form(mali):
    said = mali.does(event("follow", when=mali.now))

    assert "สวัสดีค่ะ เขตบางรักยินดีช่วยนะคะ" in said
    for line in ("1. คัดสำเนาทะเบียนบ้าน", "5. ", "กรอกแบบฟอร์มบนเว็บ", "เลขข้อ#รหัสหลังบัตร"):
        assert line in said
    assert buttons_of(mali.last)["กรอกแบบฟอร์มบนเว็บ"]["uri"].endswith("/requests/new/bang-rak/")


@pytest.mark.parametrize(
    ("line", "sentence"),
    [
        ("เมนู", "ยินดีช่วยนะคะ"),
        ("อะไรนะ", "ยังไม่เข้าใจค่ะ พิมพ์เลข 1–5"),
        ("เจ้าหน้าที่", "0 2000 0000"),
        ("ยกเลิก", "ไม่มีเรื่องที่คุยค้าง"),
        ("สถานะ", "ขอยืนยันตัวครั้งเดียวก่อนค่ะ"),
        ("บัญชี", "ขอยืนยันตัวครั้งเดียวก่อนค่ะ"),
        ("เลิกเชื่อมบัญชี", "ยังไม่ได้เชื่อม"),
        ("JC1-1234567-12", "เลขข้อนำหน้า"),
        ("2 ฉบับ 30/11/2569", "ยังไม่เข้าใจค่ะ"),
        ("1040-02-12345678", "ยังไม่เข้าใจค่ะ"),
        ("3", "3#JC1-1234567-12"),
    ],
)
def test_what_is_said_to_a_word(mali, offered, line, sentence):
    assert sentence in mali.says(line)


def test_an_office_may_choose_the_other_polite_word(mali, settings):
    """ค่ะ is a setting per office, and the account is that of one."""
    settings.LINE_POLITE_WORD = "ครับ"

    said = mali.does(event("follow", when=mali.now))

    assert "สวัสดีครับ เขตบางรักยินดีช่วยนะครับ" in said
    assert "ค่ะ" not in said
    assert "ยังไม่เข้าใจครับ" in mali.says("อะไรนะ")


def test_only_the_polite_word_itself_changes(settings):
    settings.LINE_POLITE_WORD = "ครับ"
    assert polite("ให้คะแนนไหมคะ ขอบคุณค่ะ") == "ให้คะแนนไหมครับ ขอบคุณครับ"


def test_a_picture_is_answered_with_a_warning(mali):
    image = {"id": "1", "type": "image"}
    assert "อย่าส่งภาพบัตรในแชต" in mali.does(event("message", when=mali.now, message=image))
    sticker = {"id": "2", "type": "sticker"}
    assert "ยังไม่เข้าใจค่ะ" in mali.does(event("message", when=mali.now, message=sticker))


def test_each_button_of_the_menu_shows_its_whole_name(mali):
    mali.says("เมนู")

    labels = [
        item["action"]["label"] for item in mali.stub.sent[-1].messages[-1]["quickReply"]["items"]
    ]
    assert labels[:5] == [
        "1 ทะเบียนบ้าน",
        "2 ทะเบียนสมรส",
        "3 ทะเบียนการหย่า",
        "4 ภาพถ่ายใบหน้า",
        "5 สอบถามหรือนัดหมาย",
    ]


def test_cancel_ends_a_conversation(mali, offered, linked):
    mali.says("1#JC1-1234567-12")
    assert "ยังไม่มีคำขอใดถูกส่ง" in mali.says("ยกเลิก")
    assert Chat.objects.get().step == Step.NOTHING


def test_a_number_of_the_menu_then_the_code_alone(mali, offered, linked):
    mali.says("๒")
    assert "คัดสำเนาทะเบียนสมรส" in mali.says("JC1-1234567-12")


def test_status_lists_the_open_requests_with_their_pages(mali, offered, linked):
    assert "ยังไม่มีคำขอที่รออยู่ค่ะ" in mali.says("สถานะ")
    for line in ("1#JC1-1234567-12", "1 ฉบับ 30/11/2569", "1040-02-12345678"):
        mali.says(line)
    mali.presses("ยืนยันและส่ง")

    said = mali.says("สถานะ")

    assert CopyRequest.objects.get().reference in said
    assert "/r/" in buttons_of(mali.last)["ดูสถานะ"]["uri"]


def test_status_lists_the_visits_too_without_the_kind_of_a_sensitive_one(mali, offered, linked):
    person = Person("มะลิ ทดสอบ", "TH", line_links.unseal_number(linked))
    made = booking_at(details=couple_details(person, thai(), phone=linked.phone))

    said = mali.says("สถานะ")
    assert "จดทะเบียนสมรส" in said
    assert made.reference in said
    assert "/l/" in buttons_of(mali.last)["ดูนัดของฉัน"]["uri"]

    type(made.service).objects.filter(pk=made.service_id).update(private_room=True)
    assert "จดทะเบียนสมรส" not in mali.says("สถานะ")


def test_who_knows_only_the_number_of_another_sees_nothing_of_hers(mali, offered, linked):
    """Whoever links types the number; it is proved by nothing."""
    number = line_links.unseal_number(linked)
    submit(offered, make_slot(offered), number=number, phone="+66899999999")
    submit(offered, make_slot(offered), number=number, phone="", kind=Kind.MARRIAGE)
    person = Person("มะลิ ทดสอบ", "TH", number)
    booking_at(details=couple_details(person, thai(), phone="+66899999999"))
    assert linked.phone == "+66800000000"

    said = mali.says("สถานะ")

    assert "ยังไม่มีคำขอที่รออยู่ค่ะ" in said
    assert not any("uri" in action for action in buttons_of(mali.last).values())


def test_unlinking_forgets_the_person_and_stops_messages(mali, offered, linked, client):
    assert linked.masked_number in mali.says("บัญชี")
    page = buttons_of(mali.last)["ดูหรือเลิกเชื่อม"]["uri"].removeprefix("http://localhost:8000")
    with time_machine.travel(mali.now, tick=False):
        assert linked.masked_number in client.get(page).content.decode()
        assert LineAccount.objects.open().exists()
        assert client.post(page).status_code == 200
        assert client.get(page[:-3] + "x/").status_code == 410
    linked.refresh_from_db()
    assert (linked.full_name, linked.phone, linked.id_tail) == ("", "", "")
    assert bytes(linked.id_sealed) == b""
    assert linked.consent.withdrawn_at is not None
    assert "ขอยืนยันตัวครั้งเดียวก่อนค่ะ" in mali.says("สถานะ")


def test_unlinking_by_word(mali, offered, linked):
    mali.says("1#JC1-1234567-12")
    assert "เลิกเชื่อมบัญชี LINE แล้วค่ะ" in mali.says("เลิกเชื่อมบัญชี")
    assert not LineAccount.objects.open().exists()


def test_unlinked_on_the_page_in_the_middle_of_a_conversation(mali, offered, linked):
    mali.says("1#JC1-1234567-12")
    line_links.unlink(user_id=USER, now=mali.now)
    assert "ขอยืนยันตัวครั้งเดียวก่อนค่ะ" in mali.says("2 ฉบับ 30/11/2569")


def test_booking_leads_to_the_form_with_the_time_already_kept(mali, office, offered, client):
    service = ServiceFactory(code="id-card", name_th="ทำบัตรประชาชน", name_en="ID card", parties=1)
    other = make_offered(office=office, service=service, needs_officer=False)
    slot = make_slot(other, starts=at(2026, 11, 30, 11))
    mali.says("นัดหมาย")
    mali.presses("ทำบัตรประชาชน")
    said = mali.presses("จ. 30 พ.ย. 11.00 น.")
    assert "เก็บเวลานี้ไว้ให้ 10 นาทีค่ะ" in said
    hold = Booking.objects.get(slot=slot)
    assert hold.status == Status.HELD
    page = buttons_of(mali.last)["กรอกข้อมูล"]["uri"].removeprefix("http://localhost:8000")

    with time_machine.travel(mali.now, tick=False):
        assert client.get(page).status_code == 200
        hold.refresh_from_db()
        assert hold.holder.startswith("chat:"), "looking changes nothing"
        answer = client.post(page)
        assert (answer.status_code, answer["Location"]) == (303, f"/bookings/hold/{hold.form_key}/")
        assert client.get(answer["Location"]).status_code == 200
        assert client.post(page)["Location"] == answer["Location"], "the same browser again"
        client.cookies.clear()
        assert "/times/" in client.post(page)["Location"], "another browser does not get it"
        assert client.get(page[:-4] + "abc/").status_code == 410


def test_a_time_that_went_meanwhile_is_said_and_others_are_shown(mali, office, offered):
    service = ServiceFactory(code="id-card", name_th="ทำบัตรประชาชน", name_en="ID card", parties=1)
    other = make_offered(office=office, service=service, needs_officer=False)
    slot = make_slot(other, starts=at(2026, 11, 30, 11))
    make_slot(other, starts=at(2026, 11, 30, 13))
    mali.says("นัดหมาย")
    mali.presses("ทำบัตรประชาชน")
    type(slot).objects.filter(pk=slot.pk).update(taken=1, taken_online=1)

    assert "เต็ม" in mali.presses("จ. 30 พ.ย. 11.00 น.")

    assert "จ. 30 พ.ย. 13.00 น." in buttons_of(mali.last)
    type(slot).objects.filter(pk=slot.pk).update(taken=0, taken_online=0)


def test_the_officers_approval_comes_as_a_card_without_a_name(mali, offered, linked):
    from registry_requests import services as copies
    from registry_requests.models import Comparison
    from tests.factories import make_staff

    for line in ("1#JC1-1234567-12", "2 ฉบับ 30/11/2569 เวลา 10.01", "1040-02-12345678"):
        mali.says(line)
    mali.presses("ยืนยันและส่ง")
    delivery.deliver_due(now=mali.now)
    assert mali.hears() == "", "the chat has said that it was sent"
    request = CopyRequest.objects.get()
    head = make_staff(office=offered.office)
    typed = {
        Comparison.Item.NUMBER: line_links.unseal_number(linked),
        Comparison.Item.BACK_CODE: "JC1123456712",
    }
    assert all(copies.compare(request=request, typed=typed, by=head, now=mali.now).values())
    copies.approve(request=request, fee_each=10, by=head, now=mali.now)

    with time_machine.travel(mali.now, tick=False):
        delivery.deliver_due(now=mali.now)

    said = mali.hears()
    assert "อนุมัติแล้ว มารับได้ตามนัด" in said
    assert "20 บาท จ่ายตอนรับ" in said
    assert "มะลิ" not in said
    assert mali.stub.sent[-1].how == "push"


def test_the_share_button_counts(client, office):
    assert client.get("/line/share/").status_code == 200
    assert not Share.objects.exists()
    for _ in range(2):
        assert client.post("/line/share/")["Location"].startswith("https://line.me/R/share")
    assert Share.objects.get().times == 2


def test_what_is_old_is_removed(mali, office):
    from datetime import timedelta

    from line_channel.models import Answer, Chat, Event

    mali.says("เมนู")
    assert services.purge(NOW + timedelta(days=29)) == 0
    services.purge(NOW + timedelta(days=31))
    for rows in (Event, Answer, Chat):
        assert not rows.objects.exists()
