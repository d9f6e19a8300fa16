"""Citizen pages."""

from django.http import Http404, HttpRequest, HttpResponse


def home(request: HttpRequest, **kwargs: object) -> HttpResponse:
    raise Http404


def services(request: HttpRequest, **kwargs: object) -> HttpResponse:
    raise Http404


def holidays(request: HttpRequest, **kwargs: object) -> HttpResponse:
    raise Http404


def help_page(request: HttpRequest, **kwargs: object) -> HttpResponse:
    raise Http404


def privacy(request: HttpRequest, **kwargs: object) -> HttpResponse:
    raise Http404


def accessibility(request: HttpRequest, **kwargs: object) -> HttpResponse:
    raise Http404
