"""The verbs of a copy request. Import the module, call through it: `services.approve(…)`."""

from registry_requests.services.card_checking import check_card
from registry_requests.services.checking import TRIES, ask_for_more, compare, reply, take
from registry_requests.services.collecting import choose_time, hand_out, mark_paid, mark_ready
from registry_requests.services.deciding import answer, approve, reject
from registry_requests.services.ending import cancel, expire, tell_late
from registry_requests.services.finding import send_link
from registry_requests.services.submitting import (
    AlreadyAsked,
    CardCode,
    Wish,
    submit,
    unseal_number,
)

__all__ = [
    "TRIES",
    "AlreadyAsked",
    "CardCode",
    "Wish",
    "answer",
    "approve",
    "ask_for_more",
    "cancel",
    "check_card",
    "choose_time",
    "compare",
    "expire",
    "hand_out",
    "mark_paid",
    "mark_ready",
    "reject",
    "reply",
    "send_link",
    "submit",
    "take",
    "tell_late",
    "unseal_number",
]
