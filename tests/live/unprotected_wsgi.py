"""The application with one protection taken away, for the negative controls of the race tests:
UNPROTECTED names it. A race test that cannot fail proves nothing."""

import os
import time
from contextlib import contextmanager
from copy import copy
from importlib import import_module

from django.db import transaction
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

    @contextmanager
    def place_taken(slot_id):
        with transaction.atomic():
            take_places(slot_id=slot_id, online=True)
            yield

    holds.place_taken, changes.take_places = place_taken, take_places


def no_row_locks():
    """A row that is about to change is read without a lock, and changed whatever it is by then."""
    from bookings.services import moves

    def lock_rows(queryset, **options):
        rows = list(queryset)
        time.sleep(MOMENT)
        return _Rows(rows, queryset.model)

    @contextmanager
    def together(row, *, version):
        time.sleep(MOMENT)
        with transaction.atomic():
            yield

    moves.lock_rows = lock_rows
    # The package's own `submit` is the function in it.
    import_module("bookings.services.submit").together = together


def old_slot_first():
    """A move locks the old slot, then the new one, whatever their ids are."""
    from bookings.services import changes

    def swap_places(booking, slot, *, online):
        changes.give_back_places(slot_id=booking.slot_id, online=booking.takes_online_place)
        time.sleep(MOMENT)
        changes.take_places(slot_id=slot.pk, online=online)

    changes.swap_places = swap_places


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


def any_body():
    """The same form with other data counts as the same."""
    import_module("bookings.services.submit").compare_digest = lambda one, other: True


def forgotten_forms():
    """Whether a form was sent before is not looked at."""
    submit = import_module("bookings.services.submit")
    is_sent = submit._is_sent

    def as_if_new(booking, body_hash, now):
        new = copy(booking)
        new.body_hash = None
        return is_sent(new, body_hash, now)

    submit._is_sent = as_if_new


def offer_in_a_moment():
    """A freed place is offered by a transaction of its own, a moment after it came free."""
    from bookings.services import changes, offers, returning

    offer_freed = offers.offer_freed

    def offered_later(*, slot_id, now):
        transaction.on_commit(lambda: later(slot_id, now))
        return 0

    def later(slot_id, now):
        time.sleep(MOMENT)
        with transaction.atomic():
            offers.lock_slot(slot_id)
            offer_freed(slot_id=slot_id, now=now)

    offers.offer_freed = changes.offer_freed = returning.offer_freed = offered_later


def line_without_lock():
    """The first in line is read without a lock."""
    from bookings.models import WaitingEntry
    from bookings.services import offers

    def locked_entry(entry_id):
        entry = WaitingEntry.objects.get(pk=entry_id)
        time.sleep(MOMENT)
        return entry

    offers.lock_line = lambda offered_id: None
    offers.locked_entry = locked_entry


def copies_without_lock():
    """Who decides about a copy request has read it without a lock, and saves what was read."""
    from registry_requests.services import moves

    def lock_rows(queryset, **options):
        rows = list(queryset)
        time.sleep(MOMENT)
        return _Rows(rows, queryset.model)

    moves.lock_rows = lock_rows


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
    "body": any_body,
    "sent": forgotten_forms,
    "offers": offer_in_a_moment,
    "line": line_without_lock,
    "copies": copies_without_lock,
    "": lambda: None,
}
_CONTROLS[os.environ.get("UNPROTECTED", "")]()
