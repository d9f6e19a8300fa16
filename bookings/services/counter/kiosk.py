"""Taking a number by a form that may be sent twice, and the tablet for it."""

from datetime import datetime
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from accounts.models import User
from bookings.models import Ticket
from bookings.services.counter.arriving import add_walk_in
from core.db import lock_rows
from core.errors import Refused
from core.workflow import CITIZEN, Actor
from offices.models import Kiosk, OfferedService, Office


def take_number(
    *,
    offered: OfferedService,
    form_key: UUID,
    now: datetime,
    by: Actor = CITIZEN,
    name: str = "",
    beyond_share: bool = False,
) -> Ticket:
    """A number as `add_walk_in` gives it, from the kiosk unless `by` staff; the same form sent
    again gives the same number.

    Raises Refused("closed" | "walk_ins_full"), and Refused("form_used") when the form gave a
    number to somebody else. Locks the row of numbers."""
    earlier = _given_before(form_key, offered, name)
    if earlier is not None:
        return earlier
    try:
        with transaction.atomic():
            ticket = add_walk_in(
                offered=offered, by=by, now=now, name=name, beyond_share=beyond_share
            )
            Ticket.objects.filter(pk=ticket.pk).update(form_key=form_key)
    except IntegrityError:
        earlier = _given_before(form_key, offered, name)
        if earlier is None:
            raise
        return earlier
    return ticket


def _given_before(form_key: UUID, offered: OfferedService, name: str) -> Ticket | None:
    ticket = Ticket.objects.filter(form_key=form_key).first()
    if ticket and (ticket.offered_id, ticket.name) != (offered.pk, name.strip()):
        raise Refused(
            _("This form gave the number %(number)s already. Press once more for the next one.")
            % {"number": ticket},
            code="form_used",
        )
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
