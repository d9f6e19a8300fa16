"""The member of staff behind a request of the back-office."""

from django.http import HttpRequest

from accounts.models import User


class StaffRequest(HttpRequest):
    """A request that the back-office let in: its user is a member of staff."""

    user: User


def staff_of(request: HttpRequest) -> User:
    """The member of staff of a page of the back-office. Raises TypeError for anybody else, which
    the site has sent to the sign-in before."""
    if not isinstance(request.user, User):
        raise TypeError("a page of the back-office was reached without signing in")
    return request.user
