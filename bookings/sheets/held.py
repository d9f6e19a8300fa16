"""What an office holds about one person, on paper, in the language of the person (PDPA s.30)."""

from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _
from django.utils.translation import override

from accounts.models import User
from bookings.held import HeldBooking, held_about
from bookings.models import DataRequest, Document, Party
from bookings.sheets.paper import printed
from core import thai_dates
from core.countries import country_choices

Facts = tuple[tuple[str, tuple[str, ...]], ...]


@dataclass(frozen=True)
class Section:
    """A heading with facts beneath it: a name, and what stands beside it line by line."""

    title: str
    facts: Facts


@dataclass(frozen=True)
class HeldPaper:
    """The whole paper, all words ready."""

    language: str
    title: str
    lines: tuple[str, ...]
    sections: tuple[Section, ...]
    note: str
    foot: tuple[str, str]
    page_word: str


def held_paper(request: DataRequest, *, number: str, by: User, now: datetime) -> HeldPaper:
    """`number` is the full number, whose view the caller has logged. Queries of `held_about`."""
    with override(request.language):
        held = held_about(request)
        bookings = tuple(_section(one) for one in held)
        empty = _("This office holds no appointment of this person.")
        return HeldPaper(
            language=request.language,
            title=_("What this office holds about you"),
            lines=(request.office.full_name, f"{request.reference} · {thai_dates.long_date(now)}"),
            sections=(_person(request, number, len(held)), *bookings),
            note=_("Of other people on the same appointment nothing is shown.") if held else empty,
            foot=(printed(by, now), _("for the person named above only")),
            page_word=_("Page"),
        )


def _person(request: DataRequest, number: str, bookings: int) -> Section:
    is_passport = request.id_kind == Party.IdKind.PASSPORT
    facts = (
        (_("Passport") if is_passport else _("ID number"), (number,)),
        (_("Telephone"), (request.phone or "–",)),
        (_("E-mail"), (request.email or "–",)),
        (_("Appointments"), (str(bookings),)),
    )
    return Section(request.name, facts)


def _section(one: HeldBooking) -> Section:
    booking = one.booking
    slot, consent = booking.slot, booking.consent
    time = f"{thai_dates.long_date(slot.starts_at)} "
    time += thai_dates.time_range(slot.starts_at, slot.ends_at)
    nationality = dict(country_choices()).get(one.me.nationality, one.me.nationality)
    read = f"{consent.text_version} · {thai_dates.medium_date(consent.given_at)}" if consent else ""
    facts = (
        (_("State"), (str(booking.get_status_display()),)),
        (_("Date and time"), (time,)),
        (_("Name"), (str(one.me),)),
        (_("Nationality"), (nationality,)),
        (_("Case"), (str(booking.case.name),) if booking.case else ()),
        (_("Contact"), one.contacts),
        (_("Note"), tuple(one.note.splitlines())),
        (_("Privacy notice read"), (read,) if read else ()),
        (_("Documents"), tuple(_document(document) for document in one.documents)),
        (_("What happened"), tuple(_step(*step) for step in one.steps)),
        (_("Opened by staff"), tuple(f"{_moment(at)} {what}" for at, what in one.looks)),
    )
    title = f"{booking.reference} {booking.service.name}"
    return Section(title, tuple((name, lines) for name, lines in facts if lines))


def _document(document: Document) -> str:
    return f"{document.get_kind_display()} · {thai_dates.medium_date(document.sent_at)}"


def _step(at: datetime, status: str, reason: str) -> str:
    words = f"{_moment(at)} {status}"
    return f"{words}: {', '.join(reason.splitlines())}" if reason else words


def _moment(at: datetime) -> str:
    return f"{thai_dates.medium_date(at)} {thai_dates.clock(at)}"
