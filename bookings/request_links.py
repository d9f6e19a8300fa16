"""The link to one's own request about personal data: signed, as that of a booking."""

from datetime import datetime, timedelta

from django.conf import settings

from accounts.links import BadLink, make_token, read_token
from bookings.models import DataRequest

PURPOSE = "data_request"
# After the day on which the answer is due.
DAYS = 60


def link(request: DataRequest) -> str:
    """The absolute link in the language of the request."""
    token = make_token(
        purpose=PURPOSE,
        row_id=request.pk,
        version=request.link_version,
        expires_at=request.due_at + timedelta(days=DAYS),
    )
    site = settings.SITE_URL + ("/en" if request.language == "en" else "")
    return f"{site}/d/{token}/"


def read_link(token: str, *, now: datetime) -> DataRequest:
    """The request that a token opens. Raises accounts.links.BadLink for every reason the same."""
    claims = read_token(token, purpose=PURPOSE, now=now)
    found = DataRequest.objects.filter(
        pk=claims.row_id, link_version=claims.version, anonymised_at=None
    ).first()
    if found is None:
        raise BadLink
    return found
