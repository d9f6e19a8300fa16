import csv
import json
import re
from collections.abc import Iterator
from datetime import date, time
from itertools import pairwise
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
DATA = ROOT / "offices" / "data"
CONTENT = ROOT / "templates" / "portal" / "content"
THAI_DIGITS = re.compile("[๐-๙]")
THAI = re.compile("[ก-๙]")
LANGUAGES = {"th", "en"}
SERVICES = [
    "marriage",
    "id-card",
    "collect-copies",
    "person-inquiry",
    "signature",
    "marital-status",
    "will",
    "heir",
]


def rows(name: str) -> list[dict[str, str]]:
    with (DATA / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def load(name: str):
    return json.loads((DATA / name).read_text(encoding="utf-8"))


def content(page: str, language: str) -> str:
    return (CONTENT / f"{page}_{language}.html").read_text(encoding="utf-8")


def texts(node) -> Iterator[dict]:
    """Every {"th": ..., "en": ...} below `node`."""
    if isinstance(node, list):
        for child in node:
            yield from texts(child)
    elif isinstance(node, dict):
        if node.keys() & LANGUAGES:
            yield node
        else:
            for child in node.values():
                yield from texts(child)


def sentences(text: dict, language: str) -> list[str]:
    return text[language] if isinstance(text[language], list) else [text[language]]


@pytest.fixture(scope="module")
def districts():
    return rows("districts.csv")


@pytest.fixture(scope="module")
def services():
    return {service["code"]: service for service in load("services.json")}


def test_there_are_50_districts_with_codes_slugs_and_prefixes_of_their_own(districts):
    assert [district["code"] for district in districts] == [str(code) for code in range(1001, 1051)]
    for column in ("slug", "prefix", "phone", "name_th", "name_en"):
        assert len({district[column] for district in districts}) == 50


def test_district_columns_have_their_form(districts):
    for district in districts:
        assert all(district.values())
        assert re.fullmatch("[a-z]+(-[a-z]+)*", district["slug"])
        assert re.fullmatch("[A-HJ-NP-Z]{2}", district["prefix"]), "no I, no O"
        assert district["name_th_full"] == f"เขต{district['name_th']}"
        assert district["phone"] == f"02 000 {district['code']}", "must look invented"
        assert district["confirmed"] == "no"


def test_bang_rak_is_what_people_call_it(districts):
    bang_rak = districts[3]

    assert (bang_rak["slug"], bang_rak["prefix"]) == ("bang-rak", "BR")
    assert "ถนนนเรศ แขวงสี่พระยา เขตบางรัก" in bang_rak["address_th"]


def test_marriage_times_are_the_printed_15_with_nothing_after_12_30():
    printed = rows("marriage_slots.csv")
    times = [tuple(time.fromisoformat(row[edge]) for edge in ("starts", "ends")) for row in printed]

    assert len(times) == 15
    assert (times[0], times[-1]) == ((time(8), time(8, 30)), (time(15, 31), time(16)))
    assert all(ends <= time(12, 30) or starts >= time(13, 1) for starts, ends in times)
    assert all(earlier[1] < later[0] for earlier, later in pairwise(times))


@pytest.mark.parametrize("name", ["services.json", "walk_in.json", "elsewhere.json"])
def test_every_text_is_there_in_both_languages_with_arabic_digits(name):
    found = list(texts(load(name)))

    assert found
    for text in found:
        assert text.keys() == LANGUAGES
        for language in LANGUAGES:
            for sentence in sentences(text, language):
                assert sentence == sentence.strip()
                assert sentence
                assert not THAI_DIGITS.search(sentence), sentence
        assert not any(THAI.search(sentence) for sentence in sentences(text, "en")), text


def test_services_stand_in_display_order(services):
    assert list(services) == SERVICES


def test_service_settings(services):
    private = {code for code, service in services.items() if service["private_room"]}

    assert [code for code, service in services.items() if service["needs_officer"]] == ["marriage"]
    assert [code for code, service in services.items() if service["parties"] == 2] == ["marriage"]
    assert private == {"person-inquiry", "will", "heir"}
    for service in services.values():
        assert service["section"] in {"registration", "administrative"}
        assert service["minutes"] > 0
        assert len(service["faqs"]) >= 2
        assert not service["confirmed"]
    for code in ("marriage", "id-card", "collect-copies"):
        assert len(services[code]["faqs"]) == 4


@pytest.mark.parametrize("code", SERVICES)
def test_checklist_and_fees_name_cases_that_exist(services, code):
    service = services[code]
    cases = [case["code"] for case in service["cases"]]
    items = service["checklist"]

    assert len(cases) == len(set(cases))
    assert len({item["code"] for item in items}) == len(items)
    for entry in [*items, *service["fees"]]:
        assert entry["cases"]
        assert set(entry["cases"]) <= set(cases)
        assert not entry["confirmed"]
    for case in cases:
        assert any(case in item["cases"] for item in items), f"nothing to bring for {case}"
        assert sum(case in fee["cases"] for fee in service["fees"]) <= 1, f"two fees for {case}"


@pytest.mark.parametrize("code", SERVICES)
def test_conditional_items_begin_with_if_and_pictures_need_a_review(services, code):
    for item in services[code]["checklist"]:
        assert item["title"]["th"].startswith("ถ้า") is item["conditional"]
        assert item["title"]["en"].startswith("If ") is item["conditional"]
        assert services[code]["reviews_documents"] or not item["upload"]
        assert re.fullmatch(r"S\d-R\d\d|S\d §\d|public", item["source"])


def test_marriage_asks_for_what_the_picture_shows(services):
    marriage = services["marriage"]
    asked = [item["code"] for item in marriage["checklist"] if "th-foreign" in item["cases"]]

    cases = [case["code"] for case in marriage["cases"]]

    assert cases == ["th-th", "th-foreign", "foreign-foreign"]
    assert asked[:4] == ["id-card", "passport", "single-status", "witnesses"]
    assert asked[4:6] == ["married-before", "under-20"]
    assert [form["code"] for form in marriage["forms"]] == ["คร.1"]


def test_known_fees(services):
    def amounts(code):
        return {case: fee["amount"] for fee in services[code]["fees"] for case in fee["cases"]}

    assert set(amounts("marriage").values()) == {0}
    new, replaced = ("first", "renewal"), ("lost", "damaged", "name-change")
    assert amounts("id-card") == dict.fromkeys(new, 0) | dict.fromkeys(replaced, 100)
    assert amounts("collect-copies") == dict.fromkeys(("house", "marriage", "divorce", "photo"), 10)
    for service in services.values():
        assert all(date.fromisoformat(fee["from"]) == date(2026, 10, 1) for fee in service["fees"])


def test_a_lost_card_needs_no_police_report(services):
    lost = [item for item in services["id-card"]["checklist"] if "lost" in item["cases"]]

    assert any("ไม่ต้องแจ้งความ" in item["title"]["th"] for item in lost)
    assert any("No police report" in item["title"]["en"] for item in lost)


@pytest.mark.parametrize("page", ["help", "privacy", "accessibility"])
def test_static_pages_stand_in_both_languages_as_plain_html(page):
    thai, english = content(page, "th"), content(page, "en")

    assert not THAI_DIGITS.search(thai)
    assert not THAI.search(english)
    for html in (thai, english):
        assert "class=" not in html
        assert "style=" not in html
        assert set(re.findall(r"<([a-z0-9]+)", html)) <= {
            "p",
            "h2",
            "h3",
            "ul",
            "ol",
            "li",
            "a",
            "time",
        }
    assert re.findall(r"<(?:h2|ul|ol)", thai) == re.findall(r"<(?:h2|ul|ol)", english)


@pytest.mark.parametrize("language", ["th", "en"])
def test_privacy_notice_names_its_version(language):
    assert "2569-11-25" in content("privacy", language)
