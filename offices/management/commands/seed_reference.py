"""Offices, services, patterns and holidays of a new installation."""

from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from offices.seeding import seed_reference


class Command(BaseCommand):
    help = "Make the reference data that is missing (50 offices, services, holidays)."

    def handle(self, *args: Any, **options: Any) -> None:
        for kind, number in seed_reference(today=timezone.localdate()).items():
            self.stdout.write(f"{kind}: {number} made")
