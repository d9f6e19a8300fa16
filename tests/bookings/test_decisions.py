"""What an officer decides."""

from datetime import timedelta

import pytest

from accounts.roles import Role
from bookings import checklist, services
from bookings.models import Booking, ItemCheck, ItemState
from bookings.workflow import Status
from core.errors import Refused
from core.versions import Changed
from core.workflow import CITIZEN
from notifications.models import Message
from tests.factories import (
    NOW,
    CaseFactory,
    ItemFactory,
    at,
    booking_at,
    couple_details,
    make_office,
    make_slot,
    make_staff,
    mark_all,
)


@pytest.fixture
def booking(offered, slot):
    return booking_at(offered=offered, slot=slot)


@pytest.fixture
def item(offered):
    return ItemFactory(service=offered.service, title_th="บัตรประชาชน")


def decide(verb, booking, by, **facts):
    needed = {"reject": {"reason": "ทดสอบ"}, "confirm": {}}[verb]
    return getattr(services, verb)(booking=booking, by=by, now=NOW, **needed, **facts)


def test_confirm_keeps_the_place_and_tells(booking, slot, officer):
    confirmed = services.confirm(booking=booking, by=officer, now=NOW)

    slot.refresh_from_db()
    assert (confirmed.status, slot.taken) == (Status.CONFIRMED, 1)
    assert confirmed.changes.last().by == officer
    assert Message.objects.get(kind="confirmed").call_if_lost


def test_reject_gives_the_place_back_and_tells_the_reason(booking, slot, officer):
    rejected = services.reject(booking=booking, by=officer, reason="เอกสารปลอม", now=NOW)

    slot.refresh_from_db()
    assert (rejected.status, rejected.closed_at, slot.taken) == (Status.REJECTED, NOW, 0)
    assert rejected.changes.last().reason == "เอกสารปลอม"
    assert Message.objects.get(kind="rejected").context["reason"] == "เอกสารปลอม"


@pytest.mark.parametrize("reason", ["", " \n "])
def test_reject_needs_a_reason(booking, officer, reason):
    with pytest.raises(Refused) as refused:
        services.reject(booking=booking, by=officer, reason=reason, now=NOW)

    assert (refused.value.code, refused.value.field) == ("reason", "reason")


@pytest.mark.parametrize("verb", ["confirm", "reject"])
def test_of_two_officers_the_second_is_told_who_was_first(booking, officer, verb):
    second = make_staff(username="second", first_name="สมศรี")
    decide("confirm", booking, officer, version=booking.version)

    with pytest.raises(Changed) as refused:
        decide(verb, booking, second, version=booking.version)

    assert refused.value.code == "stale"
    assert "อารี ทดสอบชัย" in refused.value.message
    assert refused.value.change.to_status == Status.CONFIRMED
    assert Booking.objects.get().status == Status.CONFIRMED


def test_what_the_applicant_did_is_named_so(booking, offered, officer):
    version = booking.version
    services.move_to(booking=booking, slot=make_slot(offered), by=CITIZEN, now=NOW)

    with pytest.raises(Changed, match="ผู้") as refused:
        services.confirm(booking=booking, by=officer, version=version, now=NOW)

    assert refused.value.change.by is None


@pytest.mark.parametrize("verb", ["confirm", "reject"])
def test_who_entered_a_case_cannot_decide_it(booking, officer, verb):
    booking.entered_by = officer
    booking.save()

    with pytest.raises(Refused) as refused:
        decide(verb, booking, officer)

    assert refused.value.code == "own"
    assert decide(verb, booking, make_staff(username="colleague"))


@pytest.mark.parametrize("verb", ["confirm", "reject"])
@pytest.mark.parametrize(
    ("role", "allowed"),
    [
        (Role.OFFICER, False),
        (Role.HEAD, True),
        (Role.DIRECTOR, True),
        (Role.CENTRAL, False),
        (Role.AUDITOR, False),
    ],
)
def test_who_may_decide(booking, verb, role, allowed):
    user = make_staff(role, may_decide=False)

    if allowed:
        assert decide(verb, booking, user)
    else:
        with pytest.raises(Refused) as refused:
            decide(verb, booking, user)
        assert refused.value.code == "permission"


@pytest.mark.parametrize("verb", ["confirm", "reject"])
def test_the_head_of_another_office_may_not_decide(booking, verb):
    elsewhere = make_office(code=1040, slug="bang-khae", prefix="BK")

    with pytest.raises(Refused) as refused:
        decide(verb, booking, make_staff(Role.HEAD, office=elsewhere))

    assert refused.value.code == "permission"


def test_a_missing_item_blocks_the_confirmation(booking, officer, item):
    services.mark_item(booking=booking, item=item, state=ItemState.MISSING)

    with pytest.raises(Refused) as refused:
        services.confirm(booking=booking, by=officer, now=NOW)
    services.mark_item(booking=booking, item=item, state=ItemState.PRESENT)
    confirmed = services.confirm(booking=booking, by=officer, now=NOW)

    assert refused.value.code == "incomplete"
    assert confirmed.status == Status.CONFIRMED
    assert ItemCheck.objects.count() == 1


def test_an_unmarked_item_blocks_the_confirmation_by_name(booking, officer, item, offered):
    rare = ItemFactory(service=offered.service, is_conditional=True, title_th="ใบหย่า")
    services.mark_item(booking=booking, item=item, state=ItemState.PRESENT)

    with pytest.raises(Refused, match="ใบหย่า") as refused:
        services.confirm(booking=booking, by=officer, now=NOW)
    services.mark_item(booking=booking, item=rare, state=ItemState.NOT_NEEDED)
    confirmed = services.confirm(booking=booking, by=officer, now=NOW)

    assert refused.value.code == "unchecked"
    assert confirmed.status == Status.CONFIRMED
    assert list(checklist.to_bring(confirmed)) == [item]


def test_an_item_of_another_case_is_not_asked_for(offered, officer, item):
    mine, other = [CaseFactory(service=offered.service, code=c) for c in ("mine", "other")]
    item.cases.add(other)
    booking = booking_at(offered=offered, details=couple_details(case=mine))

    assert services.confirm(booking=booking, by=officer, now=NOW).status == Status.CONFIRMED


def test_what_everybody_brings_cannot_be_left_out(booking, item):
    with pytest.raises(Refused) as refused:
        services.mark_item(booking=booking, item=item, state=ItemState.NOT_NEEDED)
    services.leave_out_rest(booking=booking)

    assert refused.value.code == "needed"
    assert not ItemCheck.objects.exists()


def test_what_is_decided_is_not_marked(booking, officer, item):
    mark_all(booking)
    services.confirm(booking=booking, by=officer, now=NOW)

    with pytest.raises(Refused) as refused:
        services.mark_item(booking=booking, item=item, state=ItemState.MISSING)

    assert refused.value.code == "stale"
    assert ItemCheck.objects.get().state == ItemState.PRESENT


def test_asking_names_every_item_in_one_message(booking, officer, item, offered):
    other = ItemFactory(service=offered.service, title_th="ใบหย่า", title_en="Divorce certificate")

    asked = services.ask_for_documents(
        booking=booking, items=[item, other], note="ขอภาพชัด ๆ", by=officer, now=NOW
    )

    message = Message.objects.get(kind="documents_needed")
    assert asked.status == Status.NEEDS_DOCUMENTS
    assert [row["th"] for row in message.context["items"]] == ["บัตรประชาชน", "ใบหย่า"]
    assert message.context["note"] == "ขอภาพชัด ๆ"
    assert ItemCheck.objects.filter(state=ItemState.MISSING).count() == 2
    assert asked.changes.last().reason == "บัตรประชาชน\nใบหย่า\nขอภาพชัด ๆ"


def test_asking_keeps_the_place_and_sets_a_day(booking, slot, officer, item):
    asked = services.ask_for_documents(booking=booking, items=[item], by=officer, now=NOW)

    slot.refresh_from_db()
    assert slot.taken == 1
    # Two working days to look, one more to send, never after the last moment to change.
    assert asked.documents_due_at == at(2026, 11, 26, 16)


def test_documents_asked_for_late_are_due_at_the_visit(booking, officer, item, slot):
    late = slot.starts_at - timedelta(hours=1)

    asked = services.ask_for_documents(booking=booking, items=[item], by=officer, now=late)

    assert asked.documents_due_at == slot.starts_at


def test_documents_are_asked_for_once_only(booking, officer, item):
    asked = services.ask_for_documents(booking=booking, items=[item], by=officer, now=NOW)
    sent = services.documents_sent(booking=asked, now=NOW)

    with pytest.raises(Refused) as refused:
        services.ask_for_documents(booking=sent, items=[item], by=officer, now=NOW)

    assert refused.value.code == "asked"
    assert Message.objects.filter(kind="documents_needed").count() == 1


def test_asking_for_nothing_is_refused(booking, officer):
    with pytest.raises(Refused) as refused:
        services.ask_for_documents(booking=booking, items=[], by=officer, now=NOW)

    assert (refused.value.code, refused.value.field) == ("items", "items")


def test_documents_sent_brings_it_back_to_the_officer(booking, officer, item):
    asked = services.ask_for_documents(booking=booking, items=[item], by=officer, now=NOW)

    back = services.documents_sent(booking=asked, now=NOW)

    assert back.status == Status.REQUESTED
    assert Message.objects.filter(kind="documents_received").exists()


def test_taking_over_is_in_the_history_once(booking, officer):
    for _ in range(2):
        owned = services.take_over(booking=booking, by=officer, now=NOW)

    assert owned.owner == officer
    assert owned.version == booking.version
    assert booking.changes.filter(by=officer).count() == 1
