"""Decisions about many cases at once."""

import pytest
from django.urls import reverse

from accounts.roles import Role
from bookings import services
from bookings.models import ItemState
from bookings.workflow import Status
from tests.admin.lists import QUEUE
from tests.factories import (
    NOW,
    CaseFactory,
    ItemFactory,
    booking_at,
    couple_details,
    make_staff,
    thai,
)


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


@pytest.mark.parametrize("chosen", ["", "x", "1", "1:", ":1", f"{'9' * 40}:1", "²:1", "-1:1"])
def test_strange_ticks_choose_nothing(signed_in, officer, case, chosen):
    address = reverse("admin:bookings_booking_decide")

    page = signed_in(officer).post(address, {"action": "take", "chosen": [chosen]})

    assert page.status_code == 302
    case.refresh_from_db()
    assert case.owner is None
