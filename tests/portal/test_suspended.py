"""Hours that an office closes: the citizen reads when and why, in the language of the page."""

from datetime import date, time, timedelta

import pytest

from accounts.roles import Role
from bookings import services
from bookings.models import Part
from core.thai_dates import local_date
from tests.factories import ServiceFactory, make_offered, make_staff
from tests.live import world

TIMES = "/offices/bang-rak/marriage/times/"
SERVICE = "/offices/bang-rak/marriage/"


@pytest.fixture
def slot(db):
    return world.slot(world.marriage_at_bang_rak(), places=2)


@pytest.fixture
def close(slot):
    """Announce a closing of the day of the slot: `close(part=Part.DAY)`."""

    def send(*, announce=True, **changes):
        office = slot.office
        head = make_staff(Role.HEAD, office=office)
        facts = {
            "office": office,
            "day": local_date(slot.starts_at),
            "part": Part.HOURS,
            "starts": time(0, 1),
            "ends": time(23, 58),
            "services": list(office.offered.all()),
            "reason_th": "ปรับปรุงระบบไฟฟ้า",
            "reason_en": "Electrical work",
            "by": head,
            "now": slot.starts_at - timedelta(days=3),
        }
        closing = services.plan(**facts | changes)
        if announce:
            services.announce(closing=closing, by=head, now=facts["now"])

    return send


def day_page(client, slot, prefix=""):
    day: date = local_date(slot.starts_at)
    return client.get(f"{prefix}{TIMES}?date={day:%Y-%m-%d}").content.decode()


@pytest.mark.parametrize(
    ("part", "words"),
    [
        (Part.HOURS, "00.01–23.58 น."),
        (Part.MORNING, "ช่วงเช้า"),
        (Part.AFTERNOON, "ช่วงบ่าย"),
    ],
)
def test_page_of_times_says_when_and_why(client, slot, close, part, words):
    close(part=part)

    text = day_page(client, slot)

    assert "งดให้บริการ" in text
    assert words in text
    assert "ปรับปรุงระบบไฟฟ้า" in text


def test_page_of_the_service_says_it_too(client, slot, close):
    close()

    assert "ปรับปรุงระบบไฟฟ้า" in client.get(SERVICE).content.decode()


def test_english_page_has_the_english_reason(client, slot, close):
    close()

    for text in (day_page(client, slot, "/en"), client.get(f"/en{SERVICE}").content.decode()):
        assert "No service on" in text
        assert "Electrical work" in text
        assert "ปรับปรุง" not in text


def test_without_an_english_reason_the_thai_one_stands(client, slot, close):
    close(reason_en="")

    assert "ปรับปรุงระบบไฟฟ้า" in client.get(f"/en{SERVICE}").content.decode()


def test_whole_day_of_one_service_says_why_it_is_closed(client, slot, close):
    mine = list(slot.office.offered.all())
    make_offered(office=slot.office, service=ServiceFactory(code="other", parties=1))

    close(part=Part.DAY, services=mine)

    assert "ปรับปรุงระบบไฟฟ้า" in day_page(client, slot)


def test_draft_says_nothing_yet(client, slot, close):
    close(announce=False)

    assert "ปรับปรุงระบบไฟฟ้า" not in client.get(SERVICE).content.decode()
