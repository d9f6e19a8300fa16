"""Answers that several views give."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import render, resolve_url

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


def link_over(request: HttpRequest) -> HttpResponse:
    """The one page for a link that opens nothing: changed, old, revoked and foreign look alike."""
    return private(render(request, "portal/link_over.html", status=410))


def out_of_link(response: HttpResponse) -> HttpResponse:
    """The way on from a link in a message, whose address is told to nobody."""
    response["Referrer-Policy"] = "no-referrer"
    return private(response)


def give_cookie(
    response: HttpResponseBase, name: str, value: str, *, salt: str, seconds: int, path: str = "/"
) -> None:
    """A signed cookie that no script reads, for one path of ours."""
    response.set_signed_cookie(
        name,
        value,
        salt=salt,
        max_age=seconds,
        path=path,
        httponly=True,
        secure=settings.HTTPS,
        samesite="Lax",
    )
