import re
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from accounts.links import SHORT_CODE_MAX_LENGTH, make_token
from bookings import links, services
from bookings.models import Booking, NotServedReason
from bookings.services import counter
from bookings.workflow import Status
from offices.models import Window
from tests.factories import make_staff, mark_all
from tests.live import world

PAGES = ["", "cancel/", "move/", "documents/", "ticket.pdf", "event.ics"]


@pytest.fixture
def booking(client, book):
    return book(client)


@pytest.fixture
def path(booking):
    return f"/my/{booking.reference}/"


def opened(link, client=None):
    """The page that a browser without any cookie lands on."""
    client = client or Client()
    return client.get(link.removeprefix("http://localhost:8000"), follow=True)


@pytest.fixture(autouse=True)
def site(settings):
    settings.SITE_URL = "http://localhost:8000"


@pytest.mark.parametrize("page", PAGES)
def test_reference_alone_opens_nothing(path, page):
    known = Client().get(path + page)
    unknown = Client().get(f"/my/BR-0000-00/{page}")

    assert known.status_code == unknown.status_code == 404
    assert b"/find/" in known.content
    without_address = [
        re.sub(rb"BR-[0-9A-Z-]+", b"", answer.content) for answer in (known, unknown)
    ]
    assert without_address[0] == without_address[1]


@pytest.mark.parametrize("page", PAGES)
def test_own_page_is_kept_in_no_cache(client, path, page):
    answer = client.get(path + page)

    assert answer.status_code == 200
    assert "no-store" in answer["Cache-Control"]


@pytest.mark.parametrize("page", ["", "cancel/", "move/", "documents/"])
def test_each_page_says_when_and_where_to_be_and_whom_to_call(client, booking, path, page):
    offered, office = booking.offered, booking.office

    text = client.get(path + page).content.decode().split("<main")[1].split("</main>")[0]

    assert f"{offered.early_minutes} นาที" in text
    assert f"{offered.late_grace_minutes} นาที" in text
    assert office.phone in text
    for word in offered.place.split():
        assert word in text


def test_status_names_reference_and_status(client, booking, path):
    page = client.get(path).content.decode()

    assert f'data-reference="{booking.reference}"' in page
    assert 'data-status="requested"' in page


@pytest.mark.parametrize(
    ("review_days", "words"),
    [(1, "แจ้งผลภายในวัน"), (60, "แจ้งผลก่อนเวลานัด")],
    ids=["in time", "a check that would outlast the visit"],
)
def test_status_says_by_when_they_hear(client, booking, path, review_days, words):
    booking.offered.review_days = review_days
    booking.offered.save()

    assert words in client.get(path).content.decode()


def test_contact_is_masked(client, book):
    booking = book(client, phone="08 1234 5600", email="mali@example.com")

    page = client.get(f"/my/{booking.reference}/").content.decode()

    assert "08x xxx xx00" in page
    assert "m•••@example.com" in page
    assert "mali@example.com" not in page


@pytest.mark.parametrize("language", ["th", "en"])
def test_link_opens_the_booking(booking, language):
    booking.language = language

    answer = opened(links.link(booking))

    assert answer.redirect_chain[-1][1] == 303
    assert answer.status_code == 200
    assert booking.reference.encode() in answer.content


def test_link_to_a_page(booking, path):
    answer = opened(links.link(booking, page="documents"))

    assert answer.redirect_chain[-1][0] == f"{path}documents/"


def test_short_link_opens_the_booking(booking):
    assert len(links.short_code(booking)) <= SHORT_CODE_MAX_LENGTH

    assert booking.reference.encode() in opened(links.short_link(booking)).content


def bad_tokens(booking):
    good = links.link(booking).split("/")[-2]
    over = timezone.now() - timezone.timedelta(seconds=1)
    return {
        "changed": good[:-1] + ("A" if good[-1] != "A" else "B"),
        "cut": good[:-4],
        "nothing": "x",
        "other purpose": make_token(
            purpose="other", row_id=booking.pk, version=1, expires_at=booking.slot.ends_at
        ),
        "over": links.link(booking, until=over).split("/")[-2],
        "revoked": make_token(
            purpose="booking", row_id=booking.pk, version=2, expires_at=booking.slot.ends_at
        ),
    }


def test_bad_tokens_look_the_same(booking):
    answers = [Client().get(f"/l/{token}/") for token in bad_tokens(booking).values()]

    assert {answer.status_code for answer in answers} == {410}
    assert len({re.sub(rb"/l/[^\"]*", b"", answer.content) for answer in answers}) == 1
    assert not any(answer.cookies for answer in answers)


def test_new_link_version_closes_open_browsers(client, booking, path):
    Booking.objects.update(link_version=2)

    assert client.get(path).status_code == 404


def test_wrong_short_codes_are_counted(booking):
    good = links.short_code(booking)
    client = Client()
    for _ in range(20):
        assert client.get("/s/0abcdefg/").status_code == 410

    assert client.get(f"/s/{good}/").status_code == 410


@pytest.mark.parametrize("method", ["get", "head", "options"])
@pytest.mark.parametrize("page", ["cancel/", "move/", "leave/", "documents/"])
def test_looking_changes_nothing(client, booking, path, method, page):
    getattr(client, method)(path + page, headers={"Purpose": "prefetch"})

    booking.refresh_from_db()
    assert (booking.status, booking.version) == (Status.REQUESTED, 2)


def test_cancel(client, booking, path, slot):
    answer = client.post(f"{path}cancel/", {"reason": "day"}, follow=True)

    booking.refresh_from_db()
    slot.refresh_from_db()
    assert booking.status == Status.CANCELLED
    assert slot.taken == 0
    assert 'data-status="cancelled"' in answer.content.decode()


def test_cancel_twice_says_so(client, path):
    client.post(f"{path}cancel/")

    assert client.post(f"{path}cancel/", follow=True).status_code == 200


def test_unknown_reason(client, booking, path):
    assert client.post(f"{path}cancel/", {"reason": "x"}).status_code == 422

    booking.refresh_from_db()
    assert booking.status == Status.REQUESTED


def test_move(client, booking, path):
    other = world.slot(booking.offered, places=1, no=4)

    answer = client.post(f"{path}move/", {"slot": other.pk})

    booking.refresh_from_db()
    assert (answer.status_code, answer["Location"]) == (303, path)
    assert booking.slot == other


def test_move_to_full_time_keeps_the_old_one(client, booking, path, slot):
    full = world.slot(booking.offered, places=1, no=4)
    free = world.slot(booking.offered, places=1, no=5)
    type(full).objects.filter(pk=full.pk).update(taken=1, taken_online=1)

    answer = client.post(f"{path}move/", {"slot": full.pk})

    booking.refresh_from_db()
    assert answer.status_code == 409
    assert booking.slot == slot
    assert f'value="{free.pk}"'.encode() in answer.content


@pytest.mark.parametrize("typed", ["", "x", "9" * 40])
def test_move_to_no_time(client, booking, path, typed):
    assert client.post(f"{path}move/", {"slot": typed}).status_code == 409


def test_too_late_to_change_gives_the_telephone(client, booking, path):
    type(booking.offered).objects.update(cutoff_days=30)

    for page in ("cancel/", "move/"):
        answer = client.get(path + page).content.decode()
        assert booking.office.phone in answer
        assert '<button class="btn btn-danger"' not in answer


def test_leave_forgets_the_booking(client, path):
    answer = client.post(f"{path}leave/")

    assert answer.status_code == 303
    assert {answer.cookies[name]["max-age"] for name in ("nk_my", "nk_my_en", "nk_visitor")} == {0}


def test_timeline_shows_the_reason(client, booking, path):
    services.move_to(
        booking=booking,
        slot=world.slot(booking.offered, places=1, no=4),
        by=services.changes.Actor.staff(None),
        now=timezone.now(),
        reason="นายทะเบียนลา",
    )

    assert "นายทะเบียนลา" in client.get(path).content.decode()


@pytest.mark.parametrize(
    ("reason", "words"),
    [
        (NotServedReason.SYSTEM, "เพราะ ระบบทะเบียนขัดข้อง"),
        (NotServedReason.OTHER, "เพราะ ไฟดับทั้งอาคาร"),
    ],
)
def test_who_was_not_served_reads_why(client, booking, path, reason, words):
    officer, now = make_staff(office=booking.office), booking.slot.starts_at
    mark_all(booking)
    confirmed = services.confirm(booking=booking, by=officer, now=now - timedelta(days=1))
    window = Window.objects.create(
        office=booking.office, section=booking.offered.section, label="5"
    )
    ticket = counter.arrive(booking=confirmed, by=officer, now=now)
    ticket = counter.call(ticket=ticket, window=window, by=officer, now=now)
    counter.start(ticket=ticket, by=officer, now=now)
    counter.not_served(ticket=ticket, reason=reason, remark="ไฟดับทั้งอาคาร", by=officer, now=now)

    assert words in client.get(path).content.decode()


def test_status_page_makes_the_same_queries_with_a_long_history(
    client, booking, path, django_assert_num_queries
):
    with django_assert_num_queries(QUERIES):
        client.get(path)
    for no in (4, 5, 6):
        other = world.slot(booking.offered, places=1, no=no)
        assert client.post(f"{path}move/", {"slot": other.pk}).status_code == 303

    with django_assert_num_queries(QUERIES):
        client.get(path)


QUERIES = 9
