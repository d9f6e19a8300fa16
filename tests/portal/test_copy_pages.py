"""The page of one's own request for a copy, from the link to the copy in the hands."""

from datetime import timedelta

import pytest
import time_machine
from django.test import Client

from bookings import links as booking_links
from bookings.models import Booking
from bookings.workflow import Status as BookingStatus
from core.promptpay import bill_payment
from core.workflow import Actor
from notifications.models import Message
from portal.presenters import copies as shown
from registry_requests import links, services
from registry_requests.models import CopyRequest, CopyRules
from registry_requests.workflow import Status
from tests.factories import NOW, at, make_office, make_slot, make_staff, national_id
from tests.portal.reading import Page
from tests.portal.stored import stored
from tests.registry_requests.conftest import approved, collection_at, enquire, identify, submit

LATER = NOW + timedelta(minutes=30)


@pytest.fixture(autouse=True)
def at_now(settings):
    settings.SITE_URL = "http://localhost:8000"
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def offered(db):
    return collection_at(make_office())


@pytest.fixture
def slot(offered):
    return make_slot(offered, capacity=2)


@pytest.fixture
def head(offered):
    return make_staff(first_name="สมชาย")


def path_of(link):
    return link.removeprefix("http://localhost:8000")


def opened(client, made):
    """The browser that came by the link; gives the address of the page."""
    answer = client.get(path_of(links.link(made)))
    assert answer.status_code == 303
    return answer["Location"]


def text_of(client, path):
    """What the page says; its unbreakable spaces read as plain ones."""
    return client.get(path).content.decode().replace("\N{NO-BREAK SPACE}", " ")


def test_link_gives_a_cookie_of_this_request_and_a_clean_address(client, offered, slot, settings):
    settings.HTTPS = True
    made = submit(offered, slot)

    answer = client.get(path_of(links.link(made)))

    assert answer["Location"] == f"/my/{made.reference}/"
    assert answer["Referrer-Policy"] == "no-referrer"
    for name in ("nk_copy", "nk_copy_en"):
        cookie = answer.cookies[name]
        assert cookie["httponly"]
        assert cookie["secure"]
        assert cookie["samesite"] == "Lax"
        assert cookie["path"].endswith(f"/my/{made.reference}/")
    assert "no-store" in client.get(answer["Location"])["Cache-Control"]


@pytest.mark.parametrize("spoil", ["changed", "revoked", "over", "forgotten"])
def test_bad_links_look_the_same(client, offered, slot, spoil):
    made = submit(offered, slot)
    path = path_of(links.link(made))
    page = opened(client, made)
    if spoil == "changed":
        path = path[:-3] + ("aa/" if path[-3:-1] != "aa" else "bb/")
    elif spoil == "revoked":
        CopyRequest.objects.update(link_version=2)
    elif spoil == "forgotten":
        CopyRequest.objects.update(anonymised_at=NOW)

    with time_machine.travel(NOW + timedelta(days=200 if spoil == "over" else 0), tick=False):
        answer = Client().get(path)

    assert answer.status_code == 410
    assert made.reference not in answer.content.decode()
    if spoil in ("revoked", "forgotten"):
        assert client.get(page).status_code == 404


def test_link_of_the_collection_leads_to_the_request(offered, slot):
    made = submit(offered, slot)
    client = Client()

    answer = client.get(path_of(booking_links.link(made.collection)), {"page": "move"})
    by_sms = Client().get(f"/s/{booking_links.short_code(made.collection)}/", follow=False)

    assert answer["Location"] == f"/my/{made.reference}/move/"
    assert set(answer.cookies) == {"nk_copy", "nk_copy_en"}
    assert client.get(answer["Location"]).status_code == 200
    assert "/l/" in by_sms["Location"]


def test_short_link_leads_to_the_signed_one_and_to_the_page(offered, slot):
    made, client = submit(offered, slot), Client()

    by_sms = client.get(path_of(links.short_link(made)))

    assert by_sms.status_code == 303
    assert path_of(by_sms["Location"]) == path_of(links.link(made))
    assert opened(client, made) == f"/my/{made.reference}/"


def test_page_says_when_where_what_to_bring_and_whom_to_call(client, offered, slot):
    made = submit(offered, slot)

    text = text_of(client, opened(client, made))

    for words in (
        "ส่งคำขอแล้ว",
        made.reference,
        "10.00–10.30 น.",
        offered.place,
        "สำนักงานเขตบางรัก",
        "0 2000 0000",
        "วันนัดเอาอะไรมาบ้าง",
        "บัตรประชาชน",
        "นาที",
        "ticket.pdf",
        "event.ics",
        "<svg",
    ):
        assert words in text, words
    assert made.email not in text
    assert "+66812345678" not in text


@pytest.mark.parametrize("end", ["ticket.pdf", "event.ics"])
def test_ticket_and_calendar_of_the_collection(client, offered, slot, end):
    answer = client.get(opened(client, submit(offered, slot)) + end)

    assert answer.status_code == 200
    assert answer.content[:4] in (b"%PDF", b"BEGI")


def test_answer_to_the_question_goes_back_to_the_office(client, offered, slot, head):
    made = submit(offered, slot)
    services.take(request=made, by=head, now=NOW)
    services.ask_for_more(request=made, text="ขอเลขที่ใบสำคัญการสมรส", by=head, now=NOW)
    path = opened(client, made)
    page = text_of(client, path)
    assert "ขอเลขที่ใบสำคัญการสมรส" in page
    assert f"/my/{made.reference}/documents/" in page

    empty = client.post(f"{path}reply/", {"reply": " "})
    done = client.post(f"{path}reply/", {"reply": "เลขที่ ๑๒/๒๕๖๐ <b>"})

    assert empty.status_code == 422
    assert Page(empty).texts["error_reply"].strip()
    assert done.status_code == 303
    made.refresh_from_db()
    assert (made.status, made.reply) == (Status.CHECKING, "เลขที่ ๑๒/๒๕๖๐ <b>")
    assert client.post(f"{path}reply/", {"reply": "อีกครั้ง"}).status_code == 303
    made.refresh_from_db()
    assert made.reply == "เลขที่ ๑๒/๒๕๖๐ <b>"


def test_fee_is_paid_at_the_counter_or_by_the_qr_of_the_office(client, offered, slot, head):
    made = approved(offered, slot, head)
    path = opened(client, made)
    assert "ค่าธรรมเนียม 20 บาท จ่ายตอนรับ" in text_of(client, path)
    assert "QR สำหรับจ่ายค่าธรรมเนียม" not in text_of(client, path)

    CopyRules.objects.create(office=offered.office, biller_id="099999999999990")
    assert "QR สำหรับจ่ายค่าธรรมเนียม" in text_of(client, path)
    made.refresh_from_db()
    words = bill_payment(biller_id="099999999999990", reference=made.reference, baht=20)
    assert shown.segno.make(words, error="m").svg_inline(
        border=0, omitsize=True, svgclass=None
    ) in text_of(client, path)

    services.mark_ready(request=made, by=head, now=NOW)
    services.mark_paid(request=made, receipt_no="12/2569", by=head, now=NOW)
    assert "QR สำหรับจ่ายค่าธรรมเนียม" not in text_of(client, path)
    assert "ใบเสร็จเลขที่ 12/2569" in text_of(client, path)


def test_every_state_has_its_heading(client, offered, head):
    slot = make_slot(offered, capacity=9)
    for status in Status:
        made = submit(offered, slot) if status != Status.ANSWERED else enquire(offered)
        _lead_to(made, status, head)
        answer = client.get(opened(client, made))
        assert answer.status_code == 200, status
        text = answer.content.decode()
        assert f'data-status="{status}"' in text
        assert f"<h1>{shown.TITLES[status]}</h1>" in text


def _lead_to(made, status, head):
    """Write the state as the services leave it, without walking there."""
    CopyRequest.objects.filter(pk=made.pk).update(
        status=status, fee=20, fee_each=10, collected_at=NOW, collected_by="x", asked_for="ก",
        documents_due_at=LATER, answer="ข" if status == Status.ANSWERED else "",
    )  # fmt: skip
    made.changes.create(from_status=made.status, to_status=status, at=NOW, actor="staff", by=head)


def test_another_time_of_collection(client, offered, slot):
    made = submit(offered, slot)
    later = make_slot(offered, starts=at(2026, 12, 3, 10))
    path = opened(client, made)
    assert f'value="{later.pk}"' in text_of(client, f"{path}move/")

    answer = client.post(f"{path}move/", {"slot": later.pk})

    assert answer.status_code == 303
    made.refresh_from_db()
    assert made.collection.slot_id == later.pk
    assert "3 ธันวาคม 2569" in text_of(client, path)
    assert "เปลี่ยนเวลารับเอกสาร" in text_of(client, path)
    assert Message.objects.filter(kind="copy_collection_changed").exists()


def test_time_taken_meanwhile_offers_the_nearest(client, offered, slot):
    made = submit(offered, slot)
    make_slot(offered, starts=at(2026, 12, 3, 10))
    full = make_slot(offered, starts=at(2026, 12, 3, 11), capacity=0)
    path = opened(client, made)

    answer = client.post(f"{path}move/", {"slot": full.pk})
    nonsense = client.post(f"{path}move/", {"slot": "x"})

    assert (answer.status_code, nonsense.status_code) == (409, 409)
    made.refresh_from_db()
    assert made.collection.slot_id == slot.pk


def test_missed_collection_gets_a_new_time_and_ticket(client, offered, slot, head):
    made = approved(offered, slot, head)
    Booking.objects.filter(pk=made.collection_id).update(status=BookingStatus.NO_SHOW)
    path = opened(client, made)
    assert "เลยเวลานี้แล้ว" in text_of(client, path)
    later = make_slot(offered, starts=at(2026, 12, 3, 10))

    client.post(f"{path}move/", {"slot": later.pk})

    made.refresh_from_db()
    assert made.collection.reference != made.reference
    assert f"/my/{made.collection.reference}/ticket.pdf" in text_of(client, path)
    assert client.get(f"/my/{made.collection.reference}/ticket.pdf").status_code == 200
    assert made.reference in text_of(client, f"/my/{made.collection.reference}/")


def test_taking_it_back(client, offered, slot):
    made = submit(offered, slot)
    path = opened(client, made)
    before = stored()
    asked = client.get(f"{path}cancel/")
    assert (asked.status_code, stored()) == (200, before)

    answer = client.post(f"{path}cancel/")

    assert answer.status_code == 303
    made.refresh_from_db()
    slot.refresh_from_db()
    assert (made.status, slot.taken) == (Status.CANCELLED, 0)
    assert "/requests/new/bang-rak/" in text_of(client, path)
    for end in ("cancel/", "move/"):
        assert client.get(path + end)["Location"] == path
        assert client.post(path + end).status_code == 303


def test_leaving_forgets_it_in_this_browser(client, offered, slot):
    path = opened(client, submit(offered, slot))

    assert client.get(f"{path}leave/").status_code == 405
    assert client.post(f"{path}leave/").status_code == 303
    assert client.get(path).status_code == 404


def test_cookie_of_one_request_opens_no_other(client, offered, slot):
    opened(client, submit(offered, slot))
    other = submit(offered, slot)

    for end in ("", "cancel/", "move/", "documents/", "ticket.pdf", "event.ics"):
        assert client.get(f"/my/{other.reference}/{end}").status_code == 404
    for end in ("cancel/", "move/", "leave/", "reply/"):
        assert client.post(f"/my/{other.reference}/{end}").status_code == 404
    assert CopyRequest.objects.filter(status=Status.SUBMITTED).count() == 2


def test_enquiry_has_an_answer_and_no_ticket(client, offered, head):
    made = enquire(offered)
    services.take(request=made, by=head, now=NOW)
    services.answer(request=made, text="ไปพบที่บ้าน", visit_at=at(2026, 12, 1, 10), by=head, now=NOW)

    text = text_of(client, opened(client, made))

    assert "ไปพบที่บ้าน" in text
    assert "1 ธ.ค. 2569" in text
    assert "ticket.pdf" not in text


def test_handed_over_copy_names_both_offices(client, offered):
    there = collection_at(
        make_office(code=1040, slug="bang-khae", prefix="BK", name_th="บางแค", name_en="Bang Khae")
    )
    made = submit(there, make_slot(there), office=offered.office)

    text = text_of(client, opened(client, made))

    assert "สำนักงานเขตบางแค" in text
    assert "สำนักงานเขตบางรัก" in text


def test_cancelled_by_the_office_that_hands_it_out_names_that_office(client, offered, head):
    there = collection_at(
        make_office(code=1040, slug="bang-khae", prefix="BK", name_th="บางแค", name_en="Bang Khae")
    )
    made = approved(there, make_slot(there), head, office=offered.office)
    by = Actor.staff(make_staff(office=there.office))

    services.cancel(request=made, by=by, reason="เครื่องพิมพ์เสีย", now=NOW)

    assert "คำขอนี้ถูกยกเลิกโดยสำนักงานเขตบางแค" in text_of(client, opened(client, made))


def test_find_sends_the_link_to_the_contact_on_file_once(offered, slot):
    made = submit(offered, slot)
    Message.objects.all().delete()

    answers = {
        Client().post("/find/", form).content.split(b"csrfmiddlewaretoken")[0]
        for form in (
            {"reference": made.reference, "phone": "0812345678"},
            {"reference": made.reference, "phone": "0899999999"},
            {"reference": "BR-2222-22", "phone": "0812345678"},
        )
    }

    assert len(answers) == 1
    [message] = Message.objects.all()
    assert (message.kind, message.address) == ("copy_link", "sudarat@example.com")


def test_reason_of_a_time_that_the_office_changed_is_shown(client, offered, slot, head):
    made = submit(offered, slot)
    services.choose_time(
        request=made,
        slot=make_slot(offered, starts=at(2026, 12, 3, 10)),
        by=Actor.staff(head),
        now=NOW,
        reason="นายทะเบียนลา",
    )

    assert "นายทะเบียนลา" in text_of(client, opened(client, made))


@pytest.mark.parametrize("end", ["", "times/", "wait/"])
def test_service_by_request_offers_no_dead_times(client, offered, slot, end):
    answer = client.get(f"/offices/bang-rak/collect-copies/{end}", follow=True)

    text = answer.content.decode()
    assert answer.status_code == 200
    assert "/hold/" not in text
    assert "/requests/new/bang-rak/" in text


def test_hold_of_a_service_by_request_leads_to_the_form(client, offered, slot):
    answer = client.post("/offices/bang-rak/collect-copies/hold/", {"slot": slot.pk})

    assert answer.status_code == 303
    assert answer["Location"] == "/requests/new/bang-rak/"
    assert not Booking.objects.exists()


def test_page_costs_the_same_with_a_long_history(
    client, offered, slot, head, django_assert_num_queries
):
    number = national_id()
    made = submit(offered, slot, number=number)
    path = opened(client, made)
    with django_assert_num_queries(QUERIES):
        client.get(path)
    identify(made, number, head)
    for hour in (9, 10, 11):
        slot = make_slot(offered, starts=at(2026, 12, 3, hour))
        client.post(f"{path}move/", {"slot": slot.pk})

    with django_assert_num_queries(QUERIES):
        client.get(path)


QUERIES = 6
