"""The office's page of the waiting list: the order, what was offered, and whose it is."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import ViewLog
from bookings import services
from bookings.workflow import Status, WaitingStatus
from core.workflow import CITIZEN
from tests.factories import NOW, at, booking_at, make_staff, wait

LIST = reverse("admin:bookings_waitingentry_changelist")
FULL_DAY = at(2026, 11, 30).date()


def page(entry, name="change"):
    return reverse(f"admin:bookings_waitingentry_{name}", args=[entry.pk])


def text(answer):
    return answer.content.decode()


@pytest.fixture
def full(offered):
    """A confirmed visit that fills the only time of the day."""
    return booking_at(Status.CONFIRMED, offered=offered)


def join(offered, **changes):
    return wait(offered, **({"first_day": FULL_DAY, "latest_day": FULL_DAY} | changes))


def test_the_list_is_in_the_order_of_the_line(signed_in, officer, offered, full):
    first = join(offered)
    second = join(offered, now=NOW + timedelta(minutes=1))
    browser = signed_in(officer)

    rows = browser.get(LIST).context["cl"].result_list
    assert [(row, row.before) for row in rows] == [(first, 0), (second, 1)]
    services.cancel(booking=full, by=CITIZEN, now=NOW)
    answer = browser.get(LIST)

    assert [row.before for row in answer.context["cl"].result_list][1] == 0
    assert "30 พ.ย. 2569 10.00 น." in text(answer)
    assert "เสนอเมื่อ 23 พ.ย. 2569" in text(answer)


def test_who_is_over_stands_in_a_list_of_its_own(signed_in, officer, offered, full):
    entry = join(offered)
    services.leave_waiting(entry=entry, now=NOW)
    browser = signed_in(officer)

    assert entry.reference not in text(browser.get(LIST))
    assert entry.reference in text(browser.get(LIST, {"state": "over"}))
    assert entry.reference in text(browser.get(LIST, {"state": "all"}))


def test_the_contact_is_opened_for_a_reason_that_is_kept(signed_in, officer, offered, full):
    entry = join(offered, phone="+66812345678", email="mali@example.com")
    browser = signed_in(officer)
    shown = text(browser.get(LIST)) + text(browser.get(page(entry)))
    assert "2345678" not in shown
    assert "mali@example.com" not in shown

    assert browser.post(page(entry, "contact"), {"reason": " "}).status_code == 422
    assert not ViewLog.objects.exists()
    opened = browser.post(page(entry, "contact"), {"reason": "โทรแจ้งวันหยุด"})

    assert "+66812345678" in text(opened)
    log = ViewLog.objects.get()
    assert (log.case, log.reason, log.office) == (entry.reference, "โทรแจ้งวันหยุด", offered.office)
    assert "+66812345678" not in text(browser.get(page(entry)))


def test_somebody_is_taken_off_with_a_reason(signed_in, officer, offered, full):
    entry = join(offered)
    browser = signed_in(officer)

    refused = browser.post(page(entry, "take_out"), {"reason": ""})
    assert refused.status_code == 422
    assert "ผู้รอจะอ่านได้" in text(refused)
    assert browser.post(page(entry, "take_out"), {"reason": "โทรมาขอออก"}).status_code == 302

    entry.refresh_from_db()
    assert (entry.status, entry.closed_by) == (WaitingStatus.LEFT, officer)
    after = text(browser.get(page(entry)))
    assert "โทรมาขอออก" in after
    assert page(entry, "take_out") not in after


def test_who_has_an_offer_is_not_taken_off(signed_in, officer, offered, full):
    entry = join(offered)
    services.cancel(booking=full, by=CITIZEN, now=NOW)

    refused = signed_in(officer).post(page(entry, "take_out"), {"reason": "โทรมาขอออก"})

    assert refused.status_code == 422
    assert "โทรมาขอออก" in text(refused)
    entry.refresh_from_db()
    assert entry.status == WaitingStatus.OFFERED


def test_who_only_follows_has_no_place(signed_in, officer, offered, full):
    first = join(offered, email="mali@example.com")
    again = join(offered, email="mali@example.com")

    answer = text(signed_in(officer).get(page(again)))

    assert f"รออยู่แล้วในเลขที่ {first.reference}" in answer


def test_another_office_sees_nothing_of_it(signed_in, foreign, offered, full):
    entry = join(offered)
    browser = signed_in(make_staff(office=foreign.office))

    assert entry.reference not in text(browser.get(LIST))
    assert browser.get(page(entry)).status_code == 404
    assert browser.post(page(entry, "take_out"), {"reason": "x"}).status_code == 404


def test_the_list_costs_the_same_for_many(signed_in, officer, offered, full):
    browser = signed_in(officer)

    def queries():
        with CaptureQueriesContext(connection) as captured:
            assert browser.get(LIST).status_code == 200
        return len(captured)

    join(offered)
    queries()
    few = queries()
    for _n in range(20):
        join(offered)

    assert queries() == few
