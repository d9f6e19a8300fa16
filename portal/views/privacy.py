"""A person's request about the own data: asking, and seeing what became of it."""

from collections.abc import Callable
from contextlib import suppress
from functools import wraps

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import override
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.links import BadLink
from bookings import request_links
from bookings.models import DataRequest
from bookings.services import data_requests
from bookings.workflow import RequestStatus
from core import thai_dates
from core.errors import Refused
from portal import limits
from portal.answers import give_cookie, link_over, out_of_link, private, see_other
from portal.forms import DataRequestForm
from portal.forms.keys import renewed
from portal.presenters.my import mask_phone

REQUESTS = 10
MINUTES = 60
COOKIES = {"th": "nk_data", "en": "nk_data_en"}
SALT = "nadkhet.data_request"
DAYS = 90

OwnView = Callable[[HttpRequest, DataRequest], HttpResponse]


@require_http_methods(["GET", "HEAD", "POST"])
def ask(request: HttpRequest) -> HttpResponse:
    """GET shows the form, POST stores the request and leads to its page, whatever is held."""
    if request.method != "POST":
        return _form_page(request, DataRequestForm())
    form = DataRequestForm(request.POST)
    if not form.is_valid():
        return _form_page(request, renewed(form, DataRequestForm), status=422)
    if limits.too_many("data-request", limits.client(request), limit=REQUESTS, minutes=MINUTES):
        form.add_error(
            None,
            _("Too many tries; wait %(n)s minutes or call %(phone)s")
            % {"n": MINUTES, "phone": settings.CALL_CENTRE},
        )
        return _form_page(request, form, status=429)
    try:
        found = data_requests.ask(
            form_key=form.cleaned_data["form_key"], asked=form.asked(), now=timezone.now()
        )
    except Refused as refused:
        form.add_error(None, refused.message)
        return _form_page(request, form, status=503)
    return granted(found)


@require_safe
def open_link(request: HttpRequest, token: str) -> HttpResponse:
    """A link out of a message: the cookie, then the clean address."""
    try:
        found = request_links.read_link(token, now=timezone.now())
    except BadLink:
        return link_over(request)
    return out_of_link(granted(found))


def own_request(view: OwnView) -> Callable[..., HttpResponse]:
    """Hand the view its request, or answer with one page for all other references."""

    @wraps(view)
    def guarded(request: HttpRequest, reference: str) -> HttpResponse:
        found = _request_of(request, reference)
        if found is None:
            return private(render(request, "portal/no_access.html", status=404))
        return private(view(request, found))

    return guarded


@require_safe
@own_request
def status(request: HttpRequest, found: DataRequest) -> HttpResponse:
    """What was asked, what is to be done now, until when the answer comes. Three queries."""
    context = {
        "found": found,
        "due": thai_dates.long_date(found.due_at),
        "contacts": [mask_phone(found.phone)] if found.phone else [],
        "days": max(found.days_left(timezone.now()), 0),
        "timeline": _timeline(found),
    }
    return render(request, "portal/data_request_status.html", context)


@require_POST
@own_request
def withdraw(request: HttpRequest, found: DataRequest) -> HttpResponse:
    # Refused: the page shows what it has become meanwhile.
    with suppress(Refused):
        data_requests.withdraw(request=found, now=timezone.now())
    return see_other("portal:data_status", found.reference)


@require_POST
@own_request
def forget(request: HttpRequest, found: DataRequest) -> HttpResponse:
    """Forget the request in this browser, on a borrowed telephone; the request itself stays."""
    response = see_other("portal:home")
    for language, name in COOKIES.items():
        response.delete_cookie(name, path=_path(found, language), samesite="Lax")
    messages.success(request, _("This phone no longer knows your request"))
    return response


def _path(found: DataRequest, language: str) -> str:
    with override(language):
        return reverse("portal:data_status", args=[found.reference])


def _timeline(found: DataRequest) -> list[dict[str, str]]:
    changes = list(found.changes.all())
    return [
        {
            "state": "current" if change is changes[-1] else "done",
            "title": str(RequestStatus(change.to_status).label),
            "iso": change.at.isoformat(),
            "when": f"{thai_dates.medium_date(change.at)} {thai_dates.clock(change.at)}",
            "what": "",
        }
        for change in changes
    ]


def _form_page(request: HttpRequest, form: DataRequestForm, *, status: int = 200) -> HttpResponse:
    context = {"form": form, "days": settings.DATA_REQUEST_DAYS}
    return private(render(request, "portal/data_request.html", context, status=status))


def granted(found: DataRequest) -> HttpResponse:
    """On to the page of the request, which this browser may open now, in both languages."""
    response = see_other("portal:data_status", found.reference)
    for language, name in COOKIES.items():
        value, path = f"{found.pk}.{found.link_version}", _path(found, language)
        give_cookie(response, name, value, salt=SALT, seconds=DAYS * 86_400, path=path)
    return private(response)


def _request_of(request: HttpRequest, reference: str) -> DataRequest | None:
    """Without a cookie no row is read, so that known and unknown references cost the same."""
    for name in COOKIES.values():
        value = request.get_signed_cookie(name, default="", salt=SALT, max_age=DAYS * 86_400) or ""
        row_id, _dot, version = value.partition(".")
        found = row_id and (
            DataRequest.objects.select_related("office")
            .filter(
                pk=int(row_id),
                reference=reference,
                link_version=int(version),
                anonymised_at=None,
            )
            .first()
        )
        if found:
            return found
    return None
