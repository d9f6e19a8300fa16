"""A time that was kept in a chat, taken over by the browser that opens its link."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from accounts.links import BadLink
from bookings import links, services
from core.errors import Refused
from portal import visitor
from portal.answers import link_over, private, see_other


@require_http_methods(["GET", "HEAD", "POST"])
def kept(request: HttpRequest, token: str) -> HttpResponse:
    """GET shows what is kept and changes nothing, so that a preview of the link may open it; POST
    hands it to this browser and goes to the form."""
    now = timezone.now()
    try:
        booking = links.read_hold_link(token, now=now)
    except BadLink:
        return link_over(request)
    if request.method != "POST":
        return private(render(request, "portal/kept.html", {"booking": booking}))
    holder = visitor.holder_of(request)
    name = "" if holder else visitor.new_visitor()
    try:
        services.take_kept(
            booking_id=booking.pk, holder=holder or visitor.holder_for(name), now=now
        )
    except Refused as refused:
        messages.error(request, refused.message)
        return see_other("portal:times", booking.office.slug, booking.service.code)
    response = see_other("portal:form", booking.form_key)
    if name:
        visitor.remember(response, name)
    return private(response)
