"""A browser without a picture: cookies, pages, the forms in them; redirects are looked at, not
followed."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from html.parser import HTMLParser
from http.cookiejar import CookieJar
from urllib.parse import urlencode, urljoin, urlsplit
from urllib.request import HTTPCookieProcessor, HTTPErrorProcessor, Request, build_opener

TIMEOUT_SECONDS = 30


@dataclass
class Form:
    """A form of a page: what it would send as it stands, and its named buttons."""

    id: str
    action: str
    method: str
    fields: dict[str, str] = field(default_factory=dict)
    buttons: list[dict[str, str]] = field(default_factory=list)


@dataclass(frozen=True)
class Answer:
    """What the server said. `location` is a path, empty without a redirect."""

    status: int
    url: str
    headers: Mapping[str, str]
    text: str

    @property
    def location(self) -> str:
        return urlsplit(self.headers.get("Location", "")).path

    @cached_property
    def forms(self) -> list[Form]:
        reader = _FormReader()
        reader.feed(self.text)
        return reader.forms

    def form_with(self, name: str) -> Form:
        """The first form that has a field or a button of this name."""
        for form in self.forms:
            if name in form.fields or any(button["name"] == name for button in form.buttons):
                return form
        raise AssertionError(f"{self.status} {self.url} has no form with {name}:\n{self.text}")

    def form_to(self, ending: str) -> Form:
        """The first form to be posted whose address ends so; "" is the page itself."""
        for form in self.forms:
            if (
                form.method == "post"
                and form.action.endswith(ending)
                and bool(form.action) == bool(ending)
            ):
                return form
        raise AssertionError(f"{self.status} {self.url} posts nothing to {ending}:\n{self.text}")


class Browser:
    """One visitor. May be used by several threads, like the tabs of one window."""

    def __init__(self, address: str) -> None:
        self.address = address
        self._opener = build_opener(HTTPCookieProcessor(CookieJar()), _AsItIs)

    def get(self, path: str, **headers: str) -> Answer:
        return self._send(Request(urljoin(self.address, path), headers=headers))

    def post(self, path: str, data: Mapping[str, str], **headers: str) -> Answer:
        body = urlencode(data).encode()
        return self._send(Request(urljoin(self.address, path), data=body, headers=headers))

    def submit(self, page: Answer, form: Form, **typed: str) -> Answer:
        """Press a button of the form: `typed` goes over what the fields hold."""
        target = urljoin(page.url, form.action)
        return self.post(target, {**form.fields, **typed})

    def open_post(self, path: str, data: Mapping[str, str]):
        """The answer as a file, for one that is not to be held whole in memory."""
        body = urlencode(data).encode()
        request = Request(urljoin(self.address, path), data=body)
        return self._opener.open(request, timeout=TIMEOUT_SECONDS)

    def _send(self, request: Request) -> Answer:
        with self._opener.open(request, timeout=TIMEOUT_SECONDS) as response:
            text = response.read().decode(errors="replace")
            return Answer(response.status, response.url, response.headers, text)


class _AsItIs(HTTPErrorProcessor):
    """Neither follows a redirect nor raises for an error page."""

    def http_response(self, request, response):
        return response


class _FormReader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.forms: list[Form] = []
        self._open: Form | None = None

    def handle_starttag(self, tag, attrs):
        values = {name: value or "" for name, value in attrs}
        if tag == "form":
            method = values.get("method", "get").lower()
            self._open = Form(values.get("id", ""), values.get("action", ""), method)
            self.forms.append(self._open)
        elif tag in ("input", "button") and values.get("name"):
            self._take(tag, values)

    def handle_endtag(self, tag):
        if tag == "form":
            self._open = None

    def _take(self, tag, values):
        form = next((f for f in self.forms if f.id and f.id == values.get("form")), self._open)
        if form is None:
            return
        if tag == "button" or values.get("type") == "submit":
            form.buttons.append(values)
        elif values.get("type") not in ("checkbox", "radio") or "checked" in values:
            form.fields[values["name"]] = values.get("value", "")
