"""Health, and the pages for what went wrong."""

import sys
from collections.abc import Callable
from hmac import compare_digest
from typing import TypeVar

from django.conf import settings
from django.db import InterfaceError, OperationalError, connection
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils import timezone
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest

from core import health

LOOPBACK = frozenset({"127.0.0.1", "::1"})
COMES_BACK = "comes_back"

View = TypeVar("View", bound=Callable[..., HttpResponse])


def livez(request: HttpRequest) -> HttpResponse:
    """The process answers."""
    return HttpResponse("ok", content_type="text/plain")


def readyz(request: HttpRequest) -> HttpResponse:
    """Whether the database answers, and how long the oldest due message waits (seconds)."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
        facts = health.facts(timezone.now())
    except (OperationalError, InterfaceError):
        return JsonResponse({"status": "the database does not answer"}, status=503)
    return JsonResponse({"status": "ok", **facts})


def metrics(request: HttpRequest) -> HttpResponse:
    """Figures for Prometheus: for this machine, for who has METRICS_TOKEN, and on a demo."""
    if not _may_read_metrics(request):
        raise Http404
    return HttpResponse(generate_latest(), content_type=CONTENT_TYPE_LATEST)


def _may_read_metrics(request: HttpRequest) -> bool:
    # A proxy on this machine comes from here too, and names the visitor in a header.
    here = request.META["REMOTE_ADDR"] in LOOPBACK and "X-Forwarded-For" not in request.headers
    given = request.headers.get("Authorization", "").removeprefix("Bearer ")
    known = bool(settings.METRICS_TOKEN) and compare_digest(
        given.encode(), settings.METRICS_TOKEN.encode()
    )
    return here or known or settings.DEMO


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    return render(request, "403_csrf.html", status=403)


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    return render(request, "404.html", status=404)


def server_error(request: HttpRequest) -> HttpResponse:
    """What went wrong was ours: 503 with Retry-After when the database is away or gave up waiting,
    in a view or on the way to it (nothing was stored then, faults F18 to F21), else 500."""
    is_away = isinstance(sys.exception(), OperationalError | InterfaceError)
    status = 503 if is_away else 500
    response = render(request, f"{status}.html", status=status)
    if is_away:
        response["Retry-After"] = "5"
    if getattr(getattr(request.resolver_match, "func", None), COMES_BACK, False):
        response["Refresh"] = "10"
    return response


def comes_back(view: View) -> View:
    """A screen at which nobody sits: where it fails, it asks again by itself after 10 seconds."""
    setattr(view, COMES_BACK, True)
    return view
