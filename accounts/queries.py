"""Reads about staff and linked accounts that more than one caller needs."""

from collections.abc import Sequence

from accounts import demo
from accounts.models import LineAccount, User


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


def line_account(user_id: str) -> LineAccount | None:
    """Whose a LINE account is, when that is linked. One query."""
    return LineAccount.objects.open().filter(user_id=user_id).first()


def line_accounts_of(id_index: bytes) -> list[LineAccount]:
    """The linked LINE accounts of a person, newest first. One query."""
    links = LineAccount.objects.open().filter(id_index=id_index)
    return list(links.select_related("consent").order_by("-linked_at"))


def line_user_of(*, id_indexes: Sequence[bytes], phone: str) -> str:
    """The LINE user to tell about a case: linked with one of its numbers *and* its telephone, and
    not blocking us; else empty. One query."""
    links = LineAccount.objects.open().filter(
        id_index__in=id_indexes, phone=phone, blocked_at__isnull=True
    )
    found = links.exclude(phone="").order_by("-linked_at").values_list("user_id", flat=True)
    return found.first() or ""
