"""Sessions of staff: they end after idle time and after a working day, and carry a second factor.
Pages of citizens pay nothing for it."""

from collections.abc import Callable
from datetime import datetime, timedelta
from urllib.parse import urlencode

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.functional import cached_property
from django.utils.translation import gettext as _

from accounts import second_factor

BEGAN = "staff_began"
SEEN = "staff_seen"
# The time of the last page is written at most this often.
SEEN_EVERY = timedelta(minutes=1)
# A part of a page that asks for itself anew: nobody works, and a session that ended just says
# nothing.
REFRESH = "X-Refresh"
# What a session without its second factor may still reach.
OPEN_PAGES = ("login", "logout", "set_language", "jsi18n")


class StaffSessionMiddleware:
    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    @cached_property
    def pages_of_staff(self) -> str:
        return reverse("admin:index")

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if not request.path_info.startswith(self.pages_of_staff):
            return self.get_response(request)
        _use_language_of(request)
        refreshes = REFRESH in request.headers
        if request.user.is_authenticated:
            now = timezone.now()
            if is_over(request, now):
                logout(request)
                messages.warning(request, _("You were signed out. Sign in again to go on."))
                return _nothing() if refreshes else _to(request, "admin:login")
            if not refreshes:
                _note(request, now)
            if needs_second_factor(request):
                return _nothing() if refreshes else _to(request, "admin:second_factor")
        elif refreshes:
            return _nothing()
        return self.get_response(request)


def is_over(request: HttpRequest, now: datetime) -> bool:
    """Whether the session was idle too long, or began too long ago."""
    began, seen = request.session.get(BEGAN), request.session.get(SEEN)
    if began is None or seen is None:
        return False
    idle = timedelta(minutes=settings.STAFF_IDLE_MINUTES)
    longest = timedelta(hours=settings.STAFF_SESSION_HOURS)
    return now - _moment(seen) > idle or now - _moment(began) > longest


def needs_second_factor(request: HttpRequest) -> bool:
    if not settings.STAFF_MFA_REQUIRED or second_factor.is_proved(request):
        return False
    own = reverse("admin:second_factor")
    reachable = {reverse(f"admin:{name}") for name in OPEN_PAGES}
    return request.path_info not in reachable and not request.path_info.startswith(own)


def _note(request: HttpRequest, now: datetime) -> None:
    request.session.setdefault(BEGAN, now.timestamp())
    seen = request.session.get(SEEN)
    if seen is None or now - _moment(seen) > SEEN_EVERY:
        request.session[SEEN] = now.timestamp()


def _moment(timestamp: float) -> datetime:
    return datetime.fromtimestamp(timestamp, timezone.get_current_timezone())


def _use_language_of(request: HttpRequest) -> None:
    """Thai, unless the person chose another language; addresses here have no /en/."""
    chosen = request.COOKIES.get(settings.LANGUAGE_COOKIE_NAME)
    language = chosen if chosen in dict(settings.LANGUAGES) else settings.LANGUAGE_CODE
    translation.activate(language)
    request.LANGUAGE_CODE = language


def _nothing() -> HttpResponse:
    return HttpResponse(status=204, headers={"Cache-Control": "no-store"})


def _to(request: HttpRequest, name: str) -> HttpResponse:
    """The page that is asked first; it leads back to where the person was going."""
    address = request.get_full_path() if request.method == "GET" else reverse("admin:index")
    response = redirect(f"{reverse(name)}?{urlencode({'next': address})}")
    response["Cache-Control"] = "no-store"
    return response
