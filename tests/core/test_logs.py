import logging

import pytest
from django.urls import reverse

from core.logs import WithoutLinks


@pytest.mark.parametrize(
    ("name", "secret"),
    [
        ("link", "token"),
        ("short_link", "code"),
        ("copy_link", "token"),
        ("waiting_link", "token"),
        ("data_link", "token"),
        ("kept", "token"),
        ("line_account", "token"),
        ("kiosk_open", "token"),
    ],
)
def test_a_signed_link_is_not_logged(name, secret):
    office = {"office": "bang-rak"} if name == "kiosk_open" else {}
    path = "/en" + reverse(f"portal:{name}", kwargs={secret: "1a.1.t0k-en", **office})
    record = logging.LogRecord(
        "django.request", logging.WARNING, "", 0, "%s: %s", ("Gone", path), None
    )

    assert WithoutLinks().filter(record)
    assert record.getMessage() == f"Gone: {path}".replace("1a.1.t0k-en", "…")


def test_a_token_of_line_is_not_logged():
    path = "/line/link/?linkToken=abc123&x=1"
    record = logging.LogRecord("django.request", logging.ERROR, "", 0, path, None, None)

    WithoutLinks().filter(record)

    assert record.getMessage() == "/line/link/?linkToken=…&x=1"


def test_other_addresses_are_logged_whole():
    record = logging.LogRecord(
        "django.request", logging.WARNING, "", 0, "Not Found: /offices/%s/", ("bang-rak",), None
    )

    WithoutLinks().filter(record)

    assert record.getMessage() == "Not Found: /offices/bang-rak/"


def test_the_console_leaves_links_out(settings):
    handler = settings.LOGGING["handlers"]["console"]

    assert settings.LOGGING["filters"][handler["filters"][0]] == {"()": "core.logs.WithoutLinks"}
