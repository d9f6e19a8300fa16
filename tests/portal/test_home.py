"""Home, the search for a service, closed days, and the pages of text."""

from datetime import date, datetime

import pytest
import time_machine

from core.thai_dates import BANGKOK
from offices.models import Closure, OfferedService, Service
from tests.live import world
from tests.portal.reading import Page

MONDAY = datetime(2026, 11, 23, 9, 13, tzinfo=BANGKOK)
PAGES = ["/", "/services/", "/holidays/", "/help/", "/privacy/", "/accessibility/"]

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def monday():
    with time_machine.travel(MONDAY, tick=False):
        yield


@pytest.fixture
def marriage():
    offered = world.marriage_at_bang_rak()
    Service.objects.update(search_words="แต่งงาน สมรส น้ำ wedding", icon="heart-fill")
    return offered


@pytest.mark.parametrize("prefix", ["", "/en"])
@pytest.mark.parametrize("path", PAGES)
def test_pages_stand_in_both_languages_without_signing_in(client, marriage, prefix, path):
    response = client.get(prefix + path)

    assert response.status_code == 200
    assert f'<html lang="{"en" if prefix else "th"}">' in response.content.decode()
    assert not response.cookies


@pytest.mark.parametrize("path", PAGES)
def test_only_reading_is_allowed(client, path):
    assert client.post(path).status_code == 405


def test_home_leads_to_service_office_and_booking(client, marriage):
    tags = Page(client.get("/")).tags
    links = {values.get("href") for tag, values in tags if tag == "a"}
    forms = {values.get("action") for tag, values in tags if tag == "form"}

    assert {"/offices/?service=marriage", "/find/", "/services/", "tel:1555"} <= links
    assert {"/services/", "/offices/"} <= forms
    assert "bang-rak" in {values.get("value") for tag, values in tags if tag == "option"}


def test_home_names_the_next_closed_days(client, marriage):
    for day in (5, 7):
        Closure.objects.create(date=date(2026, 12, day), reason_th="วันพ่อ", reason_en="Father's Day")

    page = client.get("/en/").content.decode()

    assert "Saturday 5 – Monday 7 Dec 2026: all offices closed" in page
    assert "Open again Tue 8 Dec" in page


def test_a_day_of_one_office_is_no_news_for_all(client, marriage):
    Closure.objects.create(date=date(2026, 12, 1), office=marriage.office, reason_th="ซ่อมไฟ")

    assert "ซ่อมไฟ" not in client.get("/").content.decode()
    assert "ซ่อมไฟ" not in client.get("/holidays/").content.decode()


@pytest.mark.parametrize(
    "asked",
    ["แต่งงาน", "จดทะเบียนสมรส", "อยากแต่งงาน", "WEDDING", "marriage reg", "น\u0e4d\u0e49า", " สมรส "],
)
def test_a_service_is_found_by_the_words_people_use(client, marriage, asked):
    page = client.get("/services/", {"q": asked}).content.decode()

    assert "/offices/?service=marriage" in page


def test_what_needs_no_booking_is_found(client, marriage):
    page = client.get("/services/", {"q": "สูติบัตร"}).content.decode()

    assert "แจ้งเกิด" in page
    assert "?service=" not in page


def test_what_others_do_names_the_agency(client, marriage):
    page = client.get("/en/services/", {"q": "driving licence"}).content.decode()

    assert "This is done at the Department of Land Transport" in page


@pytest.mark.parametrize("asked", ["qqqq", "<b>x</b>", "…", "\x00", "\u202e", "x" * 5000])
def test_nothing_found_says_what_to_try(client, marriage, asked):
    response = client.get("/en/services/", {"q": asked})

    page = response.content.decode()
    assert response.status_code == 200
    assert "Try other words, such as lost card or move house" in page
    assert "<b>x" not in page


def test_a_service_that_nobody_offers_is_not_shown(client, marriage):
    OfferedService.objects.update(is_open=False)

    assert "?service=marriage" not in client.get("/services/").content.decode()


def test_holidays_stand_by_year_from_today_on(client, marriage):
    for day, reason in [(date(2026, 10, 23), "วันเก่า"), (date(2027, 1, 1), "วันปีใหม่")]:
        Closure.objects.create(date=day, reason_th=reason)

    page = client.get("/holidays/").content.decode()

    assert "วันปีใหม่" in page
    assert "2570" in page
    assert "วันเก่า" not in page


def test_components_stand_only_in_a_demonstration(client, settings):
    settings.DEMO = True
    assert client.get("/demo/components/").status_code == 200

    settings.DEMO = False
    assert client.get("/demo/components/").status_code == 404


@pytest.mark.parametrize("count", [1, 30])
def test_home_costs_the_same_however_many_rows(client, marriage, django_assert_num_queries, count):
    for no in range(count):
        Closure.objects.create(date=date(2026, 12, 1 + no), reason_th="ปิด")

    with django_assert_num_queries(3):
        client.get("/")


def test_search_costs_one_query(client, marriage, django_assert_num_queries):
    with django_assert_num_queries(1):
        client.get("/services/", {"q": "แต่งงาน"})
