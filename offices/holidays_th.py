"""Days on which Thai government offices are closed: the first content of the closure table."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

import holidays
from holidays.constants import GOVERNMENT, PUBLIC

SEPARATOR = "; "


@dataclass(frozen=True, slots=True)
class OfficialHoliday:
    """One closed day, with its name in both languages."""

    date: date
    name_th: str
    name_en: str


@dataclass(frozen=True, slots=True)
class Wording:
    """One language: `open_days` close no office, `everyday` names stand for long official ones."""

    language: str
    open_days: tuple[str, ...]
    everyday: tuple[str, ...]
    substitute: tuple[str, str]
    joiner: str


# Labour Day is a holiday of employees, Children's Day of nobody: offices are open on both.
# The everyday names of 12 August and 5 December stay true however the royal wording changes.
THAI = Wording(
    language="th",
    open_days=("วันแรงงานแห่งชาติ", "วันเด็กแห่งชาติ"),
    everyday=("วันแม่แห่งชาติ", "วันพ่อแห่งชาติ"),
    substitute=("ชดเชย", "วันหยุดชดเชย"),
    joiner=" และ",
)
ENGLISH = Wording(
    language="en_US",
    open_days=("National Labor Day", "National Children's Day"),
    everyday=("National Mother's Day", "National Father's Day"),
    substitute=(" (in lieu)", " (substitute holiday)"),
    joiner=" and ",
)


def official_holidays(years: Iterable[int]) -> list[OfficialHoliday]:
    """Closed days of the calendar years `years` (C.E.), substitution days included, by date.

    Days that the cabinet announces later (next year's Ploughing Ceremony, special holidays) are
    missing until the library knows them: the central office adds them.
    """
    wanted = set(years)
    thai, english = _named_days(THAI, wanted), _named_days(ENGLISH, wanted)
    return [OfficialHoliday(day, thai[day], english[day]) for day in sorted(thai)]


def _named_days(wording: Wording, years: set[int]) -> dict[date, str]:
    calendar = holidays.country_holidays(
        "TH", years=years, language=wording.language, categories=(PUBLIC, GOVERNMENT), expand=False
    )
    named = {day: _name(joined, wording) for day, joined in calendar.items()}
    return {day: name for day, name in named.items() if name}


def _name(joined: str, wording: Wording) -> str:
    names = [name for name in joined.split(SEPARATOR) if not _mentions(name, wording.open_days)]
    everyday = [name for name in names if _mentions(name, wording.everyday)]
    return wording.joiner.join(name.replace(*wording.substitute) for name in everyday or names)


def _mentions(name: str, wanted: tuple[str, ...]) -> bool:
    return any(part in name for part in wanted)
