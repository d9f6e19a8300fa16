"""The link to one's own copy request: signed, as that of a booking (design §3 "A link")."""

from datetime import datetime, timedelta

from django.conf import settings

from accounts.links import BadLink, make_token, read_token
from registry_requests.models import CopyRequest

PURPOSE = "copy_request"
DAYS = 120


def link(request: CopyRequest, *, until: datetime | None = None) -> str:
    """The absolute link in the language of the request."""
    token = make_token(
        purpose=PURPOSE,
        row_id=request.pk,
        version=request.link_version,
        expires_at=until or request.created_at + timedelta(days=DAYS),
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
