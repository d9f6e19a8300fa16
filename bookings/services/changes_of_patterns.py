"""New times of a pattern, or another pattern for a service: first a draft that shows what it would
do and stops the times that would go, then a decision for each appointment on them, then it counts
(as a closing, ADR 16). Nothing of the pattern is stored before it is announced."""

from collections.abc import Sequence
from datetime import datetime

from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from bookings.models import Closing, Part
from bookings.services.closing import LAST_MINUTE, MIDNIGHT, store
from bookings.services.closing_rules import check_may_close
from bookings.services.pattern_rules import Row, check_rows, rows_of
from core.errors import Refused
from offices.models import OfferedService, OpeningPattern


def plan_times(
    *,
    pattern: OpeningPattern,
    weekdays: str,
    rows: Sequence[Row],
    reason_th: str,
    by: User,
    now: datetime,
    reason_en: str = "",
) -> Closing:
    """Begin to change the weekdays and times of a pattern that services use. The central office
    may begin it; only the office can decide and announce.

    Raises Refused("permission" | "times" | "order" | "twice" | "overlap" | "reason"); nothing is
    stored then. Queries and locks as `plan`, over all times ahead."""
    check_rows(rows)
    services = list(pattern.offered.all())
    reasons = (reason_th, reason_en)
    return _plan(Part.PATTERN, pattern, weekdays, rows, services, reasons, by, now)


def plan_choice(
    *,
    offered: OfferedService,
    pattern: OpeningPattern,
    reason_th: str,
    by: User,
    now: datetime,
    reason_en: str = "",
) -> Closing:
    """Begin to give a service another pattern of its office. Raises as `plan_times`, and
    Refused("same" | "office")."""
    if pattern.pk == offered.pattern_id:
        raise Refused(_("The service has these times already."), code="same", field="pattern")
    if pattern.office_id != offered.office_id:
        raise Refused(_("Choose one of the same office."), code="office", field="pattern")
    rows = rows_of(pattern)
    check_rows(rows)
    reasons = (reason_th, reason_en)
    return _plan(Part.CHOICE, pattern, pattern.weekdays, rows, [offered], reasons, by, now)


def _plan(
    part: Part,
    pattern: OpeningPattern,
    weekdays: str,
    rows: Sequence[Row],
    services: Sequence[OfferedService],
    reasons: tuple[str, str],
    by: User,
    now: datetime,
) -> Closing:
    if not by.sees_whole_city:
        check_may_close(by, pattern.office_id)
    closing = Closing(
        office=pattern.office,
        date=timezone.localdate(now),
        part=part,
        starts=MIDNIGHT,
        ends=LAST_MINUTE,
        pattern=pattern,
        weekdays="".join(sorted(set(weekdays))),
        times=[[no, f"{starts:%H:%M}", f"{ends:%H:%M}"] for no, starts, ends in rows],
        reason_th=reasons[0].strip(),
        reason_en=reasons[1].strip(),
        made_by=by,
        made_at=now,
    )
    store(closing, services, now)
    return closing
