"""The rule of the hall in words: the same sentences at the desk, on the display, at the kiosk and
on the slip. What it says is done by `bookings.call_order`."""

from dataclasses import dataclass

from django.utils.translation import gettext as _


@dataclass(frozen=True)
class HallRule:
    """`icon` is one of static/icons.svg."""

    icon: str
    title: str
    sentence: str


def hall_rules(late_minutes: int) -> tuple[HallRule, HallRule, HallRule]:
    """For those with an appointment, those without, and those who come late."""
    return (
        HallRule(
            "calendar-check",
            _("A with an appointment"),
            _("Called when the time has come, also those who come early"),
        ),
        HallRule(
            "ticket-perforated",
            _("W without an appointment"),
            _("Called between appointments, in the order of the numbers"),
        ),
        HallRule(
            "clock-history",
            _("More than %(n)s minutes late") % {"n": late_minutes},
            _("Still served, with a number of those without an appointment"),
        ),
    )


def how_to_wait() -> str:
    """What to do with a number."""
    return _("Listen and look at the display; go to the window that is called")
