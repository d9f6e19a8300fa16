"""The stand-in over HTTP: LINE's addresses, and under /stub/ what a person does in the app."""

import json
import re
import time
import urllib.request
from collections.abc import Callable
from dataclasses import asdict
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.error import URLError

from line_channel.stub.state import Outcome, State

Json = dict[str, Any]
Handler = Callable[["Server", Json, re.Match[str], str], Outcome]

WEBHOOK_TIMEOUT = 10


class Server(ThreadingHTTPServer):
    """Listens on this machine only. `webhook` is where events go; none are sent without it."""

    allow_reuse_address = True
    daemon_threads = True

    def __init__(self, state: State, *, port: int = 0, webhook: str = "") -> None:
        super().__init__(("127.0.0.1", port), _Request)
        self.state, self.webhook = state, webhook

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}"

    def send_event(self, event: Json) -> int:
        """Deliver a signed webhook; returns the status, 0 when nobody answered."""
        body = json.dumps({"destination": "U" + "0" * 32, "events": [event]}).encode()
        headers = {
            "Content-Type": "application/json",
            "X-Line-Signature": self.state.signature(body),
        }
        request = urllib.request.Request(self.webhook, body, headers)  # noqa: S310 -- our own
        try:
            with urllib.request.urlopen(request, timeout=WEBHOOK_TIMEOUT) as answer:  # noqa: S310
                return int(answer.status)
        except URLError:
            return 0


class _Request(BaseHTTPRequestHandler):
    server: Server
    protocol_version = "HTTP/1.1"
    # Else each answer waits 40 ms between its headers and its body.
    disable_nagle_algorithm = True

    def _answer(self) -> None:
        length = int(self.headers.get("Content-Length") or 0)
        raw = self.rfile.read(length)
        is_json = "json" in self.headers.get("Content-Type", "")
        call = json.loads(raw) if raw and is_json else {"bytes": len(raw)}
        key = self.headers.get("X-Line-Retry-Key", "")
        outcome = self._outcome(call, key)
        time.sleep(outcome.pause)
        body = json.dumps(outcome.body).encode()
        try:
            self.send_response(outcome.status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)
        except OSError:
            self.close_connection = True  # the caller did not wait for us

    def _outcome(self, call: Json, key: str) -> Outcome:
        path = self.path.partition("?")[0]
        is_authorised = self.headers.get("Authorization", "").startswith("Bearer ")
        if not path.startswith("/stub/") and not is_authorised:
            return Outcome(401, {"message": "Authentication failed"})
        for method, pattern, handle in ROUTES:
            if method == self.command and (found := re.fullmatch(pattern, path)):
                return handle(self.server, call, found, key)
        return Outcome(404, {"message": "Not found"})

    do_GET = do_POST = do_DELETE = _answer  # noqa: N815 -- names of the standard library

    def log_message(self, format: str, *args: Any) -> None:
        """A chat is nobody's business, not even a demonstration's."""


# --- LINE's own addresses -----------------------------------------------------------------------


def _deliver(how: str) -> Handler:
    return lambda server, call, found, key: server.state.deliver(how, call, key)


def _quota(server: Server, call: Json, found: re.Match[str], key: str) -> Outcome:
    most = server.state.quota
    return Outcome(200, {"type": "none"} if most is None else {"type": "limited", "value": most})


def _consumption(server: Server, call: Json, found: re.Match[str], key: str) -> Outcome:
    return Outcome(200, {"totalUsage": server.state.used})


def _link_token(server: Server, call: Json, found: re.Match[str], key: str) -> Outcome:
    return Outcome(200, {"linkToken": server.state.new_link_token(found[1])})


def _profile(server: Server, call: Json, found: re.Match[str], key: str) -> Outcome:
    return Outcome(200, {"userId": found[1], "displayName": "ผู้ใช้ทดสอบ", "language": "th"})


def _content(server: Server, call: Json, found: re.Match[str], key: str) -> Outcome:
    return Outcome(404, {"message": "Not found"})


def _make_menu(server: Server, call: Json, found: re.Match[str], key: str) -> Outcome:
    name = f"richmenu-{len(server.state.menus) + 1:032x}"
    server.state.menus[name] = call
    return Outcome(200, {"richMenuId": name})


def _menu_picture(server: Server, call: Json, found: re.Match[str], key: str) -> Outcome:
    server.state.menus[found[1]]["picture"] = call["bytes"]
    return Outcome(200)


def _menus(server: Server, call: Json, found: re.Match[str], key: str) -> Outcome:
    rows = [{"richMenuId": name, **menu} for name, menu in server.state.menus.items()]
    return Outcome(200, {"richmenus": rows})


def _default_menu(server: Server, call: Json, found: re.Match[str], key: str) -> Outcome:
    server.state.default_menu = found[1]
    return Outcome(200)


def _drop_menu(server: Server, call: Json, found: re.Match[str], key: str) -> Outcome:
    server.state.menus.pop(found[1], None)
    return Outcome(200)


# --- the person with the telephone --------------------------------------------------------------


def _say(server: Server, call: Json, found: re.Match[str], key: str) -> Outcome:
    event = server.state.say(found[1], call)
    return Outcome(200, {"webhook": server.send_event(event)})


def _do(server: Server, call: Json, found: re.Match[str], key: str) -> Outcome:
    """Any other event: follow, unfollow, a postback; a message taken back."""
    kind, user = call.pop("type"), found[1]
    if kind == "unsend":
        event = server.state.unsend(user, call["unsend"]["messageId"])
    else:
        event = server.state.event(kind, user, **call)
    return Outcome(200, {"webhook": server.send_event(event)})


def _dialog(server: Server, call: Json, found: re.Match[str], key: str) -> Outcome:
    event = server.state.linked(call["linkToken"], call["nonce"])
    if event is None:
        return Outcome(400, {"message": "The link token is over"})
    return Outcome(200, {"webhook": server.send_event(event)})


def _chat(server: Server, call: Json, found: re.Match[str], key: str) -> Outcome:
    return Outcome(200, {"lines": [asdict(line) for line in server.state.lines(found[1])]})


USER = r"([A-Za-z0-9_-]+)"
MENU = r"([a-z0-9-]+)"
ROUTES: list[tuple[str, str, Handler]] = [
    ("POST", "/v2/bot/message/reply", _deliver("reply")),
    ("POST", "/v2/bot/message/push", _deliver("push")),
    ("POST", "/v2/bot/message/multicast", _deliver("multicast")),
    ("GET", "/v2/bot/message/quota", _quota),
    ("GET", "/v2/bot/message/quota/consumption", _consumption),
    ("POST", f"/v2/bot/user/{USER}/linkToken", _link_token),
    ("GET", f"/v2/bot/profile/{USER}", _profile),
    ("GET", f"/v2/bot/message/{USER}/content", _content),
    ("POST", "/v2/bot/richmenu", _make_menu),
    ("POST", f"/v2/bot/richmenu/{MENU}/content", _menu_picture),
    ("GET", "/v2/bot/richmenu/list", _menus),
    ("POST", f"/v2/bot/user/all/richmenu/{MENU}", _default_menu),
    ("DELETE", f"/v2/bot/richmenu/{MENU}", _drop_menu),
    ("POST", f"/stub/{USER}/say", _say),
    ("POST", f"/stub/{USER}/do", _do),
    ("POST", "/stub/dialog", _dialog),
    ("GET", f"/stub/{USER}/chat", _chat),
]
