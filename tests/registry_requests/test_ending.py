"""What ends a request for a copy, and what time does to it."""

from datetime import timedelta

from bookings import services as bookings
from bookings.models import Booking
from bookings.workflow import Status as BookingStatus
from core.workflow import CITIZEN
from registry_requests import services
from registry_requests.workflow import Status
from tests.factories import NOW, at, make_slot
from tests.registry_requests.conftest import (
    approved,
    submit,
)
from tests.registry_requests.reading import kinds, refused


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
