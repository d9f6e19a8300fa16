"""Which rows a member of staff may see. `for_staff(user)` is the only door to rows."""

from typing import Protocol, Self

from django.db import models
from django.db.models import Q


class Scope(Protocol):
    """What is asked of a member of staff."""

    @property
    def sees_whole_city(self) -> bool: ...

    @property
    def office_ids(self) -> frozenset[int]: ...


class OfficeRows(models.QuerySet):
    """Rows that belong to one office by `office`."""

    def for_staff(self, user: Scope) -> Self:
        return self if user.sees_whole_city else self.filter(office_id__in=user.office_ids)


class OfficeOrCityRows(models.QuerySet):
    """Rows of one office, and rows of the whole city where `office` is empty."""

    def for_staff(self, user: Scope) -> Self:
        if user.sees_whole_city:
            return self
        return self.filter(Q(office_id__in=user.office_ids) | Q(office__isnull=True))


class Offices(models.QuerySet):
    """The offices themselves."""

    def for_staff(self, user: Scope) -> Self:
        return self if user.sees_whole_city else self.filter(pk__in=user.office_ids)
