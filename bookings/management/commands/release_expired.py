"""Gives back the places of holds that are over and cancelled places that are due, offers what is
free to who waits, and ends requests nobody decided in time."""

from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from bookings import services


class Command(BaseCommand):
    help = "Give back the places of holds that are over."

    def handle(self, *args: Any, **options: Any) -> None:
        now = timezone.now()
        self.stdout.write(f"holds: {services.release_expired(now=now)} released")
        self.stdout.write(f"offers of closings: {services.end_equal_offers(now=now)} ended")
        self.stdout.write(f"cancelled places: {services.return_places(now=now)} came back")
        self.stdout.write(f"waiting list: {services.end_booked_waiting(now=now)} have booked")
        self.stdout.write(f"waiting list: {services.offer_free_places(now=now)} places offered")
        self.stdout.write(f"waiting list: {services.end_waiting(now=now)} ended")
        self.stdout.write(f"undecided past visits: {services.end_past_visits(now=now)} expired")
        self.stdout.write(
            f"days of offices: {services.end_office_days(now=now)} did not come or left"
        )
