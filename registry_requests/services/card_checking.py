"""Asking DOPA whether the card is in use and of this person, beside comparing by hand (S0-R11)."""

from datetime import date, datetime

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from core.errors import Refused
from core.text import first_and_last
from registry_requests.channels.card_check import Card, CardCheck, Unreachable
from registry_requests.models import Comparison, CopyRequest
from registry_requests.services.checking import check_tries, compare
from registry_requests.services.moves import check_may, check_status, locked
from registry_requests.services.submitting import unseal_number
from registry_requests.workflow import Status

Item = Comparison.Item


def check_card(
    *,
    request: CopyRequest,
    back_code: str,
    born: date,
    service: CardCheck,
    by: User,
    now: datetime,
) -> bool:
    """Compare the code that the officer reads off the card with what the person gave; only when
    they are equal ask DOPA about number, name, birthday and code. Its answer is stored as a
    comparison of both, with who asked; code and birthday are not kept.

    Raises Refused("permission" | "stale" | "tries" | "removed" | "card_check"); the last when DOPA
    does not answer. The question goes out with no transaction open; locks the request after it."""
    check_may(request, "check_copyrequest", by)
    check_tries(request, by)
    if not compare(request=request, typed={Item.BACK_CODE: back_code}, by=by, now=now)[
        Item.BACK_CODE
    ]:
        return False
    is_valid = _ask(service, _card(request, back_code, born))
    with transaction.atomic():
        found = locked(request)
        check_status(found, Status.CHECKING)
        # What does not agree, DOPA does not say: one answer, so one of the tries.
        for item in (Item.NUMBER, Item.BACK_CODE) if is_valid else (Item.BACK_CODE,):
            Comparison.objects.create(
                request=found,
                item=item,
                matched=is_valid,
                source=Comparison.Source.DOPA,
                by=by,
                at=now,
            )
    return is_valid


def _card(request: CopyRequest, back_code: str, born: date) -> Card:
    first, last = first_and_last(request.full_name)
    return Card(unseal_number(request), first, last, born, back_code)


def _ask(service: CardCheck, card: Card) -> bool:
    try:
        return service.is_valid(card)
    except Unreachable:
        raise Refused(
            _("The service of DOPA does not answer. Compare by hand with the card reader."),
            code="card_check",
        ) from None
