"""Finding one's booking or request again: the link goes to the contact on file, whoever asks."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from bookings import services
from core.reference import read_reference
from portal import limits
from portal.answers import private
from portal.forms import FindForm
from registry_requests import services as copy_requests

TRIES_OF_AN_ADDRESS = 30
TRIES_OF_A_REFERENCE = 6
MINUTES = 10


@require_http_methods(["GET", "HEAD", "POST"])
def find(request: HttpRequest) -> HttpResponse:
    """GET asks for the reference with telephone or e-mail; POST always gives the same answer."""
    form = FindForm(request.POST if request.method == "POST" else None)
    if not form.is_bound:
        return _page(request, form)
    if not form.is_valid():
        return _page(request, form, status=422)
    reference = read_reference(form.cleaned_data["reference"])
    if _is_guessing(request, reference):
        form.add_error(
            None,
            _("Too many tries; wait %(n)s minutes or call %(phone)s")
            % {"n": MINUTES, "phone": settings.CALL_CENTRE},
        )
        return _page(request, form, status=429)
    given = form.cleaned_data
    contact = {"phone": given["phone"], "email": given["email"], "now": timezone.now()}
    services.send_link(reference=reference, **contact)
    copy_requests.send_link(reference=reference, **contact)
    return _page(request, FindForm(), sent=True)


def _is_guessing(request: HttpRequest, reference: str) -> bool:
    """Both are counted each time, so that known and unknown references cost the same. One that
    cannot be a reference finds nothing anyway; counting it would add up everybody's typing."""
    by_address = limits.too_many(
        "find", limits.client(request), limit=TRIES_OF_AN_ADDRESS, minutes=MINUTES
    )
    by_reference = reference != "" and limits.too_many(
        "find-ref", reference, limit=TRIES_OF_A_REFERENCE, minutes=MINUTES
    )
    return by_address or by_reference


def _page(
    request: HttpRequest, form: FindForm, *, sent: bool = False, status: int = 200
) -> HttpResponse:
    context = {"form": form, "sent": sent, "minutes": settings.FIND_LINK_MINUTES, "nav": "find"}
    return private(render(request, "portal/find.html", context, status=status))
