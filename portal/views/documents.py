"""Citizen pages."""

from django.http import Http404, HttpRequest, HttpResponse


def documents(request: HttpRequest, reference: str) -> HttpResponse:
    raise Http404
