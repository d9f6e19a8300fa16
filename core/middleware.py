"""Middleware of the whole site."""

import logging
from collections.abc import Callable

from django.db import OperationalError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

logger = logging.getLogger(__name__)


class BusyDatabaseMiddleware:
    """Answers 503 with Retry-After when the database is away or gave up waiting; nothing was
    stored then, and the page says so (reliability F18–F21)."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        if not isinstance(error, OperationalError):
            return None
        logger.error("database not answering: %s", type(error.__cause__ or error).__name__)
        response = render(request, "503.html", status=503)
        response["Retry-After"] = "5"
        return response
