"""axe finds nothing serious on any page, telephone and desk, light and dark (WCAG 2.2 AA)."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.utils import timezone

from bookings import services
from bookings.models import Booking
from tests.e2e.conftest import PASSWORD
from tests.e2e.people import Couple

PUBLIC = [
    "/",
    "/services/?q=แต่งงาน",
    "/services/?q=ไม่มีเรื่องนี้",
    "/holidays/",
    "/help/",
    "/privacy/",
    "/accessibility/",
    "/offices/",
    "/offices/bang-rak/",
    "/offices/bang-rak/marriage/?case=th-foreign",
    "/offices/bang-rak/marriage/times/",
    "/offices/bang-rak/marriage/times/?date=2569-99-99",
    "/find/",
    "/l/not-a-token/",
    "/no-such-page/",
    "/display/bang-rak/",
    "/en/",
    "/en/offices/bang-rak/marriage/",
    "/en/offices/bang-rak/marriage/times/",
]
OF_A_BOOKING = ["", "documents/", "move/", "cancel/"]
OF_STAFF = [
    "/admin/",
    "/admin/bookings/booking/",
    "/admin/bookings/booking/?tab=all",
    "/admin/desk/",
    "/admin/sheets/",
    "/admin/bookings/slot/",
    "/admin/bookings/slot/week/",
    "/admin/bookings/waitingentry/",
    "/admin/offices/closure/",
    "/admin/offices/offeredservice/",
    "/admin/notifications/message/",
]
SERIOUS = ("serious", "critical")


def serious(page) -> list[str]:
    """What axe calls serious, as sentences that name the element."""
    found = Axe().run(page).response["violations"]
    return [
        f"{page.url}: {rule['id']}: {node['html'][:120]}"
        for rule in found
        if rule["impact"] in SERIOUS
        for node in rule["nodes"]
    ]


@pytest.fixture(params=[(390, "light"), (1280, "dark")], ids=["telephone", "desk-dark"])
def screen(request, browser, browser_context_args, city):
    width, scheme = request.param
    context = browser.new_context(
        **{**browser_context_args, "viewport": {"width": width, "height": 900}},
        color_scheme=scheme,
    )
    yield context.new_page()
    context.close()


def test_public_pages_have_no_serious_barrier(screen, city):
    barriers = []
    for path in PUBLIC:
        screen.goto(city + path)
        barriers += serious(screen)

    assert barriers == []


def test_booking_pages_have_no_serious_barrier(screen, city):
    couple = Couple(screen, city)
    couple.given_they_see_times_of_next_week()
    couple.when_they_take_the_last_time()
    barriers = serious(screen)
    couple.when_they_send_it()
    screen.locator("#error_full_name").wait_for()
    barriers += serious(screen)
    couple.when_they_fill_in_the_form()
    couple.when_they_send_it()
    reference = couple.then_the_time_is_theirs()
    for path in OF_A_BOOKING:
        screen.goto(f"{city}/my/{reference}/{path}")
        barriers += serious(screen)

    assert barriers == []


def test_staff_pages_have_no_serious_barrier(screen, city, officer):
    Couple(screen, city).book()
    booking = Booking.objects.get()
    services.take_over(booking=booking, by=officer, now=timezone.now())
    screen.goto(f"{city}/admin/")
    barriers = serious(screen)
    screen.locator("[name=username]").fill(officer.username)
    screen.locator("[name=password]").fill(PASSWORD)
    screen.locator("[name=password]").press("Enter")
    screen.wait_for_url(f"{city}/admin/")
    for path in [*OF_STAFF, f"/admin/bookings/booking/{booking.pk}/change/"]:
        screen.goto(city + path)
        barriers += serious(screen)

    assert barriers == []
