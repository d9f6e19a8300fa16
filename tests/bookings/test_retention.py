"""What is removed when, what stays, and that an open case is never touched (fault F39)."""

import itertools
from datetime import timedelta
from pathlib import Path

import pytest
from django.conf import settings
from django.core.management import call_command
from django.db import IntegrityError, transaction
from django.utils import timezone

from bookings import services
from bookings.models import Booking, BookingChange, Document, Party, Slot
from bookings.services import counter, integrity, retention
from bookings.workflow import MOVES, OPEN, Status
from core.workflow import Actor
from notifications.models import Message
from tests.factories import NOW, booking_at, make_offered, make_slot, make_staff, wait

pytestmark = pytest.mark.django_db

LONG_AFTER = NOW + timedelta(days=2_000)
PERSONAL = ("มะลิ", "สมชาย", "+66800000000", "couple@example.com", "ส่วนตัว")
ENDS = sorted(set(Status) - OPEN - {Status.HELD})


@pytest.fixture
def offered():
    return make_offered()


def case_in(status, offered, *, slot=None, closed_at=None):
    """A case with a picture, moved through the table to a status."""
    booking = booking_at(status, offered=offered, slot=slot or make_slot(offered))
    with_picture(booking)
    if status not in OPEN and closed_at:
        Booking.objects.filter(pk=booking.pk).update(closed_at=closed_at)
    if booking.requested_at:
        Booking.objects.filter(pk=booking.pk).update(note="เรื่องส่วนตัว")
    booking.refresh_from_db()
    return booking


def with_picture(booking):
    name = f"documents/{booking.pk}.jpg"
    path = Path(settings.MEDIA_ROOT, name)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(b"a picture")
    return Document.objects.create(booking=booking, file=name, kind="jpg", size=9, sent_at=NOW)


def purge(now):
    return {name: kind(now) for name, kind in retention.KINDS.items()}


def whole(booking):
    """Whether nothing of the case was removed."""
    booking.refresh_from_db()
    people = all(party.full_name and party.id_sealed for party in booking.parties.all())
    documents = list(booking.documents.all())
    files = all(Path(settings.MEDIA_ROOT, document.file).exists() for document in documents)
    return people and files and bool(documents) and booking.anonymised_at is None


# --- an open case -----------------------------------------------------------------------------


@pytest.mark.parametrize("status", sorted(OPEN | {Status.HELD}))
@pytest.mark.parametrize("days", [0, 31, 366, 5_000])
def test_an_open_case_is_never_touched(offered, status, days):
    booking = case_in(status, offered)
    Booking.objects.filter(pk=booking.pk).update(closed_at=NOW)  # a visit that was undone

    purge(NOW + timedelta(days=days))

    assert whole(booking)


@pytest.mark.parametrize("status", [Status.SERVED, Status.NOT_SERVED, Status.NO_SHOW])
def test_a_visit_that_lies_ahead_keeps_the_case(offered, status):
    booking = case_in(status, offered)
    Slot.objects.update(starts_at=LONG_AFTER, ends_at=LONG_AFTER + timedelta(hours=1))

    purge(LONG_AFTER)

    assert whole(booking)


def test_every_status_at_every_age(offered):
    """Removed exactly when the time of its kind is over and the case is."""
    for status, days in itertools.product(Status, (0, 29, 31, 364, 366)):
        case_in(status, offered, closed_at=NOW - timedelta(days=days))
    later = NOW + timedelta(days=8)  # the visits, a week ahead, are over

    purge(later)

    for booking in Booking.objects.all():
        age = (later - booking.closed_at).days if booking.requested_at and booking.closed_at else 0
        age = age if booking.status not in OPEN else 0
        about = (booking.status, age)
        assert booking.documents.exists() == (age <= settings.UPLOADS_DAYS), about
        assert (booking.anonymised_at is not None) == (age > settings.NAMES_DAYS), about


def test_the_guard_is_what_keeps_them(offered, monkeypatch):
    """Without it the test above would see an open case lose its pictures; the names are kept by
    the database too."""
    booking = case_in(Status.CONFIRMED, offered)
    Booking.objects.filter(pk=booking.pk).update(closed_at=NOW)
    monkeypatch.setattr(retention, "over", lambda bookings, *, now: bookings)
    monkeypatch.setattr(retention, "may_forget", lambda bookings, *, now: bookings)

    retention.purge_uploads(LONG_AFTER)

    assert not whole(booking)
    with pytest.raises(IntegrityError), transaction.atomic():
        retention.purge_names(LONG_AFTER)


# --- what is removed --------------------------------------------------------------------------


def test_names_go_and_the_figures_stay(offered):
    booking = case_in(Status.SERVED, offered)
    BookingChange.objects.filter(booking=booking).update(reason="ส่วนตัว")
    before = Booking.objects.values("status", "slot", "office", "service", "case", "requested_at")
    figures, steps, links = before.get(), booking.changes.count(), booking.link_version

    done = purge(LONG_AFTER)

    booking.refresh_from_db()
    assert done["names and contacts"] == 1
    assert before.get() == figures
    assert booking.parties.count() == 2
    assert booking.changes.count() == steps
    assert booking.link_version == links + 1
    assert not booking.documents.exists()
    assert not list(Path(settings.MEDIA_ROOT).rglob("*.jpg"))
    assert _found_of(PERSONAL) == []
    assert [f for f in integrity.findings(now=LONG_AFTER) if f.problems] == []


def test_integrity_stays_green(offered):
    booking = booking_at(Status.CANCELLED, offered=offered)
    messages = Message.objects.filter(case_id=booking.pk).count()

    purge(LONG_AFTER)

    assert Booking.objects.get().anonymised_at == LONG_AFTER
    assert Message.objects.filter(case_id=booking.pk, address__startswith="removed:").count() == (
        messages
    )
    assert not Message.objects.due(LONG_AFTER).exists()
    assert [f for f in integrity.findings(now=LONG_AFTER) if f.problems] == []


@pytest.mark.usefixtures("broken_on_purpose")
def test_integrity_sees_a_name_that_stayed(offered):
    booking_at(Status.CANCELLED, offered=offered)
    purge(LONG_AFTER)
    Party.objects.filter(position=1).update(full_name="มะลิ")

    broken = [f for f in integrity.findings(now=LONG_AFTER) if f.problems]

    assert "still named" in str(broken[0])


def test_two_messages_of_one_event_stay_two(offered):
    booking = booking_at(Status.CANCELLED, offered=offered)
    message = Message.objects.filter(case_id=booking.pk).first()
    message.pk, message.address = None, "old@example.com"
    message.save(force_insert=True)

    purge(LONG_AFTER)

    assert not Message.objects.filter(address__contains="@").exists()


def test_a_number_of_the_hall_loses_its_name(offered):
    make_slot(offered, starts=NOW)
    officer = make_staff(office=offered.office)
    over, present = (
        counter.add_walk_in(
            offered=offered, name="มะลิ ทดสอบ", by=Actor.staff(officer), now=NOW, beyond_share=True
        )
        for _ in range(2)
    )
    counter.no_show(ticket=over, by=officer, now=NOW)

    assert retention.purge_tickets(NOW + timedelta(days=settings.NAMES_DAYS)) == 0
    assert retention.purge_tickets(LONG_AFTER) == 1

    over.refresh_from_db()
    present.refresh_from_db()
    assert (over.name, over.number) == ("", 1)
    assert present.name


def test_the_contact_of_a_place_in_line_goes_after_its_days_and_the_figure_stays(offered):
    """As long as the form of the waiting list says, not as long as a case."""
    left, waiting = wait(offered), wait(offered)
    services.leave_waiting(entry=left, now=NOW)

    assert retention.purge_waiting(NOW + timedelta(days=settings.WAITING_DAYS)) == 0
    after = NOW + timedelta(days=settings.WAITING_DAYS, minutes=1)
    assert [retention.purge_waiting(after) for _run in range(2)] == [1, 0]

    version = left.link_version
    left.refresh_from_db()
    assert (left.phone, left.email, left.status) == ("", "", "left")
    assert left.link_version == version + 1
    waiting.refresh_from_db()
    assert waiting.phone or waiting.email
    told = Message.objects.filter(source="waiting", case_id=left.pk)
    assert told.exists()
    assert not told.exclude(address__startswith="removed:").exists()


def test_a_hold_forgets_its_browser(offered):
    expired = booking_at(Status.EXPIRED, offered=offered)
    held = booking_at(Status.HELD, offered=offered, slot=make_slot(offered))

    assert retention.purge_holds(NOW + timedelta(days=1)) == 0
    assert retention.purge_holds(NOW + timedelta(days=settings.HOLDS_DAYS + 1)) == 1

    expired.refresh_from_db()
    held.refresh_from_db()
    assert expired.holder == ""
    assert held.holder


def test_twice_is_as_once(offered):
    case_in(Status.SERVED, offered)
    purge(LONG_AFTER)

    assert set(purge(LONG_AFTER).values()) == {0}


def test_the_command_says_what_it_did(offered, capsys):
    case_in(Status.SERVED, offered, closed_at=timezone.now() - timedelta(days=3_000))
    Slot.objects.update(
        starts_at=timezone.now() - timedelta(days=2_001),
        ends_at=timezone.now() - timedelta(days=2_000),
    )

    call_command("purge_expired")

    said = capsys.readouterr().out
    assert "uploads: 1 removed" in said
    assert "names and contacts: 1 removed" in said
    assert "view log: 0 removed" in said
    assert "stray files: 0 removed" in said


# --- killed -----------------------------------------------------------------------------------


class Killed(BaseException):
    """As kill -9: no handler of ours catches it."""


def test_killed_at_any_step_the_files_agree_and_the_next_run_ends_it(offered, monkeypatch):
    cases = [case_in(Status.SERVED, offered) for _ in range(4)]
    open_case = case_in(Status.CONFIRMED, offered)
    unlink, kills = Path.unlink, iter(range(20))

    def dying(path, **kwargs):
        unlink(path, **kwargs)
        if next(kills, None) is not None:
            raise Killed

    monkeypatch.setattr(Path, "unlink", dying)
    died = 0
    for _ in range(20):
        try:
            purge(LONG_AFTER)
        except Killed:
            died += 1
        assert _files_agree()
    monkeypatch.undo()
    settings_folder = Path(settings.MEDIA_ROOT)
    purge(LONG_AFTER)

    assert died >= len(cases)
    assert not Document.objects.filter(booking__in=cases).exists()
    assert len(list(settings_folder.rglob("*.jpg"))) == 1
    assert whole(open_case)
    assert Booking.objects.filter(anonymised_at__isnull=False).count() == len(cases)


def _files_agree():
    return not next(
        f for f in integrity.findings(now=timezone.now() + timedelta(days=1)) if "I7" in f.name
    ).problems


def _found_of(words):
    """Where any of the words still stands, over the tables of the case."""
    rows = itertools.chain(
        Booking.objects.values_list("phone", "email", "note", "holder"),
        Party.objects.values_list("full_name", "name_key", "id_tail"),
        BookingChange.objects.values_list("reason"),
        Message.objects.values_list("address", "context", "fallbacks"),
    )
    return [row for row in rows if any(word in str(row) for word in words)]


def test_every_end_is_known():
    """A new status is either open or an end of which the purge knows."""
    assert set(MOVES) == set(ENDS) | OPEN | {Status.HELD}
    assert services.remove_stray_files(now=NOW) == 0
