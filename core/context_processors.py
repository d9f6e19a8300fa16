"""What every template knows."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest


def site(request: HttpRequest) -> dict[str, Any]:
    return {"call_centre": settings.CALL_CENTRE, "demo": settings.DEMO}
