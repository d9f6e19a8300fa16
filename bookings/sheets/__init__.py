"""The two papers of a day at the counter, as the seed projects print them. Always in Thai,
whatever language the back-office is read in: they are filed as official papers."""

from bookings.sheets.day import day_sheet, initials
from bookings.sheets.minutes import time_sheet
from bookings.sheets.paper import Choice, Sheet

__all__ = ["Choice", "Sheet", "day_sheet", "initials", "time_sheet"]
