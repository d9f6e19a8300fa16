"""An office with times to book, as small as a race needs, and how a couple fills in the form."""

from datetime import timedelta
from uuid import uuid4

from django.utils import timezone

from bookings.models import Slot
from core.thai_dates import local_date
from offices.models import OfferedService
from offices.queries import working_days_after
from tests.factories import make_offered, national_id
from tests.live.browser import Answer, Browser


def couple(**changes: str) -> dict[str, str]:
    """The booking form of a Thai couple, filled in."""
    return {
        "full_name": "มะลิ ใจดี",
        "nationality": "TH",
        "national_id": national_id(),
        "partner_full_name": "สมชาย ใจงาม",
        "partner_nationality": "TH",
        "partner_national_id": national_id(),
        "phone": "08 0000 0000",
        "email": f"{uuid4().hex[:8]}@example.com",
        "note": "",
        "consent": "on",
        **changes,
    }


def marriage_at_bang_rak(*, needs_officer: bool = True, max_moves: int = 1000) -> OfferedService:
    return make_offered(needs_officer=needs_officer, max_moves=max_moves, total_places=1)


def slot(offered: OfferedService, *, places: int, no: int = 0) -> Slot:
    """A time well inside the window in which it can be booked, moved and cancelled."""
    day = working_days_after(
        office_id=offered.office_id,
        weekdays=offered.pattern.weekdays,
        start=local_date(timezone.now()),
        count=10,
    )[-1]
    starts = timezone.make_aware(
        timezone.datetime.combine(day, timezone.datetime.min.time())
    ) + timedelta(hours=8, minutes=15 * no)
    return Slot.objects.create(
        office_id=offered.office_id,
        service_id=offered.service_id,
        starts_at=starts,
        ends_at=starts + timedelta(minutes=15),
        capacity=places,
        online_capacity=places,
    )


# --- what a browser does --------------------------------------------------------------------


def times_page(browser: Browser, slot: Slot) -> Answer:
    day = local_date(slot.starts_at).isoformat()
    page = browser.get(f"/offices/bang-rak/marriage/times/?date={day}")
    assert page.status == 200, page.text
    return page


def press_slot(browser: Browser, page: Answer, slot: Slot) -> Answer:
    """Press the button of this time on the page of times."""
    return browser.submit(page, page.form_with("slot"), slot=str(slot.pk))


def held_form(browser: Browser, slot: Slot) -> Answer:
    """The booking form of a time that this browser has taken."""
    held = press_slot(browser, times_page(browser, slot), slot)
    assert held.status == 303, held.text
    page = browser.get(held.location)
    assert page.status == 200, page.text
    return page


def send(browser: Browser, page: Answer, typed: dict[str, str]) -> Answer:
    return browser.submit(page, page.form_with("form_key"), **typed)


def booked(browser: Browser, slot: Slot) -> str:
    """Book a time from the list to the end; gives the path of the status page."""
    answer = send(browser, held_form(browser, slot), couple())
    assert answer.status == 303, answer.text
    return answer.location


def move_page(browser: Browser, path: str, slot: Slot) -> Answer:
    """The page for moving a booking, on the day of another time."""
    page = browser.get(f"{path}move/?date={local_date(slot.starts_at).isoformat()}")
    assert page.status == 200, page.text
    return page
