"""A Celery worker that is started anew when it takes no more tasks (fault F15)."""

import signal
import tempfile
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from core.watchdog import Watchdog, WorkerEnded


class Command(BaseCommand):
    help = "Run a Celery worker, and start it anew when it takes no more tasks."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--concurrency", type=int, default=2, help="tasks at a time")
        parser.add_argument("--loglevel", default="INFO")

    def handle(self, *args: Any, **options: Any) -> None:
        arguments = [f"--concurrency={options['concurrency']}", f"--loglevel={options['loglevel']}"]
        with tempfile.TemporaryDirectory(prefix="nadkhet-worker-") as folder:
            watchdog = Watchdog(
                arguments=arguments,
                file=Path(folder) / "canary",
                silence=settings.WORKER_SILENT_SECONDS,
            )
            signal.signal(signal.SIGTERM, watchdog.ask_to_stop)
            signal.signal(signal.SIGINT, watchdog.ask_to_stop)
            try:
                watchdog.run()
            except WorkerEnded as ended:
                raise CommandError(str(ended)) from ended
