"""Papers. The two of a day at the counter, as the seed projects print them, are always in Thai,
whatever language the back-office is read in: they are filed as official papers."""

from bookings.sheets.day import day_sheet, initials
from bookings.sheets.held import HeldPaper, held_paper
from bookings.sheets.minutes import time_sheet
from bookings.sheets.paper import Choice, Sheet

__all__ = ["Choice", "HeldPaper", "Sheet", "day_sheet", "held_paper", "initials", "time_sheet"]
