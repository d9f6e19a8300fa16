"""The pages of the waiting list: joining, the own place, taking what is kept, other offices."""

import re
from uuid import uuid4

import pytest
import time_machine
from django.test import Client

from bookings import links, services
from bookings.models import Booking, WaitingEntry
from bookings.workflow import Status
from core.workflow import CITIZEN
from notifications.models import Message
from notifications.services import preview
from offices.models import Office
from tests.factories import NOW, at, booking_at, make_offered, make_slot, make_staff, wait
from tests.live import world
from tests.portal.reading import Page
from tests.portal.stored import stored

pytestmark = pytest.mark.django_db
WAIT = "/offices/bang-rak/marriage/wait/"
DAY = at(2026, 11, 30)


@pytest.fixture(autouse=True)
def monday():
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def offered(db):
    return make_offered()


@pytest.fixture
def booking(offered):
    """A visit that fills the only time of its day."""
    return booking_at(Status.CONFIRMED, offered=offered)


def typed(**changes):
    return {
        "form_key": str(uuid4()),
        "party_size": "1",
        "first_day": "30/11/2569",
        "latest_day": "30/11/2569",
        "phone": "",
        "email": "mali@example.com",
        "consent": "on",
        **changes,
    }


def opened(entry):
    """A browser that came by the link."""
    browser = Client()
    link = links.waiting_link(entry)
    answer = browser.get(link[link.index("/w/") :])
    assert answer.status_code == 303
    return browser, answer["Location"]


# --- joining --------------------------------------------------------------------------------


def test_full_day_leads_to_the_form_of_that_day(client, booking):
    page = client.get("/offices/bang-rak/marriage/times/?date=2026-11-30").content.decode()
    assert f"{WAIT}?date=2026-11-30" in page

    form = Page(client.get(f"{WAIT}?date=2026-11-30"))
    assert (form.typed["first_day"], form.typed["latest_day"]) == ("30/11/2569", "30/11/2569")


def test_joined_sees_the_place_and_why_nothing_came(client, booking):
    form = typed()

    answers = [client.post(WAIT, form), client.post(WAIT, form)]

    entry = WaitingEntry.objects.get()
    assert {answer["Location"] for answer in answers} == {f"/my/waiting/{entry.reference}/"}
    page = client.get(answers[0]["Location"])
    assert "ลำดับที่ 1" in page.content.decode()
    assert "ยังไม่มีใครยกเลิก" in page.content.decode()
    assert "mali@example.com" not in page.content.decode()
    assert "no-store" in page["Cache-Control"]


def test_contact_that_waits_already_gets_the_same_answer(booking):
    pages = []
    for _ in range(2):
        browser = Client()
        joined = browser.post(WAIT, typed())
        assert joined.status_code == 303
        page = browser.get(joined["Location"]).content.decode()
        pages.append(re.sub('BR-[0-9A-Z-]{7}|value="[^"]{60,}"|ลำดับที่ [12]', "", page))

    assert pages[0] == pages[1]


@pytest.mark.parametrize("key", ["", "x", "0" * 4000])
def test_spoilt_key_is_replaced_and_nothing_typed_is_lost(client, booking, key):
    """Reliability 3.61."""
    refused = client.post(WAIT, typed(form_key=key))

    assert refused.status_code == 422
    page = Page(refused)
    assert page.typed["email"] == "mali@example.com"
    assert "ฟอร์มนี้" in refused.content.decode()
    again = client.post(WAIT, typed(form_key=page.typed["form_key"]))
    assert again.status_code == 303


def test_borrowed_telephone_forgets_the_place_which_stays(client, booking):
    place = client.post(WAIT, typed())["Location"]

    answer = client.post(f"{place}forget/")

    assert (answer.status_code, answer["Location"]) == (303, "/")
    assert client.get(place).status_code == 404
    assert WaitingEntry.objects.get().status == "waiting"


def test_by_sms_the_page_does_not_say_that_the_office_calls(client, booking, settings):
    settings.SMS_GATEWAY_URL = "https://sms.example/send"
    form = client.get(WAIT).content.decode()
    assert "เราส่ง SMS เมื่อมีเวลาว่าง" in form
    place = client.post(WAIT, typed(email="", phone="0812345678"))["Location"]

    page = client.get(place).content.decode()

    assert "ใช้ลิงก์ใน SMS กลับมาหน้านี้ได้เสมอ" in page
    assert "โทรหาคุณ" not in page
    said = preview(Message.objects.get(kind="waiting_joined"), now=NOW).sms
    assert said.startswith("ลงชื่อรอคิวแล้ว")


def test_who_left_can_join_again_from_the_page(client, booking):
    place = client.post(WAIT, typed())["Location"]
    assert f'href="{WAIT}"' not in client.get(place).content.decode()

    client.post(f"{place}leave/")

    assert f'href="{WAIT}"' in client.get(place).content.decode()


def test_same_form_with_other_data_is_told(client, booking):
    form = typed()
    client.post(WAIT, form)
    before = stored()

    answer = client.post(WAIT, form | {"email": "other@example.com"})

    assert answer.status_code == 409
    assert stored() == before


BAD = [
    ("latest_day", "27/11/2569"),  # before the first day
    ("first_day", "22/11/2569"),
    ("latest_day", "1/12/2570"),
    ("latest_day", "nonsense"),
    ("latest_day", "31/2/2569"),
    ("latest_day", ""),
    ("first_day", "1/12/2300"),
    ("party_size", "0"),
    ("party_size", "-1"),
    ("party_size", "100"),
    ("party_size", "1.5"),
    ("party_size", "<script>alert(1)</script>"),
    ("email", "<img src=x onerror=alert(1)>"),
    ("email", "a@b.example, c@d.example"),
    ("phone", "0800"),
    ("consent", ""),
    ("consent", "no"),
]


@pytest.mark.parametrize(("field", "value"), BAD)
def test_bad_input_is_refused_beside_its_field(client, booking, field, value):
    before = stored()

    answer = client.post(WAIT, typed(**{field: value}))

    assert answer.status_code == 422
    assert stored() == before
    page = Page(answer)
    assert page.texts[f"error_{field}"].strip()
    assert ("script", {}) not in page.tags
    assert not any("onerror" in values for _, values in page.tags)


def test_without_a_contact_it_says_so(client, booking):
    answer = client.post(WAIT, typed(email=""))

    assert answer.status_code == 422
    assert "เบอร์โทรศัพท์หรืออีเมล" in Page(answer).texts["error_phone"]


@pytest.mark.parametrize("key", ["", "nonsense", "1", "'; DROP TABLE"])
def test_bad_form_key_stores_nothing(client, booking, key):
    before = stored()

    assert client.post(WAIT, typed(form_key=key)).status_code == 422
    assert stored() == before


def test_party_that_no_time_could_ever_hold_is_told(client, booking):
    answer = client.post(WAIT, typed(party_size="2"))

    assert answer.status_code == 422
    assert "ไม่เกิน 1 ที่" in Page(answer).texts["error_party_size"]


def test_days_with_free_times_are_not_waited_for(client, offered, booking):
    make_slot(offered, starts=at(2026, 12, 1, 10))

    answer = client.post(WAIT, typed(latest_day="1/12/2569"))

    assert answer.status_code == 422
    assert "ยังมีเวลาว่าง" in Page(answer).texts["error_latest_day"]


def test_too_many_joins_of_one_address_are_stopped(client, booking):
    statuses = [
        client.post(WAIT, typed(email=f"mali{n}@example.com")).status_code for n in range(21)
    ]

    assert statuses == [303] * 20 + [429]


# --- the own place --------------------------------------------------------------------------


def test_reference_alone_opens_nothing(offered):
    entry = wait(offered)

    known = Client().get(f"/my/waiting/{entry.reference}/")
    unknown = Client().get("/my/waiting/BR-2222-22/")

    assert (known.status_code, unknown.status_code) == (404, 404)
    assert known.content.decode().replace(entry.reference, "BR-2222-22") == unknown.content.decode()


def test_changed_and_foreign_links_open_nothing(offered, booking):
    token = links.waiting_link(wait(offered)).rstrip("/").rpartition("/")[2]
    of_booking = links.link(booking).rstrip("/").rpartition("/")[2]

    for wrong in (token[:-1], f"{token}x", of_booking, "x"):
        assert Client().get(f"/w/{wrong}/").status_code == 410
    assert Client().get(f"/l/{token}/").status_code == 410


def test_short_link_of_the_offer_leads_to_the_place_and_fits_in_an_sms(offered, booking, settings):
    entry = wait(offered, first_day=DAY.date())
    services.cancel(booking=booking, by=CITIZEN, now=NOW)
    settings.SHORT_URL = "nk.th"

    sms = preview(Message.objects.get(kind="waiting_offer"), now=NOW).sms

    assert len(sms.encode("utf-16-le")) / 2 <= 70
    code = sms.rpartition("nk.th")[2]
    assert Client().get(code)["Location"] == links.waiting_link(entry)
    WaitingEntry.objects.update(link_version=2)
    assert Client().get(code).status_code == 410


def test_kept_time_is_taken_into_this_browser_and_booked(offered, booking):
    entry = wait(offered, first_day=DAY.date())
    services.cancel(booking=booking, by=CITIZEN, now=NOW)
    browser, path = opened(entry)

    page = browser.get(path)
    assert "รับเวลานี้" in page.content.decode()
    form = browser.post(f"{path}take/")
    held = Booking.objects.get(waiting=entry)
    assert form["Location"] == f"/bookings/hold/{held.form_key}/"
    assert Client().get(form["Location"]).status_code == 404
    sent = browser.post(form["Location"], {"form_key": str(held.form_key), **world.couple()})

    held.refresh_from_db()
    assert sent["Location"] == f"/my/{held.reference}/"
    assert (held.status, held.slot_id) == (Status.REQUESTED, booking.slot_id)
    assert browser.get(path).context["entry"].status == "taken"


def test_party_is_led_from_form_to_form_until_all_its_places_are_booked(offered):
    slot = make_slot(offered, capacity=2)
    ones = [booking_at(offered=offered, slot=slot) for _ in range(2)]
    pair = wait(offered, party_size=2, first_day=DAY.date())
    for one in ones:
        services.cancel(booking=one, by=CITIZEN, now=NOW)
    browser, path = opened(pair)

    form = browser.post(f"{path}take/")["Location"]
    key = form.rstrip("/").rpartition("/")[2]
    sent = browser.post(form, {"form_key": key, **world.couple()})

    assert path in browser.get(sent["Location"]).content.decode()
    place = browser.get(path).content.decode()
    assert "อีก 1 ที่" in place
    second = browser.post(f"{path}take/")["Location"]
    assert second not in ("", form)
    key = second.rstrip("/").rpartition("/")[2]
    sent = browser.post(second, {"form_key": key, **world.couple()})
    assert path not in browser.get(sent["Location"]).content.decode()
    assert pair.offers.filter(status=Status.REQUESTED).count() == 2
    assert f'action="{path}take/"' not in browser.get(path).content.decode()


def test_no_thanks_passes_the_time_on(offered, booking):
    first, second = (wait(offered, first_day=DAY.date()) for _ in range(2))
    services.cancel(booking=booking, by=CITIZEN, now=NOW)
    browser, path = opened(first)

    assert browser.get(f"{path}leave/").status_code == 405
    assert browser.post(f"{path}leave/").status_code == 303

    first.refresh_from_db()
    second.refresh_from_db()
    assert (first.status, second.status) == ("left", "offered")
    assert "ออกจากคิวรอแล้ว" in browser.get(path).content.decode()


def test_offer_that_was_not_taken_says_so(offered, booking):
    entry = wait(offered, first_day=DAY.date())
    services.cancel(booking=booking, by=CITIZEN, now=NOW)
    browser, path = opened(entry)

    with time_machine.travel(at(2026, 11, 23, 11, 1), tick=False):
        assert "ส่งต่อให้คนถัดไปแล้ว" in browser.get(path).content.decode()
        assert browser.post(f"{path}take/").status_code == 303
        assert Booking.objects.get(waiting=entry).holder == entry.holder


def test_who_was_taken_off_by_the_office_reads_why(offered, booking):
    entry = wait(offered, first_day=DAY.date())
    browser, path = opened(entry)

    by = make_staff(office=offered.office)
    services.take_out(entry=entry, reason="โทรมาขอออก", by=by, now=NOW)

    text = browser.get(path).content.decode()
    assert "เขตนำคุณออกจากคิวรอแล้ว" in text
    assert "โทรมาขอออก" in text


# --- other offices --------------------------------------------------------------------------


def test_full_week_names_other_offices(client, offered, booking):
    _office_with_time("sathon", 1028)

    page = client.get("/offices/bang-rak/marriage/times/?date=2026-11-30").content.decode()

    assert "/offices/sathon/marriage/times/?date=2026-12-01" in page
    assert "กม." not in page


def test_week_with_free_times_names_no_other_office(client, offered, booking):
    _office_with_time("sathon", 1028)
    make_slot(offered, starts=at(2026, 12, 2, 10))

    page = client.get("/offices/bang-rak/marriage/times/?date=2026-11-30").content.decode()

    assert "/offices/sathon/marriage/times/" not in page


def test_page_of_a_time_that_went_names_other_offices(client, booking):
    _office_with_time("sathon", 1028)

    answer = client.post("/offices/bang-rak/marriage/hold/", {"slot": booking.slot_id})

    assert answer.status_code == 409
    page = answer.content.decode()
    assert "/offices/sathon/marriage/times/" in page
    assert f"{WAIT}?date=2026-11-30" in page


def _office_with_time(slug, code):
    office = Office.objects.create(
        code=code, slug=slug, prefix=slug[:2].upper(), name_th=slug, name_en=slug,
        phone="0 2000 0000", address_th="กรุงเทพมหานคร", opens_at="08:00", closes_at="16:00",
    )  # fmt: skip
    return make_slot(make_offered(office=office), starts=at(2026, 12, 1, 10))
