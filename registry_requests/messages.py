"""What the outbox asks about messages of a copy request. None holds a code of the
card or the kind of the record in its subject."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, pgettext

from accounts.links import site_in
from bookings.messages import Drawn, draw
from core import text, thai_dates
from notifications.models import Message
from notifications.sources import Contact, Rendered
from registry_requests import links, news, queries
from registry_requests.models import CopyRequest
from registry_requests.workflow import OPEN, TO_COLLECT, TO_READ, Status

Check = Callable[[CopyRequest], bool]
_SEE = gettext_lazy("See my request")
_AGAIN = gettext_lazy("Ask again")


def _status_in(*statuses: str) -> Check:
    return lambda request: request.status in statuses


@dataclass(frozen=True)
class Kind:
    """While which states the message is true, and what its button says."""

    is_wanted: Check
    button: str | Promise = _SEE


KINDS: dict[str, Kind] = {
    "copy_received": Kind(_status_in(*OPEN)),
    "copy_needs_documents": Kind(
        _status_in(Status.NEEDS_DOCUMENTS), gettext_lazy("Send what is missing")
    ),
    "copy_reply_received": Kind(_status_in(Status.CHECKING)),
    "copy_approved": Kind(_status_in(*TO_COLLECT)),
    "copy_ready": Kind(_status_in(Status.READY)),
    "copy_collection_changed": Kind(_status_in(*OPEN)),
    "copy_late": Kind(_status_in(Status.SUBMITTED, Status.CHECKING)),
    "copy_answered": Kind(_status_in(Status.ANSWERED)),
    "copy_rejected": Kind(_status_in(Status.REJECTED), _AGAIN),
    "copy_cancelled_by_citizen": Kind(_status_in(Status.CANCELLED), _AGAIN),
    "copy_cancelled_by_office": Kind(_status_in(Status.CANCELLED), _AGAIN),
    "copy_expired": Kind(_status_in(Status.EXPIRED), _AGAIN),
    "copy_link": Kind(_status_in(*TO_READ)),
}


# What these tell is done at the office that hands the copy out.
OF_THE_COLLECTION = frozenset({"copy_approved", "copy_ready", "copy_collection_changed"})


class CopyMessages:
    """The source "copy_request" of the outbox; registered in RegistryRequestsConfig.ready()."""

    def is_wanted(self, message: Message, now: datetime) -> bool:
        request = CopyRequest.objects.filter(pk=message.case_id).first()
        if request is None or not KINDS[message.kind].is_wanted(request):
            return False
        # The chat itself has just said so.
        return message.kind != "copy_received" or request.channel != CopyRequest.Channel.LINE

    def render(self, message: Message, now: datetime) -> Rendered:
        """About five queries. Raises CopyRequest.DoesNotExist."""
        rows = CopyRequest.objects.select_related("office", "collect_at")
        request = rows.select_related(
            "collection__slot", "collection__offered__section", "collection__office"
        ).get(pk=message.case_id)
        with translation.override(message.language):
            drawn: Drawn = draw(message.kind, _words(request, message))
            html = render_to_string(
                "emails/email.html",
                {"subject": drawn.subject, "sections": [drawn.html], "language": message.language},
            )
        card = replace(drawn.card, rows=_rows(request, message))
        return Rendered(drawn.subject, drawn.text, html, card=card, sms=drawn.sms)

    def contacts(self, message: Message) -> list[Contact]:
        return news.all_contacts_of(CopyRequest.objects.get(pk=message.case_id))

    def phone(self, message: Message) -> str:
        return CopyRequest.objects.values_list("phone", flat=True).get(pk=message.case_id)


def _words(request: CopyRequest, message: Message) -> dict[str, Any]:
    """Everything that a text can name, in the active language."""
    office = (request.collect_at if message.kind in OF_THE_COLLECTION else None) or request.office
    return {
        **_of_the_collection(request),
        "language": message.language,
        "names": _name(request),
        "ref": request.reference,
        "kind": request.get_kind_display(),
        "service_name": _service_name(request),
        "office": office.full_name,
        "o": office.short_name,
        "tel": text.unbroken(office.phone),
        "fee": request.fee,
        "reason": message.context.get("reason", ""),
        "asked_for": request.asked_for,
        "answer": request.answer,
        "visit": _moment(request.visit_at),
        "due": thai_dates.long_date(request.due_at),
        "due_day": thai_dates.day_month(request.due_at),
        "documents_due": _moment(request.documents_due_at),
        "documents_due_day": _day(request.documents_due_at),
        "button": KINDS[message.kind].button,
        "button_url": _button_url(request, message),
        "status_url": links.link(request),
        "short_url": links.short_link(request),
        "to_bring": [_("National ID card (original)")] if request.status in TO_COLLECT else [],
    }


def _rows(request: CopyRequest, message: Message) -> tuple[tuple[str, str], ...]:
    """What the card in a chat lists of an approved copy."""
    booking = request.collection
    if message.kind not in ("copy_approved", "copy_ready") or booking is None:
        return ()
    slot = booking.slot
    when = f"{thai_dates.short_date(slot.starts_at)} " + thai_dates.time_range(
        slot.starts_at, slot.ends_at
    )
    place = f"{booking.place} {booking.office.full_name}"
    return (
        (_("Fee"), _("%(n)s baht, paid on collection") % {"n": request.fee}),
        (_("To collect"), when),
        (_("At"), place),
        (_("Bring"), _("National ID card (original)")),
    )


def _of_the_collection(request: CopyRequest) -> dict[str, Any]:
    booking = request.collection
    if booking is None:
        return {"visit_stands": False, "date": thai_dates.long_date(request.created_at)}
    slot, until = booking.slot, queries.waits_until(request)
    return {
        "visit_stands": booking.is_open,
        "date": thai_dates.long_date(slot.starts_at),
        "d": thai_dates.day_month(slot.starts_at),
        "t": thai_dates.clock(slot.starts_at),
        "time": text.unbroken(thai_dates.time_range(slot.starts_at, slot.ends_at)),
        "place": booking.place,
        "early": booking.offered.early_minutes,
        "late": booking.offered.late_grace_minutes,
        "until": thai_dates.long_date(until) if until else "",
    }


def _service_name(request: CopyRequest) -> str:
    if request.is_enquiry:
        return str(request.get_kind_display())
    words = ngettext("%(kind)s, %(n)s copy", "%(kind)s, %(n)s copies", request.copies)
    return words % {"kind": request.get_kind_display(), "n": request.copies}


def _name(request: CopyRequest) -> str:
    if not request.full_name:
        return ""
    return pgettext("polite name", "%(name)s") % {"name": text.given_name(request.full_name)}


def _button_url(request: CopyRequest, message: Message) -> str:
    if KINDS[message.kind].button == _AGAIN:
        root = site_in(request.language)
        return f"{root}/requests/new/{request.office.slug}/"
    if message.kind == "copy_link":
        until = message.created_at + timedelta(minutes=settings.FIND_LINK_MINUTES)
        return links.link(request, until=until)
    return links.link(request)


def _day(moment: datetime | None) -> str:
    return thai_dates.day_month(moment) if moment else ""


def _moment(moment: datetime | None) -> str:
    if moment is None:
        return ""
    return _("%(date)s, %(time)s") % {
        "date": thai_dates.long_date(moment),
        "time": thai_dates.clock(moment),
    }
