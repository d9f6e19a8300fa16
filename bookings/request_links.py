"""The link to one's own request about personal data: signed, as that of a booking."""

from datetime import datetime, timedelta

from accounts.links import link_to, row_of
from bookings.models import DataRequest

PURPOSE = "data_request"
# After the day on which the answer is due.
DAYS = 60


def link(request: DataRequest) -> str:
    """The absolute link in the language of the request."""
    return link_to(request, "d", purpose=PURPOSE, until=request.due_at + timedelta(days=DAYS))


def read_link(token: str, *, now: datetime) -> DataRequest:
    """The request that a token opens. Raises accounts.links.BadLink for every reason the same."""
    rows = DataRequest.objects.filter(anonymised_at=None)
    return row_of(rows, token, purpose=PURPOSE, now=now)
