"""The directory, one office and one service of an office."""

from datetime import date, datetime, timedelta

import pytest
import time_machine
from django.utils import timezone
from django.utils.html import strip_tags

from core.thai_dates import BANGKOK
from offices.models import (
    ChecklistItem,
    Closure,
    Fee,
    OfferedService,
    Office,
    Question,
    Service,
    ServiceCase,
    ServiceForm,
)
from tests.live import world
from tests.portal.reading import Page

MONDAY = datetime(2026, 11, 23, 9, 13, tzinfo=BANGKOK)
OFFICE = "/offices/bang-rak/"
MARRIAGE = "/offices/bang-rak/marriage/"

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def monday():
    with time_machine.travel(MONDAY, tick=False):
        yield


@pytest.fixture
def offered():
    return world.marriage_at_bang_rak()


@pytest.fixture
def cases(offered):
    """Two cases, each with a thing of its own to bring."""
    for order, code in enumerate(["th-th", "th-foreign"]):
        case = ServiceCase.objects.create(
            service=offered.service,
            code=code,
            order=order,
            name_th=code,
            name_en=code,
            short_th=code,
            short_en=code,
        )
        item = ChecklistItem.objects.create(
            service=offered.service,
            code=f"item-{code}",
            title_th=f"เอกสาร {code}",
            title_en=f"Document {code}",
        )
        item.cases.add(case)
    return list(offered.service.cases.all())


@pytest.mark.parametrize("prefix", ["", "/en"])
@pytest.mark.parametrize("path", ["/offices/", "/offices/?service=marriage", OFFICE, MARRIAGE])
def test_pages_stand_in_both_languages(client, offered, prefix, path):
    response = client.get(prefix + path)

    assert response.status_code == 200
    assert f'<html lang="{"en" if prefix else "th"}">' in response.content.decode()


@pytest.mark.parametrize(
    "path",
    [
        "/offices/nowhere/",
        "/offices/bang-rak/nothing/",
        "/offices/?service=nothing",
        "/offices/?office=nowhere",
    ],
)
def test_unknown_office_or_service_is_not_found(client, offered, path):
    assert client.get(path).status_code == 404


def test_a_service_that_is_not_shown_is_not_found(client, offered):
    Service.objects.update(is_active=False)

    assert client.get(MARRIAGE).status_code == 404


@pytest.mark.parametrize("path", ["/offices/", OFFICE, MARRIAGE])
def test_only_reading_is_allowed(client, offered, path):
    assert client.post(path).status_code == 405


# --- the directory ---------------------------------------------------------------------------


def test_the_select_goes_to_the_office(client, offered):
    assert client.get("/offices/?office=bang-rak")["Location"] == OFFICE


def test_the_select_of_a_service_goes_to_that_service(client, offered):
    response = client.get("/offices/?office=bang-rak&service=marriage")

    assert response["Location"] == MARRIAGE


def test_a_service_lists_only_offices_that_take_bookings_for_it(client, offered):
    OfferedService.objects.update(is_open=False)

    page = client.get("/en/offices/?service=marriage").content.decode()

    assert MARRIAGE not in page
    assert "No office takes online bookings for it now" in page


def test_offices_stand_in_the_order_of_a_thai_dictionary(client, offered):
    for code, slug, prefix, name in [
        (1018, "khlong-san", "KS", "คลองสาน"),
        (1033, "khlong-toei", "KT", "คลองเตย"),
    ]:
        Office.objects.create(
            code=code,
            slug=slug,
            prefix=prefix,
            name_th=name,
            name_en=slug,
            opens_at="08:00",
            closes_at="16:00",
        )

    page = client.get("/offices/").content.decode()

    assert page.index("คลองเตย") < page.index("คลองสาน") < page.index("บางรัก")


@pytest.mark.parametrize("count", [1, 30])
def test_the_directory_costs_the_same_however_many_offices(
    client, offered, django_assert_num_queries, count
):
    for no in range(count):
        Office.objects.create(
            code=2000 + no,
            slug=f"o{no}",
            prefix=f"{chr(65 + no // 9)}{no % 9}",
            name_th=f"เขต{no}",
            name_en=f"O{no}",
            opens_at="08:00",
            closes_at="16:00",
        )

    with django_assert_num_queries(1):
        client.get("/offices/")


# --- one office ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("now", "words"),
    [
        (MONDAY, "Open until 16.00"),
        (MONDAY.replace(hour=7), "Closed, opens today 08.00"),
        (MONDAY.replace(hour=16, minute=0), "Closed, opens tomorrow 08.00"),
        (MONDAY + timedelta(days=5), "Closed, opens Mon 30 Nov 08.00"),
    ],
)
def test_it_says_whether_the_office_is_open(client, offered, now, words):
    with time_machine.travel(now, tick=False):
        assert words in client.get(f"/en{OFFICE}").content.decode()


def test_a_closed_day_closes_the_office(client, offered):
    Closure.objects.create(date=MONDAY.date(), office=offered.office, reason_th="ซ่อมไฟ")

    assert "Closed, opens tomorrow 08.00" in client.get(f"/en{OFFICE}").content.decode()


def test_an_office_closed_for_months_is_closed(client, offered):
    for number in range(70):
        day = MONDAY.date() + timedelta(days=number)
        Closure.objects.create(office=offered.office, date=day, reason_th="ย้ายที่ทำการ")

    page = client.get(f"/en{OFFICE}")

    assert page.status_code == 200
    assert page.context["state"].words == "Closed"


def test_closed_days_in_a_row_are_told_together(client, offered):
    for day, reason in [(5, "Father's Day"), (7, "Substitution day"), (10, "Constitution Day")]:
        Closure.objects.create(date=date(2026, 12, day), reason_th=reason, reason_en=reason)

    page = client.get(f"/en{OFFICE}").content.decode()

    assert "Saturday 5 – Monday 7 Dec 2026" in page
    assert "Thursday 10 Dec 2026" in page


def test_a_service_shows_its_first_free_time(client, offered):
    slot = world.slot(offered, places=1)

    page = client.get(OFFICE).content.decode()

    assert f"{timezone.localtime(slot.starts_at):%H.%M}–" in page


def test_it_names_what_needs_no_booking(client, offered):
    assert "แจ้งเกิด" in client.get(OFFICE).content.decode()


def test_an_office_without_bookings_says_what_to_do(client, offered):
    OfferedService.objects.update(is_open=False)

    assert "Online booking is paused here" in client.get(f"/en{OFFICE}").content.decode()


@pytest.mark.parametrize("count", [1, 7])
def test_an_office_costs_the_same_however_many_services(
    client, offered, django_assert_num_queries, count
):
    for no in range(count):
        service = Service.objects.create(
            code=f"s{no}", section="registration", icon="pen", name_th=f"เรื่อง{no}", name_en=f"S{no}"
        )
        OfferedService.objects.create(
            office=offered.office,
            service=service,
            section=offered.section,
            pattern=offered.pattern,
            minutes=30,
            online_places=1,
            total_places=1,
        )

    with django_assert_num_queries(5):
        client.get(OFFICE)


# --- one service -----------------------------------------------------------------------------


def test_the_checklist_follows_the_case(client, cases):
    page = client.get(f"/en{MARRIAGE}?case=th-foreign").content.decode()

    assert "Document th-foreign" in page
    assert "Document th-th" not in page


def test_an_unknown_case_shows_the_first(client, cases):
    page = client.get(f"/en{MARRIAGE}?case=<script>").content.decode()

    assert "Document th-th" in page
    assert '<script>"' not in page


def test_the_chosen_case_is_marked(client, cases):
    tags = Page(client.get(f"{MARRIAGE}?case=th-foreign")).tags

    assert [v["href"] for t, v in tags if t == "a" and v.get("aria-current") == "true"] == [
        "?case=th-foreign"
    ]


def test_htmx_gets_the_checklist_alone(client, cases):
    part = client.get(MARRIAGE, headers={"HX-Request": "true"}).content.decode()

    assert "<html" not in part
    assert "เอกสาร th-th" in strip_tags(part)


@pytest.mark.parametrize(
    ("amount", "confirmed", "words"),
    [
        (0, True, "Free"),
        (0, False, "to be confirmed by the office"),
        (100, True, "100 baht"),
    ],
)
def test_the_fee_in_force(client, cases, amount, confirmed, words):
    Fee.objects.create(
        service=cases[0].service, amount=amount, valid_from=date(2026, 1, 1), confirmed=confirmed
    )
    Fee.objects.create(service=cases[0].service, amount=999, valid_from=date(2027, 1, 1))

    page = client.get(f"/en{MARRIAGE}").content.decode()

    assert words in page
    assert "999" not in page


def test_no_known_fee_is_not_called_free(client, offered):
    page = client.get(f"/en{MARRIAGE}").content.decode()

    assert "Ask the office" in page
    assert "to be confirmed by the office" in page


def test_it_says_where_to_be_how_early_and_whom_to_call(client, offered):
    page = client.get(f"/en{MARRIAGE}").content.decode()

    assert "Please come 5 minutes early" in page
    assert "More than 15 minutes late" in page
    assert "2 working days" in page
    assert offered.office.phone in page


def test_its_next_free_times_can_be_pressed(client, offered):
    slot = world.slot(offered, places=1)

    rows = [v for t, v in Page(client.get(MARRIAGE)).tags if v.get("name") == "slot"]

    assert [int(row["value"]) for row in rows] == [slot.pk]


def test_forms_and_questions_stand_there(client, offered):
    ServiceForm.objects.create(
        service=offered.service, code="คร.1", name_th="คำร้อง คร.1", name_en="Form KR.1"
    )
    Question.objects.create(
        service=offered.service,
        question_th="มาสายได้ไหม",
        question_en="Late?",
        answer_th="ได้",
        answer_en="Yes",
    )

    page = client.get(MARRIAGE).content.decode()

    assert "คำร้อง คร.1" in page
    assert "มาสายได้ไหม" in page


def test_a_paused_service_still_says_what_to_bring(client, cases):
    OfferedService.objects.update(is_open=False)

    page = client.get(f"/en{MARRIAGE}").content.decode()

    assert "Online booking is paused" in page
    assert "Document th-th" in page


def test_an_interpreter_is_named_to_readers_of_english_only(client, offered):
    assert "bring an interpreter" in client.get(f"/en{MARRIAGE}").content.decode()
    assert "interpreter" not in client.get(MARRIAGE).content.decode()


def test_free_times_are_never_kept_by_a_cache(client, offered):
    for path in (OFFICE, MARRIAGE):
        assert "no-store" in client.get(path)["Cache-Control"]


@pytest.mark.parametrize("items", [1, 30])
def test_a_service_costs_the_same_however_long_its_lists(
    client, cases, django_assert_num_queries, items
):
    for no in range(items):
        item = ChecklistItem.objects.create(
            service=cases[0].service, code=f"more-{no}", title_th=f"สิ่งที่ {no}"
        )
        item.cases.add(cases[0])
        Question.objects.create(service=cases[0].service, question_th=f"ถาม {no}", answer_th="ตอบ")

    with django_assert_num_queries(10):
        client.get(MARRIAGE)


def test_the_case_goes_along_to_the_times_and_to_the_form(client, cases):
    """A couple of which one is no Thai is not asked for a second Thai number."""
    slot = world.slot(cases[0].service.offered.get(), places=2)
    page = Page(client.get(f"{MARRIAGE}?case=th-th"))
    assert f"{MARRIAGE}times/?case=th-th" in links(page)
    [pressed] = {action for action in actions(page) if "hold" in action}
    assert pressed == f"{MARRIAGE}hold/?case=th-th"

    times = Page(client.get(f"{MARRIAGE}times/?case=th-th"))
    assert {action for action in actions(times) if "hold" in action} == {pressed}
    days = [href for href in links(times) if href.startswith("?date=")]
    assert days
    assert all(href.endswith("&case=th-th") for href in days)

    form = client.post(pressed, {"slot": slot.pk})["Location"]
    assert form.endswith("?case=th-th")
    assert Page(client.get(form)).typed["partner_nationality"] == "TH"


def test_a_swapped_case_takes_the_card_of_the_next_times_along(client, cases):
    world.slot(cases[0].service.offered.get(), places=2)
    part = client.get(f"{MARRIAGE}?case=th-foreign", headers={"HX-Request": "true"})
    assert 'id="next" hx-swap-oob="true"' in part.content.decode()
    assert f"{MARRIAGE}times/?case=th-foreign" in links(Page(part))


def test_the_case_is_kept_where_the_time_went(client, cases):
    offered = cases[0].service.offered.get()
    slot = world.slot(offered, places=0)
    world.slot(offered, places=2, no=1)
    taken = client.post(f"{MARRIAGE}hold/?case=th-foreign", {"slot": slot.pk})
    assert taken.status_code == 409
    assert f"{MARRIAGE}hold/?case=th-foreign" in actions(Page(taken))
    assert f"{MARRIAGE}times/?case=th-foreign" in links(Page(taken))


@pytest.mark.parametrize("case", ["nobody", "<script>", "th-th%00", "", "x" * 4000])
def test_an_unknown_case_goes_nowhere(client, cases, case):
    slot = world.slot(cases[0].service.offered.get(), places=2)
    for address in (f"{MARRIAGE}?case={case}", f"{MARRIAGE}times/?case={case}"):
        assert "?case" not in "".join(
            one for one in actions(Page(client.get(address))) if "hold" in one
        )
    answer = client.post(f"{MARRIAGE}hold/?case={case}", {"slot": slot.pk})
    assert "case" not in answer.get("Location", "")


def test_without_a_free_time_the_waiting_list_is_offered(client, cases):
    assert f"{MARRIAGE}wait/" in links(Page(client.get(MARRIAGE)))


def links(page):
    return [values["href"] for tag, values in page.tags if tag == "a" and "href" in values]


def actions(page):
    return [values["action"] for tag, values in page.tags if tag == "form" and "action" in values]
