"""What an officer types into the search box of the copy requests."""

from collections.abc import Callable

from django.db.models import Q

from accounts.models import User
from bookings.admin.search import WAYS, Found, has_phone, meaning
from bookings.services import Person
from registry_requests.models.request import CopyRequestQuerySet


def search(rows: CopyRequestQuerySet, typed: str, *, by: User) -> Found:
    """Requests of the given ones that match a reference, a name, a telephone, or a full national ID
    by its blind index."""
    with_numbers = by.has_perm("registry_requests.unmask_copyrequest")
    way, value = meaning(typed, with_numbers=with_numbers)
    if way == "reference":
        match = rows.filter(Q(reference=value) | Q(collection__reference=value))
        return Found(match, opens=match.first())
    conditions: dict[str, Callable[[str], Q]] = {
        "number": lambda number: Q(id_index=Person("", "TH", number).index),
        "phone": has_phone,
        "name": lambda key: Q(name_key__contains=key),
    }
    if way not in conditions:
        return Found(rows.none(), is_too_short=way == "short")
    return Found(rows.filter(conditions[way](value)), kind=str(WAYS[way]))
