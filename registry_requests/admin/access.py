"""Loading a request and asking for rights: the first lines of every view about one copy request."""

from collections.abc import Callable
from datetime import datetime
from functools import wraps
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from accounts.staff import StaffRequest
from registry_requests.models import CopyRequest

View = Callable[..., HttpResponse]
PAGE = "admin:registry_requests_copyrequest_change"
LIST = "admin:registry_requests_copyrequest_changelist"
APP = "registry_requests"


def request_of(http: StaffRequest, pk: int) -> CopyRequest:
    """The request, if an office of this person keeps the record or hands the copy out; else it
    does not exist. One query."""
    rows = CopyRequest.objects.for_staff(http.user).select_related(
        "office", "collect_at", "collection__slot", "owner", "decided_by", "entered_by", "consent"
    )
    try:
        return rows.get(pk=pk)
    except CopyRequest.DoesNotExist:
        raise Http404 from None


def may(http: StaffRequest, permission: str, found: CopyRequest) -> bool:
    """Whether a role grants it at the office that works on the request now; deciding is always the
    matter of the office of the record."""
    decides = permission == "decide_copyrequest"
    office_id = found.office_id if decides else found.desk_office_id
    return http.user.has_office_permission(f"{APP}.{permission}", office_id)


def act(permission: str) -> Callable[[View], View]:
    """A view that changes one request: by POST, for those with the right. The view is given the
    request and the moment. GET (the address of a refused form, opened anew) leads to the page and
    changes nothing."""

    def decorate(view: View) -> View:
        @require_http_methods(["GET", "HEAD", "POST"])
        @wraps(view)
        def checked(http: StaffRequest, pk: int, **kwargs: Any) -> HttpResponse:
            found = request_of(http, pk)
            if not may(http, permission, found):
                raise PermissionDenied
            if http.method != "POST":
                return redirect(PAGE, found.pk)
            now: datetime = timezone.now()
            return view(http, found, now=now, **kwargs)

        return checked

    return decorate
