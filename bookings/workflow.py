"""The lives of bookings, numbers in the hall, closings, requests about personal data and places in
the waiting list, each as one table. docs/workflows.md is drawn from them."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from core.workflow import ActorKind, Workflow


class Status(models.TextChoices):
    HELD = "held", _("Being booked")
    REQUESTED = "requested", _("Submitted")
    NEEDS_DOCUMENTS = "needs_documents", _("More documents needed")
    CONFIRMED = "confirmed", _("Confirmed")
    ARRIVED = "arrived", _("Arrived")
    SERVING = "serving", _("Being served")
    SERVED = "served", _("Completed")
    NOT_SERVED = "not_served", _("Not completed")
    NO_SHOW = "no_show", _("Did not come")
    CANCELLED = "cancelled", _("Cancelled")
    REJECTED = "rejected", _("Not approved")
    EXPIRED = "expired", _("Expired")


_CITIZEN = frozenset({ActorKind.CITIZEN})
_STAFF = frozenset({ActorKind.STAFF})
_SYSTEM = frozenset({ActorKind.SYSTEM})
_CITIZEN_OR_STAFF = _CITIZEN | _STAFF

MOVES = {
    Status.HELD: {
        Status.REQUESTED: _CITIZEN_OR_STAFF,
        Status.CONFIRMED: _CITIZEN_OR_STAFF,
        Status.EXPIRED: _CITIZEN | _SYSTEM,
    },
    Status.REQUESTED: {
        Status.NEEDS_DOCUMENTS: _STAFF,
        Status.CONFIRMED: _STAFF,
        Status.REJECTED: _STAFF,
        Status.CANCELLED: _CITIZEN_OR_STAFF,
        Status.EXPIRED: _SYSTEM,
    },
    Status.NEEDS_DOCUMENTS: {
        Status.REQUESTED: _CITIZEN_OR_STAFF,
        Status.CONFIRMED: _STAFF,
        Status.REJECTED: _STAFF,
        Status.CANCELLED: _CITIZEN_OR_STAFF,
        Status.EXPIRED: _SYSTEM,
    },
    Status.CONFIRMED: {
        Status.ARRIVED: _STAFF,
        Status.NO_SHOW: _STAFF | _SYSTEM,
        Status.CANCELLED: _CITIZEN_OR_STAFF,
    },
    Status.ARRIVED: {
        Status.SERVING: _STAFF,
        Status.CONFIRMED: _STAFF,
        Status.NO_SHOW: _STAFF | _SYSTEM,
    },
    Status.SERVING: {
        Status.SERVED: _STAFF,
        Status.NOT_SERVED: _STAFF,
        Status.ARRIVED: _STAFF,
    },
    # Out of an end leads only taking back a slip at the counter, or correcting it soon after.
    Status.SERVED: {Status.SERVING: _STAFF, Status.NOT_SERVED: _STAFF},
    Status.NOT_SERVED: {Status.SERVING: _STAFF, Status.SERVED: _STAFF},
    Status.NO_SHOW: {Status.CONFIRMED: _STAFF, Status.ARRIVED: _STAFF},
    # Taking the time that a closing offers to whom it cancels.
    Status.CANCELLED: {Status.REQUESTED: _CITIZEN, Status.CONFIRMED: _CITIZEN},
    Status.REJECTED: {},
    Status.EXPIRED: {},
}

WORKFLOW = Workflow(MOVES)

# What occupies a place of its slot; all others have given it back or used it up.
OCCUPYING = frozenset(
    {
        Status.HELD,
        Status.REQUESTED,
        Status.NEEDS_DOCUMENTS,
        Status.CONFIRMED,
        Status.ARRIVED,
        Status.SERVING,
        Status.SERVED,
        Status.NOT_SERVED,
        Status.NO_SHOW,
    }
)
# A visit that still lies ahead: one of these a person and service.
OPEN = frozenset(
    {
        Status.REQUESTED,
        Status.NEEDS_DOCUMENTS,
        Status.CONFIRMED,
        Status.ARRIVED,
        Status.SERVING,
    }
)
UNDECIDED = frozenset({Status.REQUESTED, Status.NEEDS_DOCUMENTS})
# What a citizen may still move to another time or cancel (cut-off permitting).
CHANGEABLE = UNDECIDED | {Status.CONFIRMED}


class TicketStatus(models.TextChoices):
    WAITING = "waiting", _("Waiting")
    CALLED = "called", _("Called")
    SERVING = "serving", _("Being served")
    PAUSED = "paused", _("Paused")
    SERVED = "served", _("Completed")
    NOT_SERVED = "not_served", _("Not completed")
    LEFT = "left", _("Went away")


# Backwards lead pausing, calling again, taking back the last step, and correcting an end.
TICKET_MOVES = {
    TicketStatus.WAITING: {
        TicketStatus.CALLED: _STAFF,
        TicketStatus.LEFT: _STAFF | _SYSTEM,
    },
    TicketStatus.CALLED: {
        TicketStatus.SERVING: _STAFF,
        TicketStatus.WAITING: _STAFF,
        TicketStatus.LEFT: _STAFF | _SYSTEM,
    },
    TicketStatus.SERVING: {
        TicketStatus.PAUSED: _STAFF,
        TicketStatus.SERVED: _STAFF,
        TicketStatus.NOT_SERVED: _STAFF,
        TicketStatus.CALLED: _STAFF,
    },
    TicketStatus.PAUSED: {
        TicketStatus.SERVING: _STAFF,
        TicketStatus.SERVED: _STAFF,
        TicketStatus.NOT_SERVED: _STAFF,
    },
    TicketStatus.SERVED: {
        TicketStatus.SERVING: _STAFF,
        TicketStatus.PAUSED: _STAFF,
        TicketStatus.NOT_SERVED: _STAFF,
    },
    TicketStatus.NOT_SERVED: {
        TicketStatus.SERVING: _STAFF,
        TicketStatus.PAUSED: _STAFF,
        TicketStatus.SERVED: _STAFF,
    },
    TicketStatus.LEFT: {TicketStatus.WAITING: _STAFF, TicketStatus.CALLED: _STAFF},
}

TICKET_WORKFLOW = Workflow(TICKET_MOVES)

# In the hall or at a window.
PRESENT = frozenset(
    {TicketStatus.WAITING, TicketStatus.CALLED, TicketStatus.SERVING, TicketStatus.PAUSED}
)
# What keeps a window busy.
AT_WINDOW = frozenset({TicketStatus.CALLED, TicketStatus.SERVING})


class ClosingStatus(models.TextChoices):
    DRAFT = "draft", pgettext_lazy("closing", "Draft")
    ANNOUNCED = "announced", _("Announced")
    DONE = "done", _("Everybody was told")
    DROPPED = "dropped", _("Thrown away")


CLOSING_MOVES = {
    ClosingStatus.DRAFT: {ClosingStatus.ANNOUNCED: _STAFF, ClosingStatus.DROPPED: _STAFF},
    ClosingStatus.ANNOUNCED: {ClosingStatus.DONE: _SYSTEM},
    ClosingStatus.DONE: {},
    ClosingStatus.DROPPED: {},
}

CLOSING_WORKFLOW = Workflow(CLOSING_MOVES)

# What has closed its times for good.
CLOSED_BY = frozenset({ClosingStatus.ANNOUNCED, ClosingStatus.DONE})


class RequestStatus(models.TextChoices):
    """Of a person's request about the own data."""

    SUBMITTED = "submitted", _("Waiting for the identity check")
    IDENTIFIED = "identified", _("Identity checked")
    ANSWERED = "answered", _("Answered")
    REFUSED = "refused", _("Refused")
    WITHDRAWN = "withdrawn", _("Withdrawn")


REQUEST_MOVES = {
    RequestStatus.SUBMITTED: {
        RequestStatus.IDENTIFIED: _STAFF,
        RequestStatus.REFUSED: _STAFF,
        RequestStatus.WITHDRAWN: _CITIZEN,
    },
    RequestStatus.IDENTIFIED: {
        RequestStatus.ANSWERED: _STAFF,
        RequestStatus.REFUSED: _STAFF,
        RequestStatus.WITHDRAWN: _CITIZEN,
    },
    RequestStatus.ANSWERED: {},
    RequestStatus.REFUSED: {},
    RequestStatus.WITHDRAWN: {},
}

REQUEST_WORKFLOW = Workflow(REQUEST_MOVES)

# The 30 days run.
REQUEST_OPEN = frozenset({RequestStatus.SUBMITTED, RequestStatus.IDENTIFIED})


class WaitingStatus(models.TextChoices):
    WAITING = "waiting", _("On the waiting list")
    OFFERED = "offered", _("A time is kept for you")
    TAKEN = "taken", _("Time taken")
    LEFT = "left", _("Left the list")
    OVER = "over", _("Waiting is over")


# One offer each: who does not take it makes room for the next one, and can join again. Whose offer
# the office takes back, because it stops the time, waits on.
WAITING_MOVES = {
    WaitingStatus.WAITING: {
        WaitingStatus.OFFERED: _SYSTEM,
        WaitingStatus.LEFT: _CITIZEN_OR_STAFF,
        WaitingStatus.OVER: _SYSTEM,
    },
    WaitingStatus.OFFERED: {
        WaitingStatus.WAITING: _SYSTEM,
        WaitingStatus.TAKEN: _CITIZEN_OR_STAFF,
        WaitingStatus.LEFT: _CITIZEN,
        WaitingStatus.OVER: _SYSTEM,
    },
    WaitingStatus.TAKEN: {},
    WaitingStatus.LEFT: {},
    WaitingStatus.OVER: {},
}

WAITING_WORKFLOW = Workflow(WAITING_MOVES)

IN_LINE = frozenset({WaitingStatus.WAITING, WaitingStatus.OFFERED})
