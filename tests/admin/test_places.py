"""The page that sets the places of a service, with a look before the act."""

from datetime import time

import pytest
from django.urls import reverse

from accounts.models import User
from bookings.admin import places
from bookings.models import Closing, Slot
from notifications.models import Message
from offices.models import OpeningPattern
from tests.factories import at, booking_at, make_slot

QUERIES, DRAFT_QUERIES = 13, 24


@pytest.fixture
def slot(offered):
    slot = make_slot(offered, capacity=3)
    for _one in range(2):
        booking_at(offered=offered, slot=slot)
    return slot


def send(browser, offered, **data):
    data = {"minutes": 30} | data
    return browser.post(reverse("admin:places_change", args=[offered.pk]), data)


@pytest.fixture
def other(bang_rak):
    pattern = OpeningPattern.objects.create(office=bang_rak, name="ช่วงบ่าย", weekdays="12345")
    pattern.times.create(no=1, starts=time(14), ends=time(14, 30))
    return pattern


def choose(browser, offered, **data):
    return browser.post(reverse("admin:places_times", args=[offered.pk]), data)


def test_it_is_shown_before_it_is_done(signed_in, head, offered, slot):
    browser = signed_in(head)

    page = send(browser, offered, online_places=1, staff_places=0)

    assert page.context["preview"].held_back == [slot]
    assert Slot.objects.get().capacity == 3
    assert send(browser, offered, online_places=1, staff_places=0, confirmed=1).status_code == 302
    assert Slot.objects.get().capacity == 2


def test_minutes_are_set_with_the_places(signed_in, head, offered, slot):
    send(signed_in(head), offered, online_places=3, staff_places=0, minutes=45, confirmed=1)

    offered.refresh_from_db()
    assert (offered.minutes, offered.online_places) == (45, 3)


def test_page_of_the_service_does_not_change_times_or_places(signed_in, head, offered, other):
    browser = signed_in(head)
    address = reverse("admin:offices_offeredservice_change", args=[offered.pk])
    page = browser.get(address)
    form = page.context["adminform"].form
    data = {name: value for name, value in form.initial.items() if value is not None}
    assert reverse("admin:places_change", args=[offered.pk]) in page.text

    asked = {"pattern": other.pk, "online_places": 9, "minutes": 5, "late_grace_minutes": 20}
    browser.post(address, {**data, **asked})

    before = (offered.pattern_id, offered.online_places, offered.minutes)
    offered.refresh_from_db()
    assert (offered.pattern_id, offered.online_places, offered.minutes) == before
    assert offered.late_grace_minutes == 20


def test_total_below_the_places_is_refused_still(signed_in, head, offered):
    browser = signed_in(head)
    address = reverse("admin:offices_offeredservice_change", args=[offered.pk])
    form = browser.get(address).context["adminform"].form
    data = {name: value for name, value in form.initial.items() if value is not None}

    page = browser.post(address, {**data, "total_places": 0})

    assert page.context["adminform"].form.errors["total_places"]


def test_other_times_lead_to_what_they_would_do(signed_in, head, offered, slot, other):
    answer = choose(signed_in(head), offered, pattern=other.pk, reason_th="ย้ายไปช่วงบ่าย")

    closing = Closing.objects.get()
    assert answer.url == reverse("admin:closing", args=[closing.pk])
    assert closing.decisions.count() == 2
    offered.refresh_from_db()
    assert offered.pattern != other


@pytest.mark.parametrize("bad", ["reason", "same", "foreign", "missing", "empty"])
def test_bad_choice_of_times_gets_a_sentence(signed_in, head, offered, other, foreign, bad):
    pattern = {"same": offered.pattern_id, "foreign": foreign.pattern.pk, "missing": "x"}
    if bad == "empty":
        other.times.all().delete()
    reason = "" if bad == "reason" else "ย้ายไปช่วงบ่าย"

    page = choose(signed_in(head), offered, pattern=pattern.get(bad, other.pk), reason_th=reason)

    assert page.status_code == 422
    assert page.context["patterns"].errors
    assert not Closing.objects.exists()


def decide(browser, offered, **data):
    data = {"online_places": 1, "staff_places": 0, "minutes": 30, "reason_th": "ป่วย"} | data
    return browser.post(reverse("admin:places_decide", args=[offered.pk]), data)


def test_too_many_are_listed_and_two_ways_are_offered(signed_in, head, offered, slot):
    last = slot.bookings.order_by("pk").last()

    page = send(signed_in(head), offered, online_places=1, staff_places=0)

    assert page.context["number"] == page.context["times"] == 1
    assert last.reference in page.text
    assert reverse("admin:places_decide", args=[offered.pk]) in page.text
    assert 'name="confirmed"' in page.text
    assert 'name="reason_th"' in page.text


def test_above_the_online_share_only_nobody_is_too_many(signed_in, head, offered, slot):
    page = send(signed_in(head), offered, online_places=1, staff_places=1)

    assert page.context["too_many"] == []
    assert [one for one, _references in page.context["held_back"]] == [slot]
    assert reverse("admin:places_decide", args=[offered.pk]) not in page.text


def test_deciding_for_each_leads_to_the_draft(signed_in, head, offered, slot):
    answer = decide(signed_in(head), offered, minutes=20, reason_en="Clerk is ill")

    closing = Closing.objects.get()
    assert answer.url == reverse("admin:closing", args=[closing.pk])
    assert (closing.online_places, closing.staff_places, closing.minutes) == (1, 0, 20)
    assert (closing.reason_th, closing.reason_en) == ("ป่วย", "Clerk is ill")
    assert closing.decisions.get().booking == slot.bookings.order_by("pk").last()
    offered.refresh_from_db()
    assert offered.minutes == 30


@pytest.mark.parametrize(
    ("bad", "shown"),
    [
        ({"reason_th": " "}, "reasons"),
        ({"reason_th": "x" * 121}, "reasons"),
        ({"reason_en": "x\x00y"}, "reasons"),
        ({"online_places": ""}, "form"),
        ({"staff_places": "-1"}, "form"),
        ({"minutes": "x"}, "form"),
    ],
)
def test_bad_draft_gets_a_sentence_and_loses_nothing(signed_in, head, offered, slot, bad, shown):
    page = decide(signed_in(head), offered, **({"reason_en": "Clerk is ill"} | bad))

    assert page.status_code == 422
    assert page.context[shown].errors
    typed = {"online_places": 1, "staff_places": 0, "minutes": 30, "reason_en": "Clerk is ill"}
    for name, value in (typed | bad).items():
        if value and "\x00" not in str(value):
            assert f'value="{value}"' in page.text, name
    assert not Closing.objects.exists()
    assert not Slot.objects.filter(closed_at__isnull=False).exists()


def test_second_draft_is_refused_with_what_was_typed(signed_in, head, offered, slot):
    browser = signed_in(head)
    decide(browser, offered)

    page = decide(browser, offered, reason_th="เปลี่ยนใจ")

    assert page.status_code == 422
    assert page.context["reasons"].non_field_errors()
    assert 'value="เปลี่ยนใจ"' in page.text
    assert Closing.objects.count() == 1


def test_without_the_right_to_close_only_keeping_is_offered(
    signed_in, head, offered, slot, monkeypatch
):
    allowed = User.has_office_permission
    monkeypatch.setattr(
        User,
        "has_office_permission",
        lambda user, name, office: name != places.CLOSE and allowed(user, name, office),
    )
    browser = signed_in(head)

    page = send(browser, offered, online_places=1, staff_places=0)

    assert reverse("admin:places_decide", args=[offered.pk]) not in page.text
    assert "confirmed" in page.text
    assert decide(browser, offered).status_code == 422
    assert not Closing.objects.exists()


@pytest.mark.parametrize("people", [2, 12])
def test_preview_costs_the_same_for_two_and_for_twelve(
    signed_in, head, offered, people, django_assert_num_queries
):
    slot = make_slot(offered, capacity=12)
    for _one in range(people):
        booking_at(offered=offered, slot=slot)
    browser = signed_in(head)
    send(browser, offered, online_places=1, staff_places=0)

    with django_assert_num_queries(QUERIES):
        send(browser, offered, online_places=1, staff_places=0)


@pytest.fixture
def draft(signed_in, head, offered, slot):
    """Two are booked, one is too many; the next time is free."""
    make_slot(offered, capacity=3)
    decide(signed_in(head), offered)
    return Closing.objects.get()


def press(browser, name, closing, **data):
    return browser.post(reverse(f"admin:closing_{name}", args=[closing.pk]), data)


def see(browser, name, closing):
    return browser.get(reverse(f"admin:{name}", args=[closing.pk]))


def test_draft_says_what_becomes_fewer_and_closes_nothing(draft, client):
    page = see(client, "closing", draft)

    assert page.context["numbers"]["hit"] == page.context["lowering"]["times"] == 1
    assert page.context["lowering"]["preview"].lost == 3
    assert "ลดจำนวนที่รับ" in page.text
    assert 'name="responsible"' not in page.text
    for address in ("admin:index", "admin:closings"):
        listed = client.get(reverse(address))
        assert reverse("admin:closing", args=[draft.pk]) in listed.text
        assert "ลดจำนวนที่รับของบริการ: จดทะเบียนสมรส" in listed.text


def test_all_are_kept_with_one_press_and_nothing_is_sent(draft, client, slot):
    assert press(client, "decide_all", draft, choice="keep").status_code == 302
    page = see(client, "closing", draft)
    assert (page.context["numbers"]["keep"], page.context["messages_to_send"]) == (1, 0)
    page = see(client, "closing_messages", draft)
    assert (page.context["examples"], page.context["kept"]) == ([], 1)
    draft.refresh_from_db()

    press(client, "announce", draft, version=draft.version)

    page = see(client, "closing", draft)
    [row] = page.context["rows"]
    assert (row["told"]["must_call"], row["answer"]) == (False, "เสร็จแล้ว")
    assert not Message.objects.filter(kind="kept_elsewhere").exists()
    slot.refresh_from_db()
    assert (slot.capacity, slot.closed_at) == (2, None)


def test_moved_is_shown_before_it_is_sent_and_told_after(draft, client, slot):
    press(client, "decide_all", draft)
    page = see(client, "closing_messages", draft)
    [example] = page.context["examples"]
    assert "ป่วย" in example.letters[0].text
    draft.refresh_from_db()

    answer = press(client, "announce", draft, version=draft.version)

    assert answer.status_code == 302
    page = client.get(answer.url)
    assert page.templates[0].name == "admin/closing/announced.html"
    assert Message.objects.get(kind="moved_by_office").context["reason"] == "ป่วย"
    slot.refresh_from_db()
    assert (slot.taken, slot.capacity, slot.closed_at) == (1, 1, None)


@pytest.mark.parametrize("people", [2, 12])
def test_number_of_queries_of_the_draft_does_not_grow(
    signed_in, head, offered, people, django_assert_num_queries
):
    slot = make_slot(offered, capacity=12)
    make_slot(offered, starts=at(2026, 12, 7, 10), capacity=12)
    for _one in range(people):
        booking_at(offered=offered, slot=slot)
    browser = signed_in(head)
    decide(browser, offered)
    closing = Closing.objects.get()
    see(browser, "closing", closing)

    with django_assert_num_queries(DRAFT_QUERIES):
        see(browser, "closing", closing)


@pytest.mark.parametrize("places", ["", "-1", "x", "99999999999", "1.5"])
def test_bad_number_gets_a_sentence_and_stores_nothing(signed_in, head, offered, slot, places):
    page = send(signed_in(head), offered, online_places=places, staff_places=0, confirmed=1)

    assert page.status_code == 422
    assert page.context["form"].errors["online_places"]
    assert Slot.objects.get().capacity == 3


def test_officer_cannot_change_places(signed_in, officer, offered, slot):
    assert send(signed_in(officer), offered, online_places=1, staff_places=0).status_code == 403
