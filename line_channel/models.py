"""Conversations in LINE: one row for each user, each event and each answer. None holds a code of a
card, a number of a person or a name."""

import uuid
from datetime import datetime
from typing import Any

from django.db import models
from django.db.models import Exists, OuterRef, Q

from line_channel.states import AnswerState, EventState, Step


class Chat(models.Model):
    """A LINE user and where the conversation stands. `data` are the facts of the steps so far;
    `form_key` is that of the request they are for, under which codes are hashed on arrival."""

    user_id = models.CharField(max_length=40, unique=True)
    step = models.CharField(max_length=10, choices=Step.choices, blank=True)
    data = models.JSONField(default=dict)
    form_key = models.UUIDField(default=uuid.uuid4)
    # When, by LINE's clock, the step was reached and the newest event happened.
    step_at = models.DateTimeField(null=True)
    event_at = models.DateTimeField(null=True)
    # The newest follow or unfollow: an older one that comes late changes nothing.
    is_friend = models.BooleanField(default=True)
    friend_at = models.DateTimeField(null=True)
    # Moments of wrong codes within the last hour.
    wrong_codes = models.JSONField(default=list)

    class Meta:
        indexes = [
            models.Index(fields=["step_at"], condition=~Q(step=""), name="chat_talking"),
        ]

    def __str__(self) -> str:
        return f"chat {self.pk}"


class Event(models.Model):
    """One webhook event, once. `fact` is what matters of it: how a text was read, with codes as
    keyed hashes already; words only of what nobody could read, without numbers."""

    webhook_id = models.CharField(max_length=64, unique=True)
    user_id = models.CharField(max_length=40)
    kind = models.CharField(max_length=30)
    fact = models.JSONField(default=dict)
    happened_at = models.DateTimeField()
    received_at = models.DateTimeField()
    reply_token = models.CharField(max_length=64, blank=True)
    state = models.CharField(max_length=10, choices=EventState.choices, default=EventState.PENDING)
    attempts = models.PositiveSmallIntegerField(default=0)
    done_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["happened_at", "pk"]
        indexes = [
            models.Index(
                fields=["user_id", "happened_at"],
                condition=Q(state="pending"),
                name="line_event_pending",
            ),
            models.Index(fields=["received_at"], name="line_event_received"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.webhook_id}"


class AnswerQuerySet(models.QuerySet["Answer"]):
    def due(self, now: datetime) -> "AnswerQuerySet":
        """Queued, due, not leased, and the oldest that its user waits for."""
        earlier = Answer.objects.filter(
            user_id=OuterRef("user_id"), state=AnswerState.QUEUED, pk__lt=OuterRef("pk")
        )
        return (
            self.filter(state=AnswerState.QUEUED, due_at__lte=now)
            .exclude(lease_until__gt=now)
            .filter(~Exists(earlier))
        )


class Answer(models.Model):
    """What the chat says: one to five messages of LINE, sent together. By its reply token while
    that lives, else pushed under `key`."""

    key = models.UUIDField(unique=True, default=uuid.uuid4, editable=False)
    user_id = models.CharField(max_length=40)
    event = models.OneToOneField(Event, null=True, on_delete=models.CASCADE, related_name="answer")
    messages: "models.JSONField[Any, Any]" = models.JSONField()
    reply_token = models.CharField(max_length=64, blank=True)
    reply_until = models.DateTimeField(null=True)
    state = models.CharField(max_length=10, choices=AnswerState.choices, default=AnswerState.QUEUED)
    attempts = models.PositiveSmallIntegerField(default=0)
    # A try that LINE may have taken without saying so.
    is_in_doubt = models.BooleanField(default=False)
    created_at = models.DateTimeField()
    due_at = models.DateTimeField()
    lease_until = models.DateTimeField(null=True)
    sent_at = models.DateTimeField(null=True)
    last_error = models.CharField(max_length=20, blank=True)

    objects = AnswerQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(
                fields=["user_id", "id"], condition=Q(state="queued"), name="line_answer_queued"
            ),
        ]

    def __str__(self) -> str:
        return f"answer {self.key}"


class Share(models.Model):
    """How often the share button was pressed, a day (S0-K7)."""

    day = models.DateField(unique=True)
    times = models.PositiveIntegerField(default=0)

    def __str__(self) -> str:
        return f"{self.day}: {self.times}"
