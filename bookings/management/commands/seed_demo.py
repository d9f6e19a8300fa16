"""Invented staff and bookings for a demonstration."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import transaction
from django.utils import timezone

from accounts import demo as demo_staff
from accounts.models import User
from bookings import demo, demo_day
from core import demo as demo_parts
from offices.models import Office


class Command(BaseCommand):
    help = "Make the demo accounts and bookings that are missing; only for a demonstration."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--months", type=int, default=1, help="months of history")
        parser.add_argument(
            "--scale",
            choices=["small", "city"],
            default="small",
            help="bookings at Bang Rak only (small), or at all offices (city)",
        )

    @transaction.atomic
    def handle(self, *args: Any, **options: Any) -> None:
        if not demo_staff.may_be_made():
            raise CommandError(
                "The demo accounts have a known password: set DEMO=1, never in production."
            )
        if not Office.objects.filter(slug=demo.OFFICE).exists():
            raise CommandError("There are no offices yet: run `manage.py seed_reference` first.")
        self.stdout.write(f"demo accounts: {demo_staff.make_staff()} made")
        made = demo.make_bookings(
            officer=User.objects.get(username="officer"),
            now=timezone.now(),
            city=options["scale"] == "city",
        )
        states = ", ".join(f"{number} {state}" for state, number in sorted(made.items()))
        self.stdout.write(
            f"demo bookings: {made.total()} made" + (f" ({states})" if states else "")
        )
        people = User.objects.in_bulk(["officer", "officer2"], field_name="username")
        day = demo_day.make_day(officers=list(people.values()), now=timezone.now())
        numbers = ", ".join(f"{number} {state}" for state, number in sorted(day.items()))
        self.stdout.write(f"demo day: {day.total()} numbers" + (f" ({numbers})" if day else ""))
        for name, numbers_of in demo_parts.make_all(timezone.now()):
            states = ", ".join(f"{number} {state}" for state, number in sorted(numbers_of.items()))
            self.stdout.write(
                f"{name}: {numbers_of.total()} made" + (f" ({states})" if states else "")
            )
        visits = demo_day.make_history(
            officers=list(people.values()), now=timezone.now(), months=options["months"]
        )
        self.stdout.write(f"demo history: {visits} visits of {options['months']} months made")
