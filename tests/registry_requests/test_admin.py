"""The officer's list of copy requests: tabs, time left, search, scope; the counter's desk and the
queue of appointments lead to the request."""

from datetime import timedelta

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import ViewLog
from accounts.roles import Role
from bookings import cases
from bookings import services as bookings
from bookings.models import Booking
from core.workflow import CITIZEN
from notifications.models import Message
from registry_requests import services
from registry_requests.models import CopyRules
from tests.factories import NOW, at, make_slot, make_staff, national_id
from tests.registry_requests.conftest import approved, enquire, submit

pytestmark = pytest.mark.usefixtures("at_now")
LIST = reverse("admin:registry_requests_copyrequest_changelist")


def page_of(request):
    return reverse("admin:registry_requests_copyrequest_change", args=[request.pk])


def rows_of(answer):
    return [row.request for row in answer.context["rows"]]


def find(browser, typed):
    """What the search box finds: requests, or the address that it opens."""
    sealed = browser.post(LIST, {"q": typed})
    answer = browser.get(sealed["Location"])
    return answer["Location"] if answer.status_code == 302 else rows_of(answer)


def test_the_list_costs_the_same_for_one_and_thirty(signed_in, offered, head):
    browser = signed_in(head)
    slot = make_slot(offered, capacity=40)

    def queries():
        with CaptureQueriesContext(connection) as captured:
            assert browser.get(LIST).status_code == 200
        return len(captured)

    submit(offered, slot)
    queries()
    one = queries()
    for _n in range(29):
        submit(offered, slot)

    assert queries() == one <= 16


def test_each_state_has_its_tab(signed_in, offered, head):
    slot = make_slot(offered, capacity=10)
    to_check, asked = submit(offered, slot), submit(offered, slot)
    services.take(request=asked, by=head, now=NOW)
    services.ask_for_more(request=asked, text="รหัสใบล่าสุด", by=head, now=NOW)
    to_prepare, ready = approved(offered, slot, head), approved(offered, slot, head)
    services.mark_ready(request=ready, by=head, now=NOW)
    browser = signed_in(head)

    shown = {
        tab: rows_of(browser.get(f"{LIST}?tab={tab}"))
        for tab in ("look", "waiting", "prepare", "ready")
    }

    assert shown == {
        "look": [to_check],
        "waiting": [asked],
        "prepare": [to_prepare],
        "ready": [ready],
    }
    assert len(rows_of(browser.get(f"{LIST}?tab=all"))) == 4


def test_what_is_late_is_on_top_and_says_so(signed_in, offered, head):
    slot = make_slot(offered, capacity=10)
    late = submit(offered, slot, now=NOW - timedelta(days=7))
    fresh = submit(offered, slot)
    waiting = submit(offered, slot, now=NOW - timedelta(days=7))
    services.take(request=waiting, by=head, now=NOW - timedelta(days=7))
    services.ask_for_more(request=waiting, text="?", by=head, now=NOW - timedelta(days=7))

    answer = signed_in(head).get(LIST)

    assert rows_of(answer) == [late, fresh]
    states = [row.left.state for row in answer.context["rows"]]
    assert states[0] == "late"
    assert states[1] in ("ample", "soon")
    assert "เกิน" in answer.content.decode()
    paused = signed_in(head).get(f"{LIST}?tab=waiting").context["rows"][0].left
    assert (paused.state, paused.used_percent < 100) == ("paused", True)


def test_found_by_reference_name_telephone_and_full_number(signed_in, offered, slot, head):
    number = national_id()
    request = submit(offered, slot, number=number)
    other = make_slot(offered)
    submit(offered, other, phone="+66899999999")
    browser = signed_in(head)

    assert find(browser, request.reference.lower()) == page_of(request)
    assert find(browser, "081 234 5678") == [request]
    assert find(browser, number) == [request]
    assert len(find(browser, "ทดลองสุข")) == 2
    assert find(browser, "ไม่มีใคร") == []
    assert number not in str(list(ViewLog.objects.values()))
    assert ViewLog.objects.count() == 4


def test_both_offices_see_it_and_no_other(signed_in, offered, elsewhere, head):
    there = make_slot(elsewhere)
    request = submit(offered, there, offered=elsewhere, office=offered.office)
    only_here = submit(offered, make_slot(offered))
    collecting = make_staff(office=elsewhere.office)

    assert set(rows_of(signed_in(head).get(LIST))) == {request, only_here}
    browser = signed_in(collecting)
    assert rows_of(browser.get(LIST)) == [request]
    assert browser.get(page_of(request)).status_code == 200
    assert browser.get(page_of(only_here)).status_code == 404


def test_the_search_of_every_page_finds_a_request_by_its_reference(
    signed_in, offered, elsewhere, head
):
    handed_over = submit(offered, make_slot(elsewhere), offered=elsewhere, office=offered.office)
    enquiry = enquire(offered)
    of_others = enquire(elsewhere, office=elsewhere.office)
    browser = signed_in(head)
    appointments = reverse("admin:bookings_booking_changelist")

    for request in (handed_over, enquiry):
        sealed = browser.post(appointments, {"q": request.reference})["Location"]
        assert browser.get(sealed)["Location"] == page_of(request)
    sealed = browser.post(appointments, {"q": of_others.reference})["Location"]
    assert browser.get(sealed).status_code == 200


def test_the_home_page_names_the_first_ones(signed_in, offered, slot, head):
    request = submit(offered, slot)

    text = signed_in(head).get(reverse("admin:index")).content.decode()

    assert page_of(request) in text
    assert "คำขอคัดสำเนาที่ต้องตรวจ" in text


def test_the_appointment_leads_to_the_request_and_decides_nothing(signed_in, offered, slot, head):
    request = submit(offered, slot)
    booking = request.collection
    browser = signed_in(head)
    case = reverse("admin:bookings_booking_change", args=[booking.pk])

    assert browser.get(case)["Location"] == page_of(request)
    for verb in ("confirm", "cancel", "move", "reject", "take_over", "ask"):
        address = reverse(f"admin:bookings_booking_{verb}", args=[booking.pk])
        assert browser.post(address, {"reason": "x", "kind": "other"})["Location"] == case
    assert Booking.objects.get().status == "requested"
    queue = browser.get(reverse("admin:bookings_booking_changelist"))
    assert list(queue.context["rows"]) == []


def test_a_time_that_was_given_up_shows_without_buttons(signed_in, offered, slot, head):
    request = approved(offered, slot, head)
    old = request.collection
    later = NOW + timedelta(days=8)
    bookings.end_office_days(now=later)
    other = make_slot(offered, starts=at(2026, 12, 14, 10))
    services.choose_time(request=request, slot=other, by=CITIZEN, now=later)

    answer = signed_in(head).get(reverse("admin:bookings_booking_change", args=[old.pk]))

    assert answer.status_code == 200
    assert cases.page_of(old) == ""
    assert not answer.context["may_decide"]


def test_an_enquiry_stands_in_the_list_without_a_time(signed_in, offered, head):
    request = enquire(offered)

    assert rows_of(signed_in(head).get(LIST)) == [request]


@pytest.mark.parametrize(("role", "answer"), [(Role.HEAD, 302), (Role.OFFICER, 403)])
def test_heads_set_the_rules_of_their_office(signed_in, offered, role, answer):
    browser = signed_in(make_staff(role, office=offered.office, may_decide=False))
    add = reverse("admin:registry_requests_copyrules_add")
    wrong = {"office": offered.office.pk, "express_a_day": 3, "keep_days": 0, "biller_id": "12"}
    right = wrong | {"keep_days": 14, "biller_id": "099400016550100"}

    assert browser.post(add, wrong).status_code == (200 if answer == 302 else 403)
    assert not CopyRules.objects.exists()
    assert browser.post(add, right).status_code == answer
    kept = list(CopyRules.objects.values_list("express_a_day", "keep_days"))
    assert kept == ([(3, 14)] if answer == 302 else [])


def test_a_lost_message_is_called_from_the_home_page(signed_in, offered, slot, head):
    request = approved(offered, slot, head)
    Message.objects.filter(kind="copy_approved").update(status="failed", call_if_lost=True)

    with time_machine.travel(NOW + timedelta(hours=1), tick=False):
        answer = signed_in(head).get(reverse("admin:index"))

    assert [one["url"] for one in answer.context["calls"]["people"]] == [page_of(request)]
