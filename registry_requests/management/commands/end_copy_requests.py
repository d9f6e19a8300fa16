"""Ends copy requests nobody answered or came for, and tells those whose request takes too long."""

from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from registry_requests.services import ending


class Command(BaseCommand):
    help = "End copy requests that are over; tell those that are late."

    def handle(self, *args: Any, **options: Any) -> None:
        now = timezone.now()
        self.stdout.write(f"copy requests: {ending.expire(now=now)} expired")
        self.stdout.write(f"copy requests: {ending.tell_late(now=now)} told that they are late")
