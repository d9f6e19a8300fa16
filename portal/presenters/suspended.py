"""Hours in which an office takes nobody: when, and why."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.utils.translation import gettext as _

from bookings.models import Closing, Part
from core import thai_dates


@dataclass(frozen=True)
class Suspended:
    """`ศุกร์ 18 ธันวาคม 2569 ช่วงบ่าย งดให้บริการ`, and the reason in the reader's language."""

    title: str
    reason: str


def notes(closings: Iterable[Closing]) -> list[Suspended]:
    return [
        Suspended(
            _("No service on %(day)s, %(hours)s")
            % {"day": thai_dates.long_date(closing.date), "hours": _hours(closing)},
            closing.reason,
        )
        for closing in closings
    ]


def _hours(closing: Closing) -> str:
    if closing.part == Part.HOURS:
        return thai_dates.time_range(closing.starts_at, closing.ends_at)
    return {
        Part.MORNING: _("in the morning"),
        Part.AFTERNOON: _("in the afternoon"),
        Part.DAY: _("the whole day"),
    }[Part(closing.part)]
