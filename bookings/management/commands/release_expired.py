"""Gives back the places of holds that are over, and ends requests nobody decided in time."""

from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from bookings import services


class Command(BaseCommand):
    help = "Give back the places of holds that are over."

    def handle(self, *args: Any, **options: Any) -> None:
        now = timezone.now()
        self.stdout.write(f"holds: {services.release_expired(now=now)} released")
        self.stdout.write(f"undecided past visits: {services.end_past_visits(now=now)} expired")
        self.stdout.write(
            f"days of offices: {services.end_office_days(now=now)} did not come or left"
        )
