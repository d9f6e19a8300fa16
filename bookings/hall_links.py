"""Codes and links of the hall: the code on a walk-in's slip, and the link that makes a tablet the
kiosk of an office. Neither says anything about a person."""

from datetime import datetime, timedelta

from django.conf import settings
from django.utils import timezone

from accounts.links import BadLink, make_code, make_token, read_code, read_token
from bookings.models import Ticket
from offices.models import Kiosk

QUEUE = "queue"
KIOSK = "kiosk"
# A ticket has one code: it is worth nothing after its day.
ONLY_VERSION = 1
LINK_MINUTES = 30


def queue_code(ticket: Ticket) -> str:
    """The short code of a number in the hall, for the QR on its slip."""
    return make_code(purpose=QUEUE, row_id=ticket.pk, version=ONLY_VERSION)


def read_queue_code(code: str) -> Ticket:
    """The ticket of a code, of whatever day, with office, service, window and appointment. Raises
    accounts.links.BadLink; the caller counts those. One query."""
    read = read_code(code)
    read.check(purpose=QUEUE, version=ONLY_VERSION)
    tickets = Ticket.objects.select_related(
        "office", "offered__service", "offered__section", "window", "booking__slot"
    )
    ticket = tickets.filter(pk=read.row_id).first()
    if ticket is None:
        raise BadLink
    return ticket


def is_over(ticket: Ticket, *, now: datetime) -> bool:
    """Whether the day of the number is past."""
    return ticket.day != timezone.localdate(now)


def kiosk_link(kiosk: Kiosk, *, now: datetime) -> str:
    """The absolute link to open on the tablet within LINK_MINUTES. Needs kiosk.office."""
    token = make_token(
        purpose=KIOSK,
        row_id=kiosk.office_id,
        version=kiosk.version,
        expires_at=now + timedelta(minutes=LINK_MINUTES),
    )
    return f"{settings.SITE_URL}/kiosk/{kiosk.office.slug}/open/{token}/"


def read_kiosk_link(token: str, *, office: str, now: datetime) -> Kiosk:
    """The kiosk that a link opens, if the link is of the office in the address and no newer one
    was made. Raises accounts.links.BadLink for every reason the same. One query."""
    claims = read_token(token, purpose=KIOSK, now=now)
    kiosk = kiosk_of(office, office_id=claims.row_id, version=claims.version)
    if kiosk is None:
        raise BadLink
    return kiosk


def kiosk_of(office: str, *, office_id: int, version: int) -> Kiosk | None:
    """The kiosk of an office, if this version of its links is the newest. One query."""
    kiosks = Kiosk.objects.select_related("office")
    return kiosks.filter(office__slug=office, office_id=office_id, version=version).first()
