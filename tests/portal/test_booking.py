from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from bookings import services
from bookings.models import Booking, Party, Slot
from bookings.workflow import Status
from notifications.models import Message
from tests.live import world

TIMES = "/offices/bang-rak/marriage/times/"
HOLD = "/offices/bang-rak/marriage/hold/"


@pytest.fixture
def form_of(keep):
    """`form_of(client, **typed)`: path and fields of the form of a time that is kept."""

    def fill(client, **typed):
        held = keep(client)
        fields = {"form_key": str(held.form_key), **world.couple(**typed)}
        return f"/bookings/hold/{held.form_key}/", fields

    return fill


def fill_up(slot):
    Slot.objects.filter(pk=slot.pk).update(taken=slot.capacity, taken_online=slot.online_capacity)


def let_pass(**held):
    Booking.objects.filter(**held).update(held_until=timezone.now() - timedelta(minutes=1))


def test_hold_leads_to_form(client, slot):
    answer = client.post(HOLD, {"slot": slot.pk})

    assert answer.status_code == 303
    page = client.get(answer["Location"])
    held = Booking.objects.get()
    assert page.status_code == 200
    assert f'name="form_key" value="{held.form_key}"'.encode() in page.content
    assert "no-store" in page["Cache-Control"]


def test_hold_of_full_slot_shows_the_nearest_times(client, slot):
    other = world.slot(slot_offered(slot), places=1, no=4)
    fill_up(slot)

    answer = client.post(HOLD, {"slot": slot.pk})

    assert answer.status_code == 409
    assert f'value="{other.pk}"'.encode() in answer.content
    assert not Booking.objects.exists()


def slot_offered(slot):
    return slot.office.offered.get(service=slot.service)


@pytest.mark.parametrize("typed", ["", "x", "-1", "9" * 40, "๑", "1.0"])
def test_hold_of_no_slot(client, slot, typed):
    answer = client.post(HOLD, {"slot": typed})

    assert answer.status_code == 409
    assert not Booking.objects.exists()


def test_hold_on_get_changes_nothing(client, slot):
    assert client.get(f"{HOLD}?slot={slot.pk}").status_code == 405
    assert not Booking.objects.exists()


def test_fourth_hold_lists_the_three(client, slot, settings):
    offered = slot_offered(slot)
    for no in range(3):
        client.post(HOLD, {"slot": world.slot(offered, places=1, no=no + 1).pk})

    answer = client.post(HOLD, {"slot": slot.pk})

    assert answer.status_code == 409
    assert all(f"{b.form_key}/release/".encode() in answer.content for b in Booking.objects.all())


def test_form_of_another_browser_is_not_found(client, keep):
    held = keep(client)

    assert Client().get(f"/bookings/hold/{held.form_key}/").status_code == 404
    assert Client().post(f"/bookings/hold/{held.form_key}/", {}).status_code == 404


def test_booking(client, form_of):
    path, fields = form_of(client)

    answer = client.post(path, fields)

    booking = Booking.objects.get()
    assert answer.status_code == 303
    assert answer["Location"] == f"/my/{booking.reference}/"
    assert booking.status == Status.REQUESTED
    assert client.get(answer["Location"]).status_code == 200
    assert Message.objects.get().kind == "received"


def test_booking_in_english(client, slot):
    held_at = client.post(f"/en{HOLD}", {"slot": slot.pk})["Location"]
    key = held_at.strip("/").split("/")[-1]

    answer = client.post(held_at, {"form_key": key, **world.couple()})

    booking = Booking.objects.get()
    assert answer["Location"] == f"/en/my/{booking.reference}/"
    assert booking.language == "en"
    assert b"This time is yours" in client.get(answer["Location"]).content


def test_same_form_twice_gives_one_booking(client, form_of):
    path, fields = form_of(client)

    answers = [client.post(path, fields) for _ in range(2)]

    assert [a.status_code for a in answers] == [303, 303]
    assert answers[0]["Location"] == answers[1]["Location"]
    assert Party.objects.count() == 2
    assert Message.objects.count() == 1


@pytest.mark.parametrize("change", [{"note": "อื่น"}, {"full_name": ""}])
def test_same_key_with_other_data_is_a_conflict(client, form_of, change):
    path, fields = form_of(client)
    client.post(path, fields)

    answer = client.post(path, {**fields, **change})

    booking = Booking.objects.get()
    assert answer.status_code == 409
    assert f"/my/{booking.reference}/".encode() in answer.content
    assert booking.note == ""


def test_key_of_another_form_keeps_the_text(client, form_of):
    path, fields = form_of(client, full_name="มะลิ ใจดี")

    answer = client.post(path, {**fields, "form_key": "x"})

    assert answer.status_code == 422
    assert "มะลิ ใจดี" in answer.content.decode()
    assert not Party.objects.exists()


def test_time_ran_out_and_is_kept_again(client, form_of):
    path, fields = form_of(client, full_name="มะลิ ใจดี")
    let_pass()

    answer = client.post(path, fields)

    again = Booking.objects.get(status=Status.HELD)
    assert answer.status_code == 422
    assert "มะลิ ใจดี" in answer.content.decode()
    assert str(again.form_key) not in path
    booked = client.post(
        f"/bookings/hold/{again.form_key}/", {**fields, "form_key": str(again.form_key)}
    )
    assert booked.status_code == 303


def test_time_ran_out_and_somebody_has_it(client, form_of, slot):
    path, fields = form_of(client)
    let_pass()
    services.release_expired(now=timezone.now())
    fill_up(slot)

    answer = client.post(path, fields)

    assert answer.status_code == 409
    assert not Party.objects.exists()


def test_form_after_its_time(client, keep):
    held = keep(client)
    let_pass()

    answer = client.get(f"/bookings/hold/{held.form_key}/")

    assert answer.status_code == 410
    assert b'name="full_name"' not in answer.content


def test_more_time_once_and_the_text_stays(client, form_of):
    path, fields = form_of(client, full_name="มะลิ ใจดี")
    before = Booking.objects.get().held_until

    answers = [client.post(f"{path}extend/", fields) for _ in range(2)]

    assert [a.status_code for a in answers] == [200, 422]
    assert all("มะลิ ใจดี" in a.content.decode() for a in answers)
    assert Booking.objects.get().held_until == before + timedelta(minutes=10)


def test_address_of_more_time_leads_to_the_form(client, keep):
    held = keep(client)

    answer = client.get(f"/bookings/hold/{held.form_key}/extend/")

    assert answer["Location"] == f"/bookings/hold/{held.form_key}/"
    held.refresh_from_db()
    assert not held.hold_extended


def test_release_gives_the_place_back(client, keep, slot):
    held = keep(client)

    answer = client.post(f"/bookings/hold/{held.form_key}/release/")

    assert (answer.status_code, answer["Location"]) == (303, TIMES)
    slot.refresh_from_db()
    assert slot.taken == 0


def test_refusal_stands_beside_its_field(client, form_of):
    path, fields = form_of(client, national_id="1101700230709")

    answer = client.post(path, fields)

    assert answer.status_code == 422
    assert b'id="error_national_id"' in answer.content
    assert b'value="1101700230709"' in answer.content
    assert not Party.objects.exists()


def test_number_of_the_other_kind_is_ignored(client, form_of):
    path, fields = form_of(client)
    fields |= {"partner_nationality": "JP", "partner_national_id": "123"}
    fields["partner_passport_no"] = "TX0000000"

    assert client.post(path, fields).status_code == 303
    partner = Party.objects.get(position=2)
    assert (partner.nationality, partner.id_kind) == ("JP", "passport")


def test_both_with_the_same_number(client, form_of):
    path, fields = form_of(client)

    answer = client.post(path, {**fields, "partner_national_id": fields["national_id"]})

    assert answer.status_code == 422
    assert b'id="error_partner_national_id"' in answer.content


def test_no_contact(client, form_of):
    path, fields = form_of(client, phone="", email="")

    answer = client.post(path, fields)

    assert answer.status_code == 422
    assert b'id="error_phone"' in answer.content


@pytest.mark.parametrize("consent", ["", "false", "0", "no", "off"])
def test_no_consent(client, form_of, consent):
    path, fields = form_of(client, consent=consent)

    answer = client.post(path, fields)

    assert answer.status_code == 422
    assert b'id="error_consent"' in answer.content


def test_person_with_an_open_booking_is_not_told_so(client, book, form_of):
    first = world.couple()
    book(client, national_id=first["national_id"])
    path, fields = form_of(other := Client(), national_id=first["national_id"])

    answer = other.post(path, fields)

    assert answer.status_code == 422
    assert Booking.objects.filter(status=Status.HELD).count() == 1
    assert Booking.objects.filter(status=Status.REQUESTED).count() == 1
    reference = Booking.objects.get(status=Status.REQUESTED).reference
    assert reference.encode() not in answer.content


def test_extra_fields_have_no_effect(client, form_of):
    path, fields = form_of(client)

    client.post(path, {**fields, "status": "confirmed", "office": "2", "fee": "0"})

    assert Booking.objects.get().status == Status.REQUESTED
