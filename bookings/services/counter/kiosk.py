"""Taking a number without a clerk."""

from datetime import datetime
from uuid import UUID

from django.db import IntegrityError, transaction

from accounts.models import User
from bookings.models import Ticket
from bookings.services.counter.arriving import add_walk_in
from core.db import lock_rows
from core.workflow import CITIZEN
from offices.models import Kiosk, OfferedService, Office


def take_number(*, offered: OfferedService, form_key: UUID, now: datetime) -> Ticket:
    """A number from the kiosk; the same form sent again gives the same number.

    Raises Refused("closed" | "walk_ins_full"). Locks the row of numbers."""
    earlier = Ticket.objects.filter(form_key=form_key, offered=offered).first()
    if earlier is not None:
        return earlier
    try:
        with transaction.atomic():
            ticket = add_walk_in(offered=offered, by=CITIZEN, now=now)
            Ticket.objects.filter(pk=ticket.pk).update(form_key=form_key)
    except IntegrityError:
        return Ticket.objects.get(form_key=form_key, offered=offered)
    return ticket


def open_kiosk(*, office: Office, by: User, now: datetime) -> Kiosk:
    """A new link for the tablet of an office; tablets opened by older ones are closed. Who made
    it stands in its history. Locks the kiosk."""
    with transaction.atomic():
        Kiosk.objects.get_or_create(office=office)
        kiosk = lock_rows(Kiosk.objects.select_related("office").filter(office=office)).get()
        kiosk.version, kiosk.made_at = kiosk.version + 1, now
        kiosk._history_user = by
        kiosk.save(update_fields=["version", "made_at"])
    return kiosk
