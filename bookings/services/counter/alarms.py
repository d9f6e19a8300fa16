"""A clerk calls the head of section to the window."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from bookings.models import Alarm
from core.db import lock_rows
from core.errors import Refused
from offices.models import Office, Window


def raise_alarm(*, office: Office, by: User, now: datetime, window: Window | None = None) -> Alarm:
    """Call for help; a call of the same person that nobody answered yet is given back."""
    open_one = Alarm.objects.filter(office=office, by=by, answered_at__isnull=True).first()
    return open_one or Alarm.objects.create(office=office, window=window, by=by, at=now)


def answer_alarm(*, alarm: Alarm, by: User, now: datetime) -> Alarm:
    """ "I am coming." Raises Refused("answered" | "permission"). Locks the alarm."""
    if not by.has_office_permission("bookings.lead_desk", alarm.office_id):
        raise Refused(_("Only the head of section answers a call for help."), code="permission")
    with transaction.atomic():
        locked = lock_rows(Alarm.objects.filter(pk=alarm.pk)).get()
        if locked.answered_at is not None:
            raise Refused(_("This call for help was answered already."), code="answered")
        locked.answered_by, locked.answered_at = by, now
        locked.save(update_fields=["answered_by", "answered_at"])
    return locked
