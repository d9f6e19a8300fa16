"""Sending what the chat says. A reply is free and can be sent once; where its token is spent, or
too old, the answer is pushed under its own key. Whatever LINE does, an answer arrives once or ends
in a state with a name."""

import json
import logging
import random
from collections import Counter
from collections.abc import Callable
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import F
from django.utils import timezone

from core import line
from core.db import lock_rows
from core.line import LineError
from line_channel.messages import LINK_ADDRESS, Json
from line_channel.models import Answer
from line_channel.states import AnswerState
from notifications.services import may_send

logger = logging.getLogger(__name__)

BATCH = 20
LEASE = timedelta(seconds=60)
FIRST_PAUSE = timedelta(seconds=5)
LONGEST_PAUSE = timedelta(minutes=10)
GIVE_UP_AFTER = timedelta(hours=24)
BAD_REQUEST = 400
TOO_MANY = 429


def send_answers(*, now: datetime, should_stop: Callable[[], bool] = lambda: False) -> Counter[str]:
    """Send the answers that are due, each user's in order; returns how many were "sent", put off to
    "later" and "lost". Nothing is held in a transaction while LINE is asked."""
    counts: Counter[str] = Counter()
    while not should_stop() and (batch := _claim(now)):
        for answer in batch:
            counts[_send(answer, now)] += 1
    return counts


def _claim(now: datetime) -> list[Answer]:
    with transaction.atomic():
        due = Answer.objects.due(now).order_by("pk")
        batch = list(lock_rows(due, skip_locked=True)[:BATCH])
        Answer.objects.filter(pk__in=[answer.pk for answer in batch]).update(
            attempts=F("attempts") + 1, lease_until=now + LEASE
        )
    for answer in batch:
        answer.attempts += 1
    return batch


def _send(answer: Answer, now: datetime) -> str:
    """Send one claimed answer and write what came of it."""
    if now - answer.created_at >= GIVE_UP_AFTER:
        lost = AnswerState.UNKNOWN if answer.is_in_doubt else AnswerState.FAILED
        return _finish(answer, "lost", state=lost, last_error="gave_up")
    by_reply = _may_reply(answer, now)
    if not by_reply and answer.reply_token:
        # A reply in doubt must not be pushed: that would be a second one.
        if answer.is_in_doubt:
            return _finish(answer, "lost", state=AnswerState.UNKNOWN)
        answer.reply_token = ""
    if not by_reply and answer.attempts == 1 and not may_send("chat", now=now):
        return _finish(answer, "lost", state=AnswerState.NO_QUOTA)
    try:
        messages = _filled(answer)
    except LineError as error:
        return _later(answer, error, now)
    try:
        if by_reply:
            line.reply(token=answer.reply_token, messages=messages)
        else:
            line.push(to=answer.user_id, messages=messages, retry_key=str(answer.key))
    except LineError as error:
        return _not_replied(answer, error, now) if by_reply else _not_pushed(answer, error, now)
    return _finish(answer, "sent", state=AnswerState.SENT, sent_at=timezone.now())


def _may_reply(answer: Answer, now: datetime) -> bool:
    return bool(answer.reply_token and answer.reply_until and now < answer.reply_until)


def _filled(answer: Answer) -> list[Json]:
    """The messages with a fresh address of the linking page where one is shown."""
    text = json.dumps(answer.messages)
    if LINK_ADDRESS in text:
        page = f"{settings.SITE_URL}/line/link/?linkToken={line.link_token(answer.user_id)}"
        text = text.replace(json.dumps(LINK_ADDRESS), json.dumps(page))
    filled: list[Json] = json.loads(text)
    return filled


def _not_replied(answer: Answer, error: LineError, now: datetime) -> str:
    """A token that LINE does not know any more was used by a try that it did not answer, or is too
    old: only in the second case the answer is pushed."""
    if error.status == BAD_REQUEST:
        if answer.is_in_doubt:
            return _finish(answer, "sent", state=AnswerState.SENT, sent_at=timezone.now())
        answer.reply_token = ""
        return _finish(answer, "later", due_at=now, last_error="400")
    if error.is_quota or (400 < error.status < 500 and error.status != TOO_MANY):
        return _finish(answer, "lost", state=AnswerState.FAILED, last_error=str(error))
    return _later(answer, error, now)


def _not_pushed(answer: Answer, error: LineError, now: datetime) -> str:
    if error.is_quota:
        return _finish(answer, "lost", state=AnswerState.NO_QUOTA, last_error="quota")
    if 400 <= error.status < 500 and error.status != TOO_MANY:
        return _finish(answer, "lost", state=AnswerState.FAILED, last_error=str(error))
    return _later(answer, error, now)


def _later(answer: Answer, error: LineError, now: datetime) -> str:
    pause = min(FIRST_PAUSE * 2 ** min(answer.attempts - 1, 10), LONGEST_PAUSE)
    return _finish(
        answer,
        "later",
        due_at=now + pause * random.uniform(0.75, 1.0),  # noqa: S311 -- spreads load
        is_in_doubt=answer.is_in_doubt or error.may_have_arrived,
        last_error=str(error),
    )


def _finish(answer: Answer, outcome: str, **changes: object) -> str:
    """Write the result, unless the lease ran out and another sweep has the answer."""
    mine = Answer.objects.filter(
        pk=answer.pk, attempts=answer.attempts, state=AnswerState.QUEUED
    ).update(lease_until=None, reply_token=answer.reply_token, **changes)
    if not mine:
        logger.warning("answer %s: lease was lost before the result was written", answer.pk)
    return outcome
