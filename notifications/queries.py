"""Reads about the outbox: how each channel does, and what the machines that watch us ask."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Count, Max, Min, Q, QuerySet
from prometheus_client.core import GaugeMetricFamily

from notifications.models import Channel, Message, MessageQuerySet, Quota, Status

DAY = timedelta(days=1)
# A sweep runs every few seconds; what waits longer than this waits for a channel or a worker.
SLOW = timedelta(minutes=2)


@dataclass(frozen=True)
class ChannelState:
    """One channel over the last 24 hours."""

    channel: Channel
    sent: int
    queued: int
    failed: int
    longest_wait: timedelta
    last_sent_at: datetime | None

    @property
    def is_slow(self) -> bool:
        return self.longest_wait > SLOW

    @property
    def minutes(self) -> int:
        """The longest wait in whole minutes."""
        return int(self.longest_wait.total_seconds() // 60)

    @property
    def share(self) -> float | None:
        """Percent delivered of what is decided; None when nothing is."""
        decided = self.sent + self.failed
        return round(100 * self.sent / decided, 1) if decided else None


def channel_states(messages: QuerySet[Message], *, now: datetime) -> list[ChannelState]:
    """The channels that have messages, in the order of Channel. One query."""
    rows = (
        messages.filter(created_at__gt=now - DAY)
        .exclude(channel="")
        .values("channel")
        .annotate(
            sent=Count("pk", filter=Q(status=Status.SENT)),
            queued=Count("pk", filter=Q(status=Status.QUEUED)),
            failed=Count("pk", filter=Q(status__in=[Status.FAILED, Status.UNKNOWN])),
            oldest=Min("created_at", filter=Q(status=Status.QUEUED)),
            last_sent_at=Max("sent_at"),
        )
        .order_by()
    )
    found = {row["channel"]: row for row in rows}
    return [_state(channel, found[channel], now) for channel in Channel if channel in found]


def _state(channel: Channel, row: Mapping[str, Any], now: datetime) -> ChannelState:
    return ChannelState(
        channel=channel,
        sent=row["sent"],
        queued=row["queued"],
        failed=row["failed"],
        longest_wait=now - row["oldest"] if row["oldest"] else timedelta(0),
        last_sent_at=row["last_sent_at"],
    )


def tab_counts(messages: MessageQuerySet) -> dict[str, int]:
    """How many messages each tab of the delivery page shows. Two queries."""
    counts = messages.aggregate(
        sending=Count("pk", filter=Q(status=Status.QUEUED)),
        sent=Count("pk", filter=Q(status=Status.SENT)),
        all=Count("pk"),
    )
    return {"act": messages.to_call().count(), **counts}


def oldest_due_seconds(now: datetime) -> float:
    """How long the oldest due message has been waiting; 0 when nothing is due. One query over
    the index of queued messages."""
    oldest = Message.objects.filter(status=Status.QUEUED, due_at__lte=now).aggregate(
        due_at=Min("due_at")
    )["due_at"]
    return round((now - oldest).total_seconds(), 1) if oldest else 0.0


def quota_of(channel: str) -> Quota | None:
    """The month's messages of a channel, when it has counted ones. One query."""
    return Quota.objects.filter(channel=channel, most__isnull=False).first()


def metrics(now: datetime) -> Iterator[GaugeMetricFamily]:
    """The outbox for /metrics. Three queries."""
    count = GaugeMetricFamily(
        "nadkhet_messages", "Messages written in 24 hours", labels=["channel", "status"]
    )
    rows = (
        Message.objects.filter(created_at__gt=now - DAY)
        .values_list("channel", "status")
        .annotate(n=Count("pk"))
        .order_by()
    )
    for channel, status, n in rows:
        count.add_metric([channel or "none", status], n)
    yield count
    yield GaugeMetricFamily(
        "nadkhet_messages_oldest_due_seconds",
        "How long the oldest due message waits",
        value=oldest_due_seconds(now),
    )
    quota = GaugeMetricFamily(
        "nadkhet_quota_used_percent", "Messages used of the month's", labels=["channel"]
    )
    for row in Quota.objects.all():
        quota.add_metric([row.channel], row.percent)
    yield quota
