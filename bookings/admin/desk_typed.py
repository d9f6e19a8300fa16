"""What somebody at the counter desk typed, scanned or chose, read from the request."""

import re
from uuid import UUID

from django.utils.translation import gettext as _

from accounts.staff import StaffRequest
from bookings.admin.desk_page import Desk
from bookings.models import Booking
from core.errors import Refused
from core.reference import read_reference
from core.text import BadText, clean_text
from offices.models import Office, Window

# What the QR of a ticket says (bookings.pdf): the address of its page.
OF_TICKET = re.compile(r"/my/([^/?#]+)")
LONGEST_CODE = 300
LONGEST_NAME = 150
LONGEST_REMARK = 200


def booking_of_code(desk: Desk, code: str) -> Booking:
    """The booking of a typed reference or a scanned QR; Refused where there is none. That it is
    of another office is told from the letters before the number, not whether it exists there."""
    address = OF_TICKET.search(code)
    reference = read_reference(address[1] if address else code)
    if not reference:
        raise Refused(
            _("This is not a ticket of Nadkhet. Type the reference, such as BR-7K4M-29."),
            code="unreadable",
            field="code",
        )
    booking = Booking.objects.for_staff(desk.user).filter(reference=reference).first()
    if booking is not None:
        return booking
    office = Office.objects.filter(prefix=reference[:2]).exclude(pk=desk.office.pk).first()
    if office is not None:
        raise Refused(_("This ticket is of %(office)s.") % {"office": office}, code="office")
    raise Refused(
        _("No appointment has the reference %(reference)s.") % {"reference": reference},
        code="unknown",
        field="code",
    )


def my_window(desk: Desk) -> Window:
    """Raises Refused("no_window") where none is chosen yet."""
    if desk.window is None:
        raise Refused(_("Choose your window first."), code="no_window")
    return desk.window


def typed(request: StaffRequest, field: str, longest: int) -> str:
    """One clean line. Raises Refused("text") for what no keyboard types."""
    try:
        return clean_text(request.POST.get(field, "")[:longest])
    except BadText:
        raise Refused(
            _("Some characters cannot be read. Type it again."), code="text", field=field
        ) from None


def form_key(request: StaffRequest) -> UUID:
    """Raises Refused("form_key") for what no page of ours sends."""
    try:
        return UUID(request.POST.get("form_key", ""))
    except ValueError:
        raise Refused(_("Press once more, please"), code="form_key") from None


def unknown_button() -> Refused:
    return Refused(
        _("This cannot be done in the present state. The page shows the newest data."), code="move"
    )
