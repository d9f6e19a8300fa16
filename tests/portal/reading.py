"""What a page says, read as a browser reads it."""

from html.parser import HTMLParser

VOID = {"input", "br", "img", "meta", "link", "hr", "use", "path"}


class Page(HTMLParser):
    """`typed`: what the form fields hold. `texts`: the text below each element with an id."""

    def __init__(self, response) -> None:
        super().__init__()
        self.typed: dict[str, str] = {}
        self.texts: dict[str, str] = {}
        self.tags: list[tuple[str, dict[str, str]]] = []
        self._open: list[tuple[str, str]] = []
        self._area = self._select = ""
        self.feed(response.content.decode())

    def handle_starttag(self, tag, attrs):
        values = {name: value or "" for name, value in attrs}
        self.tags.append((tag, values))
        name = values.get("name", "")
        if tag == "input" and (values.get("type") not in ("checkbox", "radio")):
            self.typed[name] = values.get("value", "")
        elif tag == "input" and "checked" in values:
            self.typed[name] = values.get("value", "on")
        elif tag == "textarea":
            self._area = name
            self.typed[name] = ""
        elif tag == "select":
            self._select = name
        elif tag == "option" and "selected" in values:
            self.typed[self._select] = values.get("value", "")
        if tag not in VOID:
            self._open.append((tag, values.get("id", "")))
            if values.get("id"):
                self.texts[values["id"]] = ""

    def handle_endtag(self, tag):
        if tag == "textarea":
            self._area = ""
        while self._open and tag not in VOID:
            closed, _ = self._open.pop()
            if closed == tag:
                break

    def handle_data(self, data):
        if self._area:
            self.typed[self._area] += data
        for _, id_ in self._open:
            if id_:
                self.texts[id_] += data
