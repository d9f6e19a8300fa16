"""Run the stand-in for LINE's servers, for a demonstration."""

from argparse import ArgumentParser
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from line_channel.stub.server import Server
from line_channel.stub.state import State


class Command(BaseCommand):
    help = "Stand in for LINE at LINE_API_BASE_URL, until stopped. For a demonstration only."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--webhook", required=True, help="where events are sent to")

    def handle(self, *args: Any, **options: Any) -> None:
        port = urlsplit(settings.LINE_API_BASE_URL).port
        if not settings.DEMO or port is None:
            raise CommandError("Set DEMO, and LINE_API_BASE_URL to a port of this machine.")
        state = State(secret=settings.LINE_CHANNEL_SECRET)
        Server(state, port=port, webhook=options["webhook"]).serve_forever()
