"""Slots, bookings, the people on them, documents, history, the day at the counter, the waiting
list."""

from bookings.models.booking import Booking, BookingChange, Party
from bookings.models.counter import (
    Alarm,
    Counter,
    Lane,
    NotServedReason,
    Period,
    Ticket,
)
from bookings.models.documents import Document, ItemCheck, ItemState
from bookings.models.slot import Slot
from bookings.models.waiting import ReturningPlace, WaitingEntry

__all__ = [
    "Alarm",
    "Booking",
    "BookingChange",
    "Counter",
    "Document",
    "ItemCheck",
    "ItemState",
    "Lane",
    "NotServedReason",
    "Party",
    "Period",
    "ReturningPlace",
    "Slot",
    "Ticket",
    "WaitingEntry",
]
