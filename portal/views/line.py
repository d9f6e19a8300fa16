"""The pages of a LINE account: linking it to a person, looking at the link and ending it."""

import re
from urllib.parse import urlencode, urlsplit

from csp.constants import SELF
from csp.decorators import csp_update
from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts import line_links
from accounts.links import BadLink
from accounts.models import LineAccount
from bookings.services import PRIVACY_TEXT_VERSION
from portal import limits, proven
from portal.answers import link_over, out_of_link, private
from portal.forms import LineLinkForm

TRIES = 10
MINUTES = 10
TOKEN = re.compile(r"[A-Za-z0-9._~=+/-]{1,500}")
ORIGIN = "{0.scheme}://{0.netloc}".format(urlsplit(settings.LINE_ACCOUNT_LINK_URL))


@require_http_methods(["GET", "HEAD", "POST"])
@csp_update({"form-action": [SELF, ORIGIN]})
def link(request: HttpRequest) -> HttpResponse:
    """GET asks who the holder is; POST goes on to LINE's own dialog, with a nonce that only LINE
    can bring back. Without the token of the chat there is nothing to link."""
    token = request.GET.get("linkToken", "") or request.POST.get("linkToken", "")
    if not TOKEN.fullmatch(token):
        return private(render(request, "portal/line_link_over.html", status=404))
    data = request.POST if request.method == "POST" else None
    form = LineLinkForm(data, proof=proven.proof_of(request))
    if not form.is_bound:
        return _form_page(request, form)
    if proven.is_over(request):
        form.add_error(None, proven.over())
    if not form.is_valid():
        return _form_page(request, form, status=422)
    if limits.too_many("line-link", limits.client(request), limit=TRIES, minutes=MINUTES):
        form.add_error(
            None,
            _("Too many tries; wait %(n)s minutes or call %(phone)s")
            % {"n": MINUTES, "phone": settings.CALL_CENTRE},
        )
        return _form_page(request, form, status=429)
    nonce = line_links.begin(
        holder=form.holder(),
        text_version=PRIVACY_TEXT_VERSION,
        language=get_language() or "th",
        now=timezone.now(),
    )
    words = urlencode({"linkToken": token, "nonce": nonce})
    response = HttpResponseRedirect(f"{settings.LINE_ACCOUNT_LINK_URL}?{words}")
    if form.proof:
        proven.forget(response)
    return out_of_link(response)


@require_http_methods(["GET", "HEAD", "POST"])
def account(request: HttpRequest, token: str) -> HttpResponse:
    """Whose the account is, by the link in the chat; POST ends it."""
    now = timezone.now()
    try:
        found = line_links.read_page_link(token, now=now)
    except BadLink:
        return link_over(request)
    if request.method == "POST" and found.unlinked_at is None:
        line_links.unlink(user_id=found.user_id, now=now)
        found = LineAccount.objects.get(pk=found.pk)
    return private(render(request, "portal/line_account.html", {"account": found}))


def _form_page(request: HttpRequest, form: LineLinkForm, *, status: int = 200) -> HttpResponse:
    context = {"form": form, "offers_thaid": proven.offers_thaid(request)}
    response = render(request, "portal/line_link.html", context, status=status)
    # The address holds the token.
    response["Referrer-Policy"] = "same-origin"
    return private(response)
