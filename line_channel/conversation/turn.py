"""One turn of a conversation: what it stands on, and what is said in it."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cached_property
from typing import Any

from django.conf import settings
from django.utils.translation import gettext as _

from accounts import queries as accounts
from accounts.models import LineAccount
from line_channel import messages
from line_channel.messages import Json, Press
from line_channel.models import Chat
from line_channel.states import Step
from offices.models import Office

AN_HOUR = timedelta(hours=1)
WRONG_CODES_AN_HOUR = 5


@dataclass
class Turn:
    """`heard_at` is LINE's clock, which decides how long a step has lasted; `now` is ours, which
    decides what is free."""

    chat: Chat
    heard_at: datetime
    now: datetime
    said: list[Json] = field(default_factory=list)

    @cached_property
    def office(self) -> Office:
        return Office.objects.get(slug=settings.LINE_OFFICE)

    @cached_property
    def account(self) -> LineAccount | None:
        return accounts.line_account(self.chat.user_id)

    @property
    def holder(self) -> LineAccount:
        """The account of a step that is reached by linked ones only."""
        if self.account is None:
            raise LineAccount.DoesNotExist
        return self.account

    @property
    def data(self) -> dict[str, Any]:
        return self.chat.data

    @property
    def form_url(self) -> str:
        """The web form, which is the safer way for a code."""
        return f"{settings.SITE_URL}/requests/new/{self.office.slug}/"

    def say(self, words: str, *, quick: Sequence[Press] = ()) -> None:
        self.said.append(messages.text(words, quick=quick))

    def show(self, card: Json) -> None:
        self.said.append(card)

    def go(self, step: Step, **data: Any) -> None:
        """On to a step, which lasts half an hour; `data` is added to what is known."""
        self.chat.step, self.chat.step_at = step, self.heard_at
        self.chat.data = self.chat.data | data

    def end(self) -> None:
        """Forget what was said."""
        self.chat.step, self.chat.step_at, self.chat.data = Step.NOTHING, None, {}

    def end_request(self) -> None:
        """The same, and codes that come from now on are hashed for another request."""
        self.end()
        self.chat.form_key = uuid.uuid4()

    # --- codes that were wrong ----------------------------------------------------------------

    def note_wrong_code(self) -> None:
        self.chat.wrong_codes = [*self._wrong_codes(), self.heard_at.isoformat()]

    @property
    def is_guessing(self) -> bool:
        return len(self._wrong_codes()) >= WRONG_CODES_AN_HOUR

    def _wrong_codes(self) -> list[str]:
        start = self.heard_at - AN_HOUR
        return [at for at in self.chat.wrong_codes if datetime.fromisoformat(at) > start]


def is_over(chat: Chat, at: datetime) -> bool:
    """Whether the step was left for so long that the conversation ended by itself."""
    life = timedelta(minutes=settings.LINE_CONVERSATION_MINUTES)
    return bool(chat.step) and chat.step_at is not None and at - chat.step_at >= life


def timed_out() -> str:
    return _("We stopped here; no request was sent. Type 1–5 to start again")
