"""Work the events of the LINE account and send the answers."""

import signal
import time
from argparse import ArgumentParser
from collections import Counter
from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from line_channel import services

PAUSE_SECONDS = 0.5


class Command(BaseCommand):
    help = "Work the events of the LINE account, end conversations that were left, send answers."

    def add_arguments(self, parser: ArgumentParser) -> None:
        how = parser.add_mutually_exclusive_group()
        how.add_argument("--once", action="store_true", help="what is due now (the default)")
        how.add_argument("--loop", action="store_true", help="again and again, until SIGTERM")

    def handle(self, *args: Any, **options: Any) -> None:
        self.stop_asked = False
        if not options["loop"]:
            self._say(self._round())
            return
        signal.signal(signal.SIGTERM, self._ask_to_stop)
        signal.signal(signal.SIGINT, self._ask_to_stop)
        while not self.stop_asked:
            counts = self._round()
            if counts.total():
                self._say(counts)
            else:
                time.sleep(PAUSE_SECONDS)

    def _round(self) -> Counter[str]:
        return services.work(now=timezone.now(), should_stop=lambda: self.stop_asked)

    def _say(self, counts: Counter[str]) -> None:
        self.stdout.write(f"events worked: {counts['worked']}")
        self.stdout.write(f"events failed: {counts['failed']}")
        self.stdout.write(f"conversations timed out: {counts['timed_out']}")
        self.stdout.write(f"answers sent: {counts['sent']}")
        self.stdout.write(f"answers to be tried later: {counts['later']}")
        self.stdout.write(f"answers lost: {counts['lost']}")

    def _ask_to_stop(self, number: int, frame: object) -> None:
        self.stop_asked = True
