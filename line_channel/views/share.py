"""The share button of the account (S0-K7): counts, and hands over to LINE's own way of sharing."""

from urllib.parse import quote

import segno
from csp.constants import SELF
from csp.decorators import csp_update
from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from line_channel import services
from offices.models import Office

SHARE = "https://line.me/R/share?text="


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@csp_update({"form-action": [SELF, "https://line.me"]})
def share(request: HttpRequest) -> HttpResponse:
    """GET shows the QR code of the account; POST counts one press, then LINE asks with whom."""
    address = _address()
    if request.method == "POST":
        services.count_share(now=timezone.now())
        return HttpResponseRedirect(SHARE + quote(address, safe=""))
    context = {
        "office": get_object_or_404(Office, slug=settings.LINE_OFFICE),
        "address": address,
        "qr": segno.make(address, error="m").svg_data_uri(border=2),
    }
    return render(request, "line/share.html", context)


def _address() -> str:
    """What is shared: the account, or the site where no account is named."""
    account = settings.LINE_BASIC_ID
    return f"https://line.me/R/ti/p/{quote(account)}" if account else f"{settings.SITE_URL}/"
