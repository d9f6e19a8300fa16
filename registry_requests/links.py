"""The links to one's own copy request: signed, as those of a booking."""

from datetime import datetime, timedelta

from django.conf import settings

from accounts.links import BadLink, make_code, make_token, read_code, read_token
from bookings.links import short_address
from registry_requests.models import CopyRequest

PURPOSE = "copy_request"
SHORT = "short.copy_request"
DAYS = 120


def link(request: CopyRequest, *, until: datetime | None = None) -> str:
    """The absolute link in the language of the request."""
    token = make_token(
        purpose=PURPOSE,
        row_id=request.pk,
        version=request.link_version,
        expires_at=until or _last_day(request),
    )
    site = settings.SITE_URL + ("/en" if request.language == "en" else "")
    return f"{site}/r/{token}/"


def read_link(token: str, *, now: datetime) -> CopyRequest:
    """The request that a token opens. Raises accounts.links.BadLink for every reason the same."""
    claims = read_token(token, purpose=PURPOSE, now=now)
    found = CopyRequest.objects.filter(
        pk=claims.row_id, link_version=claims.version, anonymised_at=None
    ).first()
    if found is None:
        raise BadLink
    return found


def short_link(request: CopyRequest) -> str:
    """The short link of a request, for SMS."""
    code = make_code(purpose=SHORT, row_id=request.pk, version=request.link_version)
    return short_address(code, language=request.language)


def read_short_code(code: str, *, now: datetime) -> CopyRequest:
    """The request of a short code. Raises accounts.links.BadLink; the caller counts those."""
    read = read_code(code)
    found = CopyRequest.objects.filter(pk=read.row_id, anonymised_at=None).first()
    if found is None:
        raise BadLink
    read.check(purpose=SHORT, version=found.link_version)
    if _last_day(found) < now:
        raise BadLink
    return found


def _last_day(request: CopyRequest) -> datetime:
    return request.created_at + timedelta(days=DAYS)
