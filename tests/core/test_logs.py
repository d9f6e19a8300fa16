import logging

from core.logs import WithoutLinks


def test_a_signed_link_is_not_logged():
    record = logging.LogRecord(
        "django.request", logging.WARNING, "", 0, "%s: %s", ("Gone", "/en/l/1a.1.t0k-en/"), None
    )

    assert WithoutLinks().filter(record)
    assert record.getMessage() == "Gone: /en/l/…/"


def test_other_addresses_are_logged_whole():
    record = logging.LogRecord(
        "django.request", logging.WARNING, "", 0, "Not Found: /offices/%s/", ("bang-rak",), None
    )

    WithoutLinks().filter(record)

    assert record.getMessage() == "Not Found: /offices/bang-rak/"


def test_the_console_leaves_links_out(settings):
    handler = settings.LOGGING["handlers"]["console"]

    assert settings.LOGGING["filters"][handler["filters"][0]] == {"()": "core.logs.WithoutLinks"}
