"""Slots, bookings, the people on them, their documents and their history."""

from bookings.models.booking import Booking, BookingChange, Party
from bookings.models.documents import Document, ItemCheck, ItemState
from bookings.models.slot import Slot

__all__ = ["Booking", "BookingChange", "Document", "ItemCheck", "ItemState", "Party", "Slot"]
