"""The written-out statements do what save() and bulk_create() do."""

import pytest
from django.db import DatabaseError, IntegrityError, transaction

from core.db import insert, insert_one, together, update
from offices.models import PopularDay

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


def test_together_raises_what_one_statement_was_refused():
    def twice():
        with transaction.atomic(), together():
            insert(day(1))
            insert(day(1))

    with pytest.raises(IntegrityError):
        twice()

    assert not PopularDay.objects.exists()
