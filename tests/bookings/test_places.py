"""Taking and giving back places, and the shares of online and staff."""

import pytest
from django.db import IntegrityError, transaction
from django.db.models import F

from bookings.models import Slot
from bookings.services.places import give_back_places, take_places
from core.errors import Refused
from tests.factories import NOW, make_slot

pytestmark = pytest.mark.usefixtures("broken_on_purpose")  # places without bookings


def counts(slot):
    slot.refresh_from_db()
    return slot.taken, slot.taken_online


def test_take_online_counts_in_both_shares(offered):
    slot = make_slot(offered, capacity=3, online=2)

    take_places(slot_id=slot.pk, online=True)

    assert counts(slot) == (1, 1)


def test_take_by_staff_leaves_the_online_share(offered):
    slot = make_slot(offered, capacity=3, online=2)

    take_places(slot_id=slot.pk, online=False)

    assert counts(slot) == (1, 0)


def test_take_several_is_all_or_nothing(offered):
    slot = make_slot(offered, capacity=3)

    take_places(slot_id=slot.pk, online=True, n=2)
    with pytest.raises(Refused, match="เต็ม") as refused:
        take_places(slot_id=slot.pk, online=True, n=2)

    assert refused.value.code == "full"
    assert counts(slot) == (2, 2)


def test_full_online_share_still_has_places_for_staff(offered):
    slot = make_slot(offered, capacity=2, online=1)
    take_places(slot_id=slot.pk, online=True)

    with pytest.raises(Refused) as refused:
        take_places(slot_id=slot.pk, online=True)
    take_places(slot_id=slot.pk, online=False)

    assert refused.value.code == "full"
    assert counts(slot) == (2, 1)


def test_staff_can_fill_what_online_could_have_taken(offered):
    slot = make_slot(offered, capacity=2, online=1)
    take_places(slot_id=slot.pk, online=False, n=2)

    with pytest.raises(Refused) as refused:
        take_places(slot_id=slot.pk, online=True)

    assert refused.value.code == "full"


def test_closed_time_is_not_available(offered):
    slot = make_slot(offered, capacity=2, closed_at=NOW)

    with pytest.raises(Refused) as refused:
        take_places(slot_id=slot.pk, online=True)

    assert refused.value.code == "closed"
    assert counts(slot) == (0, 0)


def test_a_place_of_a_closed_time_can_be_given_back(offered):
    slot = make_slot(offered)
    take_places(slot_id=slot.pk, online=True)
    Slot.objects.update(closed_at=NOW)

    give_back_places(slot_id=slot.pk, online=True)

    assert counts(slot) == (0, 0)


@pytest.mark.parametrize("online", [True, False])
def test_giving_back_what_is_not_taken_is_refused(offered, online):
    slot = make_slot(offered, capacity=2)
    if online:
        take_places(slot_id=slot.pk, online=False)

    with pytest.raises(Refused) as refused:
        give_back_places(slot_id=slot.pk, online=online)

    assert refused.value.code == "stale"
    assert counts(slot) == (int(online), 0)


@pytest.mark.parametrize(
    "change",
    [
        {"taken": F("capacity") + 1},
        {"taken_online": F("online_capacity") + 1},
        {"taken": -1},
        {"capacity": 0},
        {"online_capacity": F("capacity") + 1},
    ],
)
def test_the_database_forbids_impossible_places_too(offered, change):
    slot = make_slot(offered, capacity=2)
    take_places(slot_id=slot.pk, online=True)

    with pytest.raises(IntegrityError), transaction.atomic():
        Slot.objects.filter(pk=slot.pk).update(**change)
