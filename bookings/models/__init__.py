"""Slots, bookings, the people on them, documents, history, closings, and the day at the counter."""

from bookings.models.booking import Booking, BookingChange, Party
from bookings.models.closing import Choice, Closing, ClosingDecision, Part
from bookings.models.counter import (
    Alarm,
    Counter,
    Lane,
    NotServedReason,
    Period,
    Ticket,
)
from bookings.models.documents import Document, ItemCheck, ItemState
from bookings.models.requests import DataRequest, DataRequestChange
from bookings.models.slot import Slot

__all__ = [
    "Alarm",
    "Booking",
    "BookingChange",
    "Choice",
    "Closing",
    "ClosingDecision",
    "Counter",
    "DataRequest",
    "DataRequestChange",
    "Document",
    "ItemCheck",
    "ItemState",
    "Lane",
    "NotServedReason",
    "Part",
    "Party",
    "Period",
    "Slot",
    "Ticket",
]
