"""The way to ThaID and back, and forgetting who came (ADR 24)."""

from dataclasses import asdict

from django.conf import settings
from django.contrib import messages
from django.core import signing
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import Resolver404, resolve, reverse
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import get_language, override
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from accounts import thaid
from core.errors import Refused
from portal import limits, proven
from portal.answers import SeeOther, private

COOKIE = "nk_thaid"
SALT = "nadkhet.thaid"
MINUTES = 10
# Of one address, which a whole mobile network may share.
TRIES = 200
# The pages that ask who somebody is.
ASKING = {"portal:copy_new", "portal:line_link"}


@require_GET
def start(request: HttpRequest) -> HttpResponse:
    """Leave for ThaID, to come back to the page `next`."""
    _only_where_it_is_on()
    back = request.GET.get("next", "")
    if not _asks_who(request, back):
        return _nowhere(request)
    if limits.too_many("thaid", limits.client(request), limit=TRIES, minutes=MINUTES):
        sentence = _("Too many tries; wait %(n)s minutes or call %(phone)s")
        return _unproven(request, sentence % {"n": MINUTES, "phone": settings.CALL_CENTRE}, back)
    try:
        address, attempt = thaid.begin(redirect_uri=_redirect_uri())
    except Refused as refused:
        return _unproven(request, refused.message, back)
    response = HttpResponseRedirect(address)
    kept = {"attempt": asdict(attempt), "back": back, "language": get_language() or "th"}
    response.set_cookie(
        COOKIE,
        signing.dumps(kept, salt=SALT),
        max_age=MINUTES * 60,
        path=_path(),
        httponly=True,
        secure=settings.HTTPS,
        samesite="Lax",
    )
    return private(response)


@require_GET
def callback(request: HttpRequest) -> HttpResponse:
    """Back from ThaID, to the page that asked; with a sentence where nobody is proven."""
    _only_where_it_is_on()
    try:
        value = request.COOKIES.get(COOKIE, "")
        kept = signing.loads(value, salt=SALT, max_age=MINUTES * 60)
    except signing.BadSignature:
        return _nowhere(request)
    with override(kept["language"]):
        try:
            person = thaid.finish(
                thaid.Attempt(**kept["attempt"]),
                request.GET.dict(),
                redirect_uri=_redirect_uri(),
                now=timezone.now(),
            )
        except Refused as refused:
            response = _unproven(request, refused.message, kept["back"])
        else:
            response = private(SeeOther(kept["back"]))
            proven.remember(response, person)
    response.delete_cookie(COOKIE, path=_path(), samesite="Lax")
    return response


@require_POST
def forget(request: HttpRequest) -> HttpResponse:
    """The person is another one, or done."""
    _only_where_it_is_on()
    back = request.POST.get("next", "")
    response = private(SeeOther(back)) if _asks_who(request, back) else _nowhere(request)
    proven.forget(response)
    return response


def _only_where_it_is_on() -> None:
    if not thaid.is_on():
        raise Http404


def _asks_who(request: HttpRequest, back: str) -> bool:
    """Whether an address is one of our own pages that can use what ThaID says."""
    if not back.startswith("/"):
        return False
    if not url_has_allowed_host_and_scheme(back, allowed_hosts={request.get_host()}):
        return False
    try:
        return resolve(back.partition("?")[0]).view_name in ASKING
    except Resolver404:
        return False


def _unproven(request: HttpRequest, sentence: str, back: str) -> HttpResponse:
    messages.warning(request, sentence)
    return private(SeeOther(back))


def _nowhere(request: HttpRequest) -> HttpResponse:
    """There is no page to go back to: the try is over, or was begun in another browser."""
    return private(render(request, "portal/thaid_over.html", status=422))


def _redirect_uri() -> str:
    """The one address that is entered at ThaID, whatever the language of the page."""
    return f"{settings.SITE_URL}{_path()}"


def _path() -> str:
    with override("th"):
        return reverse("portal:thaid_callback")
