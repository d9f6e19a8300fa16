"""Telling whether htmx asks for a part of a page."""

from typing import cast

from django.http import HttpRequest
from django_htmx.middleware import HtmxDetails


def wants_part(request: HttpRequest) -> bool:
    """True when htmx swaps a part in; going back in the browser asks for the whole page."""
    details = cast("HtmxDetails", request.htmx)  # type: ignore[attr-defined]
    return bool(details) and not details.history_restore_request
