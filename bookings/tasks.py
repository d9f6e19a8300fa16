"""Celery tasks: they only wake a service, which asks the database what is due."""

from celery import shared_task
from django.utils import timezone

from bookings import services


@shared_task
def release_expired() -> None:
    services.release_expired(now=timezone.now())


@shared_task
def end_past_visits() -> None:
    services.end_past_visits(now=timezone.now())


@shared_task
def end_office_days() -> None:
    services.end_office_days(now=timezone.now())


@shared_task
def queue_reminders() -> None:
    services.queue_reminders(now=timezone.now())


@shared_task
def generate_slots() -> None:
    services.generate_slots(now=timezone.now())


@shared_task
def remove_stray_files() -> None:
    services.remove_stray_files(now=timezone.now())
