"""`python -m tests.faults.worker [mark_first]`: keeps one `deliver_due --loop` running, forked from
a process that has loaded Django already, so that a killed one is there again at once."""

import os
import sys
from pathlib import Path

import django
from django.core.management import call_command, load_command_class
from django.template.loader import get_template
from django.utils import translation


def mark_first() -> None:
    """The negative control: mark a message as sent, then send it."""
    from notifications import delivery
    from notifications.models import Status
    from notifications.sources import source_of

    def mark_then_send(sweep, message):
        now = sweep.now()
        delivery.finish(message, status=Status.SENT, sent_at=now)
        rendered = source_of(message).render(message, now)
        sweep._sender(message, now).send(message, rendered)

    delivery.Sweep._send = mark_then_send


def warm_up() -> None:
    """What a worker reads at its first message, so that a child starts with it."""
    for name in Path("templates/emails").iterdir():
        get_template(f"emails/{name.name}")
    with translation.override("th"):
        translation.gettext("Reference")
    load_command_class("bookings", "deliver_due")


def main(arguments: list[str]) -> None:
    django.setup()
    warm_up()
    if "mark_first" in arguments:
        mark_first()
    while True:
        child = os.fork()
        if not child:
            call_command("deliver_due", "--loop")
            os._exit(0)
        os.waitpid(child, 0)


if __name__ == "__main__":
    main(sys.argv[1:])
