"""Celery tasks: they only wake a service, which asks the database what is due."""

from celery import shared_task
from django.utils import timezone

from notifications import delivery

# A worker that is told to stop is given at least this long before it is killed.
SWEEP_SECONDS = 15


@shared_task
def deliver_due() -> None:
    delivery.deliver_due(now=timezone.now(), seconds=SWEEP_SECONDS)
