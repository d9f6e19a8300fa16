"""The display, the slip and the kiosk: what they show, to whom, and what they never show."""

import re
from datetime import timedelta
from uuid import uuid4

import pytest
import time_machine
from django.conf import settings
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from bookings import hall, hall_links, links, wording
from bookings.call_order import waiting_order
from bookings.models import Booking, Party, Ticket
from bookings.services import counter
from bookings.workflow import Status
from core.errors import Refused
from core.workflow import CITIZEN, Actor
from offices.models import Window
from tests.factories import (
    NOW,
    ServiceFactory,
    at,
    booking_at,
    couple_details,
    make_closure,
    make_offered,
    make_office,
    make_slot,
    make_staff,
    thai,
)

DAY = at(2026, 11, 30)
TEN = DAY + timedelta(hours=10)
DISPLAY = "/display/bang-rak/"
KIOSK = "/kiosk/bang-rak/"


@pytest.fixture(autouse=True)
def at_ten():
    with time_machine.travel(TEN, tick=False) as clock:
        yield clock


@pytest.fixture
def offered(db):
    """Marriage at Bang Rak: a time each half hour of the day, two places for walk-ins at each."""
    offered = make_offered(online_places=1, total_places=3, needs_officer=False)
    for half in range(16):
        make_slot(offered, starts=DAY + timedelta(hours=8, minutes=30 * half), capacity=30)
    return offered


@pytest.fixture
def officer(offered):
    return make_staff(office=offered.office)


@pytest.fixture
def windows(offered):
    return [
        Window.objects.create(office=offered.office, section=offered.section, label=label)
        for label in ("5", "7", "8")
    ]


def walk_in(offered, *, now=TEN, name="", by=CITIZEN):
    return counter.add_walk_in(offered=offered, by=by, now=now, name=name)


def booked(offered, hour, minute=0, *names):
    starts = DAY + timedelta(hours=hour, minutes=minute)
    slot = offered.office.slots.get(service=offered.service, starts_at=starts)
    return booking_at(
        Status.CONFIRMED,
        offered=offered,
        slot=slot,
        details=couple_details(*map(thai, names)) if names else None,
        now=NOW,
    )


def part(client, address, **values):
    return client.get(address, values, headers={"HX-Request": "true"})


def version_of(answer):
    return re.search('data-version="([^"]+)"', answer.content.decode())[1]


# --- display ------------------------------------------------------------------------------------


def test_display_shows_calls_newest_first_with_their_windows(client, offered, officer, windows):
    for minute, window in enumerate(windows):
        now = TEN + timedelta(minutes=minute - 3)
        counter.call(ticket=walk_in(offered, now=now), window=window, by=officer, now=now)

    seen = hall.now_in(offered.office, now=TEN)

    assert [(call.number, call.window) for call in seen.calls] == [
        ("W03", "8"),
        ("W02", "7"),
        ("W01", "5"),
    ]
    assert not seen.calls[0].is_fresh
    page = client.get(DISPLAY).content.decode()
    assert "W03" in page
    assert "ช่อง 8" in page


def test_a_call_is_fresh_for_twenty_seconds_and_again_when_called_again(offered, officer, windows):
    ticket = counter.call(ticket=walk_in(offered), window=windows[0], by=officer, now=TEN)

    def is_fresh(seconds):
        now = TEN + timedelta(seconds=seconds)
        return hall.now_in(offered.office, now=now).calls[0].is_fresh

    assert is_fresh(19)
    assert not is_fresh(21)
    counter.call_again(ticket=ticket, by=officer, now=TEN + timedelta(seconds=60))
    assert is_fresh(61)


def test_next_four_stand_with_a_rough_wait_and_appointments_with_their_time(
    offered, officer, windows
):
    counter.arrive(booking=booked(offered, 11), by=officer, now=TEN)
    for _one in range(4):
        walk_in(offered)

    waiting = hall.now_in(offered.office, now=TEN).waiting

    assert [place.number for place in waiting] == ["W01", "W02", "W03", "W04"]
    assert [place.minutes for place in waiting] == [10, 20, 30, 40]
    early = hall.waiting_of(offered.office, waiting_order(offered.office, TEN), now=TEN)
    assert [place.minutes for place in early.values() if place.booked_at] == [None]


def test_who_was_called_three_times_is_named_apart(client, offered, officer, windows):
    ticket = counter.call(ticket=walk_in(offered), window=windows[0], by=officer, now=TEN)
    counter.call_again(ticket=ticket, by=officer, now=TEN)
    assert hall.now_in(offered.office, now=TEN).missed == ()

    counter.call_again(ticket=ticket, by=officer, now=TEN)
    counter.no_show(ticket=ticket, by=officer, now=TEN)

    assert hall.now_in(offered.office, now=TEN).missed == ("W01",)
    assert "ไม่ได้ยินเรียก?" in client.get(DISPLAY).content.decode()


def test_next_appointments_are_times_of_who_is_not_here_yet(offered, officer):
    booked(offered, 9)
    booked(offered, 11)
    booked(offered, 11)
    counter.arrive(booking=booked(offered, 10, 30), by=officer, now=TEN)

    assert hall.now_in(offered.office, now=TEN).due == (DAY + timedelta(hours=11),)


def test_no_name_nor_reference_is_on_any_screen_of_the_hall(client, offered, officer, windows):
    people = ("เมธี ลับเฉพาะ", "ภูวดล ลับมาก")
    counter.arrive(booking=booked(offered, 10, 0, *people), by=officer, now=TEN)
    late = counter.arrive(booking=booked(offered, 8), by=officer, now=TEN, late_as_walk_in=True)
    walk_in(offered, name="สำอาง ห้ามบอก", by=Actor.staff(officer))
    counter.call(ticket=late, window=windows[0], by=officer, now=TEN)

    screens = [client.get(DISPLAY), client.get(f"/en{DISPLAY}"), part(client, DISPLAY)]
    screens += [
        client.get(f"/queue/{hall_links.queue_code(ticket)}/") for ticket in Ticket.objects.all()
    ]

    secrets = [
        *Party.objects.values_list("full_name", flat=True),
        *Booking.objects.values_list("reference", flat=True),
        *(word for name in (*people, "สำอาง ห้ามบอก", str(officer)) for word in name.split()),
    ]
    for screen in screens:
        assert screen.status_code == 200
        text = screen.content.decode()
        assert [word for word in secrets if word in text] == []


def test_display_says_the_rule_in_the_one_wording_and_is_never_stored(client, offered):
    page = client.get(DISPLAY)

    for rule in wording.hall_rules(offered.late_grace_minutes):
        assert rule.title in page.content.decode()
        assert rule.sentence in page.content.decode()
    assert "no-store" in page["Cache-Control"]
    assert "A มีนัด" in page.content.decode()
    assert "A with an appointment" in client.get(f"/en{DISPLAY}").content.decode()


def test_poll_swaps_only_what_is_new(client, offered, officer, windows):
    page = client.get(DISPLAY)
    same = part(client, DISPLAY, version=version_of(page))
    counter.call(ticket=walk_in(offered), window=windows[0], by=officer, now=TEN)
    new = part(client, DISPLAY, version=version_of(page))

    assert same.status_code == 204
    assert new.status_code == 200
    assert "W01" in new.content.decode()
    assert "<html" not in new.content.decode()
    assert part(client, DISPLAY, version=version_of(new)).status_code == 204


def test_unknown_office_has_no_display(client, offered):
    assert client.get("/display/nowhere/").status_code == 404
    assert client.post(DISPLAY).status_code == 405


def test_display_costs_the_same_with_one_and_thirty(client, offered, officer, windows):
    def cost():
        with CaptureQueriesContext(connection) as captured:
            assert client.get(DISPLAY).status_code == 200
        return len(captured)

    for starts in (9, 11):
        booked(offered, starts)
    walk_in(offered)
    counter.arrive(booking=booked(offered, 10, 30), by=officer, now=TEN)
    counter.call(ticket=walk_in(offered), window=windows[0], by=officer, now=TEN)
    cost()
    with_few = cost()
    for _one in range(14):
        walk_in(offered)
        counter.arrive(booking=booked(offered, 10, 30), by=officer, now=TEN)

    assert cost() == with_few <= 9


# --- slip ---------------------------------------------------------------------------------------


def test_slip_tells_place_wait_and_where_to_go(client, offered, officer, windows):
    first, second = walk_in(offered), walk_in(offered)
    address = f"/queue/{hall_links.queue_code(second)}/"

    page = client.get(address).content.decode()
    assert "W02" in page
    assert "ก่อนหน้าคุณ 1 คิว" in page
    assert "รอประมาณ 20 นาที" in page
    assert wording.how_to_wait() in page

    counter.call(ticket=first, window=windows[0], by=officer, now=TEN)
    assert "คิวถัดไปคือคุณ" in part(client, address).content.decode()
    counter.call(ticket=second, window=windows[1], by=officer, now=TEN)
    assert "เชิญที่ช่อง 7" in part(client, address).content.decode()
    counter.start(ticket=second, by=officer, now=TEN)
    counter.finish(ticket=second, by=officer, now=TEN)
    ended = part(client, address).content.decode()
    assert "ให้บริการเสร็จสิ้น" in ended
    assert "hx-trigger" not in ended


def test_slip_is_over_at_the_end_of_the_day(client, offered, at_ten):
    address = f"/queue/{hall_links.queue_code(walk_in(offered))}/"

    at_ten.move_to(TEN + timedelta(hours=13, minutes=59))
    assert client.get(address).status_code == 200
    at_ten.move_to(TEN + timedelta(hours=14))
    over = client.get(address)

    assert over.status_code == 410
    assert "30 พฤศจิกายน 2569" in over.content.decode()


def test_wrong_codes_are_not_there_and_counted(client, offered):
    ticket = walk_in(offered)
    right = hall_links.queue_code(ticket)
    wrong = right[:-1] + ("0" if right[-1] != "0" else "1")

    for _try in range(20):
        assert client.get(f"/queue/{wrong}/").status_code == 404

    assert client.get(f"/queue/{right}/").status_code == 404
    assert Client(REMOTE_ADDR="203.0.113.8").get(f"/queue/{right}/").status_code == 200


@pytest.mark.parametrize("code", ["", "0", "zzzzzzzzzzzz", "0" * 40, "กกกกกกกก", "1'--12345"])
def test_what_is_no_code_is_not_there(client, offered, code):
    assert client.get(f"/queue/{code}/").status_code == 404


def test_code_of_an_appointment_is_no_code_of_a_number(client, offered):
    assert client.get(f"/queue/{links.short_code(booked(offered, 11))}/").status_code == 404


# --- kiosk --------------------------------------------------------------------------------------


@pytest.fixture
def tablet(offered, officer):
    """A browser that opened the link of the head of section."""
    kiosk = counter.open_kiosk(office=offered.office, by=officer, now=TEN)
    browser = Client()
    answer = browser.get(path_of(hall_links.kiosk_link(kiosk, now=TEN)))
    assert (answer.status_code, answer["Location"]) == (303, KIOSK)
    return browser


def path_of(link):
    return link.removeprefix(settings.SITE_URL)


def press(tablet, *, service="marriage", form_key=None):
    return tablet.post(KIOSK, {"service": service, "form_key": str(form_key or uuid4())})


def test_kiosk_gives_a_number_with_its_slip(tablet, client, offered):
    page = tablet.get(KIOSK).content.decode()
    assert "จดทะเบียนสมรส" in page

    answer = press(tablet)
    shown = tablet.get(answer["Location"])
    slip = shown.content.decode()

    ticket = Ticket.objects.get()
    assert answer.status_code == 303
    assert "W01" in slip
    assert shown["Refresh"] == "20;url=/kiosk/bang-rak/"
    assert ticket.name == ""
    assert client.get(f"/queue/{hall_links.queue_code(ticket)}/").status_code == 200


def test_the_next_person_begins_in_thai(tablet, offered):
    """Who chose English before them is gone."""
    code = hall_links.queue_code(walk_in(offered))

    start = tablet.get("/en/kiosk/bang-rak/")
    slip = tablet.get(f"/en/kiosk/bang-rak/{code}/")

    assert start["Refresh"] == "120;url=/kiosk/bang-rak/"
    assert slip["Refresh"] == "20;url=/kiosk/bang-rak/"
    assert '<a href="/kiosk/bang-rak/">' in slip.content.decode()


def test_double_press_gives_one_number(tablet):
    key = uuid4()

    first, again, other = press(tablet, form_key=key), press(tablet, form_key=key), press(tablet)

    assert first["Location"] == again["Location"] != other["Location"]
    assert [ticket.number for ticket in Ticket.objects.order_by("number")] == [1, 2]


def test_without_the_cookie_there_is_no_kiosk(client, tablet, offered):
    key = str(uuid4())
    code = hall_links.queue_code(walk_in(offered))
    make_office(code=1040, slug="bang-khae", prefix="BK")

    for browser, office in ((client, "bang-rak"), (client, "nowhere"), (tablet, "bang-khae")):
        assert browser.get(f"/kiosk/{office}/").status_code == 404
        assert browser.get(f"/kiosk/{office}/{code}/").status_code == 404
        sent = browser.post(f"/kiosk/{office}/", {"service": "marriage", "form_key": key})
        assert sent.status_code == 404
    assert Ticket.objects.count() == 1


def test_new_link_closes_older_tablets_and_links(tablet, offered, officer):
    old = hall_links.kiosk_link(offered.office.kiosk, now=TEN)

    kiosk = counter.open_kiosk(office=offered.office, by=officer, now=TEN)

    assert tablet.get(KIOSK).status_code == 404
    assert Client().get(path_of(old)).status_code == 404
    assert Client().get(path_of(hall_links.kiosk_link(kiosk, now=TEN))).status_code == 303
    assert kiosk.history.latest().history_user == officer


def test_link_is_good_for_half_an_hour_and_its_office_only(offered, officer, at_ten):
    kiosk = counter.open_kiosk(office=offered.office, by=officer, now=TEN)
    path = path_of(hall_links.kiosk_link(kiosk, now=TEN))
    make_office(code=1040, slug="bang-khae", prefix="BK")

    assert Client().get(path.replace("bang-rak", "bang-khae")).status_code == 404
    assert Client().get(path[:-2] + "x/").status_code == 404
    at_ten.move_to(TEN + timedelta(minutes=31))
    assert Client().get(path).status_code == 404


def test_kiosk_refuses_with_a_sentence_when_the_share_is_given_out(tablet, offered):
    offered.total_places = offered.online_places + 1
    offered.save()
    for _one in range(16):
        assert press(tablet).status_code == 303

    refused = press(tablet)

    assert refused.status_code == 409
    assert "16" in refused.content.decode()
    assert Ticket.objects.count() == 16


@pytest.mark.parametrize("hour", [7, 16])
def test_kiosk_refuses_with_a_sentence_when_closed(tablet, offered, at_ten, hour):
    at_ten.move_to(DAY + timedelta(hours=hour))

    refused = press(tablet)

    assert refused.status_code == 409
    assert "08.00" in refused.content.decode()
    assert not Ticket.objects.exists()


def test_kiosk_refuses_on_a_closed_day(tablet, offered):
    make_closure(DAY.date(), office=offered.office)

    assert press(tablet).status_code == 409
    assert not Ticket.objects.exists()


@pytest.mark.parametrize(
    "typed",
    [
        {},
        {"service": "marriage"},
        {"service": "marriage", "form_key": "x"},
        {"service": "nothing", "form_key": str(uuid4())},
        {"form_key": str(uuid4())},
    ],
)
def test_bad_press_gets_a_sentence_and_no_number(tablet, typed):
    answer = tablet.post(KIOSK, typed)

    assert answer.status_code == 422
    assert 'class="refused"' in answer.content.decode()
    assert not Ticket.objects.exists()


def test_service_without_walk_in_places_has_no_button(tablet, offered):
    other = make_offered(
        office=offered.office,
        service=ServiceFactory(code="id-card", name_th="ทำบัตร", parties=1),
        online_places=2,
        total_places=2,
    )
    make_slot(other, starts=TEN + timedelta(hours=1))

    assert "ทำบัตร" not in tablet.get(KIOSK).content.decode()
    assert press(tablet, service="id-card").status_code == 422


def test_kiosk_never_goes_beyond_the_share(offered):
    offered.total_places = offered.online_places
    offered.save()

    with pytest.raises(Refused) as refused:
        counter.take_number(offered=offered, form_key=uuid4(), now=TEN)

    assert refused.value.code == "walk_ins_full"


def test_kiosk_costs_the_same_with_one_and_thirty(tablet, offered):
    def cost():
        with CaptureQueriesContext(connection) as captured:
            assert tablet.get(KIOSK).status_code == 200
        return len(captured)

    press(tablet)
    with_one = cost()
    for _one in range(29):
        press(tablet)

    assert cost() == with_one <= 4
