"""The three steps of closing a part of a day, as a head presses them."""

from datetime import date, timedelta
from uuid import uuid4

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.roles import Role
from bookings import services
from bookings.messages import BookingMessages
from bookings.models import Choice, Closing, ClosingDecision, Slot
from bookings.services import Person
from notifications.models import Message
from offices.models import Closure
from tests.factories import NOW, at, booking_at, couple_details, make_slot, make_staff, thai

FRIDAY = date(2026, 12, 18)


@pytest.fixture
def friday(offered):
    return [make_slot(offered, starts=at(2026, 12, 18, hour)) for hour in (13, 14, 15)]


@pytest.fixture
def monday(offered):
    return [make_slot(offered, starts=at(2026, 12, 21, hour)) for hour in (13, 14, 15)]


@pytest.fixture
def begin(signed_in, head, bang_rak, offered):
    """Send step 1: `begin(part="morning")` gives the answer."""

    def send(by=head, **changes):
        data = {
            "office": bang_rak.pk,
            "date": "18/12/2569",
            "part": "afternoon",
            "services": [offered.pk],
            "reason_th": "ปรับปรุงระบบไฟฟ้า",
        }
        return signed_in(by).post(reverse("admin:closing_new"), data | changes)

    return send


@pytest.fixture
def draft(begin, friday, monday, offered):
    """A draft with one appointment hit."""
    booking_at(offered=offered, slot=friday[0])
    begin()
    return Closing.objects.get()


def press(browser, name, closing, **data):
    return browser.post(reverse(f"admin:closing_{name}", args=[closing.pk]), data)


def test_first_step_leads_to_the_appointments_hit(begin, friday, monday, offered, client):
    booking = booking_at(offered=offered, slot=friday[0])

    answer = begin()

    closing = Closing.objects.get()
    assert answer.url == reverse("admin:closing", args=[closing.pk])
    page = client.get(answer.url)
    assert booking.reference in page.text
    assert page.context["numbers"]["hit"] == 1
    assert Slot.objects.filter(stopped_by=closing).count() == 3


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"date": "1/1/2569"}, "date"),
        ({"date": "31/2/2570"}, "date"),
        ({"date": "8/12/3112"}, "date"),
        ({"date": "1/1/2575"}, "date"),
        ({"date": ""}, "date"),
        ({"part": ""}, "part"),
        ({"part": "night"}, "part"),
        ({"part": "hours"}, "starts"),
        ({"part": "hours", "starts": "15.00", "ends": "14.00"}, "ends"),
        ({"part": "hours", "starts": "25.00", "ends": "26.00"}, "starts"),
        ({"services": []}, "services"),
        ({"services": [999999]}, "services"),
        ({"reason_th": ""}, "reason_th"),
        ({"reason_th": "x" * 121}, "reason_th"),
    ],
)
def test_bad_first_step_gets_a_sentence_and_stores_nothing(begin, friday, changes, field):
    page = begin(**changes)

    assert page.status_code == 422
    assert page.context["form"].errors[field]
    assert not Closing.objects.exists()
    assert not Slot.objects.filter(closed_at__isnull=False).exists()


def test_hours_of_its_own(begin, friday):
    begin(part="hours", starts="13.30", ends="14.30")

    stopped = Slot.objects.filter(stopped_by__isnull=False)
    assert [slot.pk for slot in stopped] == [friday[1].pk]


def test_officer_cannot_close(begin, officer, friday):
    assert begin(by=officer).status_code == 403
    assert not Closing.objects.exists()


def test_service_of_another_office_is_refused(begin, foreign):
    assert begin(services=[foreign.offered.pk]).status_code == 422


def test_move_as_proposed_and_announce(draft, client, monday):
    press(client, "decide_all", draft)
    page = client.get(reverse("admin:closing", args=[draft.pk]))
    assert page.context["numbers"]["move"] == 1
    draft.refresh_from_db()

    answer = press(client, "announce", draft, version=draft.version)

    assert answer.status_code == 302
    page = client.get(answer.url)
    assert page.templates[0].name == "admin/closing/announced.html"
    decision = ClosingDecision.objects.get()
    assert decision.booking.slot == monday[0]
    assert Message.objects.filter(kind="moved_by_office").count() == 1


def test_announcing_twice_tells_nobody_twice(draft, client):
    press(client, "decide_all", draft)
    draft.refresh_from_db()
    press(client, "announce", draft, version=draft.version)

    again = press(client, "announce", draft, version=draft.version)

    assert again.status_code == 422
    assert Message.objects.filter(kind="moved_by_office").count() == 1


def test_announcing_too_early_says_who_is_not_decided(draft, client):
    page = press(client, "announce", draft, version=draft.version)

    assert page.status_code == 422
    assert ClosingDecision.objects.get().booking.reference in page.context["problem"]
    assert Closing.objects.get().is_draft


@pytest.mark.parametrize(
    "data",
    [
        {},
        {"choice": "burn"},
        {"choice": "keep", "place": "ชั้น 1"},
        {"choice": "keep", "place": "x" * 121, "responsible": "สมพร"},
        {"choice": "move", "slot": "x"},
        {"choice": "move", "slot": "999999"},
    ],
)
def test_bad_decision_gets_a_sentence_and_changes_nothing(draft, client, data):
    decision = ClosingDecision.objects.get()

    page = press(client, "decide", draft, decision=decision.pk, **data)

    assert page.status_code == 422
    assert page.context["rows"][0].error
    decision.refresh_from_db()
    assert decision.choice == "undecided"


def test_typed_words_of_a_refused_decision_are_kept(draft, client):
    decision = ClosingDecision.objects.get()

    page = press(client, "decide", draft, decision=decision.pk, choice="keep", place="เคาน์เตอร์ 9")

    assert "เคาน์เตอร์ 9" in page.text


def test_decision_of_another_closing_is_not_there(draft, client):
    page = press(client, "decide", draft, decision="999999", choice="cancel")

    assert page.status_code == 422
    assert page.context["problem"]


def test_choosing_another_time_means_moving_there(draft, client, monday):
    decision = ClosingDecision.objects.get()

    press(client, "decide", draft, decision=decision.pk, choice="", slot=monday[2].pk)

    decision.refresh_from_db()
    assert (decision.choice, decision.proposed) == ("move", monday[2])


def test_person_without_a_channel_is_to_be_called(begin, friday, monday, offered, client):
    details = couple_details(email="", phone="+66800000726")
    booking_at(offered=offered, slot=friday[0], details=details)
    begin()
    closing = Closing.objects.get()
    page = client.get(reverse("admin:closing", args=[closing.pk]))
    assert "080-xxx-0726" in page.text
    press(client, "decide_all", closing)
    closing.refresh_from_db()

    press(client, "announce", closing, version=closing.version)

    page = client.get(reverse("admin:closing", args=[closing.pk]))
    assert page.context["rows"][0]["told"]["must_call"]


@pytest.mark.parametrize(
    ("by_email", "must_call"), [("sent", False), ("queued", False), ("failed", True)]
)
def test_who_was_reached_on_one_way_is_not_to_be_called(draft, client, by_email, must_call):
    press(client, "decide_all", draft)
    draft.refresh_from_db()
    press(client, "announce", draft, version=draft.version)
    told = Message.objects.filter(kind="moved_by_office")
    told.filter(channel="email").update(status=by_email)
    email = told.get(channel="email")
    Message.objects.filter(pk__in=told.exclude(pk=email.pk)).delete()
    other = {"channel": "sms", "status": "no_channel", "event": f"{email.event}:sms"}
    later = {"id": uuid4(), "created_at": email.created_at + timedelta(seconds=1)}
    Message.objects.create(**(_copy_of(email) | other | later))

    page = client.get(reverse("admin:closing", args=[draft.pk]))

    assert page.context["rows"][0]["told"]["must_call"] == must_call


def _copy_of(message):
    return {field.attname: getattr(message, field.attname) for field in message._meta.fields}


def test_lapsed_draft_says_so_and_is_opened_again(draft, signed_in, head):
    with time_machine.travel(NOW + timedelta(minutes=31), tick=False):
        services.lapse_drafts(now=NOW + timedelta(minutes=31))
        signed_in(head).logout()
        client = signed_in(head)
        page = client.get(reverse("admin:closing", args=[draft.pk]))
        assert not page.context["is_stopped"]
        decision = ClosingDecision.objects.get()
        refused = press(client, "decide", draft, decision=decision.pk, choice="cancel")
        assert refused.status_code == 422

        press(client, "open", draft)

        page = client.get(reverse("admin:closing", args=[draft.pk]))
        assert page.context["is_stopped"]


def test_dropped_draft_is_gone(draft, client):
    assert press(client, "drop", draft).status_code == 302
    assert client.get(reverse("admin:closing", args=[draft.pk])).status_code == 404
    assert client.get(reverse("admin:closings")).context["closings"] == []


def test_add_page_of_closed_days_leads_a_head_here(signed_in, head):
    answer = signed_in(head).get(reverse("admin:offices_closure_add"))

    assert answer.url == reverse("admin:closing_new")


def test_central_holiday_gives_each_office_hit_a_draft(
    signed_in, offered, friday, monday, foreign, head, client
):
    booking_at(offered=offered, slot=friday[0])
    data = {"date": "18/12/2569", "reason_th": "วันหยุดพิเศษ", "confirmed": 1}

    page = signed_in(make_staff(Role.CENTRAL)).post(
        reverse("admin:offices_closure_add"), data, follow=True
    )

    closing = Closing.objects.get()
    assert (closing.office, closing.is_draft) == (offered.office, True)
    assert offered.office.name in page.text
    later = NOW + timedelta(hours=1)
    services.lapse_drafts(now=later)
    assert Slot.objects.get(pk=friday[0].pk).closed_at is not None
    services.open_again(closing=closing, by=head, now=later)
    services.decide_all(closing=closing, by=head, now=later)
    services.announce(closing=closing, by=head, now=later)
    assert services.carry_out_closings(now=later) == 1


def test_central_office_does_not_see_who_is_hit(draft, signed_in):
    browser = signed_in(make_staff(Role.CENTRAL))

    assert browser.get(reverse("admin:closing", args=[draft.pk])).status_code == 403


@pytest.mark.parametrize("announced", [False, True])
def test_number_of_queries_does_not_grow(begin, offered, client, announced):
    numbers = []
    for day, people in ((18, 1), (25, 30)):
        slot = make_slot(offered, starts=at(2026, 12, day, 14), capacity=people)
        make_slot(offered, starts=at(2026, 12, day + 3, 14), capacity=people)
        for _one in range(people):
            booking_at(offered=offered, slot=slot)
        begin(date=f"{day}/12/2569")
        closing = Closing.objects.get(date=date(2026, 12, day))
        if announced:
            press(client, "decide_all", closing)
            closing.refresh_from_db()
            press(client, "announce", closing, version=closing.version)
        with CaptureQueriesContext(
            connection,
        ) as queries:
            page = client.get(reverse("admin:closing", args=[closing.pk]))
        assert page.context["numbers"]["hit"] == people
        numbers.append(len(queries))
    assert numbers[0] == numbers[1]


def test_whole_day_is_in_the_calendar_after_announcing(begin, client, friday):
    begin(part="day")
    closing = Closing.objects.get()

    press(client, "announce", closing, version=closing.version)

    assert Closure.objects.get().date == FRIDAY


def test_messages_are_shown_before_they_are_sent(draft, client, monday):
    empty = client.get(reverse("admin:closing_messages", args=[draft.pk]))
    assert empty.context["examples"] == []
    press(client, "decide_all", draft, choice="cancel")

    page = client.get(reverse("admin:closing_messages", args=[draft.pk]))

    [example] = page.context["examples"]
    assert (example.choice, example.people) == ("cancel", 1)
    assert "ปรับปรุงระบบไฟฟ้า" in page.text
    assert "เก็บเวลาที่เทียบเท่าไว้ให้คุณคนเดียวถึงวัน" in page.text
    assert "/l/" not in page.text
    assert not Message.objects.filter(kind="cancelled_by_office").exists()


@pytest.mark.parametrize("choice", ["move", "cancel", "keep"])
def test_message_sent_is_the_message_that_was_shown(draft, client, monday, choice):
    decision = ClosingDecision.objects.get()
    where = {"place": "เคาน์เตอร์สำรอง ชั้น 1", "responsible": "สมพร ตัวอย่าง"}
    press(client, "decide", draft, decision=decision.pk, choice=choice, **where)
    page = client.get(reverse("admin:closing_messages", args=[draft.pk]))
    [shown] = page.context["examples"][0].letters
    draft.refresh_from_db()
    press(client, "announce", draft, version=draft.version)

    sent = BookingMessages().render(Message.objects.get(kind=shown_kind(choice)), NOW)

    assert sent.subject == shown.subject
    assert [line for line in sent.text.splitlines() if "http" not in line] == [
        line for line in shown.text.splitlines() if "http" not in line
    ]


def shown_kind(choice):
    return {"move": "moved_by_office", "cancel": "cancelled_by_office"}.get(
        choice, "kept_elsewhere"
    )


def test_foreign_applicant_reads_the_english_reason_too(begin, friday, monday, offered, client):
    people = [thai(), Person("Erik Sample", "SE", "X1234567")]
    booking_at(offered=offered, slot=friday[0], details=couple_details(*people))
    begin(reason_en="Electrical work")
    closing = Closing.objects.get()
    press(client, "decide_all", closing)

    page = client.get(reverse("admin:closing_messages", args=[closing.pk]))

    in_thai, in_english = page.context["examples"][0].letters
    assert "ปรับปรุงระบบไฟฟ้า" in in_thai.text
    assert "because Electrical work" in in_english.text
    closing.refresh_from_db()
    press(client, "announce", closing, version=closing.version)
    sent = BookingMessages().render(Message.objects.get(kind="moved_by_office"), NOW)
    assert "because Electrical work" in sent.text


def test_unfinished_drafts_stand_on_the_home_page_of_who_may_go_on(
    draft, client, signed_in, officer
):
    address = reverse("admin:closing", args=[draft.pk])
    assert address in client.get(reverse("admin:index")).text

    assert address not in signed_in(officer).get(reverse("admin:index")).text


def test_all_are_kept_at_one_place(draft, client):
    for place in ("", "x" * 121, "ชั้น\x00 3", "ชั้น \u202e3"):
        typed = {"place": place, "responsible": "สมชาย"}
        refused = press(client, "decide_all", draft, choice="keep", **typed)
        assert refused.status_code == 422
        assert refused.context["keep_all"].data["place"] == place
        assert 'value="สมชาย"' in refused.text
    assert ClosingDecision.objects.get().choice == Choice.UNDECIDED

    press(client, "decide_all", draft, choice="keep", place="ห้องประชุม ชั้น 3", responsible="สมชาย")

    decision = ClosingDecision.objects.get()
    assert (decision.choice, decision.place) == (Choice.KEEP, "ห้องประชุม ชั้น 3")
    assert not decision.holds_place
