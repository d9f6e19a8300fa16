"""Where LINE delivers events. Looks at nothing before the signature, does nothing but store."""

from django.core.exceptions import RequestDataTooBig
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from core import line
from line_channel import services


@csrf_exempt
@require_POST
def webhook(request: HttpRequest) -> HttpResponse:
    """200 at once for what carries LINE's signature over the raw body, 401 for anything else, 413
    for more than DATA_UPLOAD_MAX_MEMORY_SIZE."""
    try:
        body = request.body
    except RequestDataTooBig:
        return HttpResponse(status=413)
    if not line.is_genuine(body, request.headers.get("X-Line-Signature", "")):
        return HttpResponse(status=401)
    services.receive(body, now=timezone.now())
    return HttpResponse()
