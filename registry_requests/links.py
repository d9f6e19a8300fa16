"""The links to one's own copy request: signed, as those of a booking."""

from datetime import datetime, timedelta

from accounts.links import link_to, make_code, row_of, row_of_code
from bookings.links import short_address
from registry_requests.models import CopyRequest

PURPOSE = "copy_request"
SHORT = "short.copy_request"
DAYS = 120


def link(request: CopyRequest, *, until: datetime | None = None) -> str:
    """The absolute link in the language of the request."""
    return link_to(request, "r", purpose=PURPOSE, until=until or _last_day(request))


def read_link(token: str, *, now: datetime) -> CopyRequest:
    """The request that a token opens. Raises accounts.links.BadLink for every reason the same."""
    rows = CopyRequest.objects.filter(anonymised_at=None)
    return row_of(rows, token, purpose=PURPOSE, now=now)


def short_link(request: CopyRequest) -> str:
    """The short link of a request, for SMS."""
    code = make_code(purpose=SHORT, row_id=request.pk, version=request.link_version)
    return short_address(code, language=request.language)


def read_short_code(code: str, *, now: datetime) -> CopyRequest:
    """The request of a short code. Raises accounts.links.BadLink; the caller counts those."""
    rows = CopyRequest.objects.filter(anonymised_at=None)
    return row_of_code(rows, code, purpose=SHORT, last_day=_last_day, now=now)


def _last_day(request: CopyRequest) -> datetime:
    return request.created_at + timedelta(days=DAYS)
