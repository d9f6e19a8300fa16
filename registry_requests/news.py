"""What is told to whom about a copy request: one row of the outbox in the transaction of the
change. Rendering happens later, in `registry_requests.messages`."""

from datetime import datetime
from typing import Any

from accounts import queries as accounts
from notifications import services as notifications
from notifications.services import Contact, News
from registry_requests.models import CopyRequest

SOURCE = "copy_request"
# Kinds that must reach the person: without a working channel the officer telephones.
MUST_REACH = frozenset(
    {
        "copy_approved",
        "copy_needs_documents",
        "copy_rejected",
        "copy_ready",
        "copy_answered",
        "copy_cancelled_by_office",
        "copy_collection_changed",
    }
)


def tell(request: CopyRequest, kind: str, *, now: datetime, mark: str = "", **context: Any) -> None:
    """Write the message of `kind` for the contacts of the request, once for each version of it;
    `mark` names another happening instead."""
    news = News(
        event=f"{SOURCE}:{request.pk}:{kind}:{mark or request.version}",
        kind=kind,
        source=SOURCE,
        case_id=request.pk,
        reference=request.reference,
        office_id=request.desk_office_id,
        language=request.language,
        context=context,
        call_if_lost=kind in MUST_REACH,
    )
    notifications.queue(news, contacts=contacts_of(request), now=now)


def contacts_of(request: CopyRequest) -> list[Contact]:
    """Where the person can be reached as far as the row says, best first. No query."""
    return notifications.ways_of(phone=request.phone, email=request.email)


def all_contacts_of(request: CopyRequest) -> list[Contact]:
    """The same with the person's LINE account first. One query."""
    line = accounts.line_user_of(id_indexes=[bytes(request.id_index)], phone=request.phone)
    return notifications.ways_of(phone=request.phone, email=request.email, line=line)
