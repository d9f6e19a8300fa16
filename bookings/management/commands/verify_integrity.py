"""Proves the invariants of the bookings, messages and files."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from bookings.services import integrity
from core.db import without_time_limit


class Command(BaseCommand):
    help = "Prove the invariants, one line each; exit 1 and name the broken ones."

    def handle(self, *args: Any, **options: Any) -> None:
        broken: list[str] = []
        with without_time_limit():
            for finding in integrity.findings(now=timezone.now()):
                self.stdout.write(str(finding))
                if finding.problems:
                    broken.append(finding.name)
        if broken:
            raise CommandError(f"Broken: {', '.join(broken)}.")
