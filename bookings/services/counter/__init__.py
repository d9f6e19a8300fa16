"""The verbs of the counter's day: `counter.call(ticket=…, window=…)`. Each is one transaction that
locks the booking, then its ticket, then the window or the row of numbers, always in this order."""

from bookings.services.counter.alarms import answer_alarm, raise_alarm
from bookings.services.counter.arriving import add_walk_in, arrive
from bookings.services.counter.correcting import correct
from bookings.services.counter.kiosk import open_kiosk, take_number
from bookings.services.counter.serving import (
    call,
    call_again,
    finish,
    no_show,
    not_served,
    pause,
    resume,
    start,
)
from bookings.services.counter.undoing import mark_clock_wrong, undo

__all__ = [
    "add_walk_in",
    "answer_alarm",
    "arrive",
    "call",
    "call_again",
    "correct",
    "finish",
    "mark_clock_wrong",
    "no_show",
    "not_served",
    "open_kiosk",
    "pause",
    "raise_alarm",
    "resume",
    "start",
    "take_number",
    "undo",
]
