"""Looking at a request: taking it, comparing the identity (S0-R11, R13), asking once for what is
missing. `version` is the one the page was opened with."""

from datetime import datetime, timedelta
from hmac import compare_digest

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from bookings.services import Person
from core.errors import Refused
from core.retry import retried
from core.workflow import CITIZEN, Actor
from registry_requests import news, queries
from registry_requests.models import Comparison, CopyRequest
from registry_requests.services.moves import (
    check_may,
    check_status,
    check_words,
    locked,
    move,
    note,
)
from registry_requests.services.submitting import CardCode
from registry_requests.workflow import Status

# Unequal so often, and a head of section decides what to do.
TRIES = 3
DAYS_TO_ANSWER = 7


@retried
def take(
    *, request: CopyRequest, by: User, now: datetime, version: int | None = None
) -> CopyRequest:
    """Begin to look at a submitted request, or take it over from a colleague. Raises
    Refused("permission" | "stale") and Changed. Locks the request."""
    with transaction.atomic():
        found = locked(request, version=version)
        check_may(found, "check_copyrequest", by)
        check_status(found, Status.SUBMITTED, Status.CHECKING)
        found.owner = by
        if found.status == Status.SUBMITTED:
            move(found, Status.CHECKING, by=Actor.staff(by), now=now, changed=("owner",))
        else:
            note(found, ["owner"], by=Actor.staff(by), now=now, what=_("took the case"))
    return found


@retried
def compare(
    *, request: CopyRequest, typed: dict[Comparison.Item, str], by: User, now: datetime
) -> dict[Comparison.Item, bool]:
    """Compare what the officer reads off the card or the registry's screen with what the person
    gave; stores who compared and the results, never what was typed. `typed` holds clean numbers
    and codes (core.forms, core.cards) of the items to compare.

    Raises Refused("permission" | "stale" | "tries" | "removed"). After TRIES unequal answers only
    who may decide can go on. Locks the request."""
    with transaction.atomic():
        found = locked(request)
        check_may(found, "check_copyrequest", by)
        check_status(found, Status.SUBMITTED, Status.CHECKING)
        if found.codes_removed_at:
            raise Refused(_("The codes were removed as scheduled."), code="removed")
        check_tries(found, by)
        results = {item: _is_equal(found, item, text) for item, text in typed.items()}
        for item, matched in results.items():
            Comparison.objects.create(request=found, item=item, matched=matched, by=by, at=now)
        if found.status == Status.SUBMITTED:
            found.owner = by
            move(found, Status.CHECKING, by=Actor.staff(by), now=now, changed=("owner",))
    return results


def _is_equal(request: CopyRequest, item: Comparison.Item, text: str) -> bool:
    if item == Comparison.Item.NUMBER:
        given, found = bytes(request.id_index), Person("", "TH", text).index
    else:
        kept = {
            Comparison.Item.BACK_CODE: request.back_code_hash,
            Comparison.Item.PHOTO_CODE: request.photo_code_hash,
        }
        given = bytes(kept[item])
        found = CardCode.of(item, text, form_key=request.form_key).digest
    return compare_digest(given, found)


def check_tries(request: CopyRequest, by: User) -> None:
    """Raises Refused("tries") when it was unequal TRIES times and another must decide."""
    if queries.failed_tries(request) < TRIES:
        return
    if not by.has_office_permission("registry_requests.decide_copyrequest", request.office_id):
        raise Refused(
            _("It was unequal %(n)s times. The head of section decides about this request.")
            % {"n": TRIES},
            code="tries",
        )


@retried
def ask_for_more(
    *, request: CopyRequest, text: str, by: User, now: datetime, version: int | None = None
) -> CopyRequest:
    """Ask for what is missing, all at once and only once (Licensing Facilitation Act B.E. 2558);
    the clock of the office stands still.

    Raises Refused("reason" | "permission" | "asked" | "stale") and Changed. Locks the request."""
    check_words(text, field="text")
    with transaction.atomic():
        found = locked(request, version=version)
        check_may(found, "check_copyrequest", by)
        check_status(found, Status.CHECKING)
        if found.asked_at is not None:
            raise Refused(
                _("Documents were asked for once already; the law allows it once."), code="asked"
            )
        found.asked_at, found.asked_for = now, text.strip()
        found.documents_due_at = now + timedelta(days=DAYS_TO_ANSWER)
        move(
            found,
            Status.NEEDS_DOCUMENTS,
            by=Actor.staff(by),
            now=now,
            reason=found.asked_for,
            changed=("asked_at", "asked_for", "documents_due_at"),
        )
        news.tell(found, "copy_needs_documents", now=now)
    return found


@retried
def reply(*, request: CopyRequest, text: str, now: datetime) -> CopyRequest:
    """What the person answers to the question; the clock goes on where it stood.

    Raises Refused("reason" | "stale"). Locks the request."""
    if not text.strip():
        raise Refused(_("Write your answer first"), code="reason", field="text")
    with transaction.atomic():
        found = locked(request)
        check_status(found, Status.NEEDS_DOCUMENTS)
        found.reply = text.strip()
        if found.asked_at:
            found.due_at += now - found.asked_at
        move(found, Status.CHECKING, by=CITIZEN, now=now, changed=("reply", "due_at"))
        news.tell(found, "copy_reply_received", now=now)
    return found
