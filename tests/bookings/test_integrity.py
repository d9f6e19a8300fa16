"""verify_integrity notices whatever is broken, and names it."""

import os
from datetime import timedelta
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from accounts.models import StaffRole
from bookings import services
from bookings.models import Booking, BookingChange, Document, Party, Period, Slot, Ticket
from bookings.services import counter, integrity
from bookings.workflow import Status
from core.workflow import CITIZEN
from notifications.models import Message
from notifications.models import Status as MessageStatus
from tests.factories import NOW, booking_at, hold, make_office, make_slot

pytestmark = pytest.mark.usefixtures("broken_on_purpose")


@pytest.fixture
def booking(offered, slot, officer):
    return booking_at(Status.CONFIRMED, offered=offered, slot=slot, by=officer)


def broken():
    return {f.name.split(" ")[0]: f for f in integrity.findings(now=NOW) if f.problems}


def spoil(model, **changes):
    """Write past the constraints, as a careless hand at the database would."""
    with connection.cursor() as cursor:
        for name, value in changes.items():
            table, column = model._meta.db_table, model._meta.get_field(name).column
            cursor.execute(f"UPDATE {table} SET {column} = %s", [value])


def without(model, name):
    constraint = next(c for c in model._meta.constraints if c.name == name)
    with connection.schema_editor() as editor:
        editor.remove_constraint(model, constraint)


def test_all_holds_in_every_state(offered, officer):
    for status in ("held", "requested", "needs_documents", "confirmed", "cancelled", "rejected"):
        booking_at(Status(status), offered=offered, slot=make_slot(offered), by=officer)

    assert broken() == {}


@pytest.mark.parametrize("column", ["taken", "taken_online"])
def test_places_that_the_bookings_do_not_explain(booking, slot, column):
    spoil(Slot, **{column: 0})

    assert f"slot {slot.pk}" in str(broken()["I1"])


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"to_status": "served"}, "a step the workflow does not have"),
        ({"from_status": "requested"}, "does not follow"),
        ({"actor": "system"}, "a step the workflow does not have"),
    ],
)
def test_a_history_that_cannot_be(booking, changes, words):
    BookingChange.objects.filter(from_status="held").update(**changes)

    found = str(broken()["I2"])
    assert words in found
    assert booking.reference in found


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"status": Status.REQUESTED}, "state is not the newest step"),
        ({"version": 1}, "version behind its steps"),
    ],
)
def test_a_state_that_the_history_does_not_explain(booking, changes, words):
    Booking.objects.update(**changes)

    assert words in str(broken()["I2"])


def test_a_booking_without_history(booking):
    BookingChange.objects.all().delete()

    assert "state is not the newest step" in str(broken()["I2"])


def test_open_flags_that_are_not_the_state(booking):
    Party.objects.filter(position=1).update(is_open=False)

    assert "open flag" in str(broken()["I2"])


def test_half_a_booking(booking):
    Party.objects.filter(position=2).delete()
    Booking.objects.update(consent=None)

    found = str(broken()["I3"])
    assert "not as many applicants" in found
    assert "no consent" in found


def test_a_booking_of_another_office_than_its_time(booking):
    Slot.objects.update(office=make_office(code=1040, slug="bang-khae", prefix="BK"))

    assert "another office" in str(broken()["I3"])


@pytest.mark.parametrize("kind", ["received", "confirmed"])
def test_an_event_without_its_message(booking, kind):
    Message.objects.filter(kind=kind).delete()

    assert booking.reference in str(broken()["I4"])


def test_a_message_that_is_late_is_a_warning(booking):
    Message.objects.update(due_at=NOW - timedelta(hours=2))

    found = [str(f) for f in integrity.findings(now=NOW) if f.warning]

    assert len(found) == 1
    assert "ok" in found[0]
    assert "2 messages due" in found[0]


def test_a_message_of_no_booking(booking):
    Message.objects.update(case_id=booking.pk + 1)

    assert "no such case" in str(broken()["I6"])


def test_a_message_sent_without_a_try(booking):
    Message.objects.update(status=MessageStatus.SENT)

    assert "sent without a try" in str(broken()["I6"])


def test_a_picture_without_its_file(booking):
    Document.objects.create(
        booking=booking, file="documents/gone.jpg", kind="jpg", size=1, sent_at=NOW
    )

    assert "documents/gone.jpg" in str(broken()["I7"])


@pytest.mark.parametrize(("minutes", "is_broken"), [(61, True), (59, False)])
def test_a_file_without_a_row_is_an_upload_for_an_hour(db, settings, minutes, is_broken):
    file = Path(settings.MEDIA_ROOT, "documents", "stray.jpg")
    file.parent.mkdir(parents=True)
    file.write_bytes(b"x")
    moment = (NOW - timedelta(minutes=minutes)).timestamp()
    os.utime(file, (moment, moment))

    assert ("I7" in broken()) is is_broken


def test_a_hold_that_nobody_sweeps_is_a_warning(offered, slot):
    hold(slot, offered, now=NOW - timedelta(minutes=16))

    (found,) = [f for f in integrity.findings(now=NOW) if f.warning]
    assert found.name == "holds end"


def test_five_examples_are_named_and_the_rest_counted(offered):
    for _ in range(7):
        booking_at(offered=offered, slot=make_slot(offered))
    Message.objects.all().delete()

    (problem,) = broken()["I4"].problems
    assert problem.endswith("and 2 more")
    assert problem.count("BR-") == 5


@pytest.mark.postgres  # SQLite cannot drop a constraint
@pytest.mark.django_db(transaction=True)
def test_what_only_a_lost_constraint_lets_through(offered):
    pairs = [
        (Slot, "slot_taken_fits"),
        (Party, "one_open_booking_a_person"),
        (Message, "one_message_an_event"),
        (Booking, "booking_hold_has_an_end"),
    ]
    for model, name in pairs:
        without(model, name)
    try:
        booking_at(offered=offered)
        booking_at(offered=offered)
        spoil(Slot, taken=2)
        spoil(Party, id_index=b"same")
        spoil(Message, event="same")
        hold(make_slot(offered), offered)
        Booking.objects.update(held_until=None)

        found = broken()
    finally:
        call_command("flush", interactive=False, verbosity=0)
        with connection.schema_editor() as editor:
            for model, name in pairs:
                editor.add_constraint(
                    model, next(c for c in model._meta.constraints if c.name == name)
                )

    assert "more taken than there are places" in str(found["I1"])
    assert "a person twice" in str(found["I2"])
    assert "written twice" in str(found["I5"])
    assert "no end" in str(found["holds"])


def test_command_prints_a_line_for_each_and_passes(booking, capsys):
    call_command("verify_integrity")

    lines = capsys.readouterr().out.splitlines()
    assert len(lines) == len(integrity.CHECKS)
    assert lines[0] == "I1 places … ok, 1 slots"


def test_command_fails_and_names_what_is_broken(booking, capsys):
    spoil(Slot, taken=0)

    with pytest.raises(CommandError, match="Broken: I1 places") as error:
        call_command("verify_integrity")

    assert error.value.returncode == 1
    assert "I1 places … BROKEN" in capsys.readouterr().out


def test_nothing_personal_is_printed(booking, capsys):
    spoil(Slot, taken=0)
    Message.objects.all().delete()
    BookingChange.objects.all().delete()

    with pytest.raises(CommandError):
        call_command("verify_integrity")

    said = capsys.readouterr().out
    assert not [word for word in ("มะลิ", "สมชาย", "couple@", "+668") if word in said]


def test_proving_costs_a_fixed_number_of_queries(offered, django_assert_max_num_queries):
    for _ in range(3):
        booking_at(offered=offered, slot=make_slot(offered))

    with django_assert_max_num_queries(59):
        list(integrity.findings(now=NOW))


@pytest.fixture
def ticket(offered, slot, officer, booking):
    StaffRole.objects.get_or_create(user=officer, role="officer", office=offered.office)
    return counter.arrive(booking=booking, by=officer, now=slot.starts_at)


@pytest.mark.parametrize(
    ("model", "changes", "words"),
    [
        (Ticket, {"status": "left"}, "state is not the newest period"),
        (Booking, {"status": "confirmed"}, "booking is not where its number is"),
        (Period, {"state": "paused"}, "state is not the newest period"),
        (Period, {"ended_at": NOW + timedelta(days=30)}, "not one open period"),
        (Period, {"undone": True}, "undone and still open"),
    ],
)
def test_a_number_that_cannot_be(ticket, model, changes, words):
    assert "counter:" not in broken()
    model.objects.update(**changes)

    found = [str(f) for f in integrity.findings(now=NOW) if f.problems]

    assert words in "".join(found)


def test_at_the_counter_without_a_number(ticket):
    Period.objects.all().delete()
    Ticket.objects.all().delete()

    assert "without a number" in str(broken()["counter:"])


def test_taking_over_a_cancelled_case_is_no_news(offered, slot, officer):
    booking = booking_at(offered=offered, slot=slot)
    services.cancel(booking=booking, by=CITIZEN, now=NOW)

    services.take_over(booking=booking, by=officer, now=NOW)

    assert broken() == {}
