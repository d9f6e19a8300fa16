"""The list of cases: what it shows, finds and costs."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from accounts.models import ViewLog
from accounts.roles import Role
from bookings import services
from bookings.models import ItemState
from bookings.workflow import Status
from tests.factories import (
    NOW,
    CaseFactory,
    ItemFactory,
    at,
    booking_at,
    couple_details,
    make_closure,
    make_offered,
    make_slot,
    make_staff,
    thai,
)

QUEUE = "admin:bookings_booking_changelist"


def rows_of(page):
    return [row.booking for row in page.context["rows"]]


def queries_of(browser, address):
    with CaptureQueriesContext(
        connection,
    ) as captured:
        assert browser.get(address).status_code == 200
    return len(captured)


@pytest.mark.parametrize("name", [QUEUE, "admin:index"])
def test_number_of_queries_does_not_grow_with_rows(signed_in, officer, offered, name):
    browser = signed_in(officer)
    booking_at(offered=offered)
    browser.get(reverse(name))
    with_one = queries_of(browser, reverse(name))
    for _more in range(29):
        booking_at(offered=offered)

    assert queries_of(browser, reverse(name)) == with_one <= 28


def test_page_has_25_and_leads_to_the_next(signed_in, officer, offered):
    for _one in range(26):
        booking_at(offered=offered)

    page = signed_in(officer).get(reverse(QUEUE))

    assert len(rows_of(page)) == 25
    assert page.context["next_page"] == "?page=2"


def test_tabs_part_the_cases(signed_in, officer, offered):
    waiting = booking_at(Status.NEEDS_DOCUMENTS, offered=offered)
    new = booking_at(offered=offered)
    today = booking_at(
        Status.CONFIRMED,
        offered=offered,
        slot=make_slot(offered, starts=NOW + timedelta(hours=26)),
        now=NOW - timedelta(days=5),
    )
    browser = signed_in(officer)

    assert rows_of(browser.get(reverse(QUEUE))) == [new]
    assert rows_of(browser.get(reverse(QUEUE), {"tab": "waiting"})) == [waiting]
    assert set(rows_of(browser.get(reverse(QUEUE), {"tab": "all"}))) == {waiting, new, today}
    assert rows_of(browser.get(reverse(QUEUE), {"tab": "today"})) == []


def test_least_time_left_comes_first_and_late_is_said_in_words(signed_in, officer, offered):
    new = booking_at(offered=offered)
    late = booking_at(offered=offered, now=NOW - timedelta(days=7))

    page = signed_in(officer).get(reverse(QUEUE))

    assert rows_of(page) == [late, new]
    assert [row.left.state for row in page.context["rows"]] == ["late", "ample"]
    assert rows_of(signed_in(officer).get(reverse(QUEUE), {"late": "1"})) == [late]


def test_time_stands_still_while_the_applicant_is_asked(signed_in, officer, offered):
    asked = booking_at(Status.NEEDS_DOCUMENTS, offered=offered, now=NOW - timedelta(days=7))
    browser = signed_in(officer)

    paused = browser.get(reverse(QUEUE), {"tab": "waiting"}).context["rows"][0]
    services.documents_sent(booking=asked, now=NOW)
    again = browser.get(reverse(QUEUE)).context["rows"][0]

    assert paused.left.state == "paused"
    assert again.left.state == "ample"
    assert again.left.deadline == at(2026, 11, 25, 16)


def test_closed_days_do_not_count(signed_in, officer, offered, bang_rak):
    make_closure(at(2026, 11, 24).date(), office=bang_rak)
    booking_at(offered=offered)

    row = signed_in(officer).get(reverse(QUEUE)).context["rows"][0]

    assert row.left.deadline == at(2026, 11, 26, 16)


@pytest.mark.parametrize("typed", ["{reference}", "{spoken}"])
def test_exact_reference_opens_the_case(signed_in, officer, case, typed):
    typed = typed.format(reference=case.reference, spoken=case.reference.lower().replace("-", " "))

    page = signed_in(officer).get(reverse(QUEUE), {"q": typed})

    assert page.headers["Location"] == reverse("admin:bookings_booking_change", args=[case.pk])


@pytest.fixture
def known(offered):
    details = couple_details(
        thai("น้ำผึ้ง ทดสอบใจ", "1000000000009"), thai("วีระ ตัวอย่าง"), phone="+66812345678"
    )
    booking_at(offered=offered)
    return booking_at(offered=offered, details=details)


@pytest.mark.parametrize(
    ("typed", "kind"),
    [
        ("น้ำผึ้ง", "name"),
        ("นํ้าผึ้ง", "name"),
        ("ทดสอบใจ", "name"),
        ("081 234 5678", "telephone"),
        ("๐๘๑-๒๓๔-๕๖๗๘", "telephone"),
        ("5678", "telephone"),
        ("1-0000-00000-00-9", "national ID"),
    ],
)
def test_search_finds_people_and_is_logged(signed_in, officer, known, typed, kind):
    page = signed_in(officer).get(reverse(QUEUE), {"q": typed})

    assert rows_of(page) == [known]
    log = ViewLog.objects.get()
    assert (log.user, log.case) == (officer, known.reference)
    assert typed not in log.what


def test_what_was_typed_stands_in_no_address(signed_in, officer, known):
    browser = signed_in(officer)
    answer = browser.post(reverse(QUEUE), {"q": "1000000000009", "tab": "all", "day": ""})

    address = answer.headers["Location"]
    page = browser.get(address)

    assert "1000000000009" not in address
    assert "tab=all" in address
    assert rows_of(page) == [known]
    assert page.context["typed"] == "1000000000009"


def test_a_changed_address_searches_nothing(signed_in, officer, known):
    for found in ("x", "AAAA", "ก", "A" * 60):
        page = signed_in(officer).get(reverse(QUEUE), {"find": found})

        assert (page.status_code, page.context["typed"]) == (200, "")


def test_search_by_number_only_for_those_who_may_open_numbers(signed_in, known, bang_rak):
    director = make_staff(Role.DIRECTOR, office=bang_rak)

    page = signed_in(director).get(reverse(QUEUE), {"q": "1000000000009"})

    assert rows_of(page) == []


@pytest.mark.parametrize(
    "query",
    [
        {"q": "\x00"},
        {"q": "' OR 1=1"},
        {"q": "9" * 500},
        {"page": "x"},
        {"page": "-4"},
        {"tab": "x"},
        {"service": "x"},
        {"service": "9" * 40},
        {"office": "²"},
        {"owner": "9" * 40},
    ],
)
def test_strange_addresses_are_answered(signed_in, officer, case, query):
    assert signed_in(officer).get(reverse(QUEUE), query).status_code == 200


def test_filters_offer_what_the_person_has(signed_in, officer, offered):
    case = booking_at(offered=offered)
    services.take_over(booking=case, by=officer, now=timezone.now())

    page = signed_in(officer).get(reverse(QUEUE), {"service": offered.service_id}).content.decode()

    assert f'<option value="{offered.service_id}" selected>{offered.service}</option>' in page
    assert f'<option value="{officer.pk}">{officer}</option>' in page
    assert '<option value="week">' in page
    assert "ล้างตัวกรอง" in page


def decide(browser, action, *bookings, **more):
    chosen = [f"{booking.pk}:{booking.version}" for booking in bookings]
    address = reverse("admin:bookings_booking_decide")
    return browser.post(address, {"action": action, "chosen": chosen, **more}, follow=True)


def words_of(page):
    return [str(message) for message in page.context["messages"]]


def test_many_are_approved_and_the_changed_one_is_named(signed_in, officer, offered):
    first, second = booking_at(offered=offered), booking_at(offered=offered)
    stale = booking_at(offered=offered)
    colleague = make_staff(office=offered.office, first_name="สมศรี")
    services.confirm(booking=stale, by=colleague, now=NOW)

    page = decide(signed_in(officer), "confirm", first, second, stale)

    for booking in (first, second):
        booking.refresh_from_db()
        assert booking.status == Status.CONFIRMED
    refused, done = words_of(page)
    assert stale.reference in refused
    assert "สมศรี" in refused
    assert first.reference in done
    assert second.reference in done


def test_many_are_approved_only_when_every_item_was_checked(signed_in, officer, offered):
    case = CaseFactory(service=offered.service)
    item = ItemFactory(service=offered.service)
    item.cases.add(case)
    checked, unchecked = [
        booking_at(offered=offered, details=couple_details(case=case)) for _one in range(2)
    ]
    services.mark_item(booking=checked, item=item, state=ItemState.PRESENT)

    page = decide(signed_in(officer), "confirm", checked, unchecked, query="tab=look")

    checked.refresh_from_db()
    unchecked.refresh_from_db()
    assert (checked.status, unchecked.status) == (Status.CONFIRMED, Status.REQUESTED)
    assert f'value="{unchecked.pk}:{unchecked.version}" aria-label' in page.content.decode()
    assert page.context["chosen"] == {unchecked.pk}
    assert page.context["query"] == "tab=look"


def test_what_somebody_else_changed_is_not_ticked_again(signed_in, officer, offered):
    stale = booking_at(offered=offered)
    services.confirm(booking=stale, by=make_staff(office=offered.office), now=NOW)

    page = decide(signed_in(officer), "confirm", stale)

    assert page.context["chosen"] == set()


def test_ticked_cases_stay_ticked_on_the_way_back(signed_in, officer, case):
    page = decide(signed_in(officer), "reject", case)

    back = signed_in(officer).get(page.context["back"])
    assert back.context["chosen"] == {case.pk}


def test_address_of_decisions_leads_to_the_list(signed_in, officer):
    page = signed_in(officer).get(reverse("admin:bookings_booking_decide"))

    assert (page.status_code, page["Location"]) == (
        302,
        reverse("admin:bookings_booking_changelist"),
    )


def test_many_are_refused_with_a_reason_asked_between(signed_in, officer, offered):
    first, second = booking_at(offered=offered), booking_at(offered=offered)
    browser = signed_in(officer)

    between = decide(browser, "reject", first, second)
    empty = decide(browser, "reject", first, second, asked="1", kind="other", reason=" ")
    assert (between.status_code, empty.status_code) == (200, 422)
    assert first.changes.count() == 2
    decide(browser, "reject", first, second, asked="1", kind="other", reason="ทดสอบเหตุผล")

    for booking in (first, second):
        booking.refresh_from_db()
        assert booking.status == Status.REJECTED
        assert booking.changes.last().reason == "ทดสอบเหตุผล"


def test_many_are_asked_only_for_what_their_case_needs(signed_in, officer, offered):
    thais, foreigners = (CaseFactory(service=offered.service, code=one) for one in ("th", "for"))
    card, passport, translation = (ItemFactory(service=offered.service) for _one in range(3))
    card.cases.add(thais)
    passport.cases.add(foreigners)
    translation.cases.add(CaseFactory(service=offered.service, code="other"))
    first = booking_at(offered=offered, details=couple_details(thai(), thai(), case=thais))
    second = booking_at(offered=offered, details=couple_details(thai(), thai(), case=foreigners))
    browser = signed_in(officer)

    between = decide(browser, "ask", first, second)
    offered_items = set(between.context["form"].fields["items"].queryset)
    decide(browser, "ask", first, second, asked="1", items=[card.pk, passport.pk], note="")

    assert offered_items == {card, passport}
    assert [one.changes.last().reason for one in (first, second)] == [
        card.title_th,
        passport.title_th,
    ]
    assert first.checks.get().item == card


def test_many_are_asked_once_for_documents(signed_in, officer, offered):
    item = ItemFactory(service=offered.service)
    new = booking_at(offered=offered)
    asked = booking_at(Status.NEEDS_DOCUMENTS, offered=offered)
    services.documents_sent(booking=asked, now=NOW)
    asked.refresh_from_db()

    page = decide(signed_in(officer), "ask", new, asked, asked="1", items=[item.pk], note="")

    new.refresh_from_db()
    asked.refresh_from_db()
    assert (new.status, asked.status) == (Status.NEEDS_DOCUMENTS, Status.REQUESTED)
    refused, done = words_of(page)
    assert asked.reference in refused
    assert new.reference in done


def test_who_may_not_decide_cannot_decide_many(signed_in, offered, case):
    officer = make_staff(office=offered.office, may_decide=False)

    assert decide(signed_in(officer), "confirm", case).status_code == 403
    case.refresh_from_db()
    assert case.status == Status.REQUESTED


@pytest.mark.parametrize("role", [Role.AUDITOR, Role.DIRECTOR])
def test_readers_take_nothing(signed_in, case, role, bang_rak):
    browser = signed_in(make_staff(role, office=bang_rak))

    assert browser.get(reverse(QUEUE)).status_code == 200
    assert decide(browser, "take", case).status_code == 403


def test_home_counts_what_is_there(signed_in, officer, offered):
    booking_at(offered=offered, now=NOW - timedelta(days=7))
    booking_at(offered=offered)

    context = signed_in(officer).get(reverse("admin:index")).context

    assert (context["waiting"]["all"], context["waiting"]["late"]) == (2, 1)
    assert len(context["first"]) == 2


def test_two_offices_have_their_own_counts(signed_in, officer, foreign):
    make_offered(office=officer.active_roles[0].office)

    assert signed_in(officer).get(reverse("admin:index")).context["waiting"]["all"] == 0


@pytest.mark.parametrize("chosen", ["", "x", "1", "1:", ":1", f"{'9' * 40}:1", "²:1", "-1:1"])
def test_strange_ticks_choose_nothing(signed_in, officer, case, chosen):
    address = reverse("admin:bookings_booking_decide")

    page = signed_in(officer).post(address, {"action": "take", "chosen": [chosen]})

    assert page.status_code == 302
    case.refresh_from_db()
    assert case.owner is None
