"""The counter desk: its buttons, its sentences, whose it is, and what it costs."""

import re
from datetime import timedelta

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.roles import Role
from bookings import pdf, services
from bookings.models import Alarm, Period, Ticket
from bookings.services import counter
from bookings.workflow import Status, TicketStatus
from core.workflow import CITIZEN, Actor
from offices.models import Window
from tests.factories import (
    ItemFactory,
    at,
    booking_at,
    couple_details,
    make_offered,
    make_slot,
    make_staff,
    thai,
)

TEN = at(2026, 11, 30, 10)
HTMX = {"HX-Request": "true"}


@pytest.fixture(autouse=True)
def at_now():
    """The desk lives on the day of the visits."""
    with time_machine.travel(TEN, tick=False) as clock:
        yield clock


@pytest.fixture
def window(offered):
    return Window.objects.create(office=offered.office, section=offered.section, label="5")


@pytest.fixture
def desk(signed_in, officer, window):
    desk = signed_in(officer)
    desk.post(reverse("admin:desk_window"), {"window": window.pk})
    return desk


def confirmed(offered, starts=TEN):
    return booking_at(
        Status.CONFIRMED,
        offered=offered,
        slot=make_slot(offered, starts=starts),
        details=couple_details(thai("มะลิ ทดสอบ"), thai("สมชาย ตัวอย่าง")),
    )


def press(desk, ticket, action, **more):
    ticket.refresh_from_db()
    address = reverse("admin:desk_ticket", args=[ticket.pk])
    return desk.post(address, {"action": action, "version": ticket.version, **more})


def give_number(desk, **facts):
    form = {"form_key": show(desk).context["form_key"], **facts}
    return desk.post(reverse("admin:desk_walk_in"), form)


def show(desk):
    return desk.get(reverse("admin:desk"))


def status_of(ticket):
    ticket.refresh_from_db()
    return ticket.status


def test_a_visit_by_the_buttons(desk, offered):
    booking = confirmed(offered)

    answer = desk.post(reverse("admin:desk_arrive"), {"code": booking.reference.lower()})
    assert answer.status_code == 302
    ticket = Ticket.objects.get()
    assert [visit.ticket for visit in show(desk).context["waiting"]] == [ticket]
    for action, status in (
        ("call", TicketStatus.CALLED),
        ("again", TicketStatus.CALLED),
        ("start", TicketStatus.SERVING),
        ("pause", TicketStatus.PAUSED),
        ("resume", TicketStatus.SERVING),
        ("finish", TicketStatus.SERVED),
    ):
        assert press(desk, ticket, action).status_code == 302, action
        assert status_of(ticket) == status
        assert str(ticket) in show(desk).content.decode()


def test_the_qr_of_a_ticket_is_read(desk, offered, settings):
    booking = confirmed(offered)

    desk.post(
        reverse("admin:desk_arrive"), {"code": f"{settings.SITE_URL}/my/{booking.reference}/"}
    )

    assert Ticket.objects.get().booking == booking
    assert pdf._qr(booking)


@pytest.mark.parametrize(
    ("code", "words"),
    [
        ("", "ไม่ใช่บัตรนัด"),
        ("https://example.com/menu", "ไม่ใช่บัตรนัด"),
        ("x" * 5000, "ไม่ใช่บัตรนัด"),
        ("BR-7K4M-2V", "ไม่มีนัด"),
    ],
)
def test_what_is_no_ticket_gets_a_sentence(desk, code, words):
    answer = desk.post(reverse("admin:desk_arrive"), {"code": code})

    assert answer.status_code == 422
    assert not Ticket.objects.exists()


def test_a_ticket_of_another_office_says_whose_it_is(desk, foreign):
    answer = desk.post(reverse("admin:desk_arrive"), {"code": foreign.case.reference})

    assert answer.status_code == 422
    assert "บางแค" in str(answer.context["refusal"])
    assert not Ticket.objects.exists()


def test_a_cancelled_ticket_gets_a_sentence(desk, offered):
    booking = confirmed(offered, TEN + timedelta(hours=2))
    services.cancel(booking=booking, by=CITIZEN, now=TEN - timedelta(days=4))

    answer = desk.post(reverse("admin:desk_arrive"), {"code": booking.reference})

    assert answer.context["refusal"].code == "cancelled"
    assert not Ticket.objects.exists()


def test_a_ticket_of_another_day_gets_a_sentence(desk, offered):
    booking = confirmed(offered, TEN + timedelta(days=1))

    answer = desk.post(reverse("admin:desk_arrive"), {"code": booking.reference})

    assert answer.context["refusal"].code == "day"
    assert not Ticket.objects.exists()


def test_who_is_late_is_offered_a_number(desk, offered):
    booking = confirmed(offered, TEN - timedelta(minutes=20))
    answer = desk.post(reverse("admin:desk_arrive"), {"code": booking.reference})
    assert answer.context["refusal"].code == "late"
    address = reverse("admin:desk_booking", args=[booking.pk])
    assert address in answer.content.decode()

    desk.post(address, {"action": "late"})

    assert str(Ticket.objects.get()) == "W01"


def test_not_served_with_the_missing_item(desk, offered):
    item = ItemFactory(service=offered.service)
    booking = confirmed(offered)
    desk.post(reverse("admin:desk_booking", args=[booking.pk]), {"action": "arrive"})
    ticket = Ticket.objects.get()
    press(desk, ticket, "call")
    press(desk, ticket, "start")
    assert press(desk, ticket, "not_served").status_code == 422
    assert press(desk, ticket, "not_served", reason="other").status_code == 422
    assert status_of(ticket) == TicketStatus.SERVING

    press(desk, ticket, "not_served", reason="documents", missing=item.pk)

    assert status_of(ticket) == TicketStatus.NOT_SERVED
    assert (ticket.reason, ticket.missing) == ("documents", item)


def test_no_show_and_its_undoing(desk, offered):
    booking = confirmed(offered, TEN - timedelta(minutes=20))
    address = reverse("admin:desk_booking", args=[booking.pk])

    desk.post(address, {"action": "no_show"})
    booking.refresh_from_db()
    assert booking.status == Status.NO_SHOW
    assert show(desk).context["undo"]["booking"] == booking
    desk.post(address, {"action": "undo"})

    booking.refresh_from_db()
    assert booking.status == Status.CONFIRMED


def test_the_last_step_can_be_undone_for_a_minute(desk, offered, at_now):
    booking = confirmed(offered)
    desk.post(reverse("admin:desk_booking", args=[booking.pk]), {"action": "arrive"})
    ticket = Ticket.objects.get()
    press(desk, ticket, "call")
    assert show(desk).context["undo"]["ticket"] == ticket

    press(desk, ticket, "undo")
    assert status_of(ticket) == TicketStatus.WAITING
    assert show(desk).context["undo"] is None
    press(desk, ticket, "call")
    at_now.shift(timedelta(seconds=61))

    assert show(desk).context["undo"] is None
    assert press(desk, ticket, "undo").status_code == 422


def test_an_end_is_corrected_for_fifteen_minutes(desk, offered, at_now):
    booking = confirmed(offered)
    desk.post(reverse("admin:desk_booking", args=[booking.pk]), {"action": "arrive"})
    ticket = Ticket.objects.get()
    for action in ("call", "start", "finish"):
        press(desk, ticket, action)
    at_now.shift(timedelta(minutes=15))
    assert "แก้ผลได้ภายใน 15 นาที" in show(desk).content.decode()

    refused = press(desk, ticket, "correct", target="person", why=" ")
    assert refused.status_code == 422
    assert "เหตุผลที่แก้" in refused.content.decode()
    assert '<option value="person" selected>' in refused.content.decode()
    assert press(desk, ticket, "correct", target="person", why="พยานไม่มา").status_code == 302
    assert status_of(ticket) == TicketStatus.NOT_SERVED

    at_now.shift(timedelta(seconds=1))
    late = press(desk, ticket, "correct", target="served", why="กดผิด")
    assert late.status_code == 422
    assert "เกิน 15 นาทีแล้ว" in late.content.decode()
    assert b'class="correct"' not in show(desk).content


def test_a_correction_is_not_undone(desk, offered):
    booking = confirmed(offered)
    desk.post(reverse("admin:desk_booking", args=[booking.pk]), {"action": "arrive"})
    ticket = Ticket.objects.get()
    for action in ("call", "start", "finish"):
        press(desk, ticket, action)
    assert show(desk).context["undo"]["ticket"] == ticket

    press(desk, ticket, "correct", target="person", why="พยานไม่มา")

    assert show(desk).context["undo"] is None


def test_who_came_after_all_is_expected_again(desk, offered):
    booking = confirmed(offered, TEN - timedelta(minutes=20))
    address = reverse("admin:desk_booking", args=[booking.pk])
    desk.post(address, {"action": "no_show"})

    desk.post(address, {"action": "correct", "why": "มาถึงแล้ว"})

    booking.refresh_from_db()
    assert booking.status == Status.CONFIRMED


def test_walk_ins_and_their_share(desk, offered):
    make_slot(offered, starts=TEN)
    facts = {"offered": offered.pk, "name": "บุญมี ทดสอบ"}
    assert give_number(desk, **facts).status_code == 302
    answer = give_number(desk, **facts)
    assert answer.status_code == 422
    assert answer.context["refusal"].code == "walk_ins_full"
    assert 'value="บุญมี ทดสอบ"' in answer.content.decode()

    give_number(desk, **facts, beyond_share="on")

    assert [str(ticket) for ticket in Ticket.objects.all()] == ["W01", "W02"]


def test_a_form_sent_twice_gives_one_number(desk, offered):
    """A double press, or the same form sent again by the browser."""
    offered.total_places = 9
    offered.save()
    make_slot(offered, starts=TEN)
    form = {"offered": offered.pk, "name": "บุญมี ทดสอบ", "form_key": show(desk).context["form_key"]}
    address = reverse("admin:desk_walk_in")

    answers = [desk.post(address, form).status_code for _press in range(2)]
    other = desk.post(address, form | {"name": "ขจร ทดสอบ"})

    assert answers == [302, 302]
    assert other.status_code == 422
    assert "W01" in str(other.context["refusal"])
    assert [str(ticket) for ticket in Ticket.objects.all()] == ["W01"]


@pytest.mark.parametrize("form_key", ["", "1", "x" * 5000])
def test_a_form_without_its_key_gives_no_number(desk, offered, form_key):
    make_slot(offered, starts=TEN)
    form = {"offered": offered.pk, "name": "บุญมี ทดสอบ", "form_key": form_key}

    answer = desk.post(reverse("admin:desk_walk_in"), form)

    assert answer.status_code == 422
    assert 'value="บุญมี ทดสอบ"' in answer.content.decode()
    assert not Ticket.objects.exists()


@pytest.mark.parametrize("verb", ["desk_window", "desk_arrive", "desk_walk_in", "desk_alarm"])
def test_an_address_of_a_verb_leads_to_the_desk(desk, verb):
    """Left in the bar by a refusal without script; where a sign-in leads back to."""
    answer = desk.get(reverse(f"admin:{verb}"))

    assert answer.status_code == 302
    assert answer["Location"] == reverse("admin:desk")
    assert not Alarm.objects.exists()


@pytest.mark.parametrize("name", ["a\x00b", "\u202eหลัง", "บน\nล่าง"])
def test_a_name_that_nobody_types_is_refused(desk, offered, name):
    make_slot(offered, starts=TEN)

    answer = give_number(desk, offered=offered.pk, name=name)

    assert answer.status_code == 422
    assert not Ticket.objects.exists()


def test_a_walk_in_of_another_offices_service_is_refused(desk, foreign):
    answer = give_number(desk, offered=foreign.offered.pk, name="")

    assert answer.status_code == 422
    assert not Ticket.objects.exists()


def test_calling_needs_a_window(signed_in, officer, offered, window):
    desk = signed_in(officer)
    ticket = counter.arrive(booking=confirmed(offered), by=officer, now=TEN)

    answer = press(desk, ticket, "call")

    assert answer.context["refusal"].code == "no_window"
    assert status_of(ticket) == TicketStatus.WAITING


def test_a_window_is_chosen_anew_each_day(desk, window):
    assert show(desk).context["desk"].window == window
    session = desk.session
    session["desk_window"] = [window.pk, "2026-11-29"]
    session.save()

    assert show(desk).context["desk"].window is None


def test_a_window_of_another_office_cannot_be_chosen(desk, foreign, window):
    strange = Window.objects.create(office=foreign.office, section=foreign.section, label="1")

    assert desk.post(reverse("admin:desk_window"), {"window": strange.pk}).status_code == 422
    assert show(desk).context["desk"].window == window


def test_the_second_window_reads_where_the_number_went(desk, signed_in, offered, window):
    colleague = make_staff(office=offered.office)
    other = Window.objects.create(office=offered.office, section=offered.section, label="6")
    ticket = counter.arrive(booking=confirmed(offered), by=colleague, now=TEN)
    counter.call(ticket=ticket, window=other, by=colleague, now=TEN)

    answer = desk.post(
        reverse("admin:desk_ticket", args=[ticket.pk]), {"action": "call", "version": 1}
    )

    assert answer.status_code == 409
    assert "A01 ถูกเรียกไปช่อง 6 แล้ว" in answer.content.decode()


def test_a_button_that_is_none_changes_nothing(desk, officer, offered):
    ticket = counter.arrive(booking=confirmed(offered), by=officer, now=TEN)

    assert press(desk, ticket, "fly").status_code == 422
    assert status_of(ticket) == TicketStatus.WAITING


def test_a_call_for_help_reaches_the_head(desk, signed_in, head):
    desk.post(reverse("admin:desk_alarm"))
    alarm = Alarm.objects.get()
    address = reverse("admin:desk_answer", args=[alarm.pk])
    assert desk.post(address).status_code == 422
    seen_by_head = signed_in(head)
    assert address in seen_by_head.get(reverse("admin:index")).content.decode()
    assert address in show(seen_by_head).content.decode()

    seen_by_head.post(address)

    alarm.refresh_from_db()
    assert alarm.answered_by == head
    assert not show(desk).context["alarms"]


def test_a_second_clerk_at_the_window_reads_who_is_there(desk, signed_in, offered, window):
    colleague = make_staff(office=offered.office, first_name="นิภา", last_name="ทดสอบ")
    ticket = counter.arrive(booking=confirmed(offered), by=colleague, now=TEN)
    counter.call(ticket=ticket, window=window, by=colleague, now=TEN)

    page = show(desk).content.decode()

    assert "นิภา ทดสอบ เป็นผู้เรียกคิวนี้" in page
    assert "เปลี่ยนช่อง" in page
    sign_of_colleague = signed_in(colleague)
    sign_of_colleague.post(reverse("admin:desk_window"), {"window": window.pk})
    assert "เป็นผู้เรียกคิวนี้" not in show(sign_of_colleague).content.decode()


def test_what_changes_by_itself_has_the_time_and_the_next_number(desk, officer, offered, at_now):
    """A desk that nobody touched knows at noon what time it is and whom to call."""
    live = reverse("admin:desk") + "?part=live"
    counter.arrive(booking=confirmed(offered), by=officer, now=TEN)
    assert 'id="desk-undo"' in desk.get(live, headers=HTMX).content.decode()
    at_now.shift(timedelta(seconds=61))

    page = desk.get(live, headers=HTMX)

    assert page.context["next"] is not None
    words = page.content.decode()
    assert "10.01 น." in words
    assert 'value="call" data-key-alt="4"' in words
    assert 'value="undo"' not in words


def test_a_page_kept_open_over_midnight_asks_for_the_window(signed_in, officer, window, at_now):
    at_now.move_to(TEN.replace(hour=23, minute=50))
    desk = signed_in(officer)
    desk.post(reverse("admin:desk_window"), {"window": window.pk})
    assert show(desk).context["desk"].window == window
    at_now.shift(timedelta(minutes=20))

    words = desk.get(reverse("admin:desk") + "?part=live", headers=HTMX).content.decode()

    assert "อังคาร 1 ธันวาคม 2569" in words
    assert 'name="window"' in words


def test_a_wrong_clock_is_marked(desk, officer, offered, window):
    ticket = counter.arrive(booking=confirmed(offered), by=officer, now=TEN)
    for action in ("call", "start", "finish", "clock"):
        press(desk, ticket, action)

    assert Period.objects.get(clock_wrong=True).state == TicketStatus.SERVING


def test_htmx_gets_the_inside_and_what_changes(desk, offered):
    inside = desk.get(reverse("admin:desk"), headers=HTMX).content.decode()
    live = desk.get(reverse("admin:desk") + "?part=live", headers=HTMX).content.decode()

    assert inside.lstrip().startswith('<div id="desk"')
    assert live.count('hx-swap-oob="true"') == 7
    assert "<html" not in inside + live


@pytest.mark.parametrize(
    ("minutes", "words"), [(24, "24 นาที"), (25, "25 นาที ใกล้ 30"), (31, "31 นาที เกิน 30")]
)
def test_another_window_is_marked_when_it_takes_long(
    desk, officer, offered, window, minutes, words
):
    began = TEN - timedelta(minutes=minutes)
    other = Window.objects.create(office=offered.office, section=offered.section, label="6")
    ticket = counter.arrive(booking=confirmed(offered), by=officer, now=began)
    counter.call(ticket=ticket, window=other, by=officer, now=began)
    counter.start(ticket=ticket, by=officer, now=began)

    assert f"{words}</span>" in show(desk).content.decode()


def test_each_button_says_whom_it_is_for(desk, officer, offered):
    """To who hears the page, "Call" alone in each row is none."""
    ticket = counter.arrive(booking=confirmed(offered), by=officer, now=TEN)
    expected = confirmed(offered, TEN + timedelta(hours=1))

    words = " ".join(re.sub(r"<[^>]+>", " ", show(desk).content.decode()).split())

    assert f"เรียก {ticket}" in words
    assert f"มาถึงแล้ว {expected.reference}" in words


def test_the_list_of_shortcuts_is_that_of_the_desk(desk):
    words = show(desk).content.decode()

    assert "อนุมัติ</dd>" not in words
    assert "เริ่ม เสร็จสิ้น</dd>" in words
    assert "อนุมัติ</dd>" in desk.get(reverse("admin:index")).content.decode()


@pytest.mark.parametrize("role", [Role.DIRECTOR, Role.CENTRAL, Role.AUDITOR])
def test_others_have_no_desk(signed_in, bang_rak, role):
    desk = signed_in(make_staff(role, office=bang_rak))

    assert show(desk).status_code == 403
    assert reverse("admin:desk") not in desk.get(reverse("admin:index")).content.decode()


def test_the_menu_counts_who_is_not_called(desk, officer, offered):
    counter.arrive(booking=confirmed(offered), by=officer, now=TEN)

    page = desk.get(reverse("admin:index"))

    items = [item for group in page.context["menu"] for item in group["items"]]
    assert next(i.shown.number for i in items if i.url == reverse("admin:desk")) == 1


def queries_of(desk, address):
    with CaptureQueriesContext(connection) as captured:
        assert desk.get(address).status_code == 200
    return len(captured)


def test_the_desk_costs_the_same_with_5_and_500_people(desk, officer, offered, window):
    crowd(offered, officer, window, 5)
    address = reverse("admin:desk")
    desk.get(address)
    with_few = queries_of(desk, address)
    live = queries_of(desk, address + "?part=live")
    crowd(offered, officer, window, 495, served=False)

    assert queries_of(desk, address) == with_few <= 40
    assert queries_of(desk, address + "?part=live") == live <= 32


def crowd(offered, officer, window, number, *, served=True):
    """Some waiting, some expected, some done; the most of them without an appointment."""
    offered.total_places = 1000
    offered.save()
    for _each in range(3):
        confirmed(offered, TEN + timedelta(minutes=30) * (Ticket.objects.count() + _each + 1))
    for _each in range(number):
        ticket = counter.add_walk_in(offered=offered, by=Actor.staff(officer), now=TEN)
        if served and _each:
            counter.call(ticket=ticket, window=window, by=officer, now=TEN)
            counter.start(ticket=ticket, by=officer, now=TEN)
            if _each < number - 1:
                counter.finish(ticket=ticket, by=officer, now=TEN)


def test_another_service_of_the_same_office_is_called_too(desk, officer, offered, window):
    card = make_offered(
        office=offered.office, service__code="id-card", service__parties=1, total_places=9
    )
    make_slot(card, starts=TEN)
    counter.add_walk_in(offered=card, by=Actor.staff(officer), now=TEN, name="ขจร ทดสอบ")

    page = show(desk)

    assert page.context["next"].ticket.offered == card
    assert "ขจร ทดสอบ" in page.content.decode()
