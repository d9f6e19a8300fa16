"""When a time cannot be had: why, and what is free instead."""

from datetime import datetime

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from bookings import queries, rules
from bookings.elsewhere import nearest_offices
from bookings.models import Slot
from core.errors import Refused
from offices import queries as office_queries
from offices.models import OfferedService
from portal import kept, visitor
from portal.answers import private
from portal.presenters.times import next_times
from portal.presenters.waiting import OfficeRow, other_offices

STATUS = {"full": 409, "closed": 409, "address": 429}


def taken(
    request: HttpRequest, offered: OfferedService, slot: Slot | None, refused: Refused
) -> HttpResponse:
    """The time cannot be had: the nearest ones instead, or the times this browser keeps."""
    now = timezone.now()
    if refused.code == "holds":
        holds = queries.holds_of(visitor.holder_of(request), now=now)
        context = {"refused": refused, "kept": holds, "offered": offered}
        return private(render(request, "portal/holds.html", context, status=409))

    case = office_queries.known_case(offered.service_id, request.GET.get("case", ""))

    def draw() -> str:
        nearest = _nearest_free(offered, slot, now) if slot else []
        free = nearest or queries.next_free(offered, now=now, count=3)
        path = [offered.office.slug, offered.service.code]
        day = timezone.localdate(slot.starts_at) if slot else None
        is_day_full = day not in {timezone.localdate(other.starts_at) for other in free}
        wait_url = f"{reverse('portal:wait', args=path)}?date={day}"
        context = {
            "wait_url": wait_url if day and is_day_full else "",
            "others": _elsewhere(offered, slot, free, now),
            "csrf_token": kept.TOKEN,
            "offered": offered,
            "slot": slot,
            "refused": refused,
            "rows": next_times(free),
            "hold_url": reverse("portal:hold", args=path) + (f"?case={case}" if case else ""),
            "case": case,
            "keep_case": f"&case={case}" if case else "",
        }
        return render_to_string("portal/taken.html", context, request)

    told = (slot and slot.pk, refused.message, case)
    status = STATUS.get(refused.code, 422)
    return private(kept.with_token(request, kept.drawn(request, told, draw), status=status))


def too_many_here(offered: OfferedService) -> Refused:
    return Refused(
        _("Very many are booking from your network just now. Wait %(n)s minutes or call %(phone)s")
        % {"n": settings.HOLD_MINUTES, "phone": offered.office.phone},
        code="address",
    )


def not_available() -> Refused:
    return Refused(_("This time is not available. Choose another."), code="closed")


def _nearest_free(offered: OfferedService, slot: Slot, now: datetime) -> list[Slot]:
    window = kept.for_a_moment(
        f"window:{offered.pk}", lambda: rules.booking_window(offered, now=now)
    )
    return queries.nearest_free(offered, slot, now=now, window=window)


def _elsewhere(
    offered: OfferedService, slot: Slot | None, free: list[Slot], now: datetime
) -> list[OfficeRow]:
    """Other offices, when nothing is free here in the week of the time that went. Three queries
    then."""
    wished = timezone.localdate(slot.starts_at) if slot else None
    week = wished and wished.isocalendar()[:2]
    if any(timezone.localdate(other.starts_at).isocalendar()[:2] == week for other in free):
        return []
    return other_offices(nearest_offices(offered, now=now, wished=wished))
