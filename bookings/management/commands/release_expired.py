"""Gives back the places of holds that are over."""

from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from bookings import services


class Command(BaseCommand):
    help = "Give back the places of holds that are over."

    def handle(self, *args: Any, **options: Any) -> None:
        self.stdout.write(f"holds: {services.release_expired(now=timezone.now())} released")
