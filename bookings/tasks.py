"""Celery tasks: they only wake a service, which asks the database what is due."""

from celery import shared_task
from django.utils import timezone

from bookings import services
from core import retention


@shared_task
def release_expired() -> None:
    now = timezone.now()
    services.release_expired(now=now)
    services.end_equal_offers(now=now)
    services.return_places(now=now)
    services.end_booked_waiting(now=now)
    services.offer_free_places(now=now)


@shared_task
def carry_out_closings() -> None:
    services.carry_out_closings(now=timezone.now())


@shared_task
def lapse_drafts() -> None:
    services.lapse_drafts(now=timezone.now())


@shared_task
def end_past_visits() -> None:
    services.end_past_visits(now=timezone.now())
    services.end_waiting(now=timezone.now())


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


@shared_task
def purge_expired() -> None:
    for _kind in retention.purge_all(timezone.now()):
        pass  # each line is work done
