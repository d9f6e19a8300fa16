"""Every page that a GET can reach: it changes nothing (ASVS 3.5.1), wears the headers of the house
(3.4), and what goes wrong inside is not told (16.5.1)."""

import re
from http.cookies import SimpleCookie

import pytest
from django.test import Client
from django.urls import NoReverseMatch, get_resolver, reverse
from django.utils import timezone, translation

from bookings import links, request_links
from notifications.models import Message
from offices.queries import working_days_after
from registry_requests import links as copy_links
from tests import factories
from tests.factories import make_data_request
from tests.live import world
from tests.portal.stored import stored
from tests.registry_requests.conftest import collection_at, submit

WAITING = {
    "waiting": "",
    "waiting_take": "take/",
    "waiting_leave": "leave/",
    "waiting_forget": "forget/",
}
COPY = {"copy_new", "copy_link", "copy_reply"}
OF_A_COPY = {
    "status": "",
    "cancel": "cancel/",
    "move": "move/",
    "documents": "documents/",
    "ticket": "ticket.pdf",
    "event": "event.ics",
    "leave": "leave/",
    "copy_reply": "reply/",
}
PERSONAL = {
    "waiting",
    "wait",
    "status",
    "cancel",
    "move",
    "ticket",
    "event",
    "documents",
    "form",
    "link",
    "find",
    "copy_new",
    "copy_link",
}
PERSONAL |= {"data_request", "data_link", "data_status"}
LANGUAGES = ("th", "en")


@pytest.fixture
def pages(client, book, keep):
    """(name, path) of every page of citizens, with words that lead somewhere, in both languages;
    `client` holds what they are about."""
    booking, held = book(client), keep(client)
    words = {
        "office": booking.office.slug,
        "service": booking.service.code,
        "key": held.form_key,
        "reference": booking.reference,
        "token": links.link(booking).rstrip("/").rpartition("/")[2],
        "code": links.short_code(booking),
        "message": Message.objects.get(case_id=booking.pk).pk,
    }
    asked = make_data_request(office=booking.office, now=timezone.now())
    token = request_links.link(asked).rstrip("/").rpartition("/")[2]
    client.get(f"/d/{token}/")
    about_data = words | {"reference": asked.reference, "token": token}
    names = {name for name in _portal().reverse_dict if isinstance(name, str)}
    names -= {*WAITING, "waiting_link", *COPY}
    found = []
    for language in LANGUAGES:
        with translation.override(language):
            found += [
                (name, _reverse(name, about_data if name.startswith("data_") else words))
                for name in sorted(names)
            ]
    found += _pages_of_the_waiting_list(client, booking.offered)
    found += _pages_of_a_copy(client, booking.office)
    return found


def _pages_of_a_copy(client, office):
    """The form, the link, and what stands at the addresses of a booking for a request."""
    offered = collection_at(office)
    made = submit(offered, world.slot(offered, places=2), now=timezone.now())
    token = copy_links.link(made).rstrip("/").rpartition("/")[2]
    client.get(f"/r/{token}/")
    paths = [("copy_new", f"/requests/new/{office.slug}/"), ("copy_link", f"/r/{token}/")]
    paths += [(name, f"/my/{made.reference}/{end}") for name, end in OF_A_COPY.items()]
    return [(name, f"{root}{path}") for name, path in paths for root in ("", "/en")]


def _pages_of_the_waiting_list(client, offered):
    """Its pages name other references and tokens than those of a booking."""
    entry = factories.wait(offered, now=timezone.now(), first_day=_next_week(offered))
    token = links.waiting_link(entry).rstrip("/").rpartition("/")[2]
    client.get(f"/w/{token}/")
    client.get(f"/en/w/{token}/")
    paths = [(name, f"/my/waiting/{entry.reference}/{end}") for name, end in WAITING.items()]
    paths.append(("link", f"/w/{token}/"))
    return [(name, f"{root}{path}") for name, path in paths for root in ("", "/en")]


def test_looking_at_every_page_changes_nothing(client, pages, settings):
    settings.DEMO = True
    before = stored()

    seen = {path: client.get(path).status_code for _, path in pages}
    again = {path: client.head(path).status_code for _, path in pages}
    from_outside = {path: Client().get(path).status_code for _, path in pages}

    assert stored() == before
    print(f"{len(seen)} pages read three times")
    for statuses in (seen, again, from_outside):
        assert set(statuses.values()) <= {200, 303, 404, 405, 410}
    assert sum(status == 200 for status in seen.values()) > 30


def test_every_page_wears_the_headers(client, pages):
    paths = [*pages, ("none", "/nothing-here/"), ("livez", "/livez"), ("login", "/admin/login/")]
    for name, path in paths:
        answer = client.get(path)
        policy = answer.headers.get("Content-Security-Policy", "")
        assert "default-src 'none'" in policy, path
        assert "frame-ancestors 'none'" in policy, path
        assert "base-uri 'none'" in policy, path
        assert "unsafe" not in policy, path
        assert answer.headers["X-Content-Type-Options"] == "nosniff", path
        assert answer.headers["X-Frame-Options"] == "DENY", path
        assert answer.headers["Referrer-Policy"] in ("no-referrer", "same-origin"), path
        assert answer.headers["Cross-Origin-Opener-Policy"] == "same-origin", path
        assert "geolocation=()" in answer.headers["Permissions-Policy"], path
        if name in PERSONAL:
            assert "no-store" in answer.headers["Cache-Control"], path


def test_no_page_needs_inline_script_or_style(client, pages):
    for _, path in pages:
        answer = client.get(path)
        if "text/html" not in answer.headers.get("Content-Type", ""):
            continue
        text = answer.content.decode()
        assert not re.search(r"<script(?![^>]*\bsrc=)[^>]*>", text), path
        assert not re.search(r"<style|\sstyle=|\son[a-z]+=\"|javascript:", text), path


def test_cookies_are_kept_from_scripts_and_other_sites(client, book, settings):
    settings.HTTPS = settings.CSRF_COOKIE_SECURE = True
    booking = book(client)
    browser = Client()
    answers = [browser.get("/find/"), browser.get(f"/l/{_token(booking)}/")]
    cookies = SimpleCookie()
    for jar in [client.cookies, *(answer.cookies for answer in answers)]:
        cookies.update(jar)

    assert {"nk_visitor", "nk_my", "csrftoken"} <= set(cookies)
    for name, cookie in cookies.items():
        assert cookie["httponly"], name
        assert cookie["secure"], name
        assert cookie["samesite"] == "Lax", name
    assert cookies["nk_my"]["path"] == f"/my/{booking.reference}/"


def test_token_of_a_link_is_in_no_page(client, book):
    booking = book(client)
    token = _token(booking)
    browser = Client()
    opened = browser.get(f"/l/{token}/")

    assert token not in opened["Location"]
    assert token not in browser.get(opened["Location"]).content.decode()


@pytest.mark.parametrize("path", ["/", "/en/", "/offices/bang-rak/marriage/times/", "/find/"])
def test_error_page_tells_nothing_of_the_error(slot, monkeypatch, path):
    def broken(*args, **kwargs):
        raise RuntimeError("a secret of the server")

    monkeypatch.setattr("django.template.backends.django.Template.render", _but_error_page(broken))
    browser = Client(raise_request_exception=False)

    answer = browser.get(path)

    assert answer.status_code == 500
    text = answer.content.decode()
    assert "<h1>" in text
    for word in ("a secret of the server", "Traceback", "RuntimeError", "site-packages"):
        assert word not in text


def _but_error_page(broken):
    from django.template.backends.django import Template

    whole = Template.render

    def render(template, context=None, request=None):
        render_it = whole if template.template.name == "500.html" else broken
        return render_it(template, context, request)

    return render


def _next_week(offered):
    days = working_days_after(
        office_id=offered.office_id,
        weekdays="12345",
        start=timezone.localdate(),
        count=6,
    )
    return days[-1]


def _portal():
    return get_resolver("portal.urls")


def _reverse(name, words):
    """The address of a page with those of the words that it needs."""
    needed = _portal().reverse_dict[name][0][0][1]
    try:
        return reverse(f"portal:{name}", kwargs={word: words[word] for word in needed})
    except (KeyError, NoReverseMatch) as error:
        raise AssertionError(f"say in `words` what leads to portal:{name}") from error


def _token(booking):
    return links.link(booking).rstrip("/").rpartition("/")[2]
