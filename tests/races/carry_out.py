"""`python -m tests.races.carry_out [mark_first]`: carries out what was announced, slowly enough to
be killed between any two steps."""

import sys
import time

import django
from django.utils import timezone

MOMENT = 0.02


def slowly() -> None:
    """A moment between the change of a booking and the mark that it is done."""
    from bookings.services import carrying_out

    finish = carrying_out._finish

    def wait_and_finish(decision, now):
        time.sleep(MOMENT)
        finish(decision, now)

    carrying_out._finish = wait_and_finish


def mark_first() -> None:
    """The negative control: mark it in a transaction of its own, then do it."""
    from bookings.services import carrying_out

    do = carrying_out._carry_out

    def mark_then_do(decision, closing, now):
        decision.holds_place, kept = False, decision.holds_place
        decision.done_at = now
        decision.save(update_fields=["done_at", "holds_place"])
        time.sleep(MOMENT)
        decision.holds_place = kept
        carrying_out._finish = lambda decision, now: None
        return do(decision, closing, now)

    carrying_out._carry_out = mark_then_do


def main(arguments: list[str]) -> None:
    django.setup()
    from bookings import services

    slowly()
    if "mark_first" in arguments:
        mark_first()
    services.carry_out_closings(now=timezone.now())


if __name__ == "__main__":
    main(sys.argv[1:])
