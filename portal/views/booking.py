"""Citizen pages."""

from django.http import Http404, HttpRequest, HttpResponse


def hold(request: HttpRequest, office: str, service: str) -> HttpResponse:
    raise Http404


def form(request: HttpRequest, key: object) -> HttpResponse:
    raise Http404


def extend(request: HttpRequest, key: object) -> HttpResponse:
    raise Http404


def release(request: HttpRequest, key: object) -> HttpResponse:
    raise Http404
