"""Where and when to be: it stands on every page about a booking (S2-R06)."""

from dataclasses import dataclass

from django.utils.translation import gettext as _

from offices.models import OfferedService


@dataclass(frozen=True)
class VisitFacts:
    """`early` and `late` are whole sentences, `place` names window, section and floor."""

    place: str
    office: str
    early: str
    late: str
    phone: str


def visit_facts(offered: OfferedService) -> VisitFacts:
    return VisitFacts(
        place=offered.place,
        office=offered.office.full_name,
        early=_("Please come %(n)s minutes early") % {"n": offered.early_minutes},
        late=_("More than %(n)s minutes late, you may have to wait")
        % {"n": offered.late_grace_minutes},
        phone=offered.office.phone,
    )
