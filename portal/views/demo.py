"""Pages that stand only on a demonstration installation."""

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe


def outbox(request: HttpRequest) -> HttpResponse:
    raise Http404


def message(request: HttpRequest, message: object) -> HttpResponse:
    raise Http404


@require_safe
def components(request: HttpRequest) -> HttpResponse:
    """Every component in every state, for those who build pages."""
    if not settings.DEMO:
        raise Http404
    return render(request, "components/gallery.html")
