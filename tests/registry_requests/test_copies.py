"""A certified copy from the request to the person's hands (S0-R02 … R13, R20)."""

from datetime import timedelta

import pytest

from bookings import services as bookings
from bookings.models import Booking
from bookings.workflow import Status as BookingStatus
from core.errors import Refused
from core.workflow import CITIZEN, Actor
from notifications.models import Message
from registry_requests import queries, services
from registry_requests.models import Comparison, CopyRequest, CopyRules, Kind
from registry_requests.workflow import Status
from tests.factories import NOW, at, make_slot, make_staff, national_id
from tests.registry_requests.conftest import (
    BACK,
    approved,
    enquire,
    identify,
    submit,
    wish,
)


def kinds():
    """The messages of all, by name."""
    return sorted(Message.objects.values_list("kind", flat=True))


def refused(code):
    return pytest.raises(Refused, check=lambda error: error.code == code)


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

    with pytest.raises(services.Changed, match="สมชาย"):
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


def test_cancelled_by_the_person_the_place_is_free(offered, slot):
    request = submit(offered, slot)
    services.cancel(request=request, by=CITIZEN, now=NOW)

    slot.refresh_from_db()
    assert slot.taken == 0
    assert "copy_cancelled_by_citizen" in kinds()
    with refused("stale"):
        services.cancel(request=request, by=CITIZEN, now=NOW)


def test_after_a_missed_time_another_can_be_chosen(offered, slot, head):
    request = approved(offered, slot, head)
    past = NOW + timedelta(days=8)
    bookings.end_office_days(now=past)
    assert Booking.objects.get().status == BookingStatus.NO_SHOW
    later = make_slot(offered, starts=at(2026, 12, 14, 10))

    again = services.choose_time(request=request, slot=later, by=CITIZEN, now=past)

    assert again.collection.slot == later
    assert Booking.objects.get(slot=later).status == BookingStatus.CONFIRMED


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


def test_late_cases_are_told_again_every_seven_days(offered, slot):
    request = submit(offered, slot)
    late = request.due_at + timedelta(minutes=1)

    assert services.tell_late(now=late) == 1
    assert services.tell_late(now=late + timedelta(days=6)) == 0
    assert services.tell_late(now=late + timedelta(days=8)) == 1
    assert kinds().count("copy_late") == 2


def test_what_nobody_answers_or_collects_expires(offered, slot, officer, head):
    asked = submit(offered, slot)
    services.take(request=asked, by=officer, now=NOW)
    services.ask_for_more(request=asked, text="รหัสใบล่าสุด", by=officer, now=NOW)
    kept = approved(offered, slot, head)

    assert services.expire(now=NOW + timedelta(days=6)) == 0
    assert services.expire(now=NOW + timedelta(days=8)) == 1
    bookings.end_office_days(now=NOW + timedelta(days=9))
    assert services.expire(now=NOW + timedelta(days=36)) == 0
    assert services.expire(now=NOW + timedelta(days=38)) == 1
    asked.refresh_from_db()
    kept.refresh_from_db()
    assert {asked.status, kept.status} == {Status.EXPIRED}


def test_the_appointment_itself_is_not_decided_in_the_queue(offered, slot, head):
    booking = submit(offered, slot).collection

    with refused("belongs"):
        bookings.confirm(booking=booking, by=head, now=NOW)
    with refused("belongs"):
        bookings.reject(booking=booking, reason="x", by=head, now=NOW)
    with refused("belongs"):
        bookings.cancel(booking=booking, by=CITIZEN, now=NOW)


def test_codes_and_names_go_after_their_time_never_of_an_open_case(offered, slot, head):
    from registry_requests.services import retention

    done, still_open = submit(offered, slot), submit(offered, slot)
    services.reject(request=done, reason="ซ้ำ", by=head, now=NOW)

    assert retention.purge_codes(NOW + timedelta(days=89)) == 0
    assert retention.purge_codes(NOW + timedelta(days=91)) == 1
    assert retention.purge_names(NOW + timedelta(days=366)) == 1
    assert retention.purge_names(NOW + timedelta(days=366)) == 0
    done.refresh_from_db()
    still_open.refresh_from_db()
    assert (done.full_name, done.id_tail, done.back_code_tail) == ("", "", "")
    assert still_open.back_code_tail == "12"


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
