"""Celery tasks: they only wake a service, which asks the database what is due."""

from celery import shared_task
from django.utils import timezone

from registry_requests.services import ending


@shared_task
def end_copy_requests() -> None:
    now = timezone.now()
    ending.expire(now=now)
    ending.tell_late(now=now)
