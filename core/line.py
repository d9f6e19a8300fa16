"""The LINE Messaging API, the one module that knows LINE's SDK (ADR 22). Importing the SDK takes
seconds and is left to the first call. Messages are the JSON of LINE's documentation."""

import re
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import lru_cache
from typing import Any, TypeVar

from django.conf import settings

Json = dict[str, Any]
Answer = TypeVar("Answer")

# The key of a push was seen before: LINE has the message already.
DUPLICATE = 409
# LINE took the call, but said so in words that its SDK does not know.
UNREADABLE = 200
TAKEN = frozenset({DUPLICATE, UNREADABLE})
MONTHLY_LIMIT = "monthly limit"
# As the catalogue has it; the look ahead leaves คะแนน alone.
_POLITE_WORD = re.compile("ค่ะ|คะ(?![ก-๛])")


class LineError(Exception):
    """LINE did not take a call. `status` is its HTTP code, 0 when no answer came. `unreachable`:
    the call never left. `is_quota`: the month's messages are used up. Never quotes a message."""

    def __init__(self, status: int, *, unreachable: bool = False, is_quota: bool = False) -> None:
        super().__init__(str(status))
        self.status, self.unreachable, self.is_quota = status, unreachable, is_quota

    @property
    def may_have_arrived(self) -> bool:
        """Whether LINE may have taken the message without saying so."""
        return not self.unreachable and (self.status == 0 or self.status >= 500)


def is_genuine(body: bytes, signature: str) -> bool:
    """Whether a webhook carries the signature of the channel, over the raw body."""
    from linebot.v3.webhook import SignatureValidator

    if not settings.LINE_CHANNEL_SECRET:
        return False
    try:
        text = body.decode()
        return bool(SignatureValidator(settings.LINE_CHANNEL_SECRET).validate(text, signature))
    except UnicodeError:
        return False


def polite(words: str) -> str:
    """Our own words as the account says them: with the polite word that its office has chosen.
    Not for what a person wrote."""
    if settings.LINE_POLITE_WORD == "ค่ะ":
        return words
    return _POLITE_WORD.sub(settings.LINE_POLITE_WORD, words)


def push(*, to: str, messages: Sequence[Json], retry_key: str) -> None:
    """Send at any time; counts in the quota. The same key again sends nothing twice for a day.
    Raises LineError."""
    from linebot.v3.messaging import MessagingApi, PushMessageRequest

    request = PushMessageRequest.from_dict({"to": to, "messages": list(messages)})
    try:
        _ask(lambda **options: MessagingApi(_client()).push_message(request, retry_key, **options))
    except LineError as error:
        if error.status not in TAKEN:
            raise


def reply(*, token: str, messages: Sequence[Json]) -> None:
    """Answer an event, once and soon; free of charge. Raises LineError."""
    from linebot.v3.messaging import MessagingApi, ReplyMessageRequest

    request = ReplyMessageRequest.from_dict({"replyToken": token, "messages": list(messages)})
    try:
        _ask(lambda **options: MessagingApi(_client()).reply_message(request, **options))
    except LineError as error:
        if error.status != UNREADABLE:
            raise


def link_token(user_id: str) -> str:
    """A token that names the user on our page, for ten minutes. Raises LineError."""
    from linebot.v3.messaging import MessagingApi

    answer = _ask(lambda **options: MessagingApi(_client()).issue_link_token(user_id, **options))
    return str(answer.link_token)


def quota() -> tuple[int | None, int]:
    """(messages a month, None without a limit; messages used). Two calls. Raises LineError."""
    from linebot.v3.messaging import MessagingApi

    api = MessagingApi(_client())
    most = _ask(api.get_message_quota)
    used = _ask(api.get_message_quota_consumption)
    return (int(most.value or 0) if most.type == "limited" else None), int(used.total_usage)


def set_rich_menu(menu: Json, picture: bytes) -> str:
    """Make the menu that everybody sees, with its picture (PNG); returns its id. Menus of the same
    name are removed. Raises LineError."""
    from linebot.v3.messaging import MessagingApi, MessagingApiBlob, RichMenuRequest

    api, blob = MessagingApi(_client()), MessagingApiBlob(_client(settings.LINE_DATA_BASE_URL))
    old = [one for one in _ask(api.get_rich_menu_list).richmenus if one.name == menu["name"]]
    request = RichMenuRequest.from_dict(menu)
    made = str(_ask(lambda **options: api.create_rich_menu(request, **options)).rich_menu_id)
    header = {"Content-Type": "image/png"}
    _ask(lambda **o: blob.set_rich_menu_image(made, picture, _headers=header, **o))
    _ask(lambda **options: api.set_default_rich_menu(made, **options))
    for one in old:
        _ask(lambda one=one, **options: api.delete_rich_menu(one.rich_menu_id, **options))
    return made


@lru_cache
def _client_of(host: str, token: str) -> Any:
    from linebot.v3.messaging import ApiClient, Configuration

    return ApiClient(Configuration(host=host, access_token=token))


def _client(host: str = "") -> Any:
    return _client_of(host or settings.LINE_API_BASE_URL, settings.LINE_CHANNEL_ACCESS_TOKEN)


def _ask(call: Callable[..., Answer]) -> Answer:
    with _meaning():
        return call(_request_timeout=settings.LINE_TIMEOUT_SECONDS)


@contextmanager
def _meaning() -> Iterator[None]:
    """Raises LineError for whatever the SDK and its transport raise."""
    from linebot.v3.messaging.exceptions import ApiException
    from pydantic.v1 import ValidationError
    from urllib3.exceptions import HTTPError, MaxRetryError

    try:
        yield
    except ApiException as error:
        words = str(error.body or "").lower()
        quota_used_up = error.status == 429 and MONTHLY_LIMIT in words
        raise LineError(int(error.status or 0), is_quota=quota_used_up) from None
    except ValidationError as error:
        raise LineError(UNREADABLE) from error
    except MaxRetryError as error:
        # The SDK's pool tries again only what never reached the server.
        raise LineError(0, unreachable=True) from error
    except HTTPError as error:
        raise LineError(0) from error
