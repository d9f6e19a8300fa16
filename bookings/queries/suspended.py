"""Hours in which an office takes nobody, as it announced them."""

from datetime import date

from django.db.models import Q

from bookings.models import Closing, Part
from bookings.workflow import CLOSED_BY
from offices.models import OfferedService


def suspended(offered: OfferedService, *, first: date, last: date) -> list[Closing]:
    """The announced closings of a service between two days, both ends included, in time order; a
    whole day of the office is in the calendar of closures instead. One query."""
    mine = Q(of_all_services=True) | Q(services=offered)
    rows = Closing.objects.of_hours().filter(
        mine, office=offered.office_id, date__range=(first, last), status__in=CLOSED_BY
    )
    rows = rows.exclude(part=Part.DAY, of_all_services=True)
    return list(rows.distinct())
