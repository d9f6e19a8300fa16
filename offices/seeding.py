"""Reference data for a new installation, from `offices/data/`. Only what is missing is made:
what an office has edited stays. Every unconfirmed figure is marked for the office to confirm."""

import csv
import json
from collections import Counter
from collections.abc import Iterator
from datetime import date, time
from pathlib import Path
from typing import Any

from django.db import transaction

from offices.holidays_th import official_holidays
from offices.models import (
    ChecklistItem,
    Closure,
    Fee,
    OfferedService,
    Office,
    OpeningPattern,
    PatternTime,
    Question,
    Section,
    SectionKind,
    Service,
    ServiceCase,
    ServiceForm,
    Window,
)

DATA = Path(__file__).parent / "data"
BANG_RAK = 1004
PRINTED_TABLE = "ตารางจองคิวจดทะเบียนสมรส"
# The signs above the windows, the last one of the administrative section.
WINDOWS = {BANG_RAK: ("4", "5", "6", "7", "8")}
OTHER_WINDOWS = ("1", "2", "3", "4")
OPENS, CLOSES = time(8), time(16)


@transaction.atomic
def seed_reference(*, today: date) -> Counter[str]:
    """Make what is missing; returns how many rows of each kind were made."""
    made: Counter[str] = Counter()
    made["offices"] = _seed_offices()
    made["windows"] = _seed_windows()
    _place_on_map()
    made["services"] = sum(_seed_service(order, row) for order, row in enumerate(_json("services")))
    made["opening patterns"] = _seed_patterns()
    made["services of offices"] = _seed_offered()
    made["closed days"] = _seed_holidays(today)
    return made


def _seed_offices() -> int:
    known = set(Office.objects.values_list("code", flat=True))
    rows = [row for row in _rows("districts") if int(row["code"]) not in known]
    for row in rows:
        office = Office.objects.create(
            code=int(row["code"]),
            slug=row["slug"],
            prefix=row["prefix"],
            name_th=row["name_th"],
            name_en=row["name_en"],
            phone=row["phone"],
            address_th=row["address_th"],
            address_en=row["address_en"],
            opens_at=OPENS,
            closes_at=CLOSES,
        )
        _make_sections(office)
    return len(rows)


def _place_on_map() -> None:
    """Where each district stands on the schematic map; offices made before there was one too."""
    without = {office.code: office for office in Office.objects.filter(column__isnull=True)}
    for row in _rows("tile_map") if without else ():
        office = without.get(int(row["code"]))
        if office is not None:
            office.column, office.row = int(row["column"]), int(row["row"])
            office.save(update_fields=["column", "row"])


def _make_sections(office: Office) -> None:
    floors = {SectionKind.REGISTRATION: 2, SectionKind.ADMINISTRATIVE: 3}
    for kind, floor in floors.items():
        Section.objects.create(
            office=office,
            kind=kind,
            floor_th=f"ชั้น {floor}",
            floor_en=f"floor {floor}",
            phone=office.phone,
        )


def _seed_windows() -> int:
    """Those of offices that have none yet."""
    offices = Office.objects.filter(windows__isnull=True).prefetch_related("sections")
    new = [window for office in offices for window in _windows_of(office)]
    for window in new:
        window.save()
    return len(new)


def _windows_of(office: Office) -> Iterator[Window]:
    sections = {section.kind: section for section in office.sections.all()}
    labels = WINDOWS.get(office.code, OTHER_WINDOWS)
    for label in labels:
        kind = SectionKind.ADMINISTRATIVE if label == labels[-1] else SectionKind.REGISTRATION
        if kind in sections:
            yield Window(office=office, section=sections[kind], label=label)


def _seed_service(order: int, row: dict[str, Any]) -> int:
    if Service.objects.filter(code=row["code"]).exists():
        return 0
    words = row["search_words"]
    service = Service.objects.create(
        code=row["code"],
        section=row["section"],
        icon=row["icon"],
        order=order,
        search_words=" ".join([*words["th"], *words["en"]]),
        parties=row["parties"],
        private_room=row["private_room"],
        by_request=row.get("by_request", False),
        is_active=True,
        **_both("name", row["name"]),
        **_both("lead", row["lead"]),
        **_both("summary", row["summary"]),
    )
    cases = _seed_cases(service, row["cases"])
    _seed_checklist(service, row["checklist"], cases)
    _seed_fees(service, row["fees"], cases)
    for form in row["forms"]:
        ServiceForm.objects.create(
            service=service, code=form["code"], **_both("name", form["name"])
        )
    for number, faq in enumerate(row["faqs"]):
        Question.objects.create(
            service=service,
            order=number,
            **_both("question", faq["q"]),
            **_both("answer", faq["a"]),
        )
    return 1


def _seed_cases(service: Service, rows: list[dict[str, Any]]) -> dict[str, ServiceCase]:
    return {
        row["code"]: ServiceCase.objects.create(
            service=service,
            code=row["code"],
            order=order,
            **_both("name", row["name"]),
            **_both("short", row["short"]),
        )
        for order, row in enumerate(rows)
    }


def _seed_checklist(
    service: Service, rows: list[dict[str, Any]], cases: dict[str, ServiceCase]
) -> None:
    for order, row in enumerate(rows):
        item = ChecklistItem.objects.create(
            service=service,
            code=row["code"],
            order=order,
            is_conditional=row["conditional"],
            can_upload=row["upload"],
            source=row["source"],
            confirmed=row["confirmed"],
            **_both("title", row["title"]),
            **_both("detail", row["detail"]),
        )
        item.cases.set([cases[code] for code in row["cases"]])


def _seed_fees(service: Service, rows: list[dict[str, Any]], cases: dict[str, ServiceCase]) -> None:
    for row in rows:
        for code in row["cases"]:
            Fee.objects.create(
                service=service,
                case=cases[code],
                amount=row["amount"],
                valid_from=date.fromisoformat(row["from"]),
                confirmed=row["confirmed"],
                **_both("per", row["per"]),
                **_both("note", row["note"]),
            )


def _seed_patterns() -> int:
    tables = [(row["name"], row["times"]) for row in _json("patterns")]
    printed = (PRINTED_TABLE, [(row["starts"], row["ends"]) for row in _rows("marriage_slots")])
    made = 0
    for office in Office.objects.all():
        for name, times in [*tables, *([printed] if office.code == BANG_RAK else [])]:
            pattern, is_new = OpeningPattern.objects.get_or_create(office=office, name=name)
            if is_new:
                made += 1
                _make_times(pattern, times)
    return made


def _make_times(pattern: OpeningPattern, times: list[tuple[str, str]]) -> None:
    PatternTime.objects.bulk_create(
        PatternTime(
            pattern=pattern, no=no, starts=time.fromisoformat(starts), ends=time.fromisoformat(ends)
        )
        for no, (starts, ends) in enumerate(times, 1)
    )


def _seed_offered() -> int:
    known = set(OfferedService.objects.values_list("office_id", "service__code"))
    new = [offer for offer in _offers() if (offer.office_id, offer.service.code) not in known]
    OfferedService.objects.bulk_create(new)
    return len(new)


def _offers() -> Iterator[OfferedService]:
    rows = {row["code"]: row for row in _json("services")}
    places = _json("offered")
    sections = {(s.office_id, s.kind): s for s in Section.objects.all()}
    patterns = {(p.office_id, p.name): p for p in OpeningPattern.objects.all()}
    by_minutes = {m: row["name"] for row in _json("patterns") for m in row["for_minutes"]}
    for office in Office.objects.all():
        for service in Service.objects.filter(code__in=rows):
            row, numbers = rows[service.code], places[service.code]
            is_printed = office.code == BANG_RAK and service.code == "marriage"
            name = PRINTED_TABLE if is_printed else by_minutes[row["minutes"]]
            yield OfferedService(
                office=office,
                service=service,
                section=sections[office.pk, service.section],
                pattern=patterns[office.pk, name],
                is_open=numbers.get("is_open", True),
                minutes=row["minutes"],
                online_places=numbers["online"],
                staff_places=numbers["staff"],
                total_places=numbers["total"],
                needs_officer=row["needs_officer"],
                window_th="ช่อง 4" if is_printed else "จุดประชาสัมพันธ์",
                window_en="Window 4" if is_printed else "Information desk",
            )


def _seed_holidays(today: date) -> int:
    years = range(today.year, today.year + 3)
    known = set(Closure.objects.filter(office=None).values_list("date", flat=True))
    new = [
        Closure(date=day.date, reason_th=day.name_th, reason_en=day.name_en)
        for day in official_holidays(years)
        if day.date not in known
    ]
    Closure.objects.bulk_create(new)
    return len(new)


def _both(name: str, texts: dict[str, str]) -> dict[str, str]:
    return {f"{name}_th": texts["th"], f"{name}_en": texts["en"]}


def _json(name: str) -> Any:
    return json.loads((DATA / f"{name}.json").read_text(encoding="utf-8"))


def _rows(name: str) -> list[dict[str, str]]:
    with (DATA / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))
