"""Citizen pages."""

from django.http import Http404, HttpRequest, HttpResponse


def times(request: HttpRequest, **kwargs: object) -> HttpResponse:
    raise Http404
