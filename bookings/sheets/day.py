"""The appointments of a day (S2-R06): ลำดับที่, เวลา, ชื่อคู่สมรส, เบอร์ติดต่อ."""

from collections import defaultdict
from datetime import datetime, timedelta

import phonenumbers
from django.utils.translation import gettext as _
from django.utils.translation import override, pgettext

from accounts.models import User
from bookings.models import Booking, Slot
from bookings.sheets.paper import Choice, Column, Sheet, day_lines, in_digits, printed
from bookings.workflow import OCCUPYING, Status
from core import thai_dates
from core.days import moment, start_of
from core.templatetags.staff import mask_phone
from offices.models import OfferedService

ON_SHEET = OCCUPYING - {Status.HELD}
# เ แ โ ใ ไ stand before the consonant that a name begins with.
LEADING_VOWELS = "เแโใไ"
THAILAND = 66


def day_sheet(choice: Choice, *, by: User, now: datetime, full_phones: bool = False) -> Sheet:
    """ตารางนัดหมาย: every time of the day, taken or not. Telephones are masked unless
    `full_phones`, which the caller has asked for and logged. Four queries, one more for a day
    without times. Needs offered with office, service and pattern."""
    with override("th"):
        offered = choice.offered
        rows = _day_rows(choice, full_phones=full_phones)
        couple = offered.service.parties > 1
        private = _("not for a wall; destroy after the day")
        sheet = Sheet(
            title=_("Appointments: %(service)s") % {"service": offered.service.name},
            lines=(offered.office.full_name, *day_lines(choice), *_no_times(rows)),
            columns=_day_columns(couple=couple, wall=choice.wall),
            rows=tuple((str(no), *cells) for no, (cells, _case) in enumerate(rows, 1)),
            row_mm=11,
            note=_early(offered, couple=couple),
            foot=(printed(by, now), _("destroy after the day") if choice.wall else private),
            page_word=_("Page"),
            cases=tuple(case for _cells, case in rows if case),
        )
        return in_digits(sheet, thai=choice.thai)


def _no_times(rows: list[tuple[tuple[str, ...], str]]) -> tuple[str, ...]:
    """An empty paper says why it is empty."""
    return () if rows else (_("This service has no times on this day"),)


def _day_columns(*, couple: bool, wall: bool) -> tuple[Column, ...]:
    names = _("Names of the couple") if couple else _("Name of the applicant")
    columns = (
        Column(_("Order no."), 10),
        Column(_("Time"), 20),
        Column(names, 48, "left"),
        Column(_("Contact number"), 22),
    )
    return columns[:-1] if wall else columns


def _day_rows(choice: Choice, *, full_phones: bool) -> list[tuple[tuple[str, ...], str]]:
    """The cells after the number, and the reference or nothing, of each row."""
    start = start_of(choice.day)
    slots = Slot.objects.of(choice.offered).between(start, start + timedelta(days=1)).shown()
    times = [(slot.starts_at, slot.ends_at) for slot in slots.order_by("starts_at")]
    booked = _booked(choice, start)
    rows: list[tuple[tuple[str, ...], str]] = []
    for starts, ends in times or _pattern_times(choice):
        clock = f"{thai_dates.local_time(starts):%H.%M}-{thai_dates.local_time(ends):%H.%M}"
        for booking in booked.get(starts, []):
            rows.append((_booking_cells(booking, clock, choice, full_phones), booking.reference))
        if not booked.get(starts):
            rows.append(((clock, "") if choice.wall else (clock, "", ""), ""))
    return rows


def _booked(choice: Choice, start: datetime) -> dict[datetime, list[Booking]]:
    offered = choice.offered
    bookings = (
        Booking.objects.filter(
            office_id=offered.office_id,
            service_id=offered.service_id,
            status__in=ON_SHEET,
            slot__starts_at__gte=start,
            slot__starts_at__lt=start + timedelta(days=1),
        )
        .select_related("slot")
        .prefetch_related("parties")
        .order_by("requested_at", "pk")
    )
    by_time: dict[datetime, list[Booking]] = defaultdict(list)
    for booking in bookings:
        by_time[booking.slot.starts_at].append(booking)
    return by_time


def _pattern_times(choice: Choice) -> list[tuple[datetime, datetime]]:
    """The printed table, on a day whose times were not made (yet)."""
    pattern = choice.offered.pattern
    if str(choice.day.isoweekday()) not in pattern.weekdays:
        return []
    return [
        (
            moment(choice.day, row.starts),
            moment(choice.day, row.ends),
        )
        for row in pattern.times.order_by("starts")
    ]


def _booking_cells(
    booking: Booking, clock: str, choice: Choice, full_phones: bool
) -> tuple[str, ...]:
    names = _names(booking, wall=choice.wall)
    if choice.wall:
        return (clock, names)
    phone = _full_phone(booking.phone) if full_phones else mask_phone(booking.phone)
    return (clock, names, phone)


def _names(booking: Booking, *, wall: bool = False) -> str:
    names = [party.full_name for party in booking.parties.all()]
    between = pgettext("between a couple on paper", " and ")
    return between.join(initials(name) if wall else name for name in names)


def initials(name: str) -> str:
    """`ก. ท.` of `กมลชนก ทดสอบดี`; a Thai name begins with its first consonant."""
    return " ".join(f"{word.lstrip(LEADING_VOWELS)[:1] or word[:1]}." for word in name.split())


def _full_phone(number: str) -> str:
    try:
        parsed = phonenumbers.parse(number, "TH")
    except phonenumbers.NumberParseException:
        return number
    shape = phonenumbers.PhoneNumberFormat
    form = shape.NATIONAL if parsed.country_code == THAILAND else shape.INTERNATIONAL
    return phonenumbers.format_number(parsed, form)


def _early(offered: OfferedService, *, couple: bool) -> str:
    sentence = (
        _("Couples should come %(n)s minutes before the appointment")
        if couple
        else _("Applicants should come %(n)s minutes before the appointment")
    )
    return sentence % {"n": offered.early_minutes}
