"""Who decides about a copy, after which checks, and who is told (S0-R07, R11, R13)."""

from datetime import timedelta

import pytest

from bookings import services as bookings
from core.versions import Changed
from core.workflow import CITIZEN, Actor
from notifications.models import Message
from registry_requests import queries, services
from registry_requests.models import Comparison, CopyRequest
from registry_requests.workflow import Status
from tests.factories import NOW, at, make_slot, make_staff, national_id
from tests.registry_requests.conftest import (
    enquire,
    identify,
    submit,
)
from tests.registry_requests.reading import kinds, refused


def test_nothing_is_approved_before_number_and_code_are_equal(offered, slot, head):
    request = submit(offered, slot)
    services.take(request=request, by=head, now=NOW)

    with refused("identity"):
        services.approve(request=request, fee_each=10, by=head, now=NOW)


def test_three_unequal_answers_lead_to_the_head(offered, slot, officer, head):
    number = national_id()
    request = submit(offered, slot, number=number)
    wrong = {Comparison.Item.BACK_CODE: "AA0000000000"}
    for _try in range(3):
        assert not any(services.compare(request=request, typed=wrong, by=officer, now=NOW).values())

    with refused("tries"):
        services.compare(request=request, typed=wrong, by=officer, now=NOW)
    identify(request, number, head)
    assert queries.is_identified(request)
    assert "AA0" not in str(list(Comparison.objects.values()))


def test_who_entered_a_request_cannot_approve_it(offered, slot, head):
    number = national_id()
    request = submit(
        offered,
        slot,
        number=number,
        by=Actor.staff(head),
        channel=CopyRequest.Channel.COUNTER,
        proof=CopyRequest.Proof.SEEN,
    )
    identify(request, number, head)

    with refused("own"):
        services.approve(request=request, fee_each=10, by=head, now=NOW)
    services.approve(request=request, fee_each=10, by=make_staff(), now=NOW)


def test_of_two_officers_the_second_is_told_who_was_first(offered, slot, head):
    number = national_id()
    request = submit(offered, slot, number=number)
    identify(request, number, head)
    request.refresh_from_db()
    services.reject(request=request, reason="ข้อมูลไม่ตรง", by=head, now=NOW, version=request.version)

    with pytest.raises(Changed, match="สมชาย"):
        services.approve(
            request=request, fee_each=10, by=make_staff(), now=NOW, version=request.version
        )


def test_a_refusal_gives_the_place_back_and_says_why(offered, slot, head):
    request = submit(offered, slot)

    with refused("reason"):
        services.reject(request=request, reason=" ", by=head, now=NOW)
    services.reject(request=request, reason="ใช้บัตรใบเก่า", by=head, now=NOW)

    slot.refresh_from_db()
    assert slot.taken == 0
    assert Message.objects.get(kind="copy_rejected").context["reason"] == "ใช้บัตรใบเก่า"


def test_asked_once_only_and_the_clock_stands_still(offered, slot, officer):
    request = submit(offered, slot)
    services.take(request=request, by=officer, now=NOW)
    due = request.due_at
    services.ask_for_more(request=request, text="รหัสหลังบัตรใบล่าสุด", by=officer, now=NOW)
    answered = services.reply(request=request, text="ส่งแล้ว", now=NOW + timedelta(days=2))

    assert answered.status == Status.CHECKING
    assert answered.due_at == due + timedelta(days=2)
    with refused("asked"):
        services.ask_for_more(request=request, text="อีกครั้ง", by=officer, now=NOW)


def test_the_officer_confirms_another_time_with_a_reason(offered, slot, head):
    number = national_id()
    request = submit(offered, slot, number=number)
    identify(request, number, head)
    later = make_slot(offered)

    with refused("reason"):
        services.approve(request=request, fee_each=10, by=head, now=NOW, slot=later)
    services.approve(request=request, fee_each=10, by=head, now=NOW, slot=later, reason="วันนั้นเขตปิด")

    slot.refresh_from_db()
    later.refresh_from_db()
    assert (slot.taken, later.taken) == (0, 1)


def test_an_enquiry_needs_no_code_and_is_answered(offered, head):
    request = enquire(offered)
    services.take(request=request, by=head, now=NOW)

    done = services.answer(
        request=request, text="ไปทำบัตรให้ที่บ้านได้", by=head, now=NOW, visit_at=at(2026, 12, 1, 10)
    )

    assert done.status == Status.ANSWERED
    assert "copy_answered" in kinds()


def test_a_copy_is_not_answered_and_a_visit_is_not_yesterday(offered, slot, head):
    copy, enquiry = submit(offered, slot), enquire(offered)
    for request in (copy, enquiry):
        services.take(request=request, by=head, now=NOW)

    with refused("move"):
        services.answer(request=copy, text="ได้", by=head, now=NOW)
    with refused("move"):
        services.approve(request=enquiry, fee_each=0, by=head, now=NOW)
    with refused("past"):
        services.answer(request=enquiry, text="ได้", by=head, now=NOW, visit_at=NOW)


def test_it_is_decided_before_the_copy_is_collected(offered):
    far, soon, sooner = (
        make_slot(offered, starts=NOW + timedelta(days=days), capacity=2) for days in (9, 2, 1)
    )
    usual = submit(offered, far).due_at
    request = submit(offered, soon)
    assert request.due_at == min(usual, soon.starts_at)

    changed = services.choose_time(request=request, slot=sooner, by=CITIZEN, now=NOW)

    assert changed.due_at == sooner.starts_at < usual


def test_the_appointment_itself_is_not_decided_in_the_queue(offered, slot, head):
    booking = submit(offered, slot).collection

    with refused("belongs"):
        bookings.confirm(booking=booking, by=head, now=NOW)
    with refused("belongs"):
        bookings.reject(booking=booking, reason="x", by=head, now=NOW)
    with refused("belongs"):
        bookings.cancel(booking=booking, by=CITIZEN, now=NOW)
