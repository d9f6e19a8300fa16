"""Pages that stand only on a demonstration installation."""

from uuid import UUID

from csp.constants import NONE, SELF, UNSAFE_INLINE
from csp.decorators import csp, csp_update
from django.conf import settings
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.decorators.http import require_safe

from notifications import services as notifications
from notifications.models import Message

MESSAGES_A_PAGE = 20


@require_safe
@csp_update({"frame-src": [SELF]})
def outbox(request: HttpRequest) -> HttpResponse:
    """What citizens receive, newest first, drawn as it would be sent now."""
    _only_on_a_demo()
    now = timezone.now()
    rows = Message.objects.select_related("office").order_by("-created_at")
    page = Paginator(rows, MESSAGES_A_PAGE).get_page(request.GET.get("page"))
    letters = [(message, notifications.preview(message, now=now)) for message in page]
    return render(request, "portal/demo_outbox.html", {"page": page, "letters": letters})


@require_safe
@xframe_options_sameorigin
# django-csp declares views without arguments only.
@csp(  # type: ignore[arg-type]
    {
        "default-src": [NONE],
        "style-src": [UNSAFE_INLINE],
        "frame-ancestors": [SELF],
        "sandbox": ["allow-top-navigation-by-user-activation"],
    }
)
def message(request: HttpRequest, message: UUID) -> HttpResponse:
    """The HTML of one message, for the frame on the page above: it can run nothing."""
    _only_on_a_demo()
    letter = notifications.preview(get_object_or_404(Message, pk=message), now=timezone.now())
    # Links open the page itself, not a page in the frame.
    return HttpResponse(letter.html.replace("<head>", '<head><base target="_top">', 1))


@require_safe
def components(request: HttpRequest) -> HttpResponse:
    """Every component in every state, for those who build pages."""
    _only_on_a_demo()
    return render(request, "components/gallery.html")


def _only_on_a_demo() -> None:
    if not settings.DEMO:
        raise Http404
