"""A request about personal data: thirty days, the identity seen by one, answered by another."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction

from accounts.roles import Role
from bookings.held import held_about
from bookings.models import Booking, DataRequest
from bookings.services import data_requests, integrity, retention
from bookings.workflow import RequestStatus, Status
from core.errors import Refused
from notifications import services as outbox
from notifications.models import Message
from tests.factories import (
    NOW,
    booking_at,
    couple_details,
    make_data_request,
    make_offered,
    make_office,
    make_slot,
    make_staff,
    thai,
)

pytestmark = pytest.mark.django_db
LATER = NOW + timedelta(days=10)


@pytest.fixture
def offered():
    return make_offered()


@pytest.fixture
def officer(offered):
    return make_staff(office=offered.office)


@pytest.fixture
def head(offered):
    return make_staff(Role.HEAD, office=offered.office)


@pytest.fixture
def mali():
    return thai("มะลิ ทดสอบ")


@pytest.fixture
def somchai():
    return thai("สมชาย ตัวอย่าง")


@pytest.fixture
def booking(offered, mali, somchai):
    """Over: cancelled, with both on it."""
    return booking_at(Status.CANCELLED, offered=offered, details=couple_details(mali, somchai))


def asked(kind, person, officer=None):
    request = make_data_request(kind=kind, person=person)
    if officer:
        return data_requests.identify(request=request, by=officer, now=NOW)
    return request


def answered(request, head, text="ลบแล้ว", now=LATER):
    return data_requests.answer(request=request, text=text, by=head, now=now)


def test_asking_starts_the_thirty_days_and_sends_the_link(booking, mali):
    request = asked("see", mali)

    assert request.due_at == NOW + timedelta(days=30)
    message = Message.objects.get(source="data_request")
    letter = outbox.preview(message, now=NOW)
    assert request.reference in letter.subject
    assert "/d/" in letter.text
    assert booking.reference not in letter.text


def test_the_same_form_again_is_the_first_request(mali):
    request = asked("see", mali)
    same = data_requests.ask(
        form_key=request.form_key,
        asked=data_requests.Asked(
            request.office, DataRequest.Kind.SEE, mali, "+66800000000", "", "", "th"
        ),
        now=NOW,
    )

    assert same == request
    assert DataRequest.objects.count() == 1


def test_nothing_is_answered_before_the_identity_is_seen(head, mali):
    with pytest.raises(Refused) as refused:
        answered(asked("see", mali), head)

    assert refused.value.code == "move"


def test_who_saw_the_card_does_not_answer(head, booking, mali):
    request = asked("erase", mali, head)

    for verb in (answered, lambda r, h: data_requests.refuse(request=r, reason="x", by=h, now=NOW)):
        with pytest.raises(Refused) as refused:
            verb(request, head)
        assert refused.value.code == "own"
    with pytest.raises(IntegrityError, match="data_request_closed_by"), transaction.atomic():
        DataRequest.objects.update(closed_by=head)
    assert Booking.objects.get().anonymised_at is None


@pytest.mark.parametrize("words", ["", "  \n"])
def test_an_answer_has_words(officer, head, mali, words):
    request = asked("see", mali, officer)

    with pytest.raises(Refused) as refused:
        answered(request, head, text=words)

    assert refused.value.code == "reason"


def test_an_officer_does_not_answer_and_a_director_does_not_see_cards(officer, head, mali):
    director = make_staff(Role.DIRECTOR)
    with pytest.raises(Refused) as refused:
        data_requests.identify(request=asked("see", mali), by=director, now=NOW)
    assert refused.value.code == "permission"
    with pytest.raises(Refused) as refused:
        answered(asked("see", mali, officer), make_staff())
    assert refused.value.code == "permission"


def test_seeing_shows_ones_own_and_nothing_of_the_other(officer, booking, mali, somchai):
    Booking.objects.update(note="มากับสมชาย ตัวอย่าง")
    booking.changes.update(reason="สมชาย ตัวอย่าง โทรมา")
    (mine,) = held_about(asked("see", mali, officer))
    (his,) = held_about(asked("see", somchai, officer))

    assert mine.me.full_name == mali.full_name
    assert "สมชาย" not in mine.note + "".join(reason for _at, _to, reason in mine.steps)
    assert mine.contacts
    assert his.me.full_name == somchai.full_name
    assert (his.contacts, his.note) == ((), "")


def test_seeing_costs_the_same_for_many(offered, officer, mali, django_assert_num_queries):
    for _n in range(3):
        booking_at(Status.CANCELLED, offered=offered, details=couple_details(mali, thai()))
    request = asked("see", mali, officer)

    with django_assert_num_queries(5):
        assert len(held_about(request)) == 3


def test_erasing_removes_finished_bookings_and_keeps_figures(officer, head, booking, mali):
    request = answered(asked("erase", mali, officer), head)

    booking.refresh_from_db()
    assert request.status == RequestStatus.ANSWERED
    assert request.erased == 1
    assert booking.anonymised_at == LATER
    assert booking.status == Status.CANCELLED
    assert [f for f in integrity.findings(now=LATER) if f.problems] == []
    assert Message.objects.filter(kind="data_answered", case_id=request.pk).exists()


def test_an_open_case_stops_erasing(offered, officer, head, booking, mali):
    ahead = booking_at(
        Status.CONFIRMED,
        offered=offered,
        slot=make_slot(offered),
        details=couple_details(mali, thai()),
        by=make_staff(),
    )

    with pytest.raises(Refused) as refused:
        answered(asked("erase", mali, officer), head)

    booking.refresh_from_db()
    assert refused.value.code == "open_case"
    assert ahead.reference in refused.value.message
    assert booking.anonymised_at is None
    assert DataRequest.objects.get().status == RequestStatus.IDENTIFIED


def test_what_the_partner_asked_to_see_is_not_erased(officer, head, booking, mali, somchai):
    asked("see", somchai)

    with pytest.raises(Refused) as refused:
        answered(asked("erase", mali, officer), head)

    booking.refresh_from_db()
    assert refused.value.code == "other_request"
    assert booking.anonymised_at is None


def test_erasing_leaves_other_offices_alone(officer, head, booking, mali):
    there = make_offered(office=make_office(code=1040, slug="bang-khae", prefix="BK"))
    other = booking_at(Status.CANCELLED, offered=there, details=couple_details(mali, thai()))

    answered(asked("erase", mali, officer), head)

    other.refresh_from_db()
    assert other.anonymised_at is None


def test_an_open_request_keeps_what_time_would_remove(booking, mali):
    request = asked("see", mali)
    later = NOW + timedelta(days=2_000)
    assert retention.purge_names(later) == 0

    data_requests.withdraw(request=request, now=LATER)

    assert retention.purge_names(later) == 1


def test_the_guard_is_what_keeps_it(booking, mali, monkeypatch):
    asked("see", mali)
    monkeypatch.setattr(retention, "not_asked_about", lambda bookings, *, but=None: bookings)

    assert retention.purge_names(NOW + timedelta(days=2_000)) == 1


def test_closed_requests_lose_their_names_open_ones_never(officer, head, mali):
    closed, still = asked("see", mali, officer), asked("see", thai(), officer)
    answered(closed, head)

    assert data_requests.purge(NOW + timedelta(days=300)) == 0
    assert data_requests.purge(NOW + timedelta(days=2_000)) == 1
    assert data_requests.purge(NOW + timedelta(days=2_000)) == 0

    closed.refresh_from_db()
    still.refresh_from_db()
    assert (closed.full_name, closed.phone, closed.answer, bytes(closed.id_sealed)) == (
        "",
        "",
        "",
        b"",
    )
    assert still.full_name
    assert not Message.objects.filter(case_id=closed.pk, address__contains="@").exists()


@pytest.mark.parametrize("kind", ["received", "answered", "refused"])
@pytest.mark.parametrize("language", ["th", "en"])
def test_every_letter_can_be_written(officer, head, mali, kind, language):
    request = make_data_request(person=mali, language=language)
    if kind != "received":
        request = data_requests.identify(request=request, by=officer, now=NOW)
        verb = data_requests.refuse if kind == "refused" else data_requests.answer
        words = {"reason": "กฎหมาย"} if kind == "refused" else {"text": "คำตอบ"}
        verb(request=request, by=head, now=LATER, **words)
    letter = outbox.preview(Message.objects.get(kind=f"data_{kind}"), now=LATER)

    assert request.reference in letter.subject
    assert "/d/" in letter.html
    assert "<" not in letter.text
