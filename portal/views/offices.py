"""Citizen pages."""

from django.http import Http404, HttpRequest, HttpResponse


def directory(request: HttpRequest, **kwargs: object) -> HttpResponse:
    raise Http404


def office(request: HttpRequest, **kwargs: object) -> HttpResponse:
    raise Http404


def service(request: HttpRequest, **kwargs: object) -> HttpResponse:
    raise Http404
