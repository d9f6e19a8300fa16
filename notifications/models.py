"""The outbox: one row for each message, recipient and channel."""

import uuid
from datetime import datetime
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from offices.models import Office

if TYPE_CHECKING:
    from accounts.models import User


class Channel(models.TextChoices):
    EMAIL = "email", _("E-mail")
    LINE = "line", "LINE"
    SMS = "sms", "SMS"


class Status(models.TextChoices):
    QUEUED = "queued", _("queued")
    SENT = "sent", _("sent")
    FAILED = "failed", _("failed")
    UNKNOWN = "unknown", _("result unknown")
    NO_CHANNEL = "no_channel", _("no channel")
    NOT_NEEDED = "not_needed", _("no longer needed")


FINAL = frozenset(
    {Status.SENT, Status.FAILED, Status.UNKNOWN, Status.NO_CHANNEL, Status.NOT_NEEDED}
)


class MessageQuerySet(models.QuerySet["Message"]):
    def due(self, now: datetime) -> "MessageQuerySet":
        """Queued, due, and not leased by another sweep."""
        return self.filter(status=Status.QUEUED, due_at__lte=now).exclude(lease_until__gt=now)

    def to_call(self) -> "MessageQuerySet":
        """What no channel could deliver and nobody has told by telephone yet."""
        return self.filter(
            status__in=[Status.FAILED, Status.UNKNOWN, Status.NO_CHANNEL],
            call_if_lost=True,
            called_at__isnull=True,
            replaced=False,
        )

    def for_staff(self, user: "User") -> "MessageQuerySet":
        return self if user.sees_whole_city else self.filter(office_id__in=user.office_ids)


class Message(models.Model):
    """One message to one address by one channel. Its id is the e-mail Message-ID and the LINE
    retry key. `source` names who renders it ("booking"), `case_id` its row, `context` the facts
    of the moment (a reason, the old time) that the row will no longer tell."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    event = models.CharField(_("event"), max_length=80)
    kind = models.CharField(_("kind"), max_length=30)
    channel = models.CharField(_("channel"), max_length=10, choices=Channel.choices, blank=True)
    address = models.CharField(_("to"), max_length=254, blank=True)
    fallbacks = models.JSONField(_("next channels"), default=list, blank=True)
    language = models.CharField(_("language"), max_length=5, default="th")
    office = models.ForeignKey(
        Office, verbose_name=_("office"), db_index=False, on_delete=models.PROTECT
    )
    source = models.CharField(max_length=20)
    case_id = models.BigIntegerField()
    reference = models.CharField(_("reference"), max_length=20)
    context = models.JSONField(default=dict, blank=True)

    status = models.CharField(
        _("state"), max_length=12, choices=Status.choices, default=Status.QUEUED
    )
    created_at = models.DateTimeField(_("written"))
    due_at = models.DateTimeField(_("due"))
    lease_until = models.DateTimeField(null=True, blank=True)
    attempts = models.PositiveSmallIntegerField(_("attempts"), default=0)
    first_try_at = models.DateTimeField(null=True, blank=True)
    sent_at = models.DateTimeField(_("sent"), null=True, blank=True)
    last_error = models.CharField(_("last error"), max_length=200, blank=True)
    # Of an office's own change: told by all ways on file, not by the first that works.
    by_every_channel = models.BooleanField(_("by every channel"), default=False, db_default=False)
    call_if_lost = models.BooleanField(
        _("to be told by telephone when no channel works"), default=False
    )
    replaced = models.BooleanField(_("another channel took over"), default=False)
    called_at = models.DateTimeField(_("telephoned"), null=True, blank=True)

    objects = MessageQuerySet.as_manager()

    class Meta:
        verbose_name = _("message")
        verbose_name_plural = _("messages")
        permissions = [("resend_message", "Can send a message again")]
        constraints = [
            models.UniqueConstraint(
                fields=["event", "address", "channel"], name="one_message_an_event"
            ),
        ]
        indexes = [
            models.Index(
                fields=["due_at"], condition=models.Q(status="queued"), name="message_due"
            ),
            models.Index(fields=["office", "-created_at"], name="message_office_created"),
            models.Index(fields=["source", "case_id"], name="message_case"),
        ]

    def __str__(self) -> str:
        return f"{self.reference} {self.kind}"


class Quota(models.Model):
    """How many messages a month a channel has and how many are used, as its server last said,
    with ours since then. Without `most` there is no limit."""

    channel = models.CharField(max_length=10, choices=Channel.choices, primary_key=True)
    most = models.PositiveIntegerField(null=True)
    used = models.PositiveIntegerField(default=0)
    read_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.channel}: {self.used}/{self.most}"

    @property
    def percent(self) -> int:
        """Used, of the month's messages; 0 without a limit."""
        if self.most is None:
            return 0
        return min(100, 100 * self.used // self.most) if self.most else 100

    @property
    def is_low(self) -> bool:
        return self.percent >= settings.LINE_ALARM_PERCENT
