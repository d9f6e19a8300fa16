"""Places of a time, and closed days."""

import pytest
from django.urls import reverse
from django.utils import timezone

from accounts.roles import Role
from bookings import services
from bookings.models import Closing, Slot
from bookings.workflow import WaitingStatus
from offices.models import Closure, Office
from tests.factories import at, booking_at, make_slot, make_staff, wait


@pytest.fixture
def slot(offered):
    slot = make_slot(offered, capacity=3, online=2)
    for _one in range(2):
        booking_at(offered=offered, slot=slot)
    return Slot.objects.get(pk=slot.pk)


def save(browser, slot, **data):
    return browser.post(reverse("admin:bookings_slot_change", args=[slot.pk]), data)


def test_head_raises_the_places(signed_in, head, slot):
    assert save(signed_in(head), slot, capacity=5, online_capacity=4).status_code == 302

    slot.refresh_from_db()
    assert (slot.capacity, slot.online_capacity, slot.taken) == (5, 4, 2)


def test_raised_places_are_offered_to_who_waits(signed_in, head, offered):
    full = make_slot(offered, capacity=1)
    booking_at(offered=offered, slot=full)
    day = full.starts_at.date()
    entry = wait(offered, first_day=day, latest_day=day)

    assert save(signed_in(head), full, capacity=2, online_capacity=2).status_code == 302

    entry.refresh_from_db()
    assert entry.status == WaitingStatus.OFFERED
    full.refresh_from_db()
    assert (full.taken_online, full.online_capacity) == (2, 2)


def test_places_below_the_booked_are_refused_with_their_number(signed_in, head, slot):
    page = save(signed_in(head), slot, capacity=1, online_capacity=1)

    errors = page.context["adminform"].form.errors
    assert "2" in errors["capacity"][0]
    assert Slot.objects.get(pk=slot.pk).capacity == 3


@pytest.mark.parametrize("places", ["", "-1", "x", "1e3", "99999999999999999999"])
def test_strange_places_are_refused(signed_in, head, slot, places):
    page = save(signed_in(head), slot, capacity=places, online_capacity=2)

    assert page.status_code == 200
    assert Slot.objects.get(pk=slot.pk).capacity == 3


def test_time_is_closed_by_hand(signed_in, head, slot):
    save(signed_in(head), slot, capacity=3, online_capacity=2, is_closed="on")

    slot.refresh_from_db()
    assert slot.closed_by_hand
    assert slot.closed_at is not None


def test_time_that_a_draft_stops_keeps_its_stop(signed_in, head, slot):
    closing = services.plan_places(
        offered=slot.bookings.first().offered,
        online=1,
        staff=0,
        minutes=30,
        reason_th="ลาป่วย",
        by=head,
        now=timezone.now(),
    )

    assert save(signed_in(head), slot, capacity=4, online_capacity=2).status_code == 302
    slot.refresh_from_db()
    assert (slot.capacity, slot.closed_at is None, slot.closed_by_hand) == (4, False, False)

    services.drop(closing=closing, by=head, now=timezone.now())
    slot.refresh_from_db()
    assert slot.closed_at is None


def test_officer_only_looks_at_times(signed_in, officer, slot):
    assert save(signed_in(officer), slot, capacity=9, online_capacity=9).status_code == 403


@pytest.fixture
def central(db):
    return make_staff(Role.CENTRAL)


def close(browser, *offices, day="8/12/2569", **changes):
    """As the central office confirms it; without offices the whole city."""
    data = {"offices": [one.pk for one in offices], "date": day, "reason_th": "ซ่อมไฟฟ้า"}
    return browser.post(reverse("admin:offices_closure_add"), data | {"confirmed": 1} | changes)


def test_it_is_shown_which_offices_are_hit_before_it_is_saved(
    signed_in, central, offered, bang_rak, foreign
):
    day = at(2026, 12, 8, 10)
    for one in (offered, foreign.offered):
        booking_at(offered=one, slot=make_slot(one, starts=day, capacity=3))
    make_slot(offered, starts=at(2026, 12, 8, 11), capacity=2)
    address = reverse("admin:offices_closure_add")

    page = signed_in(central).post(address, {"date": "8/12/2569", "reason_th": "ซ่อมไฟฟ้า"})

    shown = {hit.office: (hit.appointments, hit.places) for hit in page.context["hits"]}
    assert shown == {bang_rak: (1, 4), foreign.office: (1, 2)}
    assert (page.context["appointments"], page.context["places"]) == (2, 6)
    assert not Closure.objects.filter(date=day.date()).exists()
    assert not Slot.objects.filter(closed_at__isnull=False).exists()


def test_some_offices_are_closed_and_each_that_is_hit_gets_a_draft(
    signed_in, central, offered, bang_rak, foreign
):
    booking_at(offered=offered, slot=make_slot(offered, starts=at(2026, 12, 8, 10)))

    close(signed_in(central), bang_rak, foreign.office)

    closed = Closure.objects.filter(date=at(2026, 12, 8).date())
    assert {one.office for one in closed} == {bang_rak, foreign.office}
    assert [one.office for one in Closing.objects.all()] == [bang_rak]


def test_closing_without_a_reason_is_refused(signed_in, central, bang_rak):
    page = close(signed_in(central), bang_rak, reason_th=" ")

    assert page.status_code == 422
    assert "reason_th" in page.context["form"].errors
    assert not Closure.objects.exists()


def test_unknown_office_is_refused(signed_in, central):
    page = close(signed_in(central), offices=["999999"])

    assert page.status_code == 422
    assert not Closure.objects.exists()


def test_closing_a_day_closes_its_times_and_deleting_opens_them(
    signed_in, head, central, offered, bang_rak, foreign
):
    day = at(2026, 12, 8, 10)
    mine, theirs = make_slot(offered, starts=day), make_slot(foreign.offered, starts=day)

    assert close(signed_in(central), bang_rak).status_code == 302

    mine.refresh_from_db()
    theirs.refresh_from_db()
    assert mine.closed_at is not None
    assert theirs.closed_at is None
    closure = Closure.objects.get(office=bang_rak)
    address = reverse("admin:offices_closure_delete", args=[closure.pk])
    signed_in(head).post(address, {"post": "yes"})
    mine.refresh_from_db()
    assert mine.closed_at is None


def test_closing_says_how_many_appointments_stand(signed_in, head, central, offered, bang_rak):
    booking_at(offered=offered, slot=make_slot(offered, starts=at(2026, 12, 8, 10)))

    close(signed_in(central), bang_rak)

    page = signed_in(head).get(reverse("admin:offices_closure_changelist"))
    assert page.context["cl"].result_list[0].hits == 1


@pytest.mark.parametrize("day", ["1/1/2569", "31/2/2570", "8/12/69", "8/12/3112", "x", ""])
def test_day_that_is_over_or_none_is_refused(signed_in, central, bang_rak, day):
    page = close(signed_in(central), bang_rak, day=day)

    assert page.status_code == 422
    assert "date" in page.context["form"].errors
    assert not Closure.objects.exists()


def test_same_day_twice_is_refused(signed_in, central, bang_rak):
    close(signed_in(central), bang_rak)

    assert "date" in close(signed_in(central), bang_rak).context["form"].errors
    assert close(signed_in(central)).status_code == 302


def test_central_office_closes_the_whole_city(signed_in, central, offered):
    slot = make_slot(offered, starts=at(2026, 12, 8, 10))

    close(signed_in(central))

    slot.refresh_from_db()
    assert slot.closed_at is not None


def test_change_of_reference_data_has_a_history(signed_in, bang_rak):
    browser = signed_in(make_staff(Role.CENTRAL))
    address = reverse("admin:offices_office_change", args=[bang_rak.pk])
    form = browser.get(address).context["adminform"].form
    data = {name: value for name, value in form.initial.items() if value is not None}

    browser.post(address, {**data, "phone": "0 2111 1111"})

    assert Office.objects.get(pk=bang_rak.pk).phone == "0 2111 1111"
    page = browser.get(reverse("admin:offices_office_history", args=[bang_rak.pk]))
    assert page.status_code == 200
    assert bang_rak.history.count() == 2
