"""What the page of one service shows: facts, cases, what to bring."""

from dataclasses import dataclass

from django.utils.translation import get_language, pgettext
from django.utils.translation import gettext as _

from offices.models import ChecklistItem, Fee, OfferedService, ServiceCase


@dataclass(frozen=True)
class Fact:
    icon: str
    label: str
    value: str
    small: str


@dataclass(frozen=True)
class Segment:
    """One link of the case switch."""

    code: str
    short: str
    name: str
    current: bool


@dataclass(frozen=True)
class Bring:
    title: str
    how: str


def choose_case(cases: list[ServiceCase], code: str) -> ServiceCase | None:
    """The case of that code, else the first one."""
    by_code = {case.code: case for case in cases}
    return by_code.get(code) or (cases[0] if cases else None)


def segments(cases: list[ServiceCase], chosen: ServiceCase | None) -> list[Segment]:
    """Nothing to switch where there is one case only."""
    if len(cases) < 2:
        return []
    return [Segment(case.code, case.short, case.name, case == chosen) for case in cases]


def checklist(items: list[ChecklistItem]) -> list[Bring]:
    return [Bring(item.title, item.detail) for item in items]


def facts(offered: OfferedService, fee: Fee | None) -> list[Fact]:
    """Fee, minutes, when to arrive, how long the check takes."""
    visit = _("per couple") if offered.service.parties == 2 else _("per person")
    return [
        _fee_fact(fee),
        Fact("clock", _("Takes"), _("About %(n)s minutes") % {"n": offered.minutes}, visit),
        Fact(
            "person-walking",
            _("Arrive"),
            _("%(n)s minutes early") % {"n": offered.early_minutes},
            _("after %(n)s minutes late, you may wait") % {"n": offered.late_grace_minutes},
        ),
        _check_fact(offered),
    ]


def _fee_fact(fee: Fee | None) -> Fact:
    label = _("Fee")
    unsure = _("to be confirmed by the office")
    if fee is None:
        return Fact("cash-coin", label, _("Ask the office"), unsure)
    value = _("%(n)s baht") % {"n": fee.amount} if fee.amount else pgettext("fee", "Free")
    words = [fee.note or fee.per] if fee.confirmed else [fee.note or fee.per, unsure]
    return Fact("cash-coin", label, value, " · ".join(word for word in words if word))


def _check_fact(offered: OfferedService) -> Fact:
    if not offered.needs_officer:
        return Fact("check2-circle", _("Confirmation"), _("At once"), _("nothing to wait for"))
    return Fact(
        "search",
        _("Document check"),
        _working_days(offered.review_days),
        _("we tell you before the day"),
    )


def change_note(offered: OfferedService) -> str:
    """Until when a booking can be moved or cancelled online."""
    if not offered.cutoff_days:
        return _("You can move or cancel online until the appointment")
    return _("You can move or cancel online until %(days)s before the day") % {
        "days": _working_days(offered.cutoff_days)
    }


def _working_days(count: int) -> str:
    return _("1 working day") if count == 1 else _("%(n)s working days") % {"n": count}


def interpreter_note(offered: OfferedService) -> str:
    """Only for readers of English: work at the office is in Thai."""
    if get_language() != "en":
        return ""
    if offered.service.parties == 2:
        return _("If neither of you speaks Thai, bring an interpreter. Tell us when you book.")
    return _("If you do not speak Thai, bring an interpreter. Tell us when you book.")
