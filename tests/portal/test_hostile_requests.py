"""Requests that try what a browser would not: forged hosts, links that were touched, guessed
references, methods that must not act, fields from elsewhere."""

from datetime import timedelta
from urllib.parse import quote, urlencode, urlsplit

import pytest
from django.core import mail
from django.test import Client
from django.utils import timezone

from accounts.links import make_token
from bookings import links
from bookings.models import Booking
from bookings.workflow import Status
from notifications.delivery import deliver_due
from notifications.models import Message
from tests.live import world
from tests.portal.reading import Page
from tests.portal.stored import stored

PHONE = "+66800000000"
PAGES = ("", "cancel/", "move/", "documents/", "ticket.pdf", "event.ics", "leave/")


# --- hosts ----------------------------------------------------------------------------------


def test_forged_host_is_refused(client, book):
    booking = book(client)
    before = stored()

    answer = Client().post(
        "/find/", {"reference": booking.reference, "phone": PHONE}, HTTP_HOST="evil.example"
    )

    assert answer.status_code == 400
    assert stored() == before


@pytest.mark.django_db(transaction=True)
def test_forwarded_host_never_reaches_a_link(client, book, settings):
    booking = book(client)

    answer = Client().post(
        "/find/",
        {"reference": booking.reference, "phone": PHONE},
        headers={"x-forwarded-host": "evil.example", "forwarded": "host=evil.example"},
    )
    deliver_due(now=timezone.now())

    assert answer.status_code == 200
    assert "evil" not in answer.content.decode()
    sent = "".join(str(message.message()) + message.body for message in mail.outbox)
    assert Message.objects.filter(kind="find_link").exists()
    assert f"{settings.SITE_URL}/l/" in sent
    assert "evil" not in sent


def test_find_answers_the_same_whether_known_or_not(client, book):
    booking = book(client)

    pages = [
        _plain(Client().post("/find/", {"reference": reference, "phone": phone}))
        for reference, phone in [
            (booking.reference, PHONE),
            (booking.reference, "+66800000001"),
            ("BR-2222-22", PHONE),
        ]
    ]

    assert len(set(pages)) == 1
    assert Message.objects.filter(kind="find_link").count() == 1


# --- links ----------------------------------------------------------------------------------


def test_every_link_that_is_no_good_gets_the_same_page(client, book):
    booking = book(client)
    now, visit = timezone.now(), booking.slot.ends_at
    good = links.link(booking).rstrip("/").rpartition("/")[2]
    token = {"row_id": booking.pk, "version": booking.link_version, "expires_at": visit}
    bad = {
        "changed": good[:-1] + ("a" if good[-1] != "a" else "b"),
        "row changed": "z" + good[1:],
        "truncated": good[:-5],
        "half": good[: len(good) // 2],
        "expired": make_token(
            purpose=links.PURPOSE, **{**token, "expires_at": now - timedelta(seconds=1)}
        ),
        "other purpose": make_token(purpose="survey", **token),
        "revoked": make_token(purpose=links.PURPOSE, **{**token, "version": 99}),
        "row that never was": make_token(purpose=links.PURPOSE, **{**token, "row_id": 10**9}),
        "letters": "x",
        "Thai": "ก.ข.ค.ง",
        "NUL": "%00",
        "long": "a" * 4000,
    }

    answers = {kind: Client().get(f"/l/{token}/") for kind, token in bad.items()}

    assert Client().get(f"/l/{good}/").status_code == 303
    assert {answer.status_code for answer in answers.values()} == {410}
    assert len({_plain(answer) for answer in answers.values()}) == 1
    assert not [kind for kind, answer in answers.items() if answer.cookies.get("nk_my")]


def test_link_opens_its_own_booking_only(client, book):
    first, second = book(Client()), book(Client())
    visitor = Client()

    opened = visitor.get(urlsplit(links.link(first)).path)

    assert opened["Location"] == f"/my/{first.reference}/"
    assert visitor.get(f"/my/{first.reference}/").status_code == 200
    for page in PAGES:
        assert visitor.get(f"/my/{second.reference}/{page}").status_code in (404, 405)


def test_cookie_of_one_booking_put_on_another_opens_nothing(client, book):
    first, second = book(Client()), book(client)
    cookie = client.cookies["nk_my"].value
    thief = Client()
    thief.cookies["nk_my"] = cookie

    assert thief.get(f"/my/{second.reference}/").status_code == 200
    assert thief.get(f"/my/{first.reference}/").status_code == 404
    thief.cookies["nk_my"] = cookie[:-1] + ("a" if cookie[-1] != "a" else "b")
    assert thief.get(f"/my/{second.reference}/").status_code == 404


def test_guessed_references_look_like_a_real_one(client, book):
    booking = book(client)
    guesses = [booking.reference, "BR-2222-22", "XX-AAAA-AA", "x", "1", "BR-ก-1", "a" * 500]
    for page in PAGES:
        answers = {
            guess: Client().generic("POST" if page == "leave/" else "GET", f"/my/{guess}/{page}")
            for guess in guesses
        }
        assert {answer.status_code for answer in answers.values()} == {404}, page
        plain = {_plain(answer) for answer in answers.values()}
        assert len(plain) == 1, page


# --- methods --------------------------------------------------------------------------------


@pytest.mark.parametrize("method", ["GET", "HEAD", "OPTIONS", "PUT", "DELETE", "PATCH", "TRACE"])
@pytest.mark.parametrize("page", ["cancel/", "move/", "documents/", "leave/"])
def test_only_post_acts_on_a_booking(client, book, method, page):
    booking = book(client)
    before = stored()
    path = f"/my/{booking.reference}/{page}"

    answer = client.generic(method, path, headers={"purpose": "prefetch", "x-moz": "prefetch"})
    override = client.get(path, headers={"x-http-method-override": "POST"})
    client.get(path, {"_method": "POST", "slot": booking.slot_id, "reason": "day"})

    assert answer.status_code in (200, 405)
    assert override.status_code in (200, 405)
    assert stored() == before


@pytest.mark.parametrize("method", ["GET", "HEAD", "OPTIONS", "PUT", "DELETE"])
def test_only_post_holds(client, slot, method):
    before = stored()

    answer = client.generic(method, f"/offices/bang-rak/marriage/hold/?slot={slot.pk}")

    assert answer.status_code == 405
    assert stored() == before


def test_post_without_the_token_of_the_page_changes_nothing(book):
    browser = Client(enforce_csrf_checks=True)
    owner = Client()
    booking = book(owner)
    browser.cookies = owner.cookies
    before = stored()
    paths = [f"/my/{booking.reference}/{page}" for page in ("cancel/", "move/", "documents/")]
    paths += ["/offices/bang-rak/marriage/hold/", f"/bookings/hold/{booking.form_key}/", "/find/"]

    answers = [browser.post(path, {"slot": booking.slot_id}) for path in paths]

    assert {answer.status_code for answer in answers} == {403}
    assert all("reason" not in Page(answer).texts for answer in answers)
    assert stored() == before


# --- fields from elsewhere ------------------------------------------------------------------


@pytest.mark.parametrize("page", ["cancel/", "move/"])
def test_fields_that_are_not_asked_are_ignored(client, book, page):
    booking = book(client)
    extra = {"status": "confirmed", "office": 2, "reference": "AAAA", "moves": -9, "owner": 1}

    client.post(f"/my/{booking.reference}/{page}", {"slot": booking.slot_id, **extra})

    after = Booking.objects.get(pk=booking.pk)
    assert after.status in (Status.REQUESTED, Status.CANCELLED)
    assert (after.office_id, after.reference) == (booking.office_id, booking.reference)
    assert (after.moves, after.owner_id) == (0, None)


@pytest.mark.parametrize("typed", ["", "0", "-1", "x", "9" * 400, "๑", "1 OR 1=1", "\x00"])
def test_move_to_a_time_that_is_none(client, book, typed):
    booking = book(client)
    before = stored()

    answer = client.post(f"/my/{booking.reference}/move/", {"slot": typed})

    assert answer.status_code in (409, 422)
    assert stored() == before


# --- bodies ---------------------------------------------------------------------------------


def test_bytes_that_are_no_text(client, keep):
    held = keep(client)
    before = stored()
    body = urlencode({"form_key": held.form_key, **world.couple()}) + "&note=%ff%fe%00%80"

    answer = client.post(
        f"/bookings/hold/{held.form_key}/", body, content_type="application/x-www-form-urlencoded"
    )

    assert answer.status_code in (400, 422)
    assert stored() == before


def test_other_kinds_of_body_book_nothing(client, keep):
    held = keep(client)
    before = stored()
    path = f"/bookings/hold/{held.form_key}/"

    for kind in ("application/json", "text/plain", "multipart/form-data; boundary=x", "x"):
        answer = client.post(path, '{"full_name": "\\u0000"}', content_type=kind)
        assert answer.status_code in (400, 415, 422), kind

    assert stored() == before


def _plain(answer):
    """The page without what must differ: the token of its forms, and its own address."""
    text = answer.content.decode()
    path = answer.wsgi_request.path
    for word in (Page(answer).typed.get("csrfmiddlewaretoken", ""), quote(path), path):
        text = text.replace(word, "") if word else text
    return text
