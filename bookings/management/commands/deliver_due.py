"""Write the reminders that are due, then send every due message."""

import signal
import time
from argparse import ArgumentParser
from collections import Counter
from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from bookings import services
from notifications import delivery

PAUSE_SECONDS = 1.0


class Command(BaseCommand):
    help = "Write the reminders that are due, then send every message that is due."

    def add_arguments(self, parser: ArgumentParser) -> None:
        how = parser.add_mutually_exclusive_group()
        how.add_argument(
            "--once", action="store_true", help="until nothing is due any more (the default)"
        )
        how.add_argument("--loop", action="store_true", help="again and again, until SIGTERM")

    def handle(self, *args: Any, **options: Any) -> None:
        self.stop_asked = False
        if not options["loop"]:
            self._say(*self._round())
            return
        signal.signal(signal.SIGTERM, self._ask_to_stop)
        signal.signal(signal.SIGINT, self._ask_to_stop)
        while not self.stop_asked:
            reminders, counts = self._round()
            if reminders or counts:
                self._say(reminders, counts)
            else:
                time.sleep(PAUSE_SECONDS)

    def _round(self) -> tuple[int, Counter[str]]:
        now = timezone.now()
        reminders = services.queue_reminders(now=now)
        return reminders, delivery.deliver_due(now=now, should_stop=lambda: self.stop_asked)

    def _say(self, reminders: int, counts: Counter[str]) -> None:
        self.stdout.write(f"reminders written: {reminders}")
        self.stdout.write(f"messages sent: {counts['sent']}")
        self.stdout.write(f"messages no longer needed: {counts['not_needed']}")
        self.stdout.write(f"messages to be tried later: {counts['later']}")
        self.stdout.write(f"messages failed: {counts['failed']}")

    def _ask_to_stop(self, number: int, frame: object) -> None:
        self.stop_asked = True
