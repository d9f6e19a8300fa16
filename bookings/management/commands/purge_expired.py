"""Removes what is kept no longer, one line for each kind of thing."""

from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from bookings import services
from core import retention


class Command(BaseCommand):
    help = "Remove what is kept no longer; safe to kill and to repeat."

    def handle(self, *args: Any, **options: Any) -> None:
        now = timezone.now()
        for name, number in retention.purge_all(now):
            self.stdout.write(f"{name}: {number} removed")
        self.stdout.write(f"stray files: {services.remove_stray_files(now=now)} removed")
