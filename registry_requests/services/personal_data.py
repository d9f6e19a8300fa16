"""Requests for copies in a person's request about the own data: what is held, and erasing it."""

from datetime import datetime

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from accounts.models import ViewLog
from bookings.models import Booking, DataRequest
from bookings.services import retention as bookings
from bookings.services.holders import Held
from core import thai_dates
from core.db import lock_rows
from core.errors import Refused
from registry_requests.models import CopyRequest, CopyRequestChange
from registry_requests.services import retention
from registry_requests.workflow import OPEN, Status


def held_about(request: DataRequest) -> list[Held]:
    """What the office holds, as that of the record or of the collection. Four queries, whatever
    the number."""
    rows = _of_the_person(request).select_related("office", "collect_at", "collection__slot")
    found = list(rows.select_related("consent").prefetch_related("changes").order_by("-pk"))
    looks: dict[str, list[str]] = {}
    for look in ViewLog.objects.filter(
        office=request.office_id, case__in=[one.reference for one in found]
    ).order_by("at"):
        looks.setdefault(look.case, []).append(f"{_moment(look.at)} {look.what}")
    return [_held(one, looks.get(one.reference, [])) for one in found]


def erase(request: DataRequest, now: datetime) -> int:
    """Remove the person from closed requests and their appointments; the figures stay. Returns how
    many requests. Raises Refused("open_case"). Locks the requests, then the appointments."""
    mine = lock_rows(_of_the_person(request).order_by("pk"))
    found = list(mine.values_list("pk", "reference", "status"))
    if open_ones := ", ".join(reference for _pk, reference, status in found if status in OPEN):
        raise Refused(
            _("%(refs)s is not over yet. Cancel it with the person, or wait for the visit first.")
            % {"refs": open_ones},
            code="open_case",
        )
    keys = [pk for pk, _reference, _status in found]
    visits = Booking.objects.filter(copy_request__in=keys, anonymised_at=None)
    over = lock_rows(bookings.over(visits, now=now).order_by("pk"))
    bookings.forget(list(over.values_list("pk", flat=True)), now=now)
    retention.forget(keys, now)
    return len(keys)


def _of_the_person(request: DataRequest) -> QuerySet[CopyRequest]:
    at_this_office = Q(office=request.office_id) | Q(collect_at=request.office_id)
    rows = CopyRequest.objects.filter(at_this_office, anonymised_at=None)
    return rows.filter(id_index=bytes(request.id_index))


def _held(one: CopyRequest, looks: list[str]) -> Held:
    facts = [
        (_("Name"), one.full_name),
        (_("Contact"), " · ".join(filter(None, (one.phone, one.email)))),
        (_("Copies"), "" if one.is_enquiry else str(one.copies)),
        (_("Office of the record"), str(one.office)),
        (_("Office where you collect"), str(one.collect_at or "")),
        (_("Time of collection"), _moment(one.collection.slot.starts_at) if one.collection else ""),
        (_("Codes of the card"), _codes(one)),
        (_("Note"), one.note),
        (_("What is missing"), one.asked_for),
        (_("Your answer"), one.reply),
        (_("The answer of the office"), one.answer),
        (_("Privacy notice read"), f"{one.consent.text_version} {_moment(one.consent.given_at)}"),
        (_("What happened"), "\n".join(_step(change) for change in one.changes.all())),
        (_("Opened by staff"), "\n".join(looks)),
    ]
    return Held(
        reference=one.reference,
        title=str(one.get_kind_display()),
        state=str(one.get_status_display()),
        facts=[(word, value) for word, value in facts if value],
    )


def _codes(one: CopyRequest) -> str:
    tails = [tail for tail in (one.back_code_tail, one.photo_code_tail) if tail]
    if not tails:
        return ""
    return _("kept so that nobody can read them; they end in %(tails)s") % {
        "tails": ", ".join(tails)
    }


def _step(change: CopyRequestChange) -> str:
    words = f"{_moment(change.at)} {Status(change.to_status).label}"
    return f"{words}: {change.reason}" if change.reason else words


def _moment(moment: datetime) -> str:
    return f"{thai_dates.medium_date(moment)} {thai_dates.clock(moment)}"
