"""A person's request about the own data speaks for a linked LINE account too."""

import pytest

from accounts.models import LineAccount
from bookings.models import DataRequest
from bookings.services import holders
from line_channel.models import Answer, Chat, Event
from tests.factories import NOW, make_office


@pytest.fixture
def about(linked):
    """A request about the data of the holder, at an office."""
    return lambda office: DataRequest(office=office, id_index=bytes(linked.id_index))


def test_the_link_is_told_at_the_office_whose_account_it_is(office, linked, about):
    elsewhere = make_office(code=1040, slug="bang-khae", prefix="BK")

    [held] = holders.held_about(about(office))

    assert held.title == "การเชื่อมบัญชี LINE"
    assert {"มะลิ ทดสอบ", "+66800000000", linked.masked_number} <= {v for _word, v in held.facts}
    assert holders.held_about(about(elsewhere)) == []


def test_erasing_ends_the_link_and_removes_the_chat(mali, office, about):
    mali.says("เมนู")
    request = about(office)

    assert holders.erase(request, NOW) == 1

    ended = LineAccount.objects.get()
    assert ended.unlinked_at == NOW
    assert (ended.full_name, ended.phone, bytes(ended.id_index)) == ("", "", b"")
    for rows in (Answer, Event, Chat):
        assert not rows.objects.exists()
    assert holders.held_about(request) == []
