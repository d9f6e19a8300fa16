"""The drawn menu and poster, and the commands of the LINE account."""

from io import BytesIO, StringIO

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError
from PIL import Image
from pypdf import PdfReader

from line_channel import richmenu
from line_channel.models import Event
from tests.line_channel.people import text_event, webhook


def test_the_picture_is_one_that_line_takes():
    picture = richmenu.picture()

    with Image.open(BytesIO(picture)) as drawn:
        assert (drawn.format, drawn.size) == ("PNG", (2500, 1686))
    assert len(picture) < 1_000_000


def test_the_six_areas_cover_the_picture_and_do_something():
    menu = richmenu.menu()

    assert len(menu["areas"]) == 6
    bounds = [area["bounds"] for area in menu["areas"]]
    assert sum(one["width"] * one["height"] for one in bounds) > 0.99 * 2500 * 1686
    assert len({(one["x"], one["y"]) for one in bounds}) == 6
    assert all(area["action"]["type"] in ("message", "uri") for area in menu["areas"])
    assert len(menu["chatBarText"]) <= 14


def test_the_command_draws_and_registers(stub, office, settings, tmp_path):
    settings.LINE_BASIC_ID = "@nadkhet"
    said = StringIO()

    call_command("line_menu", str(tmp_path), "--register", stdout=said)

    assert {path.name for path in tmp_path.iterdir()} == {"menu.png", "poster.pdf", "poster.png"}
    assert stub.default_menu in said.getvalue()
    page = PdfReader(tmp_path / "poster.pdf").pages[0]
    assert round(page.mediabox.width) == 595
    assert "@nadkhet" in page.extract_text()


def test_without_an_account_there_is_no_poster(office, tmp_path):
    said = StringIO()
    call_command("line_menu", str(tmp_path), stdout=said)
    assert "poster: not drawn" in said.getvalue()


def test_a_menu_that_line_does_not_take_is_said(office, settings, tmp_path):
    settings.LINE_API_BASE_URL = "http://127.0.0.1:9"
    with pytest.raises(CommandError, match="LINE did not take the menu"):
        call_command("line_menu", str(tmp_path), "--register", stdout=StringIO())


@pytest.mark.django_db
def test_the_command_that_works_says_what_it_did(client, stub, office):
    webhook(client, stub, [text_event("เมนู")])
    said = StringIO()

    call_command("work_line", "--once", stdout=said)

    assert "events worked: 1" in said.getvalue()
    assert "answers sent: 1" in said.getvalue()
    assert Event.objects.get().done_at
