"""Links of LINE accounts in a person's request about the own data (PDPA s.30 to 36); they are held
by the office whose account it is."""

from datetime import datetime

from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from accounts import line_links
from accounts import queries as accounts
from accounts.models import LineAccount
from bookings.models import DataRequest
from bookings.services.holders import Held
from core import thai_dates
from line_channel.models import Answer, Chat, Event


def held_about(request: DataRequest) -> list[Held]:
    """The person's linked LINE accounts. Two queries at most."""
    return [_held(account) for account in _of_the_person(request)]


def erase(request: DataRequest, now: datetime) -> int:
    """End the person's links and remove what was said in those chats; returns how many. Locks the
    links."""
    users = [account.user_id for account in _of_the_person(request)]
    for user_id in users:
        line_links.unlink(user_id=user_id, now=now)
    for model in (Answer, Event, Chat):
        model._default_manager.filter(user_id__in=users).delete()
    return len(users)


def _of_the_person(request: DataRequest) -> list[LineAccount]:
    if request.office.slug != settings.LINE_OFFICE:
        return []
    return accounts.line_accounts_of(bytes(request.id_index))


def _held(account: LineAccount) -> Held:
    consent = account.consent
    given = thai_dates.medium_date(consent.given_at)
    return Held(
        reference="LINE",
        title=_("link of a LINE account"),
        state=pgettext("LINE account", "linked"),
        facts=[
            (_("Name"), account.full_name),
            (_("ID number"), account.masked_number),
            (_("Contact"), account.phone),
            (_("Privacy notice read"), f"{consent.text_version} {given}"),
        ],
    )
