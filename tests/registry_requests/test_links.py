"""Short links of a request for a copy, out of an SMS."""

from datetime import timedelta

import pytest

from accounts.links import BadLink, make_code
from bookings import links as booking_links
from registry_requests import links
from registry_requests.models import CopyRequest
from tests.factories import NOW
from tests.registry_requests.conftest import submit


@pytest.fixture
def made(offered, slot):
    return submit(offered, slot)


def code_of(made):
    return links.short_link(made).rstrip("/").rpartition("/")[2]


def test_it_opens_its_request_however_it_is_typed(made):
    code = code_of(made)

    for typed in (code, code.upper(), code.replace("0", "o").replace("1", "l")):
        assert links.read_short_code(typed, now=NOW) == made


def test_it_has_twenty_characters_up_to_a_million_requests(made, settings):
    settings.SHORT_URL = "nk.th"
    made.pk = 32**4 - 1

    assert len(links.short_link(made)) == 20


@pytest.mark.parametrize("change", [{"link_version": 2}, {"anonymised_at": NOW}])
def test_it_is_over_when_the_request_says_so(made, change):
    CopyRequest.objects.update(**change)

    with pytest.raises(BadLink):
        links.read_short_code(code_of(made), now=NOW)


def test_it_is_over_with_the_long_link(made):
    last = made.created_at + timedelta(days=links.DAYS)

    assert links.read_short_code(code_of(made), now=last) == made
    with pytest.raises(BadLink):
        links.read_short_code(code_of(made), now=last + timedelta(seconds=1))


def test_a_code_of_another_kind_of_row_opens_nothing(made):
    for purpose in (booking_links.SHORT, booking_links.SHORT_WAITING):
        code = make_code(purpose=purpose, row_id=made.pk, version=made.link_version)
        with pytest.raises(BadLink):
            links.read_short_code(code, now=NOW)


@pytest.mark.parametrize("code", ["", "!", "ก" * 8, "z" * 13, "0abcdefg"])
def test_what_is_no_code_opens_nothing(made, code):
    with pytest.raises(BadLink):
        links.read_short_code(code, now=NOW)
