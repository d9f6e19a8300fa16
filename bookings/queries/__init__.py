"""Reads about times and bookings that more than one caller needs."""

from bookings.queries.holding import (
    all_holds_of,
    booking_of_form,
    holds_of,
    nearest_free,
    slot_to_hold,
    still_held,
)
from bookings.queries.own import open_visits_of
from bookings.queries.suspended import suspended
from bookings.queries.times import (
    NEXT_TIMES,
    Day,
    Period,
    Places,
    days,
    first_free,
    metrics,
    next_free,
    places_taken,
    slot_of,
    slots_of_day,
)

__all__ = [
    "NEXT_TIMES",
    "Day",
    "Period",
    "Places",
    "all_holds_of",
    "booking_of_form",
    "days",
    "first_free",
    "holds_of",
    "metrics",
    "nearest_free",
    "next_free",
    "open_visits_of",
    "places_taken",
    "slot_of",
    "slot_to_hold",
    "slots_of_day",
    "still_held",
    "suspended",
]
