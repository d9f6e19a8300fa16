"""Cases of the apps above whose time of visit a booking keeps (bookings.services.reserved). Such an
app says in AppConfig.ready() where the page of its cases is."""

from collections.abc import Callable
from dataclasses import dataclass

from django.urls import reverse

from accounts.models import User
from bookings.models import Booking


@dataclass(frozen=True)
class Pages:
    """The page of staff about a case: `url_name` takes its key, `key_of` finds the key for an
    appointment, None when the case has another one by now, `find` that of a reference, among the
    cases that a member of staff may see."""

    url_name: str
    key_of: Callable[[Booking], int | None]
    find: Callable[[str, User], int | None]


_pages: dict[str, Pages] = {}


def register(belongs_to: str, pages: Pages) -> None:
    """`belongs_to` as on the booking; messages about the case have it as their source."""
    _pages[belongs_to] = pages


def sources() -> list[str]:
    """The words that were registered."""
    return list(_pages)


def address(source: str, key: int) -> str:
    """The page of a case of an app above."""
    return reverse(_pages[source].url_name, args=[key])


def page_found(reference: str, *, by: User) -> str:
    """The page of the case that has this reference; empty when this person sees none. One query
    for each app above, none without a reference."""
    for pages in _pages.values() if reference else ():
        if key := pages.find(reference, by):
            return reverse(pages.url_name, args=[key])
    return ""


def page_of(booking: Booking) -> str:
    """Where the case of this appointment is decided; empty when it is its own case, or when the
    case has another appointment by now. At most one query."""
    pages = _pages.get(booking.belongs_to)
    key = pages.key_of(booking) if pages else None
    return reverse(pages.url_name, args=[key]) if pages and key else ""
