"""The page of free times: what can be pressed, what cannot and why, and what it costs."""

from datetime import datetime, timedelta

import pytest
import time_machine
from django.test import Client
from django.utils import timezone

from bookings.models import Slot
from core.thai_dates import BANGKOK
from offices.models import Closure, OfferedService, PopularDay
from tests.live import world
from tests.portal.reading import Page

NOW = datetime(2026, 11, 23, 9, 13, tzinfo=BANGKOK)  # a Monday
FRIDAY = datetime(2026, 11, 27, tzinfo=BANGKOK)
TIMES = "/offices/bang-rak/marriage/times/"

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def monday():
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def offered():
    return world.marriage_at_bang_rak()


@pytest.fixture
def make_slot(offered):
    def make(day=FRIDAY, hour=9, minute=1, places=1, **values):
        starts = day.replace(hour=hour, minute=minute)
        return Slot.objects.create(
            office_id=offered.office_id,
            service_id=offered.service_id,
            starts_at=starts,
            ends_at=starts + timedelta(minutes=29),
            **{"capacity": places, "online_capacity": places, **values},
        )

    return make


def buttons(response):
    """The times that can be pressed: {slot id: attributes}, in the grid of the day."""
    found = [
        values
        for tag, values in Page(response).tags
        if tag == "button" and "slot" in values.values()
    ]
    return {int(values["value"]): values for values in found if values["class"].startswith("time")}


def listed(response):
    """The times of the plain list, in order."""
    tags = Page(response).tags
    rows = [values for tag, values in tags if tag == "button" and values.get("name") == "slot"]
    return [int(values["value"]) for values in rows if "btn" in values["class"]]


def test_a_free_time_carries_what_the_contract_says(client, make_slot):
    slot = make_slot(places=2)

    button = buttons(client.get(TIMES))[slot.pk]

    assert button["name"] == "slot"
    assert button["data-starts"] == "2026-11-27T09:01:00+07:00"
    assert button["data-free"] == "2"


def test_its_form_posts_to_the_hold(client, make_slot):
    make_slot()

    forms = [values for tag, values in Page(client.get(TIMES)).tags if tag == "form"]

    posted = [values["action"] for values in forms if values.get("method") == "post"]
    assert posted == ["/offices/bang-rak/marriage/hold/"] * 2


@pytest.mark.parametrize(
    ("places", "taken", "word"),
    [(3, 0, "3 free"), (3, 2, "1 left"), (1, 0, "Free"), (3, 3, "Full")],
)
def test_words_of_a_time(client, make_slot, places, taken, word):
    make_slot(places=places, taken=taken, taken_online=taken)

    page = client.get(f"/en{TIMES}?date=27/11/2569").content.decode()

    assert f'<span class="range">09.01–09.30</span> <span class="state">{word}</span>' in page


def test_full_held_and_closed_times_are_no_buttons(client, make_slot, offered):
    make_slot(hour=8, minute=0, taken=1, taken_online=1)
    make_slot(hour=9, closed_at=timezone.now())
    held = make_slot(hour=10)
    free = make_slot(hour=11)
    client.post("/offices/bang-rak/marriage/hold/", {"slot": held.pk})
    client.cookies.clear()

    response = client.get(f"/en{TIMES}")

    assert list(buttons(response)) == [free.pk]
    for word in ("Full", "Closed", "Being booked"):
        assert f'<span class="state">{word}</span>' in response.content.decode()


def test_my_own_held_time_leads_back_to_its_form(client, make_slot):
    slot = make_slot()
    form = client.post("/offices/bang-rak/marriage/hold/", {"slot": slot.pk})["Location"]

    response = client.get(f"{TIMES}?date=2026-11-27")

    assert buttons(response) == {}
    links = [values["href"] for tag, values in Page(response).tags if tag == "a"]
    assert form in links


def test_the_plain_list_shows_two_of_a_day_and_four_in_all(client, make_slot):
    for minute in (1, 31):
        for day in (0, 3, 4):
            make_slot(FRIDAY + timedelta(days=day), minute=minute)
    third = make_slot(hour=15)

    shown = listed(client.get(TIMES))

    assert len(shown) == 4
    assert third.pk not in shown


def test_each_free_time_stands_once_in_the_list_and_once_in_the_grid(client, make_slot):
    slot = make_slot()

    page = client.get(TIMES).content.decode()

    assert page.count(f'value="{slot.pk}"') == 2


@pytest.mark.parametrize("typed", ["2026-11-30", "30/11/2569", "๓๐/๑๑/๒๕๖๙", "30.11.2026"])
def test_a_day_can_be_typed_in_both_eras(client, make_slot, typed):
    make_slot()
    monday = make_slot(FRIDAY + timedelta(days=3))

    assert list(buttons(client.get(TIMES, {"date": typed}))) == [monday.pk]


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ("x", "Type day/month/year, for example 1/12/2569"),
        ("30/02/2569", "Type day/month/year, for example 1/12/2569"),
        ("27/11/69", "Type day/month/year, for example 1/12/2569"),
        ("\x00", "Type day/month/year, for example 1/12/2569"),
        ("27/11/2200", "Use 2569 (B.E.) or 2026 (C.E.)"),
        ("22/11/2569", "This date has passed; choose from tomorrow"),
        ("23/11/2569", "too soon to be booked online. Choose a time from Tuesday 24 November 2026"),
        ("27/11/2570", "up to 30 working days ahead. Choose a day until Monday 4 January 2027"),
    ],
)
def test_a_day_that_cannot_be_shown_has_its_sentence_beside_the_field(
    client, make_slot, typed, sentence
):
    make_slot()

    response = client.get(f"/en{TIMES}", {"date": typed})

    assert response.status_code == 422
    assert sentence in Page(response).texts["error_date"]
    assert buttons(response)  # the page still offers times


def test_a_closed_day_says_why_and_when_it_opens(client, make_slot):
    Closure.objects.create(date=FRIDAY.date(), reason_th="ไฟฟ้าดับ", reason_en="Power cut")
    make_slot(closed_at=timezone.now())

    page = client.get(f"/en{TIMES}?date=2026-11-27").content.decode()

    assert "(Power cut); next open day" in page
    assert 'href="?date=2026-11-30"' in page
    assert not buttons(client.get(f"{TIMES}?date=2026-11-27"))


def test_a_full_day_names_the_nearest_free_one(client, make_slot):
    make_slot(taken=1, taken_online=1)
    make_slot(FRIDAY + timedelta(days=3))

    page = client.get(f"/en{TIMES}?date=2026-11-27").content.decode()

    assert "Full; nearest free day" in page
    assert 'href="?date=2026-11-30"' in page


def test_taken_times_can_be_hidden(client, make_slot):
    make_slot(hour=8, minute=0, taken=1, taken_online=1)
    free = make_slot()

    response = client.get(f"{TIMES}?free=1")

    assert list(buttons(response)) == [free.pk]
    assert "time-full" not in response.content.decode()


def test_twelve_days_a_page_inside_the_window(client, make_slot):
    make_slot()

    first = [v for tag, v in Page(client.get(TIMES)).tags if v.get("class", "").startswith("day ")]
    later = client.get(f"{TIMES}?from=2026-12-06").content.decode()
    last = client.get(f"{TIMES}?from=2999-01-01").content.decode()

    assert len(first) == 12
    assert "from=2026-12-18" in later
    assert "from=2026-11-24" in later
    assert "2027-01-05" not in last


def test_a_popular_day_wears_a_heart(client, make_slot):
    make_slot()
    PopularDay.objects.create(date=FRIDAY.date(), name_th="วันศุกร์สุขใจ")

    assert 'class="popular"' in client.get(TIMES).content.decode()


def test_nothing_free_says_what_to_do(client, offered):
    page = client.get(f"/en{TIMES}").content.decode()

    assert "No free times until Monday 4 January 2027" in page
    assert "/en/offices/?service=marriage" in page
    assert offered.office.phone in page


def test_a_paused_service_offers_no_times(client, make_slot, offered):
    make_slot()
    OfferedService.objects.update(is_open=False)

    page = client.get(f"/en{TIMES}").content.decode()

    assert "Online booking is paused" in page
    assert 'name="slot"' not in page


def test_it_says_where_to_be_how_early_and_whom_to_call(client, make_slot, offered):
    make_slot()

    page = client.get(f"/en{TIMES}").content.decode()

    assert "Please come 5 minutes early" in page
    assert "More than 15 minutes late" in page
    assert offered.office.phone in page


def test_it_is_never_kept_by_a_cache(client, make_slot):
    make_slot()

    response = client.get(TIMES)

    assert "no-store" in response["Cache-Control"]
    assert "HX-Request" in response["Vary"]


def test_htmx_gets_the_days_alone_and_the_browsers_back_button_the_page(client, make_slot):
    make_slot()

    part = client.get(TIMES, headers={"HX-Request": "true"}).content.decode()
    whole = client.get(
        TIMES, headers={"HX-Request": "true", "HX-History-Restore-Request": "true"}
    ).content.decode()

    assert "<html" not in part
    assert "data-focus" in part
    assert "<html" in whole


def test_only_reading_is_allowed(client, offered):
    assert client.post(TIMES).status_code == 405


@pytest.mark.parametrize(
    "path", ["/offices/nowhere/marriage/times/", "/offices/bang-rak/nothing/times/"]
)
def test_unknown_office_or_service_is_not_found(client, offered, path):
    assert client.get(path).status_code == 404


@pytest.mark.parametrize("times", [1, 30])
def test_it_costs_the_same_however_many_times_there_are(
    client, make_slot, django_assert_num_queries, times
):
    for no in range(times):
        make_slot(hour=8 + no // 4, minute=no % 4 * 15)
    kept = make_slot(FRIDAY + timedelta(days=3), places=3)
    client.post("/offices/bang-rak/marriage/hold/", {"slot": kept.pk})

    with django_assert_num_queries(9):
        client.get(TIMES)


# --- the kept page ---------------------------------------------------------------------------


@pytest.fixture
def four_free(make_slot):
    """Enough free times in sight for the page to be kept."""
    return [make_slot(FRIDAY + timedelta(days=day), minute=m) for day in (0, 3) for m in (1, 31)]


def test_an_unchanged_page_costs_one_query(client, four_free, django_assert_num_queries):
    with django_assert_num_queries(9):
        first = client.get(TIMES)
    with django_assert_num_queries(1):
        second = client.get(TIMES)

    assert buttons(first).keys() == buttons(second).keys() != set()


def test_a_place_taken_meanwhile_is_gone_at_once(client, four_free):
    client.get(TIMES)
    Slot.objects.filter(pk=four_free[0].pk).update(taken=1, taken_online=1)

    response = client.get(TIMES)

    assert four_free[0].pk not in buttons(response)
    assert four_free[0].pk not in listed(response)


def test_a_new_time_stands_there_at_once(client, four_free, make_slot):
    client.get(TIMES)
    new = make_slot(hour=14)

    assert new.pk in buttons(client.get(TIMES))


def test_what_is_kept_for_one_browser_is_not_shown_to_another(client, four_free):
    client.post("/offices/bang-rak/marriage/hold/", {"slot": four_free[0].pk})
    mine = client.get(f"/en{TIMES}").content.decode()
    client.cookies.clear()
    others = client.get(f"/en{TIMES}").content.decode()

    assert "Yours, go on" in mine
    assert "Yours, go on" not in others


def test_languages_and_parts_are_kept_apart(client, four_free):
    pages = [
        client.get(TIMES).content,
        client.get(f"/en{TIMES}").content,
        client.get(TIMES, headers={"HX-Request": "true"}).content,
        client.get(f"{TIMES}?free=1").content,
    ]

    assert len(set(pages)) == 4


def test_the_token_of_a_kept_page_is_the_browsers_own(four_free):
    Client().get(TIMES)
    browser = Client(enforce_csrf_checks=True)
    token = Page(browser.get(TIMES)).typed["csrfmiddlewaretoken"]

    answer = browser.post(
        "/offices/bang-rak/marriage/hold/",
        {"slot": four_free[0].pk, "csrfmiddlewaretoken": token},
    )

    assert answer.status_code == 303


def test_without_a_cache_the_page_still_stands(client, four_free, settings):
    settings.CACHES = {
        **settings.CACHES,
        "default": {
            "BACKEND": "django.core.cache.backends.redis.RedisCache",
            "LOCATION": "redis://127.0.0.1:1/0",
        },
    }

    assert buttons(client.get(TIMES))
