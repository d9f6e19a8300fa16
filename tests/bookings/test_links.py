"""Links in messages: only the very token opens, and only while it should."""

from datetime import timedelta

import pytest

from accounts.links import SHORT_CODE_MAX_LENGTH, BadLink, make_token
from bookings import links
from bookings.models import Booking
from bookings.workflow import Status
from tests.factories import NOW, booking_at

OVER = timedelta(days=31)


@pytest.fixture
def booking(offered):
    return booking_at(offered=offered)


def token_of(booking, **facts):
    return links.link(booking, **facts).split("/l/")[1].split("/")[0]


def refused(token, *, now=NOW):
    with pytest.raises(BadLink):
        links.read_link(token, now=now)
    return True


def test_a_link_opens_its_booking(booking):
    assert links.read_link(token_of(booking), now=NOW) == booking


def test_a_link_is_the_same_for_a_message_that_is_sent_again(booking):
    assert links.link(booking) == links.link(Booking.objects.get())


def test_a_link_names_the_site_the_page_and_the_language(booking, settings):
    settings.SITE_URL = "https://nadkhet.example"

    thai = links.link(booking, page="move")
    booking.language = "en"

    assert thai.startswith("https://nadkhet.example/l/")
    assert thai.endswith("/?page=move")
    assert links.link(booking).startswith("https://nadkhet.example/en/l/")


def test_a_token_with_one_character_changed_opens_nothing(booking):
    token = token_of(booking)

    for place, letter in enumerate(token):
        other = "A" if letter != "A" else "B"
        assert refused(token[:place] + other + token[place + 1 :])


@pytest.mark.parametrize("cut", [0, 1, 5, -1, -10])
def test_a_truncated_token_opens_nothing(booking, cut):
    assert refused(token_of(booking)[:cut])


@pytest.mark.parametrize("token", ["", ".", "...", "1.1.1.x", "\x00", "ก" * 40, "1" * 5000])
def test_what_is_no_token_opens_nothing(booking, token):
    assert refused(token)


def test_a_token_of_another_purpose_opens_nothing(booking):
    token = make_token(purpose="survey", row_id=booking.pk, version=1, expires_at=NOW + OVER)

    assert refused(token)


def test_a_link_is_over_thirty_days_after_the_visit(booking):
    last = booking.slot.ends_at + timedelta(days=30)

    assert links.read_link(token_of(booking), now=last)
    assert refused(token_of(booking), now=last + timedelta(seconds=1))


def test_a_link_until_a_moment_is_over_after_it(booking):
    token = token_of(booking, until=NOW)

    assert links.read_link(token, now=NOW)
    assert refused(token, now=NOW + timedelta(seconds=1))


def test_a_new_link_version_revokes_the_older_links(booking):
    token, code = token_of(booking), links.short_code(booking)
    Booking.objects.update(link_version=2)

    assert refused(token)
    with pytest.raises(BadLink):
        links.read_short_code(code, now=NOW)


@pytest.mark.parametrize("status", [Status.HELD, Status.EXPIRED])
def test_what_was_never_submitted_has_no_link(offered, status):
    held = booking_at(status, offered=offered)

    assert refused(token_of(held))
    with pytest.raises(BadLink):
        links.read_short_code(links.short_code(held), now=NOW)


def test_links_outlive_a_change_of_the_secret_key(booking, settings):
    token, code = token_of(booking), links.short_code(booking)
    settings.SECRET_KEY_FALLBACKS = [settings.SECRET_KEY]
    settings.SECRET_KEY = "new-" * 12

    assert links.read_link(token, now=NOW) == booking
    assert links.read_short_code(code, now=NOW) == booking
    settings.SECRET_KEY_FALLBACKS = []
    assert refused(token)


def test_a_short_code_opens_its_booking_however_it_is_typed(booking):
    code = links.short_code(booking)

    assert len(code) <= SHORT_CODE_MAX_LENGTH
    for typed in (code, code.upper(), code.replace("0", "o").replace("1", "l")):
        assert links.read_short_code(typed, now=NOW) == booking


def test_a_changed_short_code_opens_nothing(booking):
    code = links.short_code(booking)
    wrong = [
        code[:place] + ("2" if letter != "2" else "3") + code[place + 1 :]
        for place, letter in enumerate(code)
    ]

    for typed in [*wrong, code[:-1], code[1:], code + "0", "", "!", "ก" * 8, "z" * 13]:
        with pytest.raises(BadLink):
            links.read_short_code(typed, now=NOW)


def test_a_short_code_is_over_with_the_link(booking):
    with pytest.raises(BadLink):
        links.read_short_code(links.short_code(booking), now=booking.slot.ends_at + OVER)
