"""A hold becomes a booking, once."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from accounts.models import Consent
from bookings import news, queries, services
from bookings.models import Booking, Party
from bookings.workflow import Status
from core.errors import Refused
from core.workflow import CITIZEN
from notifications.models import Message
from notifications.models import Status as MessageStatus
from tests.factories import (
    NOW,
    CaseFactory,
    Person,
    ServiceFactory,
    booking_at,
    couple_details,
    hold,
    make_offered,
    make_slot,
    submit,
    thai,
)

MINUTE = timedelta(minutes=1)


def test_submit_stores_the_whole_booking(offered, slot):
    case = CaseFactory(service=offered.service)
    held = hold(slot, offered)

    booking = submit(held, couple_details(case=case, note="ขอบคุณ"), now=NOW + MINUTE)

    booking.refresh_from_db()
    assert booking.status == Status.REQUESTED
    assert booking.version == 2
    assert (booking.case, booking.note, booking.hold_no) == (case, "ขอบคุณ", None)
    assert booking.requested_at == booking.slot_since == NOW + MINUTE
    assert booking.consent.purpose == "marriage"
    people = booking.parties.values_list("position", "full_name")
    assert list(people) == [(1, "มะลิ ทดสอบ"), (2, "สมชาย ตัวอย่าง")]
    assert [c.to_status for c in booking.changes.all()] == ["held", "requested"]


def test_submit_writes_one_message(offered, slot):
    booking = submit(hold(slot, offered))

    message = Message.objects.get()
    assert (message.kind, message.address) == ("received", "couple@example.com")
    assert (message.case_id, message.reference) == (booking.pk, booking.reference)
    assert message.due_at == NOW


def test_without_an_officer_it_is_confirmed_at_once(db):
    card = ServiceFactory(code="id-card", parties=1)
    offered = make_offered(service=card, needs_officer=False)

    booking = submit(hold(make_slot(offered), offered), couple_details(thai()))

    assert booking.status == Status.CONFIRMED
    assert Message.objects.get().kind == "confirmed"


def test_without_an_address_the_message_says_so(offered, slot):
    submit(hold(slot, offered), couple_details(email=""))

    assert Message.objects.get().status == MessageStatus.NO_CHANNEL


def test_same_body_again_is_the_same_booking(offered, slot):
    held, details = hold(slot, offered), couple_details()

    first = submit(held, details)
    again = submit(held, details, now=NOW + 30 * MINUTE)

    assert again.pk == first.pk
    assert (Booking.objects.count(), Party.objects.count(), Consent.objects.count()) == (1, 2, 1)
    assert Message.objects.count() == 1


def test_same_body_after_cancelling_is_the_cancelled_booking(offered, slot):
    held, details = hold(slot, offered), couple_details()
    services.cancel(booking=submit(held, details), by=CITIZEN, now=NOW)

    assert submit(held, details).status == Status.CANCELLED


def test_other_body_is_refused(offered, slot):
    held = hold(slot, offered)
    first = submit(held)

    with pytest.raises(Refused) as refused:
        submit(held, body_hash=b"2" * 32)

    assert refused.value.code == "other_body"
    assert Booking.objects.get().version == first.version
    assert Party.objects.count() == 2


def test_hold_that_is_over_is_refused_and_stores_nothing(offered, slot):
    held = hold(slot, offered)

    with pytest.raises(Refused) as refused:
        submit(held, now=NOW + 10 * MINUTE + timedelta(seconds=1))

    assert refused.value.code == "expired"
    assert not Party.objects.exists()
    assert not Consent.objects.exists()


def test_hold_that_was_swept_is_refused(offered, slot):
    held = hold(slot, offered)
    services.release_expired(now=NOW + 11 * MINUTE)

    with pytest.raises(Refused) as refused:
        submit(held, now=NOW + 11 * MINUTE)

    assert refused.value.code == "expired"


def test_another_browser_cannot_submit_it(offered, slot):
    held = hold(slot, offered)
    held.holder = "somebody else"

    with pytest.raises(Booking.DoesNotExist):
        submit(held)


def test_who_has_an_open_booking_is_refused_neutrally(offered):
    person = thai()
    booking_at(offered=offered, details=couple_details(person, thai()))
    held = hold(make_slot(offered), offered)

    with pytest.raises(services.AlreadyBooked) as refused:
        submit(held, couple_details(thai("อื่น ทดสอบ"), person, email="other@example.com"))

    assert refused.value.code == "already_booked"
    assert person.number not in str(refused.value)
    assert Booking.objects.get(pk=held.pk).status == Status.HELD
    assert Party.objects.count() == 2


def test_the_earlier_contact_is_told_once_a_day_and_not_who_asks(offered):
    person = thai()
    earlier = booking_at(
        offered=offered, details=couple_details(person, thai(), email="first@example.com")
    )
    held = hold(make_slot(offered), offered)
    details = couple_details(person, thai(), email="second@example.com")

    for minutes in (1, 2):
        with pytest.raises(services.AlreadyBooked) as refused:
            submit(held, details, now=NOW + minutes * MINUTE)

    told = Message.objects.get(kind="already_booked")
    assert refused.value.booking_ids == [earlier.pk]
    assert (told.address, told.case_id) == ("first@example.com", earlier.pk)
    assert not Message.objects.filter(address="second@example.com").exists()


def test_after_cancelling_the_person_can_book_again(offered):
    details = couple_details()
    booking = booking_at(offered=offered, details=details)
    services.cancel(booking=booking, by=CITIZEN, now=NOW)

    assert booking_at(offered=offered, details=details).status == Status.REQUESTED


def test_the_same_person_may_book_another_service(offered):
    person = thai()
    booking_at(offered=offered, details=couple_details(person, thai()))
    card = make_offered(service=ServiceFactory(code="id-card", parties=1), needs_officer=False)

    booking = booking_at(Status.CONFIRMED, offered=card, details=couple_details(person))

    assert booking.status == Status.CONFIRMED


def test_one_person_twice_in_one_form_is_refused(offered, slot):
    person = thai()
    held = hold(slot, offered)

    with pytest.raises(services.AlreadyBooked) as refused:
        submit(held, couple_details(person, person))

    assert refused.value.booking_ids == []
    assert not Party.objects.exists()


def test_equal_passport_numbers_of_two_countries_are_two_people(offered):
    japanese, british = Person("Hana Example", "JP", "TK123"), Person("Alex Sample", "GB", "TK123")

    first = booking_at(offered=offered, details=couple_details(thai(), japanese))
    second = booking_at(offered=offered, details=couple_details(thai(), british))

    assert first.pk != second.pk


def test_numbers_are_sealed_and_found_only_by_their_index(offered, slot):
    person = thai()
    booking = submit(hold(slot, offered), couple_details(person, thai()))
    party = booking.parties.get(position=1)

    assert services.unseal_number(party) == person.number
    assert person.number.encode() not in bytes(party.id_sealed)
    assert bytes(party.id_index) == person.index
    assert party.masked_number == f"x-xxxx-xxxxx-{person.number[-3:-1]}-{person.number[-1]}"


def test_no_column_of_any_table_holds_a_number(offered, slot):
    """Canaries, looked for in every row of every table."""
    person, foreigner = thai(), Person("Hana Example", "JP", "TKCANARY77")
    submit(hold(slot, offered), couple_details(person, foreigner))

    found = []
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f"SELECT * FROM {connection.ops.quote_name(table)}")
            text = repr([[_plain(value) for value in row] for row in cursor.fetchall()])
            found += [table for number in (person.number, foreigner.number) if number in text]

    assert found == []


def test_nothing_is_stored_when_the_message_cannot_be_written(offered, slot, monkeypatch):
    held = hold(slot, offered)

    def fail(*args, **kwargs):
        raise RuntimeError

    monkeypatch.setattr(news, "tell", fail)
    with pytest.raises(RuntimeError):
        submit(held)

    held.refresh_from_db()
    assert (held.status, held.body_hash) == (Status.HELD, None)
    assert not Party.objects.exists()


def test_the_database_knows_one_open_booking_a_person(offered):
    first = booking_at(offered=offered).parties.first()
    other = booking_at(offered=offered).parties.first()

    with pytest.raises(IntegrityError), transaction.atomic():
        Party.objects.filter(pk=other.pk).update(id_index=bytes(first.id_index))


@pytest.mark.postgres
def test_submit_is_one_statement(offered, slot, django_assert_num_queries):
    held, details = hold(slot, offered), couple_details()

    # The read, and one statement within the savepoint of this test.
    with django_assert_num_queries(4):
        submit(held, details)


def test_submit_makes_the_same_queries_for_one_person_and_for_two(offered):
    card = make_offered(service=ServiceFactory(code="id-card", parties=1), needs_officer=False)
    held = [hold(make_slot(offered), offered), hold(make_slot(card), card, holder="other")]

    counts = []
    for booking, people in zip(held, [[thai(), thai()], [thai()]], strict=True):
        with CaptureQueriesContext(connection) as queries:
            submit(booking, couple_details(*people))
        counts.append(len(queries))

    assert counts[0] == counts[1]


# --- somebody is faster: the booking was read, and then it changed ------------------------------


@pytest.fixture
def read_before(offered, slot):
    """A hold as a request read it that did not write yet."""
    held = hold(slot, offered)
    booking, _cases = queries.booking_of_form(held.form_key, held.holder)
    return booking


def send_late(booking, details, *, body_hash=b"1" * 32, now=NOW):
    return services.submit(booking=booking, details=details, body_hash=body_hash, now=now)


def test_same_body_pressed_twice_at_once_is_one_booking(read_before):
    details = couple_details()
    first = submit(read_before, details)

    again = send_late(read_before, details)

    assert (again.pk, again.version) == (first.pk, 2)
    assert (Party.objects.count(), Consent.objects.count(), Message.objects.count()) == (2, 1, 1)


def test_other_body_at_once_is_refused_and_stores_nothing(read_before):
    submit(read_before, couple_details())

    with pytest.raises(Refused) as refused:
        send_late(read_before, couple_details(email="other@example.com"), body_hash=b"2" * 32)

    assert refused.value.code == "other_body"
    assert (Party.objects.count(), Consent.objects.count(), Message.objects.count()) == (2, 1, 1)
    assert Booking.objects.get().email == "couple@example.com"


def test_hold_that_is_swept_in_between_is_refused_and_stores_nothing(read_before):
    services.release_hold(booking=read_before, by=CITIZEN, now=NOW)

    with pytest.raises(Refused) as refused:
        send_late(read_before, couple_details())

    assert refused.value.code == "expired"
    assert Booking.objects.get().status == Status.EXPIRED
    assert not Consent.objects.exists()
    assert not Party.objects.exists()


def test_hold_that_is_extended_in_between_is_booked(read_before):
    services.extend_hold(booking_id=read_before.pk, holder=read_before.holder, now=NOW)

    send_late(read_before, couple_details())

    booking = Booking.objects.get()
    assert (booking.status, booking.hold_extended) == (Status.REQUESTED, True)


def test_booking_knows_its_consent(offered, slot):
    booking = submit(hold(slot, offered))

    stored = Booking.objects.get()
    assert booking.consent_id == booking.consent.pk == stored.consent_id == Consent.objects.get().pk


def _plain(value):
    return bytes(value) if isinstance(value, memoryview) else value
