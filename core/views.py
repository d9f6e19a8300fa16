"""Health, and the pages for what went wrong."""

import sys
from hmac import compare_digest

from django.conf import settings
from django.db import InterfaceError, OperationalError, connection
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils import timezone
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest

from core import health

LOOPBACK = frozenset({"127.0.0.1", "::1"})


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
    if not isinstance(sys.exception(), OperationalError | InterfaceError):
        return render(request, "500.html", status=500)
    response = render(request, "503.html", status=503)
    response["Retry-After"] = "5"
    return response
