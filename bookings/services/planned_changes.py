"""New times of a pattern, another pattern for a service, or fewer places of it: first a draft that
shows what it would do and stops the times that it hits, then a decision for each appointment hit,
then it counts (as a closing, ADR 16). Nothing of the change is stored before it is announced."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from bookings.models import Closing, Part
from bookings.services.closing import LAST_MINUTE, MIDNIGHT, store
from bookings.services.closing_rules import check_may_close
from bookings.services.pattern_rules import Row, check_rows, rows_of
from core.errors import Refused
from offices.models import OfferedService, Office, OpeningPattern


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
    closing = _change(Part.PATTERN, pattern.office, (reason_th, reason_en), by, now)
    return _begin(closing, list(pattern.offered.all()), **_times(pattern, weekdays, rows))


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
    closing = _change(Part.CHOICE, pattern.office, (reason_th, reason_en), by, now)
    return _begin(closing, [offered], **_times(pattern, pattern.weekdays, rows))


def plan_places(
    *,
    offered: OfferedService,
    online: int,
    staff: int,
    minutes: int,
    reason_th: str,
    by: User,
    now: datetime,
    reason_en: str = "",
) -> Closing:
    """Begin to give every time of a service so many places: hit are those who asked last, as many
    as a time has too many. Raises Refused("permission" | "overlap" | "reason"); nothing is stored
    then. Queries and locks as `plan`, over the times with too many."""
    closing = _change(Part.PLACES, offered.office, (reason_th, reason_en), by, now)
    return _begin(closing, [offered], online_places=online, staff_places=staff, minutes=minutes)


def _change(
    part: Part, office: Office, reasons: tuple[str, str], by: User, now: datetime
) -> Closing:
    if not by.sees_whole_city:
        check_may_close(by, office.pk)
    return Closing(
        office=office,
        date=timezone.localdate(now),
        part=part,
        starts=MIDNIGHT,
        ends=LAST_MINUTE,
        reason_th=reasons[0].strip(),
        reason_en=reasons[1].strip(),
        made_by=by,
        made_at=now,
    )


def _times(pattern: OpeningPattern, weekdays: str, rows: Sequence[Row]) -> dict[str, Any]:
    return {
        "pattern": pattern,
        "weekdays": "".join(sorted(set(weekdays))),
        "times": [[no, f"{starts:%H:%M}", f"{ends:%H:%M}"] for no, starts, ends in rows],
    }


def _begin(closing: Closing, services: Sequence[OfferedService], **what: Any) -> Closing:
    for name, value in what.items():
        setattr(closing, name, value)
    store(closing, services, closing.made_at)
    return closing
