"""The application with one protection taken away, for the negative controls of the race tests:
UNPROTECTED names it. A race test that cannot fail proves nothing (reliability §7.29)."""

import os
import time

from django.db.models import F

from config.wsgi import application

__all__ = ["application"]

# Long enough that other requests come between the look and the act, on a busy machine too.
MOMENT = 0.3


def check_then_update():
    """A place is taken after a look at the counter, not by one conditional UPDATE."""
    from bookings.models import Slot
    from bookings.services import changes, holds, places

    def take_places(*, slot_id, online, n=1):
        slot = Slot.objects.get(pk=slot_id)
        if slot.taken + n > slot.capacity or slot.taken_online + n > slot.online_capacity:
            raise places._no_place(slot_id)
        time.sleep(MOMENT)
        Slot.objects.filter(pk=slot_id).update(
            taken=F("taken") + n, taken_online=F("taken_online") + n
        )

    holds.take_places = changes.take_places = take_places


def no_row_locks():
    """A row that is about to change is read without a lock."""
    from bookings import queries
    from bookings.services import moves

    locked_read = queries.booking_of_form

    def lock_rows(queryset, **options):
        rows = list(queryset)
        time.sleep(MOMENT)
        return _Rows(rows, queryset.model)

    def booking_of_form(form_key, holder, *, lock=False):
        booking = locked_read(form_key, holder)
        if lock:
            time.sleep(MOMENT)
        return booking

    moves.lock_rows = lock_rows
    queries.booking_of_form = booking_of_form


def old_slot_first():
    """A move locks the old slot, then the new one, whatever their ids are."""
    from bookings.services import changes

    def swap_places(booking, slot, *, online):
        changes.give_back_places(slot_id=booking.slot_id, online=booking.takes_online_place)
        time.sleep(MOMENT)
        changes.take_places(slot_id=slot.pk, online=online)

    changes._swap_places = swap_places


def capacity_after_a_look():
    """The head's form looks at what is taken without a lock; a citizen takes a place after a look
    too."""
    from bookings.admin.times import SlotForm
    from bookings.models import Slot

    check_then_update()

    def fresh(form):
        slot = Slot.objects.get(pk=form.instance.pk)
        time.sleep(MOMENT)
        return slot

    SlotForm._fresh = fresh


class _Rows:
    """What `lock_rows(...).get()` needs."""

    def __init__(self, rows, model):
        self.rows, self.model = rows, model

    def get(self):
        if not self.rows:
            raise self.model.DoesNotExist
        return self.rows[0]


_CONTROLS = {
    "places": check_then_update,
    "locks": no_row_locks,
    "order": old_slot_first,
    "capacity": capacity_after_a_look,
    "": lambda: None,
}
_CONTROLS[os.environ.get("UNPROTECTED", "")]()
