"""Answers that several views give."""

from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import resolve_url

NEVER = "max-age=0, no-cache, no-store, must-revalidate, private"


class SeeOther(HttpResponseRedirect):
    """303: whatever was posted, the next request is a GET."""

    status_code = 303


def see_other(to: str, *args: object, **kwargs: object) -> SeeOther:
    """A 303 to a view name with its arguments."""
    return SeeOther(resolve_url(to, *args, **kwargs))


def private(response: HttpResponse) -> HttpResponse:
    """Keep a personal page out of every cache (no-store)."""
    response["Cache-Control"] = NEVER
    return response
