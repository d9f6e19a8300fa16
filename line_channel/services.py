"""The sweep of the LINE account: events are worked in the order of each user, then the answers
go out. Several sweeps may run at once; killed anywhere, the next one goes on."""

import logging
from collections import Counter
from collections.abc import Callable
from datetime import datetime, timedelta

from django.conf import settings
from django.db import InterfaceError, OperationalError, transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import override

from core.db import lock_rows
from core.retention import batches
from line_channel import messages
from line_channel.answering import send_answers
from line_channel.conversation import answer as answer_of
from line_channel.conversation.turn import Turn, timed_out
from line_channel.messages import Json
from line_channel.models import Answer, Chat, Event, Share
from line_channel.receiving import receive
from line_channel.states import EventState, Step

__all__ = [
    "count_share",
    "end_conversations",
    "purge",
    "receive",
    "send_answers",
    "work",
    "work_events",
]

logger = logging.getLogger(__name__)

TRIES = 3
USERS_A_ROUND = 100
# A network mixes up what happened within minutes; what comes later than that is of a conversation
# that went on without it.
LATE = timedelta(minutes=5)
# LINE gives no number; people measured half a minute and more.
REPLY_TOKEN_LIFE = timedelta(seconds=50)


def work(*, now: datetime, should_stop: Callable[[], bool] = lambda: False) -> Counter[str]:
    """Everything that is to be done now; returns how many events were "worked", "failed", and how
    many answers "sent", "later" and "lost". Must not be called in a transaction."""
    counts = work_events(now=now, should_stop=should_stop)
    counts["timed_out"] = end_conversations(now=now)
    return counts + send_answers(now=now, should_stop=should_stop)


def work_events(*, now: datetime, should_stop: Callable[[], bool] = lambda: False) -> Counter[str]:
    """Work the events that wait, oldest first for each user, a transaction each. One that cannot be
    worked holds up its own user for TRIES sweeps and nobody else."""
    counts: Counter[str] = Counter()
    stuck: set[str] = set()
    while users := _users_waiting(stuck):
        for user_id in users:
            while not should_stop():
                outcome = _next_event(user_id, now)
                counts[outcome] += bool(outcome)
                if outcome in ("", "failed"):
                    stuck.add(user_id)
                    break
        if should_stop():
            break
    return counts


def _users_waiting(stuck: set[str]) -> list[str]:
    waiting = Event.objects.filter(state=EventState.PENDING).exclude(user_id__in=stuck)
    return list(waiting.order_by().values_list("user_id", flat=True).distinct()[:USERS_A_ROUND])


def _next_event(user_id: str, now: datetime) -> str:
    """Work the user's oldest event; returns what became of it, nothing when there is none or
    another sweep has the user."""
    event = None
    try:
        with transaction.atomic(), override("th"):
            Chat.objects.get_or_create(user_id=user_id)
            chat = lock_rows(Chat.objects.filter(user_id=user_id), skip_locked=True).first()
            if chat is None:
                return ""
            pending = Event.objects.filter(user_id=user_id, state=EventState.PENDING)
            event = pending.order_by("happened_at", "pk").first()
            return _worked(chat, event, now) if event else ""
    except (OperationalError, InterfaceError):
        raise
    except Exception:
        if event is None:
            raise
        logger.exception("LINE event %s (%s) cannot be worked", event.pk, event.kind)
        return _failed(event, now)


def _worked(chat: Chat, event: Event, now: datetime) -> str:
    is_talk = event.kind in ("message", "postback")
    is_late = is_talk and chat.event_at is not None and chat.event_at - event.happened_at > LATE
    if event.kind == "unsend":
        _forget(event)
    elif not is_late:
        said = answer_of(chat, event, now=now)
        chat.event_at = max(chat.event_at or event.happened_at, event.happened_at)
        chat.save()
        if said:
            _queue(chat.user_id, said, event=event, now=now)
    event.state = EventState.LATE if is_late else EventState.DONE
    event.done_at = now
    event.save(update_fields=["state", "done_at"])
    return "worked"


def _forget(event: Event) -> None:
    """A message was taken back: its words go, here too."""
    told = Event.objects.filter(user_id=event.user_id, fact__message=event.fact.get("message"))
    told.exclude(pk=event.pk).exclude(state=EventState.PENDING).update(fact={})


def _failed(event: Event, now: datetime) -> str:
    rows = Event.objects.filter(pk=event.pk, state=EventState.PENDING)
    rows.update(attempts=F("attempts") + 1)
    rows.filter(attempts__gte=TRIES).update(state=EventState.FAILED, done_at=now)
    return "failed"


def _queue(user_id: str, said: list[Json], *, event: Event | None, now: datetime) -> None:
    """Write the answer in the transaction of its event."""
    Answer.objects.create(
        user_id=user_id,
        event=event,
        messages=said,
        reply_token=event.reply_token if event else "",
        reply_until=event.received_at + REPLY_TOKEN_LIFE if event else None,
        created_at=now,
        due_at=now,
    )


def end_conversations(*, now: datetime) -> int:
    """End the conversations that were left for half an hour, and say so; returns how many."""
    before = now - timedelta(minutes=settings.LINE_CONVERSATION_MINUTES)
    silent = Chat.objects.exclude(step=Step.NOTHING).filter(step_at__lte=before)
    keys = list(silent.values_list("pk", flat=True)[:USERS_A_ROUND])
    return sum(_end(key, before, now) for key in keys)


def _end(key: int, before: datetime, now: datetime) -> bool:
    with transaction.atomic(), override("th"):
        chat = lock_rows(Chat.objects.filter(pk=key), skip_locked=True).first()
        if chat is None or not chat.step or chat.step_at is None or chat.step_at > before:
            return False
        Turn(chat=chat, heard_at=now, now=now).end()
        chat.save()
        if chat.is_friend:
            _queue(chat.user_id, [messages.text(timed_out())], event=None, now=now)
    return True


def count_share(*, now: datetime) -> None:
    """One more press of the share button (S0-K7). Two statements."""
    day = timezone.localdate(now)
    Share.objects.get_or_create(day=day)
    Share.objects.filter(day=day).update(times=F("times") + 1)


def purge(now: datetime) -> int:
    """Remove events with their answers, answers of no event, and conversations that rest, when
    LINE_EVENTS_DAYS are over."""
    before = now - timedelta(days=settings.LINE_EVENTS_DAYS)
    old = [
        Event.objects.filter(received_at__lt=before).exclude(state=EventState.PENDING),
        Answer.objects.filter(event__isnull=True, created_at__lt=before),
        Chat.objects.filter(step=Step.NOTHING, event_at__lt=before),
    ]
    return sum(rows.filter(pk__in=keys).delete()[0] for rows in old for keys in batches(rows))
