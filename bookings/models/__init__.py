"""Slots, bookings, the people on them, documents, history; closings, the day at the counter, the
waiting list, requests about personal data."""

from bookings.models.booking import Booking, BookingChange
from bookings.models.closing import CHANGES, Closing, Part
from bookings.models.counter import (
    Alarm,
    Counter,
    Lane,
    NotServedReason,
    Period,
    Ticket,
)
from bookings.models.decision import Choice, ClosingDecision
from bookings.models.documents import Document, ItemCheck, ItemState
from bookings.models.overbooked import too_many
from bookings.models.party import Party
from bookings.models.requests import DataRequest, DataRequestChange
from bookings.models.slot import Slot
from bookings.models.waiting import ReturningPlace, WaitingEntry

__all__ = [
    "CHANGES",
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
    "ReturningPlace",
    "Slot",
    "Ticket",
    "WaitingEntry",
    "too_many",
]
