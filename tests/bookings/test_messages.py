"""What the outbox is told about a booking: which messages are still true, and what they say."""

from datetime import timedelta

import pytest
from django.conf import settings
from django.db import transaction
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from bookings import links, services
from bookings.messages import KINDS, BookingMessages
from bookings.models import Booking
from bookings.workflow import Status
from core.text import given_name
from core.thai_dates import local_date
from core.workflow import CITIZEN, Actor
from notifications import delivery
from notifications.models import Message
from offices.models import Office
from tests.factories import NOW, booking_at, couple_details, make_slot, thai
from tests.notifications.letters import Ledger
from tests.notifications.visits import visit

SOURCE = BookingMessages()


@pytest.fixture
def ledger(monkeypatch):
    from notifications import channels

    ledger = Ledger()
    monkeypatch.setattr(channels, "SENDERS", {"email": ledger.sender()})
    return ledger


def message_of(booking, kind, **changes):
    return Message(
        event=f"booking:{booking.pk}:{kind}:{booking.slot_id}",
        kind=kind,
        source="booking",
        case_id=booking.pk,
        reference=booking.reference,
        office_id=booking.office_id,
        language=booking.language,
        created_at=NOW,
        **changes,
    )


def wanted(booking, kind, now=NOW):
    return SOURCE.is_wanted(message_of(booking, kind), now)


# They say nothing that could not wait for the page.
NOT_BY_SMS = {"documents_received", "no_show"}


@pytest.mark.parametrize("kind", sorted(KINDS.keys() - NOT_BY_SMS))
@pytest.mark.parametrize(("language", "longest"), [("th", 70), ("en", 160)])
def test_every_sms_is_one_part(offered, slot, settings, kind, language, longest):
    """Counted in UTF-16 units, with the longest name of a district, a day of two
    figures, and the link of the millionth booking."""
    settings.SHORT_URL = "nk.th"
    Office.objects.update(name_th="ป้อมปราบศัตรูพ่าย", name_en="Pom Prap Sattru Phai")
    booking = booking_at(offered=offered, slot=slot)
    context = {"reason": "ป่วย", "items": [], "old_starts_at": NOW.isoformat()}
    message = message_of(booking, kind, context=context)
    message.language = language

    sms = SOURCE.render(message, NOW).sms

    a_million = 20 - len(links.short_link(booking))
    assert len(sms.encode("utf-16-le")) // 2 + a_million <= longest
    assert sms.endswith(links.short_link(booking))
    assert language == "th" or sms.isascii()


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("language", ["th", "en"])
def test_every_kind_can_be_drawn(offered, slot, kind, language):
    booking = booking_at(offered=offered, slot=slot)
    context = {"reason": "<b>ป่วย</b>", "items": [{"th": "บัตร", "en": "Card"}]}
    context["old_starts_at"] = NOW.isoformat()
    message = message_of(booking, kind, context=context)
    message.language = language
    letter = SOURCE.render(message, NOW)
    assert letter.subject
    assert "\n" not in letter.subject
    for text in (letter.text, letter.html):
        assert booking.reference in text
        assert "{{" not in text
        assert "%(" not in text
    assert "<b>ป่วย" not in letter.html
    for party in booking.parties.all():
        assert services.unseal_number(party) not in letter.text + letter.html
        assert given_name(party.full_name) in letter.text


def test_english_stands_below_the_thai_when_one_is_not_thai(offered, slot):
    from bookings.services import Person

    foreign = Person("Sora Laurent", "FR", "12AB34567")
    booking = booking_at(offered=offered, slot=slot, details=couple_details(thai(), foreign))
    letter = SOURCE.render(message_of(booking, "received"), NOW)
    assert "This time is yours" in letter.text
    assert 'lang="en"' in letter.html
    assert [file.mimetype for file in letter.attachments] == ["text/calendar"]


def test_a_sensitive_service_is_not_named_in_the_subject(offered, slot):
    offered.service.private_room = True
    offered.service.save()
    booking = booking_at(offered=offered, slot=slot)
    for kind in KINDS:
        subject = SOURCE.render(message_of(booking, kind), NOW).subject
        assert offered.service.name_th not in subject
        assert offered.service.name_en not in subject


def test_the_link_asked_for_is_short_lived(offered, slot, client):
    booking = booking_at(offered=offered, slot=slot)
    letter = SOURCE.render(message_of(booking, "find_link"), NOW)
    links = {word for word in letter.text.split() if "/l/" in word}
    assert len(links) == 1
    [link] = links
    from accounts.links import BadLink
    from bookings.links import read_link

    token = link.split("/l/")[1].rstrip("/")
    assert read_link(token, now=NOW).pk == booking.pk
    with pytest.raises(BadLink):
        read_link(token, now=NOW + timedelta(minutes=settings.FIND_LINK_MINUTES, seconds=1))


def test_what_is_no_longer_true_is_not_wanted(offered, slot, officer):
    booking = booking_at(offered=offered, slot=slot)
    assert wanted(booking, "received")
    assert not wanted(booking, "confirmed")
    services.confirm(booking=booking, by=officer, now=NOW)
    assert wanted(booking, "confirmed")
    assert wanted(booking, "reminder_1d")
    assert not wanted(booking, "reminder_1d", now=slot.starts_at)
    assert not wanted(booking, "documents_needed")
    services.cancel(booking=Booking.objects.get(pk=booking.pk), by=CITIZEN, now=NOW)
    for kind in ("received", "confirmed", "reminder_1d", "reminder_2h", "find_link"):
        assert not wanted(booking, kind)
    assert wanted(booking, "cancelled_by_citizen")


def test_the_reminder_of_an_earlier_time_is_not_wanted(offered, slot, officer):
    booking = booking_at(Status.CONFIRMED, offered=offered, slot=slot)
    old = message_of(booking, "reminder_1d")
    services.move_to(
        booking=booking, slot=make_slot(offered), by=Actor.staff(officer), now=NOW, reason="ปิด"
    )
    assert not SOURCE.is_wanted(old, NOW)


def test_of_a_booking_that_is_gone(offered, slot):
    booking = booking_at(Status.CONFIRMED, offered=offered, slot=slot)
    message = message_of(booking, "confirmed")
    message.case_id = 0
    assert not SOURCE.is_wanted(message, NOW)


# --- reminders, at random times (fault F34) --------------------------------------------------

STEP = st.sampled_from(["wait", "cancel", "move", "remind", "deliver", "wait"])


@hypothesis_settings(
    max_examples=25,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(data=st.data())
def test_reminders_are_never_late_double_or_for_what_was_cancelled(offered, officer, ledger, data):
    """One booking, its time and what happens around it drawn at random."""
    ahead = data.draw(st.integers(min_value=30, max_value=5 * 24 * 60), label="minutes ahead")
    steps = data.draw(st.lists(STEP, min_size=5, max_size=25), label="steps")
    waits = data.draw(st.lists(st.integers(1, 900), min_size=25, max_size=25), label="minutes")
    with transaction.atomic():
        told = _live_through(offered, officer, ledger, ahead, zip(steps, waits, strict=False))
        transaction.set_rollback(True)

    reminders = [(kind, slot_id) for kind, slot_id, *_ in told]
    assert len(reminders) == len(set(reminders))
    for kind, _slot_id, status, starts_at, chosen_at, sent_at in told:
        assert status == Status.CONFIRMED
        assert sent_at < starts_at
        if kind == "reminder_1d":
            assert (local_date(starts_at) - local_date(sent_at)).days in (0, 1)
        else:
            assert chosen_at < starts_at - timedelta(hours=2)


def _live_through(offered, officer, ledger, ahead, steps):
    """What the reminders said when they went out."""
    slot = make_slot(offered, starts=NOW + timedelta(minutes=ahead))
    other = make_slot(offered, starts=slot.starts_at + timedelta(days=1))
    booking = visit(offered, slot, slot_since=NOW)
    told, now = [], NOW

    def note(message):
        row = Booking.objects.select_related("slot").get(pk=booking.pk)
        if message.kind.startswith("reminder"):
            facts = (row.slot_id, row.status, row.slot.starts_at, row.slot_since, now)
            told.append((message.kind, *facts))

    ledger.during = note
    by = Actor.staff(officer)
    for step, minutes in steps:
        row = Booking.objects.get(pk=booking.pk)
        if step == "wait":
            now += timedelta(minutes=minutes)
        elif step == "cancel" and row.status == Status.CONFIRMED:
            services.cancel(booking=row, by=by, now=now, reason="ปิด")
        elif step == "move" and row.slot_id == slot.pk and row.status == Status.CONFIRMED:
            services.move_to(booking=row, slot=other, by=by, now=now, reason="ปิด")
        elif step == "remind":
            services.queue_reminders(now=now)
        elif step == "deliver":
            delivery.deliver_due(now=now)
    services.queue_reminders(now=now)
    delivery.deliver_due(now=now)
    return told
