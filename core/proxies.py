"""Where a request came from, past our own proxies."""

from ipaddress import ip_address

from django.conf import settings
from django.http import HttpRequest


def client_address(request: HttpRequest) -> str:
    """The PROXY_COUNT-th address from the right of X-Forwarded-For: that one our own proxies
    wrote, what stands left of it anybody can invent. Without a proxy, or a
    readable address there, that of the connection; empty on a local socket."""
    hops = request.headers.get("X-Forwarded-For", "").split(",")
    count = settings.PROXY_COUNT
    if 0 < count <= len(hops):
        try:
            return str(ip_address(hops[-count].strip()))
        except ValueError:
            pass
    return str(request.META.get("REMOTE_ADDR", ""))
