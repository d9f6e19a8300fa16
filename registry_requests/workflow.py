"""The life of a request for a certified copy, or of an enquiry, as one table."""

from django.db import models
from django.utils.translation import pgettext_lazy

from core.workflow import ActorKind, Workflow


class Status(models.TextChoices):
    SUBMITTED = "submitted", pgettext_lazy("copy request", "Submitted")
    CHECKING = "checking", pgettext_lazy("copy request", "Being checked")
    NEEDS_DOCUMENTS = "needs_documents", pgettext_lazy("copy request", "More documents needed")
    APPROVED = "approved", pgettext_lazy("copy request", "Approved")
    READY = "ready", pgettext_lazy("copy request", "Ready to collect")
    COLLECTED = "collected", pgettext_lazy("copy request", "Collected")
    ANSWERED = "answered", pgettext_lazy("copy request", "Answered")
    REJECTED = "rejected", pgettext_lazy("copy request", "Not approved")
    CANCELLED = "cancelled", pgettext_lazy("copy request", "Cancelled")
    EXPIRED = "expired", pgettext_lazy("copy request", "Expired")


_STAFF = frozenset({ActorKind.STAFF})
_SYSTEM = frozenset({ActorKind.SYSTEM})
_CITIZEN_OR_STAFF = frozenset({ActorKind.CITIZEN, ActorKind.STAFF})

MOVES = {
    Status.SUBMITTED: {
        Status.CHECKING: _STAFF,
        Status.REJECTED: _STAFF,
        Status.CANCELLED: _CITIZEN_OR_STAFF,
    },
    Status.CHECKING: {
        Status.NEEDS_DOCUMENTS: _STAFF,
        Status.APPROVED: _STAFF,
        Status.ANSWERED: _STAFF,
        Status.REJECTED: _STAFF,
        Status.CANCELLED: _CITIZEN_OR_STAFF,
    },
    Status.NEEDS_DOCUMENTS: {
        Status.CHECKING: _CITIZEN_OR_STAFF,
        Status.REJECTED: _STAFF,
        Status.CANCELLED: _CITIZEN_OR_STAFF,
        Status.EXPIRED: _SYSTEM,
    },
    Status.APPROVED: {
        Status.READY: _STAFF,
        Status.CANCELLED: _CITIZEN_OR_STAFF,
        Status.EXPIRED: _SYSTEM,
    },
    Status.READY: {
        Status.COLLECTED: _STAFF,
        Status.CANCELLED: _CITIZEN_OR_STAFF,
        Status.EXPIRED: _SYSTEM,
    },
    Status.COLLECTED: {},
    Status.ANSWERED: {},
    Status.REJECTED: {},
    Status.CANCELLED: {},
    Status.EXPIRED: {},
}

WORKFLOW = Workflow(MOVES)

# The office has not decided yet: its clock runs, or stands still while the person is asked.
UNDECIDED = frozenset({Status.SUBMITTED, Status.CHECKING, Status.NEEDS_DOCUMENTS})
TO_COLLECT = frozenset({Status.APPROVED, Status.READY})
OPEN = UNDECIDED | TO_COLLECT
# What a person who lost the message may want to read again.
TO_READ = OPEN | {Status.ANSWERED}
