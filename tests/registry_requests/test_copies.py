"""A certified copy from the request to the person's hands (S0-R02 … R13, R20)."""

import pytest

from bookings.models import Booking
from bookings.workflow import Status as BookingStatus
from core.workflow import CITIZEN
from registry_requests import queries, services
from registry_requests.models import CopyRequest, CopyRules, Kind
from registry_requests.workflow import Status
from tests.factories import NOW, make_slot, make_staff, national_id
from tests.registry_requests.conftest import (
    BACK,
    approved,
    identify,
    submit,
    wish,
)
from tests.registry_requests.reading import kinds, refused


def test_a_request_keeps_a_place_and_no_code_in_clear(offered, slot):
    request = submit(offered, slot)

    slot.refresh_from_db()
    assert (request.status, slot.taken, slot.taken_online) == (Status.SUBMITTED, 1, 1)
    assert request.collection.status == BookingStatus.REQUESTED
    assert request.collection.reference == request.reference
    assert request.back_code_tail == "12"
    stored = str(CopyRequest.objects.filter(pk=request.pk).values().get())
    assert BACK not in stored
    assert kinds() == ["copy_received"]


def test_the_same_form_gives_the_same_request_and_other_data_a_refusal(offered, slot):
    form_key, wished = wish(offered, slot)
    first = services.submit(form_key=form_key, wish=wished, body_hash=b"1" * 32, now=NOW)
    again = services.submit(form_key=form_key, wish=wished, body_hash=b"1" * 32, now=NOW)

    assert again == first
    with refused("other_body"):
        services.submit(form_key=form_key, wish=wished, body_hash=b"2" * 32, now=NOW)
    assert CopyRequest.objects.count() == 1


def test_a_full_time_stores_nothing(offered):
    full = make_slot(offered, capacity=0)

    with refused("full"):
        submit(offered, full)
    assert not CopyRequest.objects.exists()
    assert not Booking.objects.exists()


def test_one_open_request_a_person_and_record(offered, slot):
    number = national_id()
    submit(offered, slot, number=number)

    with pytest.raises(services.AlreadyAsked):
        submit(offered, slot, number=number)
    submit(offered, slot, number=number, kind=Kind.MARRIAGE)
    assert kinds().count("copy_link") == 1


def test_officer_compares_approves_and_the_person_collects(offered, slot, officer, head):
    number = national_id()
    request = submit(offered, slot, number=number)
    identify(request, number, officer)

    approved_one = services.approve(request=request, fee_each=10, by=head, now=NOW)
    assert (approved_one.status, approved_one.fee) == (Status.APPROVED, 20)
    assert approved_one.collection.status == BookingStatus.REQUESTED  # as it was read before
    assert Booking.objects.get().status == BookingStatus.CONFIRMED
    services.mark_ready(request=request, by=officer, now=NOW)
    services.mark_paid(request=request, receipt_no="12/2569", by=officer, now=NOW)
    done = services.hand_out(
        request=request, to="สุดารัตน์ ทดลองสุข", identity_seen=True, by=officer, now=NOW
    )

    assert (done.status, done.receipt_no) == (Status.COLLECTED, "12/2569")
    assert Booking.objects.get().status == BookingStatus.SERVED
    assert kinds() == ["copy_approved", "copy_ready", "copy_received"]


def test_collected_at_another_office_both_see_it(offered, elsewhere, head):
    there = make_slot(elsewhere)
    officer_there = make_staff(office=elsewhere.office, may_decide=False)
    number = national_id()
    request = submit(offered, there, number=number, offered=elsewhere, office=offered.office)
    identify(request, number, head)
    services.approve(request=request, fee_each=10, by=head, now=NOW)

    for person in (head, officer_there):
        assert request in CopyRequest.objects.for_staff(person)
    with refused("permission"):
        services.mark_ready(request=CopyRequest.objects.get(), by=head, now=NOW)
    services.mark_ready(request=CopyRequest.objects.get(), by=officer_there, now=NOW)
    services.mark_paid(request=request, receipt_no="1", by=officer_there, now=NOW)
    services.hand_out(request=request, to="สุดา", identity_seen=True, by=officer_there, now=NOW)

    steps = request.changes.values_list("to_status", "office__slug")
    assert list(steps) == [
        ("submitted", None),
        ("checking", "bang-rak"),
        ("approved", "bang-rak"),
        ("approved", "bang-rak"),
        ("ready", "bang-khae"),
        ("ready", "bang-khae"),
        ("collected", "bang-khae"),
    ]
    assert "บางแค" in request.changes.get(from_status="approved", to_status="approved").reason


def test_of_another_office_nobody_sees_it(offered, slot, elsewhere):
    request = submit(offered, slot)
    stranger = make_staff(office=elsewhere.office)

    assert request not in CopyRequest.objects.for_staff(stranger)
    with refused("permission"):
        services.take(request=request, by=stranger, now=NOW)


def test_the_same_day_lane_has_its_own_number(offered):
    today = make_slot(offered, starts=NOW.replace(hour=14), capacity=4)
    with refused("express"):
        submit(offered, today)
    CopyRules.objects.create(office=offered.office, express_a_day=1)

    assert submit(offered, today).is_express
    with refused("express"):
        submit(offered, today)


def test_moved_within_today_it_does_not_count_itself(offered, slot):
    today, later = (make_slot(offered, starts=NOW.replace(hour=hour)) for hour in (14, 15))
    CopyRules.objects.create(office=offered.office, express_a_day=1)
    request = submit(offered, today)
    assert later in queries.next_collection_times(offered, now=NOW, moving=request)

    services.choose_time(request=request, slot=later, by=CITIZEN, now=NOW)

    request.refresh_from_db()
    assert (request.collection.slot, request.is_express) == (later, True)
    other = submit(offered, slot)
    with refused("express"):
        services.choose_time(request=other, slot=today, by=CITIZEN, now=NOW)


def test_who_has_collected_on_the_same_day_still_counts(offered, head):
    today = make_slot(offered, starts=NOW.replace(hour=14), capacity=4)
    CopyRules.objects.create(office=offered.office, express_a_day=1)
    request = services.mark_ready(request=approved(offered, today, head), by=head, now=NOW)
    services.mark_paid(request=request, receipt_no="1", by=head, now=NOW)
    services.hand_out(request=request, to="สุดารัตน์", identity_seen=True, by=head, now=NOW)

    with refused("express"):
        submit(offered, today)


def test_approved_for_another_day_it_leaves_the_same_day_lane(offered, slot, head):
    today = make_slot(offered, starts=NOW.replace(hour=14), capacity=4)
    CopyRules.objects.create(office=offered.office, express_a_day=1)
    number = national_id()
    request = submit(offered, today, number=number)
    identify(request, number, head)

    services.approve(request=request, fee_each=10, slot=slot, reason="ทำไม่ทัน", by=head, now=NOW)

    request.refresh_from_db()
    assert not request.is_express
    assert submit(offered, today).is_express


def test_money_and_hands(offered, slot, officer, head):
    request = approved(offered, slot, head)
    services.mark_ready(request=request, by=officer, now=NOW)

    with refused("unpaid"):
        services.hand_out(request=request, to="สุดารัตน์", identity_seen=True, by=officer, now=NOW)
    with refused("receipt"):
        services.mark_paid(request=request, receipt_no=" ", by=officer, now=NOW)
    services.mark_paid(request=request, receipt_no="1", by=officer, now=NOW)
    with refused("paid"):
        services.mark_paid(request=request, receipt_no="2", by=officer, now=NOW)
    with refused("identity"):
        services.hand_out(request=request, to="สุดารัตน์", identity_seen=False, by=officer, now=NOW)
    with refused("name"):
        services.hand_out(request=request, to="", identity_seen=True, by=officer, now=NOW)
