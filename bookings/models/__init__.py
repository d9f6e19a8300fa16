"""Slots, bookings, the people on them, documents, history, and the day at the counter."""

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
from bookings.models.requests import DataRequest, DataRequestChange
from bookings.models.slot import Slot

__all__ = [
    "Alarm",
    "Booking",
    "BookingChange",
    "Counter",
    "DataRequest",
    "DataRequestChange",
    "Document",
    "ItemCheck",
    "ItemState",
    "Lane",
    "NotServedReason",
    "Party",
    "Period",
    "Slot",
    "Ticket",
]
