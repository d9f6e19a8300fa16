"""Removes what is kept no longer: so far, files that no document names."""

from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from bookings import services


class Command(BaseCommand):
    help = "Remove what is kept no longer; safe to kill and to repeat."

    def handle(self, *args: Any, **options: Any) -> None:
        removed = services.remove_stray_files(now=timezone.now())
        self.stdout.write(f"stray files: {removed} removed")
