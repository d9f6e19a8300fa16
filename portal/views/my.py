"""Citizen pages."""

from django.http import Http404, HttpRequest, HttpResponse


def open_link(request: HttpRequest, token: str) -> HttpResponse:
    raise Http404


def short_link(request: HttpRequest, code: str) -> HttpResponse:
    raise Http404


def status(request: HttpRequest, reference: str) -> HttpResponse:
    raise Http404


def cancel(request: HttpRequest, reference: str) -> HttpResponse:
    raise Http404


def move(request: HttpRequest, reference: str) -> HttpResponse:
    raise Http404


def leave(request: HttpRequest, reference: str) -> HttpResponse:
    raise Http404


def ticket(request: HttpRequest, reference: str) -> HttpResponse:
    raise Http404


def event(request: HttpRequest, reference: str) -> HttpResponse:
    raise Http404
