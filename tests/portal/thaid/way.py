"""The way to ThaID and back, as a browser goes it."""

from urllib.parse import quote, urlsplit

from tests.portal.reading import Page
from tests.portal.test_copy_form import ASK, body

START, CALLBACK, FORGET = "/thaid/start/", "/thaid/callback/", "/thaid/forget/"
NAME = "สุดารัตน์ ทดลองสุข"


def leave(client, back=ASK, start=START):
    return client.get(f"{start}?next={quote(back, safe='')}")


def come_back(client, provider, back=ASK, start=START):
    """Press the button, confirm, and be sent back by ThaID; the answer of our callback."""
    address = leave(client, back, start)["Location"]
    return client.get(path_of(provider.confirm(address)))


def path_of(address):
    parts = urlsplit(address)
    return f"{parts.path}?{parts.query}"


def proven_body(page, slot, **changes):
    form = body(slot, **changes)
    del form["full_name"], form["national_id"]
    return {**form, "thaid": page.typed["thaid"]} | changes


def read(client, path=ASK):
    answer = client.get(path)
    assert answer.status_code == 200
    return Page(answer)


def words_of(answer):
    return answer.content.decode()
