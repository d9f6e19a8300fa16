"""Slots of the coming days from the offices' patterns."""

from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.utils import timezone

from bookings import services


class Command(BaseCommand):
    help = "Make the times of the coming days; times that exist are left as they are."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--days", type=int, help="how many days ahead (default 60)")

    def handle(self, *args: Any, **options: Any) -> None:
        done = services.generate_slots(now=timezone.now(), days=options["days"])
        self.stdout.write(f"slots: {done.created} made")
        self.stdout.write(f"slots: {done.closed} closed, {done.reopened} opened again")
