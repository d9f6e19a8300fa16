"""The written-out statements do what the ORM does."""

from datetime import timedelta

import pytest
from django.db import DatabaseError, IntegrityError, transaction

from accounts.models import Consent
from bookings.models import Booking, BookingChange
from core.rows import Stale, columns, insert, insert_one, read, together, update
from offices.models import PopularDay
from tests.factories import NOW, hold, make_offered, make_slot

pytestmark = pytest.mark.django_db


def day(number):
    return PopularDay(date=f"2026-12-{number:02d}", name_th="วันดี")


def test_insert_one_gives_the_id_and_stores_every_field():
    row = PopularDay(date="2026-12-14", name_th="วันดี", name_en="A good day")

    insert_one(row)

    assert PopularDay.objects.values().get() == {
        "id": row.pk,
        "date": PopularDay.objects.get().date,
        "name_th": "วันดี",
        "name_en": "A good day",
    }


def test_insert_stores_many_with_one_statement(django_assert_num_queries):
    with django_assert_num_queries(1):
        insert(day(1), day(2), day(3))

    assert PopularDay.objects.count() == 3


def test_insert_leaves_a_row_that_is_there_when_asked_to():
    insert(day(1))

    insert(day(1), ignore_conflicts=True)

    assert PopularDay.objects.count() == 1


def test_insert_refuses_what_the_table_refuses():
    insert(day(1))

    with pytest.raises(IntegrityError), transaction.atomic():
        insert(day(1))


def test_update_saves_only_the_named_fields():
    insert(day(1))
    row = PopularDay.objects.get()
    row.name_th, row.name_en = "ใหม่", "new"

    update(row, ["name_en"])

    row.refresh_from_db()
    assert (row.name_th, row.name_en) == ("วันดี", "new")


def test_update_of_a_row_that_is_gone():
    row = day(1)
    row.pk = 404

    with pytest.raises(DatabaseError, match="gone"):
        update(row, ["name_en"])


# --- reading ------------------------------------------------------------------------------------


def test_read_gives_the_objects_that_the_orm_gives(booking):
    sql = f"SELECT {columns(Booking, 'b')} FROM bookings_booking b WHERE id = %s"

    (row,) = read(Booking, sql, [booking.pk])

    stored = Booking.objects.get()
    names = [field.attname for field in Booking._meta.concrete_fields]
    assert [getattr(row, name) for name in names] == [getattr(stored, name) for name in names]


def test_read_keeps_columns_that_are_no_field_and_reads_missing_ones_later(booking):
    (row,) = read(Booking, "SELECT holder, id, 7 AS days FROM bookings_booking", [])

    assert (row.pk, row.holder, row.days) == (booking.pk, booking.holder, 7)
    assert row.get_deferred_fields() >= {"reference", "held_until"}
    assert row.reference == booking.reference


def test_read_without_rows(booking):
    assert read(Booking, "SELECT id FROM bookings_booking WHERE id = %s", [0]) == []


# --- together -----------------------------------------------------------------------------------


@pytest.fixture
def booking():
    offered = make_offered()
    return hold(make_slot(offered), offered)


def consent():
    return Consent(purpose="marriage", text_version="1", language="th", channel="web", given_at=NOW)


def write_all(booking, *, version):
    """Two new rows, one of which the changed one points to; gives the consent."""
    with together(booking, version=version):
        given = consent()
        insert_one(given)
        booking.consent, booking.note, booking.held_until = given, "x", NOW + timedelta(hours=1)
        update(booking, ["consent", "note", "held_until"])
        insert(BookingChange(booking=booking, to_status="held", actor="citizen", at=NOW))
    return given


def test_together_stores_all(booking):
    given = write_all(booking, version=1)

    stored = Booking.objects.get()
    assert (stored.note, stored.held_until) == ("x", NOW + timedelta(hours=1))
    assert stored.consent == given
    assert booking.consent_id == given.pk == Consent.objects.get().pk
    assert stored.changes.count() == 2


def test_together_stores_nothing_over_another_version(booking):
    with pytest.raises(Stale):
        write_all(booking, version=2)

    stored = Booking.objects.get()
    assert (stored.note, stored.consent) == ("", None)
    assert not Consent.objects.exists()
    assert stored.changes.count() == 1


def test_together_stores_nothing_when_the_block_fails(booking):
    def fail_in_the_middle():
        with together(booking, version=1):
            insert_one(consent())
            raise LookupError

    with pytest.raises(LookupError):
        fail_in_the_middle()

    assert not Consent.objects.exists()
    insert_one(consent())
    assert Consent.objects.count() == 1


def test_together_stores_nothing_when_one_part_is_refused(booking):
    insert(day(1))

    def twice():
        with together(booking, version=1):
            insert_one(consent())
            insert(day(1))

    with pytest.raises(IntegrityError):
        twice()

    assert not Consent.objects.exists()


def test_together_leaves_a_row_that_is_there_when_asked_to(booking):
    insert(day(1))

    with together(booking, version=1):
        insert(day(1), ignore_conflicts=True)
        insert(day(2), ignore_conflicts=True)

    assert PopularDay.objects.count() == 2


@pytest.mark.postgres
def test_together_is_one_statement(booking, django_assert_num_queries):
    with django_assert_num_queries(3):  # within the savepoint of this test
        write_all(booking, version=1)
