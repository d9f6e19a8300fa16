"""The tablet in the hall: a number without a clerk. It holds a signed cookie of its office, given
by a link of the head of section; without it there is nothing here."""

from collections.abc import Callable
from functools import wraps
from uuid import UUID, uuid4

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import override
from django.views.decorators.http import require_http_methods, require_safe

from accounts.links import BadLink
from bookings import hall, hall_links, wording
from bookings.services import counter
from core.errors import Refused
from core.views import comes_back
from offices.models import Kiosk, Office
from portal.answers import give_cookie, out_of_link, private, see_other
from portal.presenters import hall as shown

COOKIES = {"th": "nk_kiosk", "en": "nk_kiosk_en"}
SALT = "nadkhet.kiosk"
DAYS = 180
# Seconds until a slip makes room for the next person, and until new numbers are looked for.
SLIP_SECONDS = 20
START_SECONDS = 120

KioskView = Callable[..., HttpResponse]


@require_safe
def open_kiosk(request: HttpRequest, office: str, token: str) -> HttpResponse:
    """The link for the tablet: the cookie, then the kiosk. Changes nothing else."""
    try:
        kiosk = hall_links.read_kiosk_link(token, office=office, now=timezone.now())
    except BadLink:
        raise Http404 from None
    response = see_other("portal:kiosk", office)
    grant(response, kiosk)
    return out_of_link(response)


def of_this_kiosk(view: KioskView) -> KioskView:
    """Hand the view the office of this tablet; for all others there is no such page."""

    @wraps(view)
    def guarded(request: HttpRequest, office: str, **kwargs: str) -> HttpResponse:
        kiosk = _kiosk_of(request, office)
        if kiosk is None:
            raise Http404
        return private(view(request, kiosk.office, **kwargs))

    return guarded


@comes_back
@require_http_methods(["GET", "HEAD", "POST"])
@of_this_kiosk
def kiosk(request: HttpRequest, office: Office) -> HttpResponse:
    """GET shows the services that give numbers today, POST gives one."""
    if request.method != "POST":
        return _page(request, office)
    now = timezone.now()
    chosen = request.POST.get("service", "")
    offers = {one.service.code: one for one in hall.takes_walk_ins(office, now=now)}
    try:
        form_key = UUID(request.POST.get("form_key", ""))
    except ValueError:
        return _page(request, office, refused=_("Press once more, please"), status=422)
    if chosen not in offers:
        return _page(request, office, refused=_("Choose one of these services"), status=422)
    try:
        ticket = counter.take_number(offered=offers[chosen], form_key=form_key, now=now)
    except Refused as refused:
        return _page(request, office, refused=refused.message, status=409)
    return see_other("portal:kiosk_slip", office.slug, hall_links.queue_code(ticket))


@comes_back
@require_safe
@of_this_kiosk
def slip(request: HttpRequest, office: Office, code: str) -> HttpResponse:
    """The number just given, to print or to scan; goes back to the start by itself."""
    try:
        ticket = hall_links.read_queue_code(code)
    except BadLink:
        raise Http404 from None
    if ticket.office_id != office.pk or hall_links.is_over(ticket, now=timezone.now()):
        raise Http404
    context = {"office": office, "start": _start(office), **shown.slip(ticket)}
    response = render(request, "portal/kiosk_slip.html", context)
    return _back_to_start(response, office, seconds=SLIP_SECONDS)


def grant(response: HttpResponseBase, kiosk: Kiosk) -> None:
    """Make this tablet a kiosk of the office, in both languages."""
    for language, name in COOKIES.items():
        with override(language):
            path = reverse("portal:kiosk", args=[kiosk.office.slug])
        value = f"{kiosk.office_id}.{kiosk.version}"
        give_cookie(response, name, value, salt=SALT, seconds=DAYS * 86_400, path=path)


def _kiosk_of(request: HttpRequest, office: str) -> Kiosk | None:
    """Without a cookie no row is read. One query."""
    for name in COOKIES.values():
        value = request.get_signed_cookie(name, default="", salt=SALT, max_age=DAYS * 86_400) or ""
        office_id, _dot, version = value.partition(".")
        if office_id:
            return hall_links.kiosk_of(office, office_id=int(office_id), version=int(version))
    return None


def _page(
    request: HttpRequest, office: Office, *, refused: str = "", status: int = 200
) -> HttpResponse:
    offers = hall.takes_walk_ins(office, now=timezone.now())
    context = {
        "office": office,
        "refused": refused,
        "buttons": [(offered, uuid4()) for offered in offers],
        "rules": wording.hall_rules(hall.late_minutes(office)),
    }
    response = render(request, "portal/kiosk.html", context, status=status)
    return _back_to_start(response, office, seconds=START_SECONDS)


def _back_to_start(response: HttpResponse, office: Office, *, seconds: int) -> HttpResponse:
    """By a header, so that it also happens on a tablet whose script died."""
    response["Refresh"] = f"{seconds};url={_start(office)}"
    return response


def _start(office: Office) -> str:
    """In Thai, whatever language the person before chose."""
    with override(settings.LANGUAGE_CODE):
        return reverse("portal:kiosk", args=[office.slug])
