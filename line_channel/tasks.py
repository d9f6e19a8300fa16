"""Celery tasks: they only wake a service, which asks the database what is due."""

from celery import shared_task
from django.conf import settings
from django.utils import timezone

from line_channel import services


@shared_task
def work_line() -> None:
    """Without a secret nothing genuine can have come."""
    if settings.LINE_CHANNEL_SECRET:
        services.work(now=timezone.now())
