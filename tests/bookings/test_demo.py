"""The demonstration: staff of each role, bookings in each state, and nothing twice."""

from datetime import timedelta
from io import StringIO

import pytest
import time_machine
from django.contrib.auth import authenticate
from django.core.management import CommandError, call_command
from stdnum.th import pin

from accounts.models import StaffRole, User
from accounts.queries import demo_accounts
from accounts.roles import Role
from bookings import demo, services
from bookings.models import Booking, Period, Slot
from bookings.workflow import Status
from notifications.models import Message
from offices.models import Office, Section, Window
from tests.factories import NOW, CaseFactory, ItemFactory, ServiceFactory, make_offered, make_office

TIMES = [(f"{hour:02}:00", f"{hour:02}:30") for hour in range(8, 16) if hour != 12]


@pytest.fixture
def offices(settings, db):
    """Bang Rak and Bang Khae with marriage and ID cards."""
    settings.DEMO = True
    bang_rak = make_office()
    bang_khae = make_office(code=1040, slug="bang-khae", prefix="BK", name_en="Bang Khae")
    marriage, card = ServiceFactory(), ServiceFactory(code="id-card", parties=1)
    cases = [CaseFactory(service=marriage, code=code) for code in ("th-th", "th-foreign")]
    ItemFactory(service=marriage).cases.set(cases)
    for office in (bang_rak, bang_khae):
        make_offered(office=office, service=marriage, times=TIMES)
        make_offered(office=office, service=card, needs_officer=False)


@pytest.fixture
def seed(offices):
    def run(day=0, **options):
        said = StringIO()
        with time_machine.travel(NOW + timedelta(days=day), tick=False):
            call_command("seed_demo", stdout=said, **options)
        return said.getvalue().splitlines()

    return run


def test_each_role_has_an_account_that_signs_in(seed, rf):
    seed()

    accounts = demo_accounts()
    assert {role.role for role in StaffRole.objects.all()} == set(Role)
    assert len(accounts) == User.objects.count()
    for _, username, password in accounts:
        assert len(password) >= 12
        assert authenticate(rf.post("/"), username=username, password=password)


def test_bookings_reach_each_state_before_the_visit(seed):
    seed()

    states = set(Booking.objects.filter(office__slug="bang-rak").values_list("status", flat=True))
    assert states == {
        Status.REQUESTED,
        Status.NEEDS_DOCUMENTS,
        Status.CONFIRMED,
        Status.REJECTED,
        Status.CANCELLED,
    }
    assert not Booking.objects.exclude(office__slug="bang-rak").exists()


def test_somebody_comes_today(seed):
    seed()

    today = Booking.objects.filter(slot__starts_at__date=NOW.date(), status=Status.CONFIRMED)
    assert today.count() == 2


def test_the_second_run_makes_nothing(seed):
    seed()
    before = (Booking.objects.count(), User.objects.count(), Message.objects.count())

    lines = seed()

    assert lines[:2] == ["demo accounts: 0 made", "demo bookings: 0 made"]
    assert (Booking.objects.count(), User.objects.count(), Message.objects.count()) == before


def test_city_has_bookings_at_every_office(seed):
    seed(scale="city")

    bang_khae = Booking.objects.filter(office__slug="bang-khae")
    assert set(bang_khae.values_list("service__code", flat=True)) == {"marriage", "id-card"}


def test_history_is_made_once(seed):
    """At Bang Rak the last month has visits that ended in each way, and periods of minutes."""
    Window.objects.create(
        office=Office.objects.get(slug="bang-rak"), section=Section.objects.first(), label="4"
    )
    assert "visits of 1 months made" in seed()[-1]
    past = Booking.objects.filter(holder__startswith="demo-past:")
    ends = set(past.values_list("status", flat=True))

    assert {Status.SERVED, Status.NOT_SERVED, Status.NO_SHOW} == ends
    assert Period.objects.filter(state="serving").exclude(ended_at=None).count() > 10
    assert seed()[-1] == "demo history: 0 visits of 1 months made"
    call_command("verify_integrity", stdout=StringIO())


def test_a_day_in_progress(seed):
    """On a day with times: people served, one being served, people waiting."""
    office = Office.objects.get(slug="bang-rak")
    for label in "45":
        Window.objects.create(office=office, section=Section.objects.first(), label=label)
    services.generate_slots(now=NOW)
    said = next(line for line in seed(months=0) if line.startswith("demo day"))

    assert " serving" in said
    assert " waiting" in said
    assert " served" in said
    assert next(line for line in seed(months=0) if line.startswith("demo day")).endswith(
        ": 0 numbers"
    )


def test_a_start_in_office_hours_makes_the_day_and_the_past(seed):
    """Whom the day has at a window is in nobody's way."""
    office = Office.objects.get(slug="bang-rak")
    for label in "456":
        Window.objects.create(office=office, section=Section.objects.first(), label=label)
    services.generate_slots(now=NOW)

    said = seed()

    assert any(line.startswith("demo day") and " serving" in line for line in said)
    assert any(line.startswith("demo history") for line in said)
    assert not any(line.startswith("demo history: 0") for line in said)
    call_command("verify_integrity", stdout=StringIO())


def test_each_morning_has_its_day(seed, offices):
    """Whom the day before left at a window is served by then: no window fills up for good."""
    office = Office.objects.get(slug="bang-rak")
    for label in "45":
        Window.objects.create(office=office, section=Section.objects.first(), label=label)
    services.generate_slots(now=NOW)

    for day in (0, 1, 2):
        said = next(line for line in seed(day=day, months=0) if line.startswith("demo day"))
        assert " called" in said
        assert " waiting" in said

    call_command("verify_integrity", stdout=StringIO())


def test_numbers_are_good_and_nobodys(seed):
    seed()

    for booking in Booking.objects.prefetch_related("parties"):
        for party in booking.parties.all():
            party.booking = booking
            number = services.unseal_number(party)
            if party.nationality == "TH":
                assert pin.is_valid(number)
                assert number.startswith("10000")
            else:
                assert number.startswith("TEST")


def test_where_no_demonstration_is_it_refuses(seed, settings):
    settings.DEMO = settings.EMBEDDED = False

    with pytest.raises(CommandError, match="DEMO=1"):
        seed()

    assert not User.objects.exists()


def test_without_reference_data_it_says_what_to_run(settings, db):
    settings.DEMO = True

    with pytest.raises(CommandError, match="seed_reference"):
        call_command("seed_demo")


def test_with_few_free_times_it_makes_fewer(seed):
    services.generate_slots(now=NOW)
    Slot.objects.filter(starts_at__gt=NOW + timedelta(days=3)).delete()

    seed()

    assert 0 < Booking.objects.count() < len(demo.MARRIAGES) + len(demo.CARDS)
