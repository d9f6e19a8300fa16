"""Moments of a day, in the time of the offices."""

from datetime import date, datetime, time

from django.utils import timezone


def moment(day: date, clock: time) -> datetime:
    """This time of this day."""
    return timezone.make_aware(datetime.combine(day, clock))


def start_of(day: date) -> datetime:
    return moment(day, time())
