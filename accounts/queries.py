"""Reads about staff that more than one caller needs."""

from accounts import demo
from accounts.models import User


def demo_accounts() -> list[tuple[str, str, str]]:
    """(role in the active language, user name, password) of the demo accounts that stand here;
    empty where no demonstration is. One query."""
    if not demo.may_be_made():
        return []
    names = [person.username for person in demo.PEOPLE]
    here = set(User.objects.filter(username__in=names).values_list("username", flat=True))
    return [
        (str(person.role.label), person.username, demo.PASSWORD)
        for person in demo.PEOPLE
        if person.username in here
    ]
