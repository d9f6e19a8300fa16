"""Papers as PDF: Typst breaks Thai lines itself. Never called in a transaction."""

import json
from collections.abc import Sequence
from dataclasses import asdict
from io import BytesIO
from pathlib import Path
from typing import Any

import segno
import typst
from django.conf import settings
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from bookings import rules
from bookings.models import Booking
from bookings.sheets import HeldPaper, Sheet
from core import thai_dates

TEMPLATES = Path(__file__).parent / "typst"
MANY_COLUMNS = 4
FONTS = settings.BASE_DIR / "static" / "fonts" / "print"


def ticket(booking: Booking, *, checklist: Sequence[dict[str, str]]) -> bytes:
    """A PDF of one page in the active language; `checklist` holds title and how of each item.
    Needs slot, office, service, offered with section, office and pattern. Two queries."""
    return _compiled("ticket", _data(booking, checklist))


def sheet(paper: Sheet) -> bytes:
    """A PDF of a paper of the counter; 15 rows on one page of A4. No query."""
    many = len(paper.columns) > MANY_COLUMNS
    data = {
        "title": paper.title,
        "lines": paper.lines,
        "columns": [asdict(column) for column in paper.columns],
        "rows": paper.rows,
        "row_mm": paper.row_mm,
        "size": 11 if many else 14,
        "note": paper.note,
        "foot": paper.foot,
        "page": paper.page_word,
        "thai": paper.thai,
    }
    return _compiled("sheet", data)


def held(paper: HeldPaper) -> bytes:
    """A PDF of what an office holds about one person. No query."""
    return _compiled("held", asdict(paper))


def _compiled(template: str, data: dict[str, Any]) -> bytes:
    return bytes(
        typst.compile(
            TEMPLATES / f"{template}.typ",
            root=TEMPLATES,
            font_paths=[FONTS],
            ignore_system_fonts=True,
            format="pdf",
            pdf_standards=["ua-1"],
            sys_inputs={"data": json.dumps(data)},
        )
    )


def _data(booking: Booking, checklist: Sequence[dict[str, str]]) -> dict[str, Any]:
    slot, offered = booking.slot, booking.offered
    arrive = f"{thai_dates.local_time(rules.arrive_by(offered, slot)):%H.%M}"
    return {
        "title": _("Ticket %(reference)s") % {"reference": booking.reference},
        "language": get_language() or "th",
        "site": _("Nadkhet"),
        "office": booking.office.full_name,
        "service": booking.service.name,
        "reference": booking.reference,
        "date": thai_dates.long_date(slot.starts_at),
        "time": thai_dates.time_range(slot.starts_at, slot.ends_at),
        "arrive": _("by %(arrive_by)s") % {"arrive_by": arrive},
        "place": booking.place,
        "address": booking.office.address,
        "phone": booking.office.phone,
        "qr": _qr(booking),
        "labels": {
            "reference": _("Request number"),
            "time": _("Date and time"),
            "arrive": _("Arrive %(early)s minutes early") % {"early": offered.early_minutes},
            "place": _("Place"),
            "phone": _("Telephone of the office"),
            "qr": _("Show this QR at the counter"),
            "bring": _("What to bring"),
        },
        "notes": _notes(booking),
        "checklist": list(checklist),
    }


def _notes(booking: Booking) -> list[str]:
    return [
        late_rule(booking),
        _how_to_change(booking),
        _("Bookings are free. No one may charge you for a booking"),
    ]


def _how_to_change(booking: Booking) -> str:
    """A time chosen after its deadline can be changed by telephone only."""
    deadline = rules.change_deadline(booking.offered, booking.slot)
    if booking.slot_since and deadline <= booking.slot_since:
        return _("To move or cancel, call %(phone)s; staff will help") % {
            "phone": booking.office.phone
        }
    until = f"{thai_dates.long_date(deadline)} {thai_dates.clock(deadline)}"
    return _("Move or cancel by %(deadline)s, so that someone else can use the time") % {
        "deadline": until
    }


def late_rule(booking: Booking) -> str:
    """What happens to those who come late."""
    return _("If you are more than %(n)s minutes late, you may have to wait") % {
        "n": booking.offered.late_grace_minutes
    }


def _qr(booking: Booking) -> str:
    """The address of the page, which opens nothing by itself; no personal data."""
    drawing = BytesIO()
    address = f"{settings.SITE_URL}/my/{booking.reference}/"
    segno.make(address, error="m").save(drawing, kind="svg", border=0)
    return drawing.getvalue().decode()
