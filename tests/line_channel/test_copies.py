"""Asking for a copy in the chat, step by step, as the office designed it (S0 §6.7)."""

import json
from urllib.parse import parse_qs, urlsplit

import pytest
import time_machine

from accounts.models import LineAccount
from line_channel.models import Answer, Chat, Event
from line_channel.states import Step
from notifications.models import Message
from registry_requests.models import Comparison, CopyRequest, Kind
from registry_requests.services import CardCode
from tests.factories import NOW, national_id
from tests.line_channel.people import USER, buttons_of, event, webhook

pytestmark = pytest.mark.django_db


def chat():
    return Chat.objects.get(user_id=USER)


def test_the_whole_way(mali, offered, linked):
    assert "ได้รับแล้วค่ะ คัดสำเนาทะเบียนบ้าน" in mali.says("1#JC1-1234567-12")
    assert "ยกเลิกข้อความ" in mali.stub.sent[-1].messages[0]["text"]
    assert "ต้องการกี่ฉบับ" in mali.stub.sent[-1].messages[1]["text"]

    said = mali.says("ต้องการ ๒ ฉบับ รับเอกสารวันที่ ๓๐/๑๑/๒๕๖๙ เวลา ๑๐.๐๐")
    assert "ช่วงที่ใกล้ 10.00 น. ที่สุดคือ 10.01–10.31 น. จันทร์ 30 พฤศจิกายน 2569 ว่างค่ะ" in said
    assert "14 หลัก" in said

    said = mali.says("1040-02-12345678")
    assert "คัดสำเนาทะเบียนบ้าน 2 ฉบับ" in said
    assert f"x-xxxx-xxxxx-{linked.id_tail[-3:-1]}-{linked.id_tail[-1]}" in said
    assert "ม••• ท•••" in said
    assert not CopyRequest.objects.exists()

    said = mali.presses("ยืนยันและส่ง")
    request = CopyRequest.objects.get()
    assert request.reference in said
    assert "ส่งคำขอแล้ว" in said
    assert (request.kind, request.copies, request.channel) == (Kind.HOUSE, 2, "line")
    assert request.proof == CopyRequest.Proof.LINKED
    assert request.collection.slot.starts_at.astimezone(NOW.tzinfo).hour == 10
    assert request.consent.channel == "line"
    assert bytes(request.id_index) == bytes(linked.id_index)
    assert chat().step == Step.NOTHING


def test_the_codes_are_those_that_the_officer_compares(mali, offered, linked):
    for line in ("2#jc1 1234567 12", "1 ฉบับ 30/11/2569 เวลา 9.01", "10400212345678"):
        mali.says(line)
    mali.presses("ยืนยันและส่ง")

    request = CopyRequest.objects.get()
    item = Comparison.Item
    for code, kind, digest, tail in (
        ("JC1123456712", item.BACK_CODE, request.back_code_hash, request.back_code_tail),
        ("10400212345678", item.PHOTO_CODE, request.photo_code_hash, request.photo_code_tail),
    ):
        kept = CardCode.of(kind, code, form_key=request.form_key)
        assert (bytes(digest), tail) == (kept.digest, kept.tail)


def test_who_is_not_linked_gets_the_link_at_once_and_goes_on_afterwards(mali, offered, client):
    mali.says("1#JC1-1234567-12")
    page = urlsplit(buttons_of(mali.last)["เชื่อมบัญชี LINE"]["uri"])
    assert page.path == "/line/link/"
    assert chat().step == Step.LINK

    number = national_id()
    form = {"full_name": "มะลิ ทดสอบ", "national_id": number, "phone": "0812345678", "consent": "on"}
    with time_machine.travel(mali.now, tick=False):
        answer = client.post(f"{page.path}?{page.query}", form)
    assert answer.status_code == 302
    dialog = urlsplit(answer["Location"])
    assert (dialog.netloc, dialog.path) == ("access.line.me", "/dialog/bot/accountLink")
    words = parse_qs(dialog.query)
    assert words["linkToken"] == parse_qs(page.query)["linkToken"]
    assert not LineAccount.objects.open().exists()

    made = event("accountLink", when=mali.now, link={"result": "ok", "nonce": words["nonce"][0]})
    said = mali.does(made)
    assert "เชื่อมบัญชี LINE แล้วค่ะ" in said
    assert "ต้องการกี่ฉบับ" in said
    account = LineAccount.objects.open().get()
    assert (account.user_id, account.phone) == (USER, "+66812345678")

    for line in ("1 ฉบับ 30/11/2569", "1040-02-12345678"):
        mali.says(line)
    mali.presses("ยืนยันและส่ง")
    assert CopyRequest.objects.get().id_tail == number[-4:]


@pytest.mark.parametrize(
    ("line", "sentence"),
    [
        ("12/12/2569", "ขอจำนวนด้วยค่ะ"),
        ("11 ฉบับ 30/11/2569", "ขอได้ 1–10 ฉบับต่อครั้งค่ะ"),
        ("0 ฉบับ 30/11/2569", "ขอได้ 1–10 ฉบับต่อครั้งค่ะ"),
        ("2 ฉบับ 22/11/2569", "ผ่านไปแล้ว"),
        ("2 ฉบับ 2/12/2569", "ไม่มีเวลาว่าง"),
        ("2 ฉบับ 31/11/2569", "อ่านวันที่ไม่ได้ค่ะ"),
        ("2 ฉบับ 30/11/2300", "พ.ศ. และ ค.ศ."),
        ("2 ฉบับ 30/11/2569 เวลา 25.00", "อ่านเวลาไม่ได้ค่ะ"),
        ("อะไรนะ", "ต้องการกี่ฉบับ"),
    ],
)
def test_what_is_wrong_with_the_details_is_said_and_the_step_stays(
    mali, offered, linked, line, sentence
):
    mali.says("1#JC1-1234567-12")

    assert sentence in mali.says(line)

    assert chat().step == Step.DETAILS
    mali.says("2 ฉบับ 30/11/2569")
    assert chat().step == Step.PHOTO


def test_the_times_offered_are_buttons_that_are_understood(mali, offered, linked):
    mali.says("1#JC1-1234567-12")

    assert "10.01–10.31 น. จันทร์ 30 พฤศจิกายน 2569 ว่างค่ะ" in mali.presses("จ. 30 พ.ย. 10.01 น.")

    mali.presses("เวลาอื่น")
    mali.presses("อ. 1 ธ.ค. 10.01 น.")
    mali.says("1040-02-12345678")
    mali.presses("ยืนยันและส่ง")
    assert CopyRequest.objects.get().collection.slot.starts_at.astimezone(NOW.tzinfo).day == 1


def test_a_wrong_number_under_the_photograph(mali, offered, linked):
    mali.says("1#JC1-1234567-12")
    mali.says("2 ฉบับ 30/11/2569")

    assert "มี 13 หลัก ต้องมี 14 หลัก" in mali.says("1040-02-1234567")

    assert chat().step == Step.PHOTO


def test_after_five_wrong_codes_in_an_hour_the_chat_points_to_the_counter(mali, offered, linked):
    for _ in range(4):
        assert "รหัสหลังบัตรไม่ครบค่ะ" in mali.says("1#JC1-123456-12")
    assert "เคาน์เตอร์" in mali.says("1#JC1-123456-12")

    assert "เคาน์เตอร์" in mali.says("1#JC1-1234567-12")
    assert chat().step == Step.NOTHING

    mali.waits(hours=1)
    assert "ได้รับแล้วค่ะ" in mali.says("1#JC1-1234567-12")


def test_a_time_that_went_meanwhile_is_chosen_anew_and_nothing_else(mali, offered, linked):
    from bookings.models import Slot

    mali.says("1#JC1-1234567-12")
    mali.says("3 ฉบับ 30/11/2569 เวลา 10.01")
    mali.says("1040-02-12345678")
    Slot.objects.filter(pk=chat().data["slot"]).update(taken=2, taken_online=2)

    said = mali.presses("ยืนยันและส่ง")
    assert "เต็ม" in said
    assert not CopyRequest.objects.exists()

    mali.presses("จ. 30 พ.ย. 09.01 น.")
    assert "ส่งคำขอแล้ว" in mali.presses("ยืนยันและส่ง")
    assert CopyRequest.objects.get().copies == 3
    Slot.objects.filter(taken=2).update(taken=0, taken_online=0)


def test_a_button_of_an_older_summary_sends_nothing(mali, offered, linked):
    mali.says("1#JC1-1234567-12")
    mali.says("1 ฉบับ 30/11/2569")
    mali.says("1040-02-12345678")
    old = buttons_of(mali.last)["ยืนยันและส่ง"]
    mali.says("ยกเลิก")

    said = mali.does(event("postback", when=mali.now, postback={"data": old["data"]}))

    assert "ปุ่มนี้ใช้ไม่ได้แล้วค่ะ" in said
    assert not CopyRequest.objects.exists()


def test_pressed_twice_it_is_sent_once(mali, offered, linked):
    mali.says("1#JC1-1234567-12")
    mali.says("1 ฉบับ 30/11/2569")
    mali.says("1040-02-12345678")
    button = buttons_of(mali.last)["ยืนยันและส่ง"]["data"]

    for _ in range(2):
        mali.does(event("postback", when=mali.now, postback={"data": button}))

    assert CopyRequest.objects.count() == 1


def test_a_second_request_for_the_same_record_is_refused_politely(mali, offered, linked):
    for _ in range(2):
        mali.says("1#JC1-1234567-12")
        mali.says("1 ฉบับ 30/11/2569")
        mali.says("1040-02-12345678")
        said = mali.presses("ยืนยันและส่ง")

    assert "ส่งคำขอแล้ว" not in said
    assert CopyRequest.objects.count() == 1


def test_an_enquiry_asks_for_no_code(mali, offered, linked):
    assert "พิมพ์คำถาม" in mali.says("5")
    said = mali.says("อยากให้เจ้าหน้าที่มาทำบัตรให้คุณยายที่ติดเตียง วันที่ 1/12/2569")
    assert "คุณยายที่ติดเตียง" in said
    mali.presses("ยืนยันและส่ง")

    request = CopyRequest.objects.get()
    assert request.kind == Kind.ENQUIRY
    assert "1/12/2569" in request.note
    assert request.collection is None


def test_a_conversation_left_for_half_an_hour_ends_and_says_so(mali, offered, linked):
    from line_channel import services

    mali.says("1#JC1-1234567-12")
    mali.waits(minutes=29)
    assert services.end_conversations(now=mali.now) == 0
    mali.waits(minutes=1)
    with time_machine.travel(mali.now, tick=False):
        services.work(now=mali.now)

    assert "พักการคุยไว้ก่อนนะคะ" in mali.hears()
    assert chat().data == {}
    assert mali.stub.sent[-1].how == "push"
    services.work(now=mali.now)
    assert mali.hears() == ""


def test_what_is_typed_after_half_an_hour_begins_anew(mali, offered, linked):
    mali.says("1#JC1-1234567-12")
    mali.waits(minutes=31)

    said = mali.says("2 ฉบับ 30/11/2569")

    assert "พักการคุยไว้ก่อนนะคะ" in said
    assert chat().step == Step.NOTHING


def test_no_code_is_kept_or_said_anywhere(mali, offered, linked, caplog):
    """All tables of the chat and the outbox, everything that was sent, the log."""
    mali.says("1#JC9-7654321-98")
    mali.says("1 ฉบับ 30/11/2569")
    mali.says("9876-54-32101234")
    mali.says("1#JC9-7654321-9")
    mali.says("เลข 9876-54-32101234 ค่ะ")
    mali.says("1#JC9-7654321-98")
    mali.says("1 ฉบับ 30/11/2569")
    mali.says("๙๘๗๖-๕๔-๓๒๑๐๑๒๓๔")
    mali.presses("ยืนยันและส่ง")
    assert CopyRequest.objects.exists()

    kept = [str(list(model.objects.values())) for model in (Chat, Event, Answer, Message)]
    kept += [
        str(list(CopyRequest.objects.values())),
        json.dumps([s.messages for s in mali.stub.sent]),
    ]
    for text in [*kept, caplog.text]:
        for code in ("7654321", "9876543210", "32101234", "JC9"):
            assert code not in text


def test_the_answer_to_a_code_does_not_depend_on_the_order_of_sweeps(mali, offered, linked, client):
    """Code, details and number arrive before any sweep; each is hashed for the same request."""
    from line_channel import services
    from tests.line_channel.people import text_event

    lines = ("1", "1#JC1-1234567-12", "1 ฉบับ 30/11/2569", "1040-02-12345678")
    events = [text_event(line, when=mali.now) for line in lines]
    webhook(client, mali.stub, events)
    services.work(now=mali.now)
    mali.hears()

    mali.presses("ยืนยันและส่ง")

    assert CopyRequest.objects.count() == 1
