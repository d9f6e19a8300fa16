"""Citizen pages."""

from django.http import Http404, HttpRequest, HttpResponse


def find(request: HttpRequest) -> HttpResponse:
    raise Http404
