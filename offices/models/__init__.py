"""The 50 offices, what each offers, and when it is closed."""

from offices.models.calendar import Closure, PopularDay
from offices.models.catalogue import (
    ChecklistItem,
    Fee,
    Question,
    Service,
    ServiceCase,
    ServiceForm,
)
from offices.models.offered import OfferedService, OpeningPattern, PatternTime
from offices.models.office import Kiosk, Office, Section, SectionKind, Window

__all__ = [
    "ChecklistItem",
    "Closure",
    "Fee",
    "Kiosk",
    "OfferedService",
    "Office",
    "OpeningPattern",
    "PatternTime",
    "PopularDay",
    "Question",
    "Section",
    "SectionKind",
    "Service",
    "ServiceCase",
    "ServiceForm",
    "Window",
]
